"""POST requests: what a client reports becomes a petition through the same action as every other channel."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from grid.models import Division
from petitions.actions.drafts import Intake
from petitions.actions.register import register
from petitions.models import Open311Key, Petition
from petitions.open311.listing import jurisdiction
from petitions.open311.services import answers_in_words, find_service
from petitions.open311.wire import Refused
from petitions.promises import promise_of
from petitions.spots import building_near, grid_at, lies_in
from residents.geo import EAST, NORTH, SOUTH, WEST
from residents.models import Building

ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\])?")
LENGTHS = {
    "description": 4000,
    "address_string": 200,
    "address_id": 20,
    "first_name": 40,
    "last_name": 40,
    "phone": 40,
    "email": 100,
    "media_url": 500,
}


@dataclass(frozen=True)
class Spot:
    """Where something is: in which division, at which building, and the point as words."""

    home: Division
    building: Building | None = None
    words: str = ""


def take_in(said: Mapping[str, Sequence[str]], key: Open311Key, again: str, at: datetime) -> dict[str, Any]:
    """Register what a client reports; the answer to it, with the number, the query code and the promise.

    `again` names this one report: sent twice with the same, it stays one petition. Raises Refused (400, 404).
    """
    text = {name: (said.get(name) or [""])[-1].strip() for name in ("service_code", "jurisdiction_id", *LENGTHS)}
    _check(text)
    service = find_service(text["service_code"])
    answers = answers_in_words(service, _attributes(said))
    spot = _spot(text, said, _home(text["jurisdiction_id"], key))
    words = [text["description"] or service.name, *answers, spot.words]
    if text["media_url"]:
        words.append(_("附图：%s") % text["media_url"])
    name = text["last_name"] + text["first_name"]
    petition, _is_new = register(
        Intake(
            source=Petition.Source.OPEN311,
            home=spot.home,
            text="\n".join(line for line in words if line),
            received_at=at,
            category=service,
            caller_name=f"{name}（{text['email']}）" if name and text["email"] else name or text["email"],
            caller_phone=text["phone"],
            address=text["address_string"],
            building=spot.building,
            external_system=key.name if again else "",
            external_no=again,
            actor=key.name[:20],
        ),
        by=None,
        at=at,
    )
    notice = _("查询码 %(code)s。%(promise)s") % {
        "code": petition.query_code,
        "promise": promise_of(petition, at).headline,
    }
    return {"service_request_id": petition.number, "service_notice": notice, "account_id": None}


def _check(text: Mapping[str, str]) -> None:
    if any("\0" in value for value in text.values()):
        raise Refused(400, _("内容里有不能保存的字符"))
    problems = [
        _("%(name)s 最多 %(most)d 个字") % {"name": name, "most": most}
        for name, most in LENGTHS.items()
        if len(text[name]) > most
    ]
    if not text["service_code"]:
        problems.append(_("service_code 必填"))
    if text["media_url"] and urlsplit(text["media_url"]).scheme not in ("http", "https"):
        problems.append(_("media_url 应为 http(s) 网址"))
    if problems:
        raise Refused(400, *problems)


def _attributes(said: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, values in said.items():
        if match := ATTRIBUTE.fullmatch(name):
            found.setdefault(match[1], []).extend(values)
    return found


def _home(code: str, key: Open311Key) -> Division:
    """The division that is asked for; the key's own when none is named, and never one outside of it."""
    home = jurisdiction(code)
    if home is None or home == key.division:
        return key.division
    above = home.parent
    while above is not None and above != key.division:
        above = above.parent
    if above is None:
        raise Refused(404, _("这个 api_key 不能报“%s”的事（jurisdiction_id）") % home.name)
    return home


def _spot(text: Mapping[str, str], said: Mapping[str, Sequence[str]], home: Division) -> Spot:
    """Where it is, from address_id, from lat and long, or left to address_string. Raises Refused (400) for none."""
    if text["address_id"]:
        return Spot(home, _building(text["address_id"], home))
    lat, lon = _degrees(said, "lat", SOUTH, NORTH), _degrees(said, "long", WEST, EAST)
    if lat is None or lon is None:
        if lat is not lon:
            raise Refused(400, _("lat 和 long 要一起给"))
        if not text["address_string"]:
            raise Refused(400, _("请给出地点：lat 和 long、address_string 或 address_id"))
        return Spot(home)
    words = _("位置：北纬 %(lat).6f，东经 %(lon).6f") % {"lat": lat, "lon": lon}
    grid = grid_at(lon, lat, home)
    near = building_near(lon, lat, home) if not text["address_string"] else None
    return Spot(grid.division if grid else home, near, words)


def _building(text: str, home: Division) -> Building:
    rows = Building.objects.select_related("grid", "community__division", "estate")
    row = rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    if row is None or not lies_in(row, home):
        raise Refused(400, _("没有编号为“%s”的楼（address_id）") % text)
    return row


def _degrees(said: Mapping[str, Sequence[str]], name: str, least: float, most: float) -> float | None:
    text = (said.get(name) or [""])[-1].strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Refused(400, _("%s 应为中国境内的度数（WGS 84）") % name)
    return value

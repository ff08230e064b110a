"""Where a row's dwelling is, out of its columns for building, unit, room and address. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from residents.addresses import parse_place
from residents.importing import values
from residents.importing.fields import label_of
from residents.importing.values import said

MAX_SHOWN = 20


class RowRefused(Exception):
    """The row cannot go in; the text says why."""


@dataclass(frozen=True)
class Spot:
    """Where a dwelling is, as the file says; None and "" where it says nothing."""

    estate: str = ""
    building: str = ""
    unit: int | None = None
    room: str = ""


NOWHERE = Spot()


def spot_of(given: Mapping[str, Any]) -> tuple[Spot, int | None]:
    """The place, and the floor when one is said. Raises RowRefused without a building or a room."""
    estate, address = said(given.get("estate")), said(given.get("address"))
    building, unit, room, floor = "", None, "", None
    if address:
        building, unit, room, floor = _in_address(address)
    building = _read(given, "building", values.building_of) or building
    own_unit = _read(given, "unit", values.unit_of)
    unit = unit if own_unit is None else own_unit
    if text := said(given.get("room")):
        try:
            its_building, its_unit, room = values.room_of(text)
        except ValueError as error:
            raise RowRefused(_("房号“%s”认不出：只用数字和字母，如 501、B101、2-501") % text[:MAX_SHOWN]) from error
        building, unit = building or its_building or "", its_unit if unit is None else unit
    own_floor = _read(given, "floor", values.floor_of)
    if not building or not room:
        missing = _("楼栋") if not building else _("房号")
        where = _("（地址“%s”里也没有）") % address[:40] if address else ""
        raise RowRefused(_("没有%(what)s%(where)s") % {"what": missing, "where": where})
    return Spot(estate, building, unit, room), floor if own_floor is None else own_floor


def _in_address(address: str) -> tuple[str, int | None, str, int | None]:
    """What an address says; a bare 501 or 3-2-501 counts too."""
    place = parse_place(address)
    if place.building and place.room:
        return place.building, place.unit, place.room, place.floor
    try:
        building, unit, room = values.room_of(address)
    except ValueError:
        return place.building, place.unit, place.room, place.floor
    return building or place.building, unit if unit is not None else place.unit, room, place.floor


def _read(given: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> Any:
    text = said(given.get(name))
    if not text and is_zero(given.get(name)):
        text = "0"
    if not text:
        return None
    try:
        return read(text)
    except (ValueError, KeyError) as error:
        raise RowRefused(_("%(field)s“%(text)s”认不出") % shown(name, text)) from error


def is_zero(value: Any) -> bool:
    """Whether a cell holds the number 0: no unit, and not the sign for nothing."""
    return value == 0 and not isinstance(value, bool)


def shown(name: str, text: str) -> dict[str, str]:
    """A field's name and the beginning of a cell, for messages."""
    return {"field": label_of(name), "text": text[:MAX_SHOWN]}

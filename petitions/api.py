"""The hotline's API: POST /api/v1/hotline/orders/ (docs/hotline-api.md)."""

import json
from datetime import datetime
from typing import Any, NoReturn

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError

from petitions import hotline_auth
from petitions.actions.base import HOTLINE
from petitions.actions.public import petition_supplement
from petitions.actions.register import is_other_order, register
from petitions.hotline_orders import WrongFields, order_answer, order_intake, read_order
from petitions.models import HotlineClient, Petition

JSON = "application/json"
MAX_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 5
PLACES = ("level", "community", "street", "district", "grid", "household__building")
UNREACHABLE = (OperationalError, InterfaceError, RedisError)


class Refused(Exception):
    """An answer other than success: HTTP status, code for programs, words for people, words by field, and headers."""

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, list[str]] | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
        self.content = {"code": code, "message": message, "fields": fields or {}}


@csrf_exempt
def hotline_orders(request: HttpRequest) -> HttpResponse:
    """Takes in orders of a 12345 hotline; the same order again gives the same petition. Every error has one form."""
    at = timezone.now()
    try:
        if request.method != "POST":
            raise Refused(405, "wrong_method", _("这个地址只接受 POST"), Allow="POST")
        return _receive(request, at)
    except (Refused, hotline_auth.SignatureRefused, *UNREACHABLE) as error:
        refused = error if isinstance(error, Refused) else _as_refused(error)
        return _answer(refused.content, refused.status, refused.headers)


def _as_refused(error: Exception) -> Refused:
    """The same for errors that others raise."""
    if isinstance(error, hotline_auth.SignatureRefused):
        return Refused(401, error.code, str(error), WWW_Authenticate=hotline_auth.SIGNATURE)
    return Refused(503, "unavailable", _("系统暂时不能受理，请稍后重发"), Retry_After=str(RETRY_AFTER_SECONDS))


def _receive(request: HttpRequest, at: datetime) -> HttpResponse:
    """What was signed, taken in; where the database is away the same bytes may come again."""
    body = _body(request)
    client = hotline_auth.authenticate(request.headers, body, at=at)
    try:
        return _take(_order(request, body), client, at)
    except (OperationalError, InterfaceError):
        hotline_auth.forget_request(request.headers)
        raise


def _take(said: dict[str, Any], client: HotlineClient, at: datetime) -> HttpResponse:
    """201 for a new order, 200 for one that is known; a known one with new words keeps them as a supplement."""
    try:
        intake = order_intake(read_order(said, at=at), client)
    except WrongFields as error:
        raise Refused(422, "invalid", _("有 %d 个字段要改") % len(error.fields), error.fields) from error
    petition, is_new = register(intake, by=None, at=at)
    if is_new:
        return _answer(order_answer(petition), 201)
    if is_other_order(petition, intake):
        raise Refused(409, "order_no_taken", _taken(petition), {"order_no": [_("这个编号已用于另一件工单")]})
    if petition.text != intake.text.strip():
        petition_supplement(petition.pk, at=at, text=intake.text, actor=HOTLINE)
    known = Petition.objects.select_related(*PLACES).get(pk=petition.pk)
    known.open_clocks = list(known.clocks.filter(closed_at__isnull=True))
    return _answer(order_answer(known), 200)


def _answer(content: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), JSON, status, headers=headers)


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    said = int(length) if length.isdigit() else 0
    if said > MAX_BYTES or len(request.body) > MAX_BYTES:
        raise Refused(413, "too_big", _("请求体超过 256 KB"))
    return request.body


def _order(request: HttpRequest, body: bytes) -> dict[str, Any]:
    if body and request.content_type != JSON:
        raise Refused(415, "wrong_type", _("Content-Type 应为 application/json"))
    try:
        said = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", _("请求体不是能读懂的 JSON（UTF-8）")) from None
    if not isinstance(said, dict):
        raise Refused(400, "not_json", _("请求体应为一个 JSON 对象"))
    return said


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def _taken(petition: Petition) -> str:
    return _("编号已用于 %(number)s（受理于 %(when)s），内容和受理时间都不同") % {
        "number": petition.number,
        "when": f"{timezone.localtime(petition.received_at):%Y-%m-%d %H:%M}",
    }

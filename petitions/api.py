"""The hotline's API: POST /api/v1/hotline/orders/ (docs/hotline-api.md)."""

from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions, status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from petitions import hotline_auth
from petitions.actions.base import HOTLINE
from petitions.actions.public import petition_supplement
from petitions.actions.register import is_other_order, register
from petitions.models import HotlineClient, Petition
from petitions.serializers import ORDER, order_answer, order_intake

MAX_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 5
PLACES = ("level", "community", "street", "district", "grid", "household__building")


class Refused(Exception):
    """An answer other than success: HTTP status, code for programs, words for people, and words by field."""

    def __init__(self, status_code: int, code: str, message: str, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.status_code, self.code, self.message, self.fields = status_code, code, message, fields or {}


class JsonOnly(BaseContentNegotiation):
    """Answers are JSON, whatever the caller says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first parser that reads the caller's content type."""
        return next((parser for parser in parsers if request.content_type.split(";")[0] == parser.media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Always JSON."""
        return renderers[0], renderers[0].media_type


class HotlineOrders(APIView):
    """Takes in orders of a 12345 hotline; the same order again gives the same petition."""

    content_negotiation_class = JsonOnly

    def post(self, request: Request) -> Response:
        """201 for a new order, 200 for one that is known; a known one with new words keeps them as a supplement."""
        at = timezone.now()
        body = _body(request)
        client = hotline_auth.authenticate(request.headers, body, at=at)
        try:
            return self._take(request, client)
        except (OperationalError, InterfaceError):
            hotline_auth.forget_request(request.headers)
            raise

    def _take(self, request: Request, client: HotlineClient) -> Response:
        at = timezone.now()
        if not request._request.body or not isinstance(request.data, dict):
            raise Refused(400, "not_json", _("请求体应为一个 JSON 对象"))
        intake = order_intake(_valid(request.data), client)
        petition, is_new = register(intake, by=None, at=at)
        if is_new:
            return Response(order_answer(petition), status.HTTP_201_CREATED)
        if is_other_order(petition, intake):
            raise Refused(409, "order_no_taken", _taken(petition), {"order_no": [_("这个编号已用于另一件工单")]})
        if petition.text != intake.text.strip():
            petition_supplement(petition.pk, at=at, text=intake.text, actor=HOTLINE)
        known = Petition.objects.select_related(*PLACES).get(pk=petition.pk)
        known.open_clocks = list(known.clocks.filter(closed_at__isnull=True))
        return Response(order_answer(known))

    def handle_exception(self, exc: Exception) -> Response:
        """Every error in one form."""
        refused = exc if isinstance(exc, Refused) else _as_refused(exc)
        if refused is None:
            return super().handle_exception(exc)
        answer = Response(
            {"code": refused.code, "message": refused.message, "fields": refused.fields}, refused.status_code
        )
        if refused.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
            answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
        if refused.status_code == status.HTTP_401_UNAUTHORIZED:
            answer["WWW-Authenticate"] = "X-Portal-Signature"
        answer.exception = True
        return answer


def _body(request: Request) -> bytes:
    too_big = Refused(413, "too_big", _("请求体超过 256 KB"))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > MAX_BYTES:
        raise too_big
    body = request._request.body
    if len(body) > MAX_BYTES:
        raise too_big
    return body


def _valid(said: dict[str, Any]) -> dict[str, Any]:
    try:
        valid: dict[str, Any] = ORDER.run_validation(said)
    except exceptions.ValidationError as error:
        fields = dict(cast(dict[str, list[str]], error.detail))
        raise Refused(422, "invalid", _("有 %d 个字段要改") % len(fields), fields) from error
    return valid


def _taken(petition: Petition) -> str:
    return _("编号已用于 %(number)s（受理于 %(when)s），内容和受理时间都不同") % {
        "number": petition.number,
        "when": f"{timezone.localtime(petition.received_at):%Y-%m-%d %H:%M}",
    }


def _as_refused(error: Exception) -> Refused | None:
    """The same for errors that others raise; None for one nobody expects."""
    if isinstance(error, hotline_auth.SignatureRefused):
        return Refused(401, error.code, str(error))
    if isinstance(error, exceptions.ParseError | RecursionError):
        return Refused(400, "not_json", _("请求体不是能读懂的 JSON（UTF-8）"))
    if isinstance(error, exceptions.UnsupportedMediaType):
        return Refused(415, "wrong_type", _("Content-Type 应为 application/json"))
    if isinstance(error, exceptions.MethodNotAllowed):
        return Refused(405, "wrong_method", _("这个地址只接受 POST"))
    if isinstance(error, OperationalError | InterfaceError | RedisError):
        return Refused(503, "unavailable", _("系统暂时不能受理，请稍后重发"))
    return None

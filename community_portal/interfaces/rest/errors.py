"""Every answer other than success has one form: {code, message, fields}, as the hotline's interface has."""

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

UNREACHABLE = (OperationalError, InterfaceError, RedisError)
RETRY_AFTER_SECONDS = 5


class Invalid(exceptions.APIException):
    """What was sent cannot be used: words by field."""

    status_code = 422
    default_code = "invalid"

    def __init__(self, fields: dict[str, list[str]], status: int = 422) -> None:
        super().__init__(_("有 %d 处要改") % len(fields))
        self.fields, self.status_code = fields, status


class Conflict(exceptions.APIException):
    """The action is not possible as things stand: `changed` when somebody was faster, `refused` otherwise."""

    status_code = 409

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code)
        self.code = code


def answer_to(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response for an error; None for one that is a fault of ours."""
    if isinstance(error, UNREACHABLE):
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return _said(503, "unavailable", _("系统暂时不能受理，请稍后重发"), headers=retry)
    if isinstance(error, Http404 | exceptions.NotFound):
        return _said(404, "not_found", _("没有这一项，或不在您的范围内"))
    if isinstance(error, RecursionError):
        return _of_framework(exceptions.ParseError())
    if isinstance(error, SuspiciousOperation):
        return _said(413, "too_big", _("请求太大或字段太多"))
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return _said(403, "not_granted", _("这个令牌或岗位不能这样做，或缺少表单令牌"))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, Invalid):
        return _said(error.status_code, "invalid", str(error.detail), error.fields)
    if isinstance(error, Conflict):
        return _said(409, error.code, str(error.detail))
    if isinstance(error, exceptions.Throttled):
        seconds = str(int(getattr(error, "wait", None) or 60))
        return _said(429, "too_many", _("问得太多了，请 %s 秒后再来") % seconds, headers={"Retry-After": seconds})
    if isinstance(error, exceptions.ValidationError):
        return _said(400, "invalid", _("网址里的条件有不对的"), _by_field(error.detail))
    code, message = {
        400: ("not_json", _("请求体不是能读懂的 JSON（UTF-8）")),
        401: ("not_signed_in", _("请带上有效的令牌，或先登录")),
        405: ("wrong_method", _("这个地址不接受这种请求")),
        406: ("not_acceptable", _("只能回答 application/json")),
        415: ("wrong_type", _("Content-Type 应为 application/json")),
    }.get(error.status_code, ("error", str(error.detail)))
    auth = getattr(error, "auth_header", None)
    return _said(error.status_code, code, message, headers={"WWW-Authenticate": auth} if auth else None)


def _by_field(detail: Any) -> dict[str, list[str]]:
    found = detail if isinstance(detail, dict) else {"": detail}
    return {name: [str(each) for each in (said if isinstance(said, list) else [said])] for name, said in found.items()}


def _said(
    status: int,
    code: str,
    message: str,
    fields: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    content = {"code": code, "message": message, "fields": fields or {}}
    return Response(content, status=status, headers=headers)

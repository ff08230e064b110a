"""The OpenAPI 3.1 description: drawn once a process; each verb of petitions gets an operation of its own."""

from copy import deepcopy
from functools import cache
from typing import Any, cast

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from petitions.forms.acts import FORMS
from petitions.forms.files import FilesField

ACT_PATH = "/api/v1/petitions/{number}/{verb}/"
ERROR = {"$ref": "#/components/schemas/Error"}
WORDS = {
    "400": _("网址里的条件或请求体读不懂"),
    "401": _("没有登录，或令牌没有用"),
    "403": _("令牌或岗位不能这样做"),
    "404": _("没有这一项，或不在范围内"),
    "406": _("只能回答 JSON"),
    "409": _("现在办不了：changed 是别人先办了，refused 是规则不许"),
    "413": _("请求太大"),
    "415": _("Content-Type 应为 application/json"),
    "422": _("有字段要改"),
    "429": _("问得太多了，过一会儿再来"),
    "503": _("暂时不能受理，稍后重发"),
}
EVERY, OF_WRITES = ("400", "401", "403", "404", "406", "413", "429", "503"), ("409", "415", "422")


@require_safe
def api_schema(request: HttpRequest) -> JsonResponse:
    """The description as JSON; anybody may read it."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@cache
def description() -> dict[str, Any]:
    """The whole description; it changes with the code alone."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def only_ours(endpoints: list[Any], **_kwargs: Any) -> list[Any]:
    """Before drawing: what is described elsewhere (the hotline's interface) is left out."""
    return [each for each in endpoints if each[0].startswith("/api/v1/") and "/hotline/" not in each[0]]


def complete(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """After drawing: errors of every operation, one operation a verb, and no field that `fields` may leave out."""
    schemas = result["components"]["schemas"]
    for schema in schemas.values():
        schema.pop("required", None)
    schemas["Error"] = _error()
    for path in result["paths"].values():
        for method, operation in path.items():
            writes = OF_WRITES if method == "post" else ()
            for status in (*EVERY, *writes):
                operation["responses"].setdefault(status, _answer(status))
            if method == "get":
                operation["responses"]["304"] = {"description": _("和 If-None-Match 里的一样，没有变化")}
    _one_by_one(result["paths"])
    return result


def _error() -> dict[str, Any]:
    words = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "required": ["code", "message", "fields"],
        "properties": {
            "code": {"type": "string", "description": _("给程序看的代码")},
            "message": {"type": "string", "description": _("给人看的话")},
            "fields": {"type": "object", "additionalProperties": words, "description": _("按字段的话")},
        },
    }


def _answer(status: str) -> dict[str, Any]:
    return {"description": WORDS[status], "content": {"application/json": {"schema": ERROR}}}


def _one_by_one(paths: dict[str, Any]) -> None:
    """Each verb in place of the path that stands for all of them."""
    common = paths.pop(ACT_PATH)["post"]
    for verb, form in FORMS.items():
        operation = deepcopy(common)
        operation["operationId"] = f"petition_{verb.value}"
        operation["summary"] = str(verb.label)
        operation["description"] = str(form.consequence or form.title)
        operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "verb"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _body(form)}}}
        paths[ACT_PATH.replace("{verb}", verb.value)] = {"post": operation}


def _body(form: type[forms.Form]) -> dict[str, Any]:
    """A form's fields as a schema; photos are added on the page."""
    fields = {
        name: field
        for name, field in form.base_fields.items()
        if name not in ("back",) and not isinstance(field, FilesField)
    }
    return {
        "type": "object",
        "properties": {name: _field(name, field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
    }


def _field(name: str, field: forms.Field) -> dict[str, Any]:
    if name == "version":
        return {"type": ["integer", "null"], "description": _("您看到的版本；别人先改了就回答 changed")}
    words = "。".join(str(each) for each in (field.label, field.help_text) if each)
    return {**_type(field), **({"description": words} if words else {})}


def _type(field: forms.Field) -> dict[str, Any]:
    """A field's JSON type; choices that are data are not listed: the description is drawn once."""
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": {"type": ["string", "integer"]}}
    if isinstance(field, forms.ChoiceField):
        if isinstance(field.choices, CallableChoiceIterator):
            return {"type": "string"}
        choices = [value for value, _label in list(cast(Any, field.choices)) if value not in ("", None)]
        if choices:
            kinds = "integer" if isinstance(choices[0], int) else "string"
            return {"type": kinds, "enum": [*choices, *([] if field.required else [""])]}
        return {"type": ["string", "integer"]}
    if isinstance(field, forms.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(field, forms.DateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    longest = getattr(field, "max_length", None)
    return {"type": "string", **({"maxLength": longest} if longest else {})}

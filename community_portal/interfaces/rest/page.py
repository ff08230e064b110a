"""The description of the interface, ready for a page of our own: no foreign script, and readable by everybody."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.interfaces.rest.schema import description

NAMES = {
    "petitions": gettext_lazy("诉求工单"),
    "households": gettext_lazy("户"),
    "residents": gettext_lazy("居民"),
    "visits": gettext_lazy("走访"),
    "visits-due": gettext_lazy("待访"),
    "communities": gettext_lazy("社区"),
    "grids": gettext_lazy("网格"),
    "buildings": gettext_lazy("楼栋"),
    "organisations": gettext_lazy("单位"),
    "councils": gettext_lazy("议事组织"),
    "topics": gettext_lazy("议题"),
    "meetings": gettext_lazy("会议"),
    "resolutions": gettext_lazy("决议"),
    "publications": gettext_lazy("公示"),
}


@dataclass(frozen=True)
class Parameter:
    """One thing to be said: its name, kind, whether it must be, and what it means."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked for."""

    method: str
    path: str
    title: str
    words: str
    parameters: list[Parameter]
    answers: list[Parameter]


@dataclass(frozen=True)
class Chapter:
    """All operations on one kind of things."""

    slug: str
    title: str
    operations: list[Operation]


@cache
def chapters() -> list[Chapter]:
    """The whole description, chapter by chapter."""
    whole = description()
    found: dict[str, list[Operation]] = {}
    for path, methods in whole["paths"].items():
        for method, said in methods.items():
            found.setdefault(path.split("/")[3], []).append(_operation(path, method, said, whole))
    return [Chapter(slug, str(NAMES[slug]), found[slug]) for slug in NAMES if slug in found]


def _operation(path: str, method: str, said: dict[str, Any], whole: dict[str, Any]) -> Operation:
    parameters = [
        Parameter(each["name"], _kind(each["schema"]), each.get("required", False), each.get("description", ""))
        for each in said.get("parameters", [])
    ]
    if body := said.get("requestBody"):
        parameters += _properties(body["content"]["application/json"]["schema"], whole)
    one = "{" in path
    title = said.get("summary") or (_("一项") if one else _("清单"))
    answer = said["responses"]["200"]["content"]["application/json"]["schema"]
    answers = _properties(answer, whole) if method == "get" else []
    return Operation(method.upper(), path, title, said.get("description", ""), parameters, answers)


def _properties(schema: dict[str, Any], whole: dict[str, Any]) -> list[Parameter]:
    """The fields of an object; of a page, those of what it lists."""
    schema = _resolved(schema, whole)
    if "results" in schema.get("properties", {}):
        schema = _resolved(schema["properties"]["results"]["items"], whole)
    must = schema.get("required", [])
    return [
        Parameter(name, _kind(_resolved(each, whole)), name in must, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def _kind(schema: dict[str, Any]) -> str:
    if choices := schema.get("enum") or schema.get("items", {}).get("enum"):
        return " | ".join(str(each) for each in choices if each not in ("", None))
    said = schema.get("type", "object")
    words = "/".join(said) if isinstance(said, list) else str(said)
    return f"{words} ({schema['format']})" if "format" in schema else words

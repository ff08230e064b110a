"""The services that can be asked for: the categories open to the public, and what is asked beside the words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from petitions.catalogue import catalogue
from petitions.models import Category
from petitions.open311.wire import Refused

LISTS = ("singlevaluelist", "multivaluelist")


def open_categories() -> dict[str, Category]:
    """The categories that are services, by code."""
    return {code: row for code, row in catalogue().categories.items() if row.is_public}


def find_service(code: str) -> Category:
    """The service with this code. Raises Refused (404)."""
    if (row := open_categories().get(code)) is None:
        raise Refused(404, _("没有代码为“%s”的服务（service_code）") % code)
    return row


def service_list() -> list[dict[str, Any]]:
    """Every service as GET services shows it."""
    return [
        {
            "service_code": row.code,
            "service_name": row.name,
            "description": _("%(name)s，按“%(level)s”办理") % {"name": row.name, "level": row.level},
            "metadata": bool(row.questions),
            "type": "realtime",
            "keywords": ",".join(row.keywords),
            "group": row.get_jurisdiction_display(),
        }
        for row in open_categories().values()
    ]


def definition(row: Category) -> dict[str, Any]:
    """A service's questions as GET services/CODE shows them."""
    return {
        "service_code": row.code,
        "attributes": [
            {
                "variable": True,
                "code": question["code"],
                "datatype": question["datatype"],
                "required": bool(question.get("required")),
                "datatype_description": question.get("help", ""),
                "order": order,
                "description": question["text"],
                "values": [{"key": key, "name": name} for key, name in question.get("values", [])],
            }
            for order, question in enumerate(row.questions, 1)
        ],
    }


def answers_in_words(row: Category, said: Mapping[str, Sequence[str]]) -> list[str]:
    """The answers to a service's questions, a line each ("出问题的是：水"). Raises Refused for all that is wrong."""
    lines: list[str] = []
    problems: list[str] = []
    for question in row.questions:
        given = [value.strip() for value in said.get(question["code"], []) if value.strip()]
        try:
            words = _words(question, given)
        except ValueError as error:
            problems.append(_("attribute[%(code)s]：%(problem)s") % {"code": question["code"], "problem": error})
        else:
            lines += [f"{question['text']}：{words}"] if words else []
    if problems:
        raise Refused(400, *problems)
    return lines


def _words(question: dict[str, Any], given: list[str]) -> str:
    """One answer in words, "" when there is none. Raises ValueError with what is wrong."""
    if not given:
        if question.get("required"):
            raise ValueError(_("必填"))
        return ""
    kind = question["datatype"]
    if len(given) > 1 and kind != "multivaluelist":
        raise ValueError(_("只能有一个值"))
    if kind in LISTS:
        names = dict(question["values"])
        if unknown := [value for value in given if value not in names]:
            raise ValueError(_("没有这个选项：%s") % "、".join(unknown))
        return "、".join(names[value] for value in given)
    if kind == "number":
        try:
            float(given[0])
        except ValueError as error:
            raise ValueError(_("应为数字")) from error
    if kind == "datetime":
        try:
            datetime.fromisoformat(given[0])
        except ValueError as error:
            raise ValueError(_("应为 ISO 8601 时间")) from error
    return given[0]

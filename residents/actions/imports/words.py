"""What came of an import, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ENDS = (
    ("new", gettext_lazy("新增")),
    ("changed", gettext_lazy("补充")),
    ("same", gettext_lazy("没有变化")),
    ("conflict", gettext_lazy("不一致")),
)


def counts(found: Mapping[str, Any]) -> str:
    """共 50000 行：户 新增 1，没有变化 9；人 新增 3 …；不能导入 2 行，提示 4 行."""
    parts = [
        f"{title} "
        + ("，".join(f"{word} {found[key]}" for end, word in ENDS if found.get(key := f"{of}.{end}")) or "0")
        for of, title in (("dwelling", _("户")), ("person", _("人")))
    ]
    return _("共 %(rows)d 行。%(parts)s。不能导入 %(errors)d 行，有提示 %(warnings)d 行") % {
        "rows": found.get("rows", 0),
        "parts": "；".join(parts),
        "errors": found.get("error", 0),
        "warnings": found.get("warning", 0),
    }

"""The portal's own tags and filters; a builtin of every template (settings.TEMPLATES)."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

import segno
from django import template
from django.utils import timezone

from community_portal.privacy import masking
from community_portal.ui.charts import Chart
from community_portal.ui.paging import CURSOR
from community_portal.worktime import words

register = template.Library()
QUIET_ZONE = 4


@register.inclusion_tag("ui/clock.html")
def clock(
    due_at: datetime | None, started_at: datetime | None, now: datetime, label: str = "", large: bool = False
) -> dict[str, Any]:
    """The clock: words first, then a thin bar of the time used. `label` names what is due, under the bar."""
    left = words.time_left(due_at, now, started_at)
    due = words.moment(due_at, now) if due_at else ""
    return {
        "left": left,
        "percent": round(left.fraction * 100),
        "due_at": due_at,
        "due": due,
        "label": label,
        "large": large,
    }


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The page's address query with these values changed (None or "" takes one out), from its first page on."""
    query = {name: values for name, values in context["request"].GET.lists() if name != CURSOR}
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return f"?{urlencode(query, doseq=True)}"


@register.inclusion_tag("ui/qr.html")
def qr(text: str, title: str) -> dict[str, Any]:
    """A QR code of `text` as SVG; `title` says where it leads."""
    code = segno.make_qr(text)
    runs = (
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return {"path": "".join(runs), "size": len(code.matrix) + 2 * QUIET_ZONE, "title": title}


@register.inclusion_tag("ui/chart.html")
def chart(drawn: Chart) -> dict[str, Any]:
    """A chart as SVG, wide and narrow, with its table under it."""
    return {"chart": drawn}


@register.filter
def moment(when: datetime | None, now: datetime | None = None) -> str:
    """今天 10:20, 昨天 15:40, 11 月 21 日 09:32; empty for None."""
    return words.moment(when, now or timezone.now()) if when else ""


@register.filter
def greeting(now: datetime) -> str:
    """早上好 to 晚上好, by the hour."""
    return words.greeting(now)


@register.filter
def span(length: timedelta) -> str:
    """A length of time in its two largest units: 5 小时 10 分."""
    return words.span(length)


@register.filter
def minutes(length: timedelta) -> int:
    """Whole minutes, rounded up."""
    return ceil(length.total_seconds() / 60)


@register.filter
def mask_name(text: str) -> str:
    """王**."""
    return masking.mask_name(text)


@register.filter
def mask_phone(text: str) -> str:
    """138****8000."""
    return masking.mask_phone(text)

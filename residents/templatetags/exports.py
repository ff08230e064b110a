"""The way out of a list."""

from typing import Any

from django import template
from django.utils import timezone

from community_portal.ui.paging import CURSOR
from grid.access import scope_of
from grid.models import Staff
from residents.export_forms import OFFERED
from residents.exporting.reach import reach_of

register = template.Library()


@register.inclusion_tag("residents/export/button.html", takes_context=True)
def export_button(context: template.Context, kind: str, words: str, **more: object) -> dict[str, Any]:
    """A button that asks for the purpose in place; nothing for people who may not take this list out.

    The page's own address says which rows; `more` adds to it.
    """
    request = context["request"]
    user = request.user
    scope = scope_of(user, timezone.localdate()) if isinstance(user, Staff) else None
    query = request.GET.copy()
    query.pop(CURSOR, None)
    for name, value in more.items():
        query[name] = str(value)
    return {
        "kind": kind,
        "words": words,
        "permission": reach_of(scope, kind)[1] if scope else None,
        "purposes": OFFERED,
        "query": query.urlencode(),
        "csrf_token": context.get("csrf_token"),
    }

"""The order list: groups, filters, search, keyset pages."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community_portal.prepared import Prepared
from community_portal.ui.paging import CURSOR, SIZE, KeysetPage
from grid.access import Post, Scope
from grid.querysets import grids_visible_to
from petitions.filters import ALL, GROUPS, OPEN, TIMED, PetitionFilter, in_group
from petitions.models import Petition
from petitions.querysets import matching, open_by_time, undated, visible_to
from petitions.rows import UNSEEN, Seen, for_rows, rows_of
from petitions.views.common import scope_now, staff_page, viewer

BY_TIME, NEWEST = "time", "new"
MORE = "more"
FIELDS = {BY_TIME: ("due_at", "id"), NEWEST: ("-id",)}
LONGEST = 100


@require_safe
@staff_page
def petition_list(request: HttpRequest) -> HttpResponse:
    """Orders inside the viewer's scope; searching looks at all of them, otherwise those being handled come first."""
    now, scope, words = timezone.now(), scope_now(request), request.GET.get("q", "").strip()[:LONGEST]
    group = _choice(request, "group", list(GROUPS), ALL if words else OPEN)
    timed = group in TIMED and not words
    order = _choice(request, "order", [BY_TIME, NEWEST], BY_TIME) if timed else NEWEST
    visible = visible_to(scope)
    filters = _filters(request, in_group(visible, group), now) if MORE in request.GET or _asked(request) else None
    if filters or words or CURSOR in request.GET or len(scope.posts) > 1:
        found = filters.qs if filters else in_group(visible, group)
        found = for_rows(_ordered(matching(found, words) if words else found, order))
        page = KeysetPage(found, FIELDS[order], request.GET.get(CURSOR))
    else:
        page = _first_page(scope, group, order)
    context = {
        "page": page,
        "rows": rows_of(page, viewer(request), scope, now),
        "form": filters.form if filters and (MORE in request.GET or filters.behind) else None,
        "chosen": filters.chosen_names if filters else [],
        "groups": [(name, title, name == group) for name, (title, _states) in GROUPS.items()],
        "group": group,
        "order": order,
        "words": words,
        "timed": timed,
        "undated": order == BY_TIME and page.next is None and undated(visible).exists(),
    }
    return render(request, "petitions/list.html", context)


def chosen_orders(request: HttpRequest) -> QuerySet[Petition]:
    """The orders that an address of the list names, in its order, whole rows instead of lines."""
    now, words = timezone.now(), request.GET.get("q", "").strip()[:LONGEST]
    group = _choice(request, "group", list(GROUPS), ALL if words else OPEN)
    visible = in_group(visible_to(scope_now(request)), group)
    found = _filters(request, visible, now).qs if _asked(request) else visible
    found = matching(found, words) if words else found
    return found.select_related("handler").defer(*UNSEEN).order_by("due_at", "id")


def _first_page(scope: Scope, group: str, order: str) -> KeysetPage[Seen]:
    """What people with one post see when they come to a group: the page that is asked for most."""
    (post,) = scope.posts
    rows = _first_of(post.role, post.place, group, order)(staff=scope.staff_id, at=post.place_id)
    return KeysetPage.first([Seen._make(row) for row in rows], FIELDS[order])


@cache
def _first_of(role: str, place: str, group: str, order: str) -> Prepared:
    def build(staff: int, at: int) -> QuerySet[Petition, Any]:
        visible = visible_to(Scope(frozenset({Post(role, place, at)}), staff))
        return for_rows(_ordered(in_group(visible, group), order)).order_by(*FIELDS[order])[: SIZE + 1]

    return Prepared(build, staff=-1, at=-2)


def _ordered(petitions: QuerySet[Petition], order: str) -> QuerySet[Petition]:
    return open_by_time(petitions) if order == BY_TIME else petitions


def _asked(request: HttpRequest) -> bool:
    """Whether the address names any filter; without one the list does without their form."""
    return any(request.GET.get(name) for name in PetitionFilter.base_filters)


def _filters(request: HttpRequest, petitions: QuerySet[Petition], now: datetime) -> PetitionFilter:
    return PetitionFilter(
        request.GET, petitions, staff=viewer(request), grids=grids_visible_to(scope_now(request)), now=now
    )


def _choice(request: HttpRequest, name: str, allowed: list[str], default: str) -> str:
    value = request.GET.get(name, "")
    return value if value in allowed else default

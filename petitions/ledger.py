"""The ledger (台账) of orders, by the filters of the order list."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.disclosure import NAME, PHONE
from community_portal.privacy.exports import LEDGER, ExportPermission
from community_portal.privacy.masking import mask_phones_in
from community_portal.tables.writing import Column
from grid.access import Scope
from grid.models import Staff
from grid.querysets import grids_visible_to
from petitions.filters import ALL, GROUPS, OPEN, PetitionFilter, in_group
from petitions.models import Petition, PetitionEvent
from petitions.querysets import matching, visible_to
from petitions.workflow import State, Verb
from residents.exporting.kinds import Kind, Row, Selection

CHUNK, LONGEST = 500, 100
MEASURES = (Verb.CONTACT, Verb.NOTE)
COLUMNS = (
    Column(gettext_lazy("登记日期"), 12),
    Column(gettext_lazy("诉求人"), 10),
    Column(gettext_lazy("电话"), 14),
    Column(gettext_lazy("地址"), 24),
    Column(gettext_lazy("网格"), 10),
    Column(gettext_lazy("类型"), 12),
    Column(gettext_lazy("内容"), 40),
    Column(gettext_lazy("受理人"), 10),
    Column(gettext_lazy("措施"), 30),
    Column(gettext_lazy("结果"), 30),
    Column(gettext_lazy("完成日期"), 12),
    Column(gettext_lazy("满意度"), 8),
    Column(gettext_lazy("备注"), 20),
)


def select(staff: Staff, scope: Scope, query: QueryDict, at: datetime) -> Selection:
    """The orders that the list at this address shows, the oldest first."""
    words = query.get("q", "").strip()[:LONGEST]
    group = query.get("group", "")
    group = group if group in GROUPS else (ALL if words else OPEN)
    grids = grids_visible_to(scope)
    chosen = PetitionFilter(query, in_group(visible_to(scope), group), staff=staff, grids=grids, now=at)
    found = matching(chosen.qs, words) if words else chosen.qs
    said = [str(GROUPS[group][0]), words, *(str(chosen.filters[name].label) for name in chosen.chosen_names)]
    return Selection("、".join(filter(None, said)), found.count(), lambda permission: _rows(found, permission))


def _rows(found: QuerySet[Petition], permission: ExportPermission) -> Iterator[Row]:
    events = PetitionEvent.objects.filter(verb__in=MEASURES).order_by("id")
    ordered = (
        found.select_related("grid", "category", "handler", "organisation")
        .prefetch_related(Prefetch("events", events, to_attr="measures"))
        .defer("search")
        .order_by("id")
    )
    return (_row(petition, permission) for petition in ordered.iterator(CHUNK))


def _row(petition: Petition, permission: ExportPermission) -> list[Any]:
    measures = "；".join(event.text for event in getattr(petition, "measures", ()) if event.text)
    done = petition.resolved_at or petition.closed_at
    handler = petition.handler.name if petition.handler else ""
    return [
        localtime(petition.received_at).date(),
        _("匿名") if petition.anonymous else permission.cell(NAME, petition.caller_name),
        "" if petition.anonymous else permission.cell(PHONE, petition.caller_phone),
        petition.address,
        petition.grid.name if petition.grid else "",
        petition.category.name if petition.category else "",
        _text(petition.text, permission),
        handler or (petition.organisation.name if petition.organisation else ""),
        _text(measures, permission),
        _text(petition.answer, permission) or str(State(petition.state).label),
        localtime(done).date() if done else "",
        {True: _("满意"), False: _("不满意"), None: ""}[petition.asked_satisfied],
        petition.number,
    ]


def _text(text: str, permission: ExportPermission) -> str:
    return text if permission.plain else mask_phones_in(text)


ORDERS = Kind(LEDGER, gettext_lazy("诉求台账"), COLUMNS, select)

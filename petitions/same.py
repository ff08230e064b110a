"""Reads of same-event groups: who is in one, how large it is, and what the list proposes to put together."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from community_portal.prepared import Prepared
from grid.access import Scope, scope_of
from grid.models import Staff
from petitions import search
from petitions.actions.base import roles_over
from petitions.alike import DAYS, NEAR, shared
from petitions.models import Petition, SameMember
from petitions.querysets import visible_to
from petitions.workflow import ROLES, UNANSWERED, Verb

LOOKED_AT, MOST_PROPOSED = 400, 30
COLUMNS = (
    "id",
    "number",
    "title",
    "text",
    "state",
    "version",
    "registered_at",
    "household_id",
    "building_id",
    "grid_id",
)
_sizes = Prepared(
    lambda petitions: (
        SameMember.objects.filter(
            left_at__isnull=True, event__members__petition__any_of=petitions, event__members__left_at__isnull=True
        )
        .values_list("event__members__petition")
        .annotate(size=Count("pk"))
        .order_by()
    ),
    petitions=[-1],
)


@dataclass(frozen=True)
class Member:
    """A petition of a group that the viewer sees; `open` while it is not answered yet."""

    petition: Petition
    leads: bool

    @property
    def open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.petition.state in UNANSWERED


@dataclass(frozen=True)
class Group:
    """A group as one person sees it: its members there, how many there are in all, and what may be done."""

    event_id: int
    size: int
    members: list[Member]
    answer: str
    may_split: bool
    may_answer: bool

    @property
    def waiting(self) -> list[Petition]:
        """Those that have no answer yet."""
        return [each.petition for each in self.members if each.open]

    @property
    def hidden(self) -> int:
        """How many the viewer does not see."""
        return self.size - len(self.members)


@dataclass(frozen=True)
class Proposal:
    """Petitions that are probably one event: the oldest, and those like it, each with the share of words in common."""

    first: Petition
    others: list[tuple[Petition, float]]


def group_of(petition: Petition, staff: Staff, at: datetime) -> Group | None:
    """The group that a petition is in; one query where there is one (querysets.company_of)."""
    if not petition.has_same:
        return None
    on = localtime(at).date()
    own = SameMember.objects.filter(petition=petition, left_at__isnull=True).values("event")
    seen = visible_to(scope_of(staff, on)).filter(pk=OuterRef("petition"))
    rows = (
        SameMember.objects.filter(event__in=own, left_at__isnull=True)
        .annotate(seen=Exists(seen))
        .select_related("event", "petition__grid", "petition__household")
        .defer("petition__search", "petition__caller_name", "petition__caller_phone", "petition__text")
        .order_by("at", "pk")
    )
    members = list(rows)
    if not members:
        return None
    event, roles = members[0].event, roles_over(petition, staff, on)
    answers = [row.petition.answer for row in members if row.petition.answer]
    return Group(
        event_id=event.pk,
        size=len(members),
        members=[Member(row.petition, row.petition_id == event.lead_id) for row in members if row.seen],
        answer=petition.answer or (answers[0] if answers else ""),
        may_split=bool(roles & ROLES[Verb.SPLIT]),
        may_answer=bool(roles & ROLES[Verb.RESOLVE]),
    )


def sizes(petition_ids: Sequence[int]) -> dict[int, int]:
    """How many petitions the groups of these have, without those that are in none; one query."""
    return dict(_sizes(petitions=list(petition_ids)))


def proposals(scope: Scope, at: datetime) -> list[Proposal]:
    """What is probably one event among the newest unanswered petitions of a scope, not put together yet.

    Same place, near text, near time, as intake proposes it (petitions.alike). Two queries.
    """
    together = SameMember.objects.filter(left_at__isnull=True).values("petition")
    rows = visible_to(scope).filter(state__in=UNANSWERED, registered_at__gt=at - DAYS).exclude(pk__in=together)
    newest = list(rows.order_by("-id").only(*COLUMNS)[:LOOKED_AT])
    return _grouped(sorted(newest, key=lambda each: each.pk))[:MOST_PROPOSED]


def _grouped(petitions: Iterable[Petition]) -> list[Proposal]:
    """Each petition joins the first earlier one that it is like; those that stay alone are left out."""
    found: list[Proposal] = []
    heads: dict[int, list[tuple[Proposal, frozenset[str]]]] = {}
    for petition in petitions:
        if petition.grid_id is None:
            continue
        words = frozenset(search.tokens(f"{petition.title} {petition.text}"))
        beside = heads.setdefault(petition.grid_id, [])
        for proposal, others in beside:
            share = shared(words, others)
            if share >= NEAR[nearness(petition, proposal.first)]:
                proposal.others.append((petition, share))
                break
        else:
            beside.append((Proposal(petition, []), words))
            found.append(beside[-1][0])
    return sorted((each for each in found if each.others), key=lambda each: (-len(each.others), -each.first.pk))


def nearness(one: Petition, other: Petition) -> str:
    """How near the places of two petitions of one grid are: one of NEAR."""
    if one.household_id and one.household_id == other.household_id:
        return "household"
    return "building" if one.building_id and one.building_id == other.building_id else "grid"


def near(petition: Petition, others: Collection[Petition]) -> set[int]:
    """Those of others, of the same building or grid, that are probably about the same event; their texts loaded."""
    words = frozenset(search.tokens(f"{petition.title} {petition.text}"))
    return {
        other.pk
        for other in others
        if shared(words, search.tokens(f"{other.title} {other.text}")) >= NEAR[nearness(petition, other)]
    }


def apart(petitions: QuerySet[Petition], petition: Petition) -> QuerySet[Petition]:
    """Those that are neither this petition nor in its group."""
    if not petition.has_same:
        return petitions.exclude(pk=petition.pk)
    own = SameMember.objects.filter(petition=petition, left_at__isnull=True).values("event")
    return petitions.exclude(pk=petition.pk).exclude(same__event__in=own, same__left_at__isnull=True)

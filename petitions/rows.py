"""A petition as a line of a list: its nearest clock, a few words about it, and the next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.urls import reverse

from community_portal.worktime.words import CALM, TimeLeft, time_left
from grid.access import RANK, Role, Scope
from grid.models import Staff
from petitions import ladders, workflow
from petitions.actions.base import verbs_now
from petitions.actions.clocks import Kind
from petitions.models import Petition, PetitionClock
from petitions.next_steps import Standing, label, main_verb
from petitions.workflow import Verb

UNSEEN = ("text", "answer", "search", "caller_name", "caller_phone")
RUNG_OF_RANK = {
    RANK[Role.COMMUNITY_HEAD]: Petition.Step.COMMUNITY,
    RANK[Role.STREET_OFFICER]: Petition.Step.STREET,
    RANK[Role.DISTRICT_OFFICER]: Petition.Step.DISTRICT,
}


@dataclass(frozen=True)
class Row:
    """One line. `verb` and `label` are the next step, None and "" when there is nothing to do but look."""

    petition: Petition
    clock: PetitionClock | None
    left: TimeLeft
    note: str
    verb: Verb | None
    label: str

    @property
    def at_once(self) -> bool:
        """Whether the next step asks for nothing more: one press does it."""
        return self.verb == Verb.ACCEPT

    @property
    def url(self) -> str:
        """The petition's page."""
        return reverse("petition-detail", args=[self.petition.number])

    @property
    def act_url(self) -> str:
        """Where the next step is taken."""
        return reverse("petition-act", args=[self.petition.number, self.verb]) if self.verb else self.url

    @property
    def pressing(self) -> bool:
        """Whether its time asks for attention now."""
        return self.left.state != CALM and self.petition.state in workflow.OPEN


def for_rows(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """Only what a line shows, with the relations it names."""
    return petitions.select_related("level", "handler").defer(*UNSEEN)


def rows_of(petitions: Iterable[Petition], staff: Staff, scope: Scope, now: datetime) -> list[Row]:
    """Lines for these petitions; one query for all their open clocks."""
    petitions = list(petitions)
    prefetch_related_objects(petitions, Prefetch("clocks", open_clocks(), to_attr="open_clocks"))
    return [_row(petition, staff, scope, now) for petition in petitions]


def open_clocks() -> QuerySet[PetitionClock]:
    """Running clocks, the nearest deadline first."""
    return PetitionClock.objects.filter(closed_at__isnull=True).order_by("due_at")


def standing(petition: Petition, clocks: list[PetitionClock], staff: Staff, scope: Scope, now: datetime) -> Standing:
    """How the petition stands for one person."""
    rung = RUNG_OF_RANK.get(scope.rank)
    return Standing(
        state=petition.state,
        assigned=petition.handler_id is not None,
        mine=petition.handler_id == staff.pk,
        to_contact=petition.caller_phone_index is not None and any(clock.kind == Kind.CONTACT for clock in clocks),
        late=petition.due_at is not None and petition.due_at <= now,
        escalated=rung is not None and petition.escalated_to >= rung,
        held=any(clock.acknowledged_until and clock.acknowledged_until > now for clock in clocks),
    )


def _row(petition: Petition, staff: Staff, scope: Scope, now: datetime) -> Row:
    clocks: list[PetitionClock] = petition.open_clocks  # type: ignore[attr-defined]
    clock = clocks[0] if clocks else None
    left = time_left(petition.due_at, now, clock.started_at if clock else None)
    stands = standing(petition, clocks, staff, scope, now)
    verb = main_verb(stands, verbs_now(petition, staff, now))
    return Row(
        petition=petition,
        clock=clock,
        left=left,
        note=ladders.note(clock, now) if clock else "",
        verb=verb,
        label=label(verb, stands) if verb else "",
    )

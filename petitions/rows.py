"""A petition as a line of a list: its nearest clock, a few words about it, and the next step.

Lists are looked at all day: a line is worked out here into plain words, so that its template only prints them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, TextChoices
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from community_portal.prepared import Prepared
from community_portal.worktime.ladder import read_rule
from community_portal.worktime.words import CALM, LATE, TimeLeft, moment, time_left
from grid.access import ORGANISATION, RANK, Role, Scope
from grid.models import Staff
from petitions import ladders, workflow
from petitions.actions.base import page_of, verbs_now
from petitions.actions.timing import Kind
from petitions.ladders import Running
from petitions.models import HANDLING, Petition, PetitionClock
from petitions.next_steps import Standing, label, main_verb
from petitions.same import sizes
from petitions.workflow import State, Verb

UNSEEN = ("text", "answer", "search", "caller_name", "caller_phone")
RUNG_OF_RANK = {
    RANK[Role.COMMUNITY_HEAD]: Petition.Step.COMMUNITY,
    RANK[Role.STREET_OFFICER]: Petition.Step.STREET,
    RANK[Role.DISTRICT_OFFICER]: Petition.Step.DISTRICT,
}


ACT = "act-at-once"
"""The form of templates/base.html that a list's buttons belong to: one in every line would cost more than the line."""

LINE = (
    '<li{late}><div class="clock {state}"><b>{when}</b>{bar}</div>'
    '<div class="what"><a href="{url}">{title}</a><span>{facts}{note}{whose}</span></div>{step}</li>'
)
LATE_LINE = ' class="late"'
WHEN = '<time datetime="{due}" title="{due_words}">{left}</time>'
BAR = '<svg aria-hidden="true" focusable="false"><rect width="{percent}%" height="100%"/></svg>'
NOTE = ' · <span class="{look}">{note}</span>'
BUTTON = (
    '<button type="submit" class="button{look}" form="{form}" formaction="{act}" name="version" value="{version}">'
    '{step}<span class="sr">：{title}</span></button>'
)
LINK = '<a class="button{look}" href="{act}">{step}<span class="sr">：{title}</span></a>'
MAIN, PLAIN = " main", ""
SHOWN = ("title", "url", "percent", "due", "due_words", "facts", "note", "whose", "step", "act", "version")


@dataclass(frozen=True)
class Row:
    """One line, in words. `step` is its button (the next step, or a look), `act` where that leads, at once or not.

    `due` and `due_words` are the nearest deadline, "" without one; `percent` is the share of its time that is used.
    `html` is the whole list item: as a template of its own it took half of a page's time.
    """

    title: str
    url: str
    left: TimeLeft
    percent: int
    due: str
    due_words: str
    facts: str
    note: str
    whose: str
    late: bool
    pressing: bool
    step: str
    act: str
    at_once: bool
    version: int

    @property
    def html(self) -> SafeString:
        """The list item; every word in it is escaped here, all at once: no text of the database holds a NUL."""
        words = (*(str(getattr(self, name)) for name in SHOWN), self.left.words)
        said = dict(zip((*SHOWN, "left"), escape("\0".join(words)).split("\0"), strict=True))
        look = MAIN if self.pressing else PLAIN
        return SafeString(
            LINE.format(
                late=LATE_LINE if self.late else "",
                state=self.left.state,
                when=WHEN.format(**said) if self.due else said["left"],
                bar=BAR.format(**said) if self.due else "",
                url=said["url"],
                title=said["title"],
                facts=said["facts"],
                note=NOTE.format(look="lateword" if self.late else "", note=said["note"]) if self.note else "",
                whose=f" · {said['whose']}" if self.whose else "",
                step=(BUTTON if self.at_once else LINK).format(**said, look=look, form=ACT),
            )
        )


class Seen(NamedTuple):
    """What a line is made of: the columns of `for_rows`."""

    id: int
    number: str
    title: str
    source: str
    state: str
    due_at: datetime | None
    escalated_to: int
    version: int
    caller_phone_index: bytes | None
    handler_id: int | None
    grid_id: int | None
    community_id: int | None
    street_id: int | None
    district_id: int | None
    organisation_id: int | None
    about_staff_id: int | None
    about_organisation_id: int | None
    level_name: str
    handler_name: str | None


class Ticking(NamedTuple):
    """A running clock's columns."""

    petition_id: int
    kind: str
    started_at: datetime
    step: int
    rule: dict[str, Any]
    next_check_at: datetime | None
    acknowledged_until: datetime | None


RULE = Ticking._fields.index("rule")
_ticking = Prepared(
    lambda petitions: open_clocks().filter(petition__any_of=petitions).values_list(*Ticking._fields), petitions=[-1]
)


def for_rows(petitions: QuerySet[Petition]) -> QuerySet[Petition, Any]:
    """Only what a line shows, with the names of its level and handler, as plain rows like Seen."""
    named = petitions.annotate(level_name=F("level__name"), handler_name=F("handler__name"))
    return named.values_list(*Seen._fields, named=True)


def rows_of(petitions: Iterable[Seen], staff: Staff, scope: Scope, now: datetime) -> list[Row]:
    """Lines for what for_rows asked for; one query for all their open clocks, one for their groups."""
    seen = list(petitions)
    clocks: dict[int, list[Running]] = {}
    for row in _ticking(petitions=[each.id for each in seen]):
        clock = Ticking._make(row)._replace(rule=read_rule(row[RULE]))
        clocks.setdefault(clock.petition_id, []).append(clock)
    writer = _Writer(staff, scope, now, sizes([each.id for each in seen]))
    return [writer.row(each, clocks.get(each.id, [])) for each in seen]


def open_clocks() -> QuerySet[PetitionClock]:
    """Running clocks of the handling, the nearest deadline first."""
    running = PetitionClock.objects.filter(closed_at__isnull=True, kind__in=HANDLING)
    return running.order_by("due_at")


def standing(
    petition: Seen | Petition, clocks: Sequence[Running], staff: Staff, scope: Scope, now: datetime
) -> Standing:
    """How the petition stands for one person."""
    rung = RUNG_OF_RANK.get(scope.rank)
    return Standing(
        state=petition.state,
        assigned=petition.handler_id is not None,
        mine=petition.handler_id == staff.pk or _for_members(petition, scope),
        to_contact=petition.caller_phone_index is not None and any(clock.kind == Kind.CONTACT for clock in clocks),
        late=petition.due_at is not None and petition.due_at <= now,
        escalated=rung is not None and petition.escalated_to >= rung,
        held=any(clock.acknowledged_until and clock.acknowledged_until > now for clock in clocks),
    )


@cache
def _said(choices: type[TextChoices]) -> dict[str, str]:
    """The words of each choice, looked up once."""
    return {value: str(words) for value, words in choices.choices}


def _for_members(petition: Seen | Petition, scope: Scope) -> bool:
    """Whether it waits to be signed in by whoever of the organisation that answers for it comes first."""
    return petition.state == State.DISPATCHED and petition.organisation_id in scope.ids(ORGANISATION)


class _Writer:
    """Writes the lines of one page for one person."""

    def __init__(self, staff: Staff, scope: Scope, now: datetime, groups: dict[int, int]) -> None:
        self._staff, self._reader, self._scope, self._now, self._groups = staff, staff.pk, scope, now, groups
        self._sources, self._states, self._kinds = _said(Petition.Source), _said(State), _said(Kind)
        self._verbs: dict[tuple[Any, ...], list[Verb]] = {}

    def row(self, petition: Seen, clocks: list[Running]) -> Row:
        """One line."""
        clock = clocks[0] if clocks else None
        left = self._left(petition, clock)
        stands = standing(petition, clocks, self._staff, self._scope, self._now)
        verb = main_verb(stands, self._allowed(petition))
        pressing = left.state != CALM and petition.state in workflow.OPEN
        url = page_of(petition.number)
        return Row(
            title=petition.title,
            url=url,
            left=left,
            percent=round(left.fraction * 100),
            due=petition.due_at.isoformat() if petition.due_at else "",
            due_words=moment(petition.due_at, self._now) if petition.due_at else "",
            facts=self._facts(petition, clock),
            note=ladders.note(clock, self._now) if clock else "",
            whose=self._whose(petition),
            late=pressing and left.state == LATE,
            pressing=pressing and verb is not None,
            step=label(verb, stands) if verb else _("查看"),
            act=f"{url}{verb}/" if verb else url,
            at_once=verb == Verb.ACCEPT,
            version=petition.version,
        )

    def _allowed(self, petition: Seen) -> list[Verb]:
        """What the reader may do; the same for petitions of one place in one state."""
        places = (petition.grid_id, petition.community_id, petition.street_id, petition.district_id)
        alike = (petition.state, *places, petition.organisation_id)
        if alike not in self._verbs:
            self._verbs[alike] = verbs_now(petition, self._staff, self._now)
        return self._verbs[alike]

    def _left(self, petition: Seen, clock: Running | None) -> TimeLeft:
        if petition.due_at is None and petition.state not in workflow.OPEN:
            return TimeLeft(self._states[petition.state], CALM, 0.0)
        return time_left(petition.due_at, self._now, clock.started_at if clock else None)

    def _facts(self, petition: Seen, clock: Running | None) -> str:
        parts = [self._sources[petition.source], petition.level_name]
        if clock and petition.state in workflow.OPEN:
            parts.append(self._kinds[clock.kind])
        if size := self._groups.get(petition.id):
            parts.append(_("同一件事 %d 件") % size)
        return " · ".join(parts)

    def _whose(self, petition: Seen) -> str:
        """Who has it, when that is not the reader."""
        if petition.handler_id is None:
            return self._states[State.REGISTERED] if petition.state in workflow.OPEN else ""
        return "" if petition.handler_id == self._reader else petition.handler_name or ""

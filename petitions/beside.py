"""What the order page says of other units' parts and of applications that wait for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import CalendarNotCovered, add
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import TimeLeft, moment, time_left
from grid.access import ORGANISATION, scope_of
from grid.models import Staff
from petitions import workflow
from petitions.actions.applying import may_decide, reviewable
from petitions.actions.base import roles_over
from petitions.models import Application, ClockRule, Part, Petition, PetitionClock
from petitions.next_steps import Terms
from petitions.workflow import State, Verb

Kind = ClockRule.Kind


@dataclass(frozen=True)
class PartLine:
    """One unit's part: how it stands in words, its nearest own clock, and what the viewer may do about it."""

    part: Part
    words: str
    left: TimeLeft | None
    may_do: list[tuple[str, str]]


@dataclass(frozen=True)
class ApplicationLine:
    """One pending application: what for, until when it must be decided, and whether the viewer decides."""

    application: Application
    words: str
    left: TimeLeft | None
    decides: bool


def pending(petition: Petition) -> list[Application]:
    """The applications that wait for a decision; one query where there are any (querysets.company_of)."""
    if not petition.has_pending:
        return []
    found = petition.applications.filter(state=Application.State.PENDING).select_related("by").order_by("id")
    rows = list(found)
    for row in rows:
        row.petition = petition
    return rows


def line_of(application: Application, clocks: Sequence[PetitionClock], staff: Staff, now: datetime) -> ApplicationLine:
    """An application as the page shows it; asks nothing."""
    until = _("到 %s") % moment(application.until, now) if application.until else ""
    who = application.by.name if application.by else _("诉求人")
    words = _("%(who)s申请%(kind)s%(until)s，等%(rung)s决定") % {
        "who": who,
        "kind": application.get_kind_display(),
        "until": until,
        "rung": application.get_rung_display(),
    }
    clock = next((each for each in clocks if each.application_id == application.pk and each.is_open), None)
    return ApplicationLine(application, words, _left(clock, now), may_decide(application, staff, now))


def part_lines(petition: Petition, clocks: Sequence[PetitionClock], staff: Staff, now: datetime) -> list[PartLine]:
    """The units' parts, those still owed first; one query where there are any (querysets.company_of)."""
    if not petition.has_parts:
        return []
    parts = petition.parts.select_related("organisation").order_by("-answered_at", "-released_at", "id")
    on = localtime(now).date()
    roles, units = roles_over(petition, staff, on), scope_of(staff, on).ids(ORGANISATION)
    return [_part_line(petition, part, clocks, roles, part.organisation_id in units, now) for part in parts]


def _part_line(
    petition: Petition,
    part: Part,
    clocks: Sequence[PetitionClock],
    roles: frozenset[str],
    ours: bool,
    now: datetime,
) -> PartLine:
    own = [clock for clock in clocks if clock.part_id == part.pk and clock.is_open]
    clock = min(own, key=lambda each: each.due_at or each.started_at, default=None)
    wanted = [Verb.ANSWER, Verb.RELEASE] if part.checked_in_at else [Verb.CHECK_IN, Verb.ANSWER, Verb.RELEASE]
    may_do = [
        (verb.value, PART_LABELS[verb])
        for verb in (wanted if part.is_open else [])
        if workflow.target(verb, petition.state) is not None
        and (workflow.ROLES[verb] & roles or (ours and verb != Verb.RELEASE))
    ]
    return PartLine(part, _part_words(part, now), _left(clock, now), may_do)


PART_LABELS = {Verb.CHECK_IN: "报到", Verb.ANSWER: "答复", Verb.RELEASE: "撤回"}


def _part_words(part: Part, now: datetime) -> str:
    if part.answered_at:
        return _("%s答复") % moment(part.answered_at, now)
    if part.released_at:
        return _("%s撤回") % moment(part.released_at, now)
    if part.checked_in_at:
        return _("%s报到，等答复") % moment(part.checked_in_at, now)
    return _("还没报到")


def _left(clock: PetitionClock | None, now: datetime) -> TimeLeft | None:
    return time_left(clock.due_at, now, clock.started_at) if clock else None


def terms_of(
    petition: Petition,
    clocks: Sequence[PetitionClock],
    applications: Sequence[Application],
    staff: Staff,
    now: datetime,
    excluded: bool | None = None,
) -> Terms:
    """What decides which buttons make sense; one query at most."""
    handled = petition.state in workflow.ASSIGNED
    resolve = next((each for each in clocks if each.kind == Kind.RESOLVE and each.is_open), None)
    events = petition.events.filter(verb__in=COUNTED).order_by("-id").values_list("verb", flat=True) if handled else []
    since = [Verb(verb) for verb in events]
    begun = next((n for n, verb in enumerate(since) if verb in (Verb.REOPEN, Verb.REGISTER)), len(since))
    since = since[:begun]
    return Terms(
        late=resolve is not None and resolve.due_at is not None and resolve.due_at < now,
        returnable=since.count(Verb.DISPATCH) < petition.level.most_assignments and not _window_over(clocks, now),
        extendable=resolve is not None and since.count(Verb.EXTEND) < petition.level.most_extensions,
        pending=frozenset(application.kind for application in applications),
        mine=petition.handler_id == staff.pk,
        reviewable=petition.state in (State.RESOLVED, State.CLOSED) and reviewable(petition, now),
        grouped=petition.has_same,
        excluded=excluded,
    )


COUNTED = (Verb.DISPATCH, Verb.EXTEND, Verb.REOPEN, Verb.REGISTER)


def _window_over(clocks: Sequence[PetitionClock], now: datetime) -> bool:
    """Whether the time for returning is over, by the rule of the last sign-in clock."""
    clock = max((each for each in clocks if each.kind == Kind.SIGN_IN), key=lambda each: each.pk, default=None)
    rule = clock.rule.get("return") if clock else None
    if clock is None or rule is None:
        return False
    try:
        return now > add(clock.started_at, int(rule["amount"]), str(rule["unit"]), work_calendar())
    except CalendarNotCovered:
        return False

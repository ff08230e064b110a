"""Everything about one petition for one person: what the order page shows. Ten queries at most."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.normal import PHONE
from community_portal.privacy.sealing import blind_index
from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import TimeLeft, moment, span, time_left
from grid.access import Role, in_force, scope_of
from grid.models import Staff
from petitions import beside, ladders, same, trail, workflow
from petitions.actions.base import verbs_now
from petitions.beside import ApplicationLine, PartLine
from petitions.figures.facts import exclusion_of
from petitions.files_shown import Shown, shown_files
from petitions.floor_plan import FloorPlan, floor_plan
from petitions.ladders import Rung
from petitions.models import HANDLING, Petition, PetitionClock, PetitionEvent
from petitions.next_steps import INTENTS, Standing, label, main_verb, offered
from petitions.places_meant import places_meant
from petitions.querysets import visible_to
from petitions.rows import standing
from petitions.same import Group, group_of
from petitions.trail import Line
from petitions.workflow import Verb
from residents.candidates import Candidate
from residents.models import Household

LIKE = 5
LIKE_COLUMNS = ("number", "title", "text", "state", "registered_at", "household_id", "building_id")
EVENTS = 200
OVER = (PetitionClock.Outcome.CANCELLED, PetitionClock.Outcome.MOVED)
RUNG_OF_ROLE = {
    Role.COMMUNITY_HEAD: "community_head",
    Role.STREET_OFFICER: "street",
    Role.DISTRICT_OFFICER: "district",
}


@dataclass(frozen=True)
class Step:
    """One thing the viewer may do: its address part, the words on its button, and whether one press does it."""

    verb: str
    label: str
    at_once: bool = False


@dataclass(frozen=True)
class Timing:
    """One clock in words; `met` is "" while it runs, else how it ended."""

    name: str
    clock: PetitionClock
    left: TimeLeft
    met: str
    late: bool


@dataclass(frozen=True)
class Like:
    """Another open one of the place; `near` when it may be put together with this one by one press."""

    petition: Petition
    near: bool


@dataclass(frozen=True)
class OrderPage:
    """The page's parts, ready to be shown."""

    petition: Petition
    nearest: Timing | None
    timings: list[Timing]
    ladder: list[Rung]
    main: Step | None
    ways: list[tuple[str, list[Step]]]
    parts: list[PartLine]
    applications: list[ApplicationLine]
    trail: list[Line]
    cut: bool
    plan: FloorPlan | None
    calls: int
    like: list[Like]
    same: Group | None
    follow_up: str
    files: list[Shown]
    may_attach: bool
    meant: list[Candidate]
    deliberable: bool


def order_page(petition: Petition, staff: Staff, now: datetime, *, only_answers: bool = False) -> OrderPage:
    """The order page of a petition that the person sees, loaded as views.common.find loads it."""
    scope = scope_of(staff, localtime(now).date())
    clocks = list(petition.clocks.order_by("started_at", "id"))
    own = [clock for clock in clocks if not clock.part_id and not clock.application_id]
    running = sorted((clock for clock in own if clock.is_open and clock.due_at), key=_deadline)
    handling = [clock for clock in running if clock.kind in HANDLING]
    events = _events(petition, only_answers)
    applications = beside.pending(petition)
    stands = standing(petition, handling, staff, scope, now)
    terms = beside.terms_of(petition, own, applications, staff, now, None if only_answers else _excluded(events))
    may = verbs_now(petition, staff, now)
    allowed = offered(may, terms)
    wanted = main_verb(stands, allowed)
    return OrderPage(
        petition=petition,
        nearest=_timing(running[0], now) if running else None,
        timings=[_timing(clock, now) for clock in own if clock.outcome not in OVER],
        ladder=ladders.rungs(running[0], _people(petition, now), work_calendar(), now) if running else [],
        main=_step(wanted, stands) if wanted else None,
        ways=_ways(allowed, wanted, stands),
        parts=beside.part_lines(petition, clocks, staff, now),
        applications=[beside.line_of(each, clocks, staff, now) for each in applications],
        trail=trail.lines(events[:EVENTS]),
        cut=len(events) > EVENTS,
        plan=_plan(petition),
        calls=_calls_this_year(petition, staff, now),
        like=_like(petition, staff, now, merges=Verb.MERGE in allowed),
        same=group_of(petition, staff, now),
        follow_up=trail.answers_of(
            {
                "contacted": petition.asked_contacted,
                "solved": petition.asked_solved,
                "satisfied": petition.asked_satisfied,
            }
        ),
        files=shown_files(petition),
        may_attach=Verb.NOTE in allowed,
        meant=places_meant(petition, events, scope) if Verb.SUPPLEMENT in allowed else [],
        deliberable=Verb.DELIBERATE in may,
    )


def _step(verb: Verb, stands: Standing) -> Step:
    return Step(str(verb), label(verb, stands), verb == Verb.ACCEPT)


def _ways(allowed: Collection[Verb], main: Verb | None, stands: Standing) -> list[tuple[str, list[Step]]]:
    """Everything but the main step, by what one wants; intents without a verb are left out."""
    found = [
        (str(intent), [_step(verb, stands) for verb in verbs if verb in allowed and verb != main])
        for intent, verbs in INTENTS
    ]
    return [(intent, steps) for intent, steps in found if steps]


def _deadline(clock: PetitionClock) -> datetime:
    assert clock.due_at is not None
    return clock.due_at


def _timing(clock: PetitionClock, now: datetime) -> Timing:
    left = time_left(clock.due_at, now, clock.started_at)
    met, late = "", clock.breached_at is not None
    if clock.closed_at:
        when = moment(clock.closed_at, now)
        over = clock.closed_at - clock.due_at if clock.due_at and clock.closed_at > clock.due_at else None
        met = _("%(when)s，晚了 %(span)s") % {"when": when, "span": span(over)} if over else _("%s，按时") % when
        late = over is not None
    return Timing(clock.get_kind_display(), clock, left, met, late)


def _events(petition: Petition, only_answers: bool) -> Sequence[PetitionEvent]:
    events = petition.events.select_related("by").order_by("-id")
    if only_answers:
        events = events.filter(verb__in=trail.ANSWERS)
    return list(events[: EVENTS + 1])


def _people(petition: Petition, now: datetime) -> dict[str, str]:
    """Who stands on each rung, by name; one query."""
    posts = in_force(localtime(now).date()).filter(
        Q(role=Role.COMMUNITY_HEAD, division=petition.community_id)
        | Q(role=Role.STREET_OFFICER, division=petition.street_id)
        | Q(role=Role.DISTRICT_OFFICER, division=petition.district_id)
    )
    names: dict[str, list[str]] = {}
    for role, name in posts.order_by("id").values_list("role", "staff__name"):
        names.setdefault(RUNG_OF_ROLE[Role(role)], []).append(name)
    handler = petition.handler.name if petition.handler else _("还没派单")
    return {"handler": handler, **{rung: "、".join(found) for rung, found in names.items()}}


def _plan(petition: Petition) -> FloorPlan | None:
    if petition.building_id is None:
        return None
    cells = Household.objects.filter(building=petition.building_id).values_list("pk", "unit", "floor", "column")
    return floor_plan(list(cells), petition.household_id)


def _calls_this_year(petition: Petition, staff: Staff, now: datetime) -> int:
    """How many times this phone has asked this year, inside the viewer's scope; 0 for the anonymous."""
    if petition.anonymous or petition.caller_phone_index is None:
        return 0
    today = localtime(now).date()
    return (
        visible_to(scope_of(staff, today))
        .filter(
            caller_phone_index=blind_index(PHONE, petition.caller_phone),
            registered_at__gte=datetime.combine(today.replace(month=1, day=1), time(), ZONE),
        )
        .count()
    )


def _excluded(events: Sequence[PetitionEvent]) -> bool | None:
    """Whether somebody left it out of the rates; None when it is out for another reason."""
    found = exclusion_of(list(reversed(events[:EVENTS])))
    return None if found in ("imported", "refused") else bool(found)


def _like(petition: Petition, staff: Staff, now: datetime, *, merges: bool) -> list[Like]:
    """Open ones of the same building; without a building, of the same grid and category; none of its own group."""
    if petition.building_id:
        alike = Q(building=petition.building_id)
    elif petition.grid_id and petition.category_id:
        alike = Q(grid=petition.grid_id, category=petition.category_id)
    else:
        return []
    visible = visible_to(scope_of(staff, localtime(now).date()))
    found = same.apart(visible.filter(alike, state__in=workflow.UNANSWERED), petition)
    rows = list(found.only(*LIKE_COLUMNS).order_by("-id")[:LIKE])
    close = same.near(petition, rows) if merges else set()
    return [Like(row, row.pk in close) for row in rows]

"""What becomes of a petition at first sight (当场办, 限期办, 上报, 退单), and what changes its terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import CalendarNotCovered, add
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import moment
from grid.access import Role, in_force
from grid.models import Organisation, Staff
from grid.querysets import people_in_role
from petitions.actions.base import ActionRefused, Turn, begin, check, finish, finish_all, tell_resident, tell_staff
from petitions.actions.beside import release
from petitions.actions.files import evidence
from petitions.actions.handling import outcome_data, resolve, resolve_all
from petitions.actions.timing import Kind, move_clocks, open_clocks_of, stand
from petitions.catalogue import catalogue
from petitions.files import Ready
from petitions.models import HANDLING, Petition, PetitionClock
from petitions.querysets import handlers_for
from petitions.truth import Move, deadline, moves_of
from petitions.workflow import Verb

QUEUE = (Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD)
STREET = (Role.STREET_OFFICER,)


@transaction.atomic
def petition_on_spot(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    text: str,
    outcome: str = "",
    attached: Sequence[Ready] = (),
    version: int | None = None,
) -> Petition:
    """Settle it on the spot 当场办: the actor takes it, and every clock stops with the answer. See petition_resolve."""
    turn = begin(petition_id, Verb.ON_SPOT, by=by, at=at, text=text, version=version)
    turn.petition.handler = by
    resolve(turn)
    finish(turn, data={**outcome_data(outcome), **evidence(turn, attached, shown=True)})
    return turn.petition


@dataclass(frozen=True)
class Settled:
    """What another system says of a petition: settled at an instant, with this answer."""

    petition_id: int
    at: datetime
    text: str


@transaction.atomic
def settle_many(settled: Sequence[Settled], *, by: Staff | None, actor: str = "") -> list[Petition]:
    """Settle many on the spot, each at its own instant; as petition_on_spot, with a few statements for all.

    All or none are settled. Raises ActionRefused or Changed for the first that cannot be.
    """
    locked = Petition.objects.select_for_update().order_by("id")
    there = {row.pk: row for row in locked.filter(pk__in=[each.petition_id for each in settled]).defer("search")}
    turns = [
        check(there[each.petition_id], Verb.ON_SPOT, by=by, at=each.at, text=each.text, actor=actor) for each in settled
    ]
    for turn in turns:
        turn.petition.handler = by or turn.petition.handler
    resolve_all(turns)
    finish_all(turns)
    return [turn.petition for turn in turns]


@transaction.atomic
def petition_pledge(
    petition_id: int, *, by: Staff, at: datetime, until: datetime, text: str = "", version: int | None = None
) -> Petition:
    """Promise a day before the deadline 限期办: the clock runs to it from now on, and the petitioner is told.

    Raises ActionRefused for a time that has passed, or later than the deadline (that is an extension).
    """
    turn = begin(petition_id, Verb.PLEDGE, by=by, at=at, text=text, version=version)
    clock = open_clocks_of(turn.petition).filter(kind=Kind.RESOLVE).first()
    if clock is None or clock.due_at is None or not at < until < clock.due_at:
        raise ActionRefused(_("请选择现在以后、时限以前的时间；要更晚请申请延期"))
    move_clocks(turn.petition, at, lambda _clock: until, [Kind.RESOLVE])
    tell_resident(
        turn,
        _("您的诉求 %(number)s 答应在 %(when)s 前办好") % {"number": turn.petition.number, "when": moment(until, at)},
        turn.text,
    )
    finish(turn, data={"until": until.isoformat()})
    return turn.petition


@transaction.atomic
def petition_report(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Report it up 上报协调办: the street has it to dispatch, and its clocks run on.

    Raises ActionRefused where no street is above.
    """
    turn = begin(petition_id, Verb.REPORT, by=by, at=at, text=text, version=version)
    petition = turn.petition
    if petition.street_id is None:
        raise ActionRefused(_("这件工单不在任何街道名下，不能上报"))
    petition.handler = None
    clocks = list(open_clocks_of(petition).filter(kind__in=HANDLING))
    for clock in clocks:
        clock.reached = max(clock.reached, Petition.Step.STREET)
        clock.save(update_fields=["reached"])
    stand(petition, clocks)
    on = localtime(at).date()
    for staff_id in people_in_role(STREET, [petition.street_id], on).get(petition.street_id, []):
        tell_staff(turn, staff_id, _("社区上报：%s") % petition.title, turn.text)
    finish(turn, data={"handler": by.name})
    return petition


@transaction.atomic
def petition_return(
    petition_id: int, *, by: Staff, at: datetime, text: str, basis: str = "", version: int | None = None
) -> Petition:
    """Send it back to the dispatcher 退单 with reason and basis; it waits in the community's or street's queue.

    Raises ActionRefused when the level's time for returning is over ("later it is yours"), and after so many
    assignments that the level above decides (petition_ask_return).
    """
    turn = begin(petition_id, Verb.RETURN, by=by, at=at, text=text, version=version)
    petition = turn.petition
    if assignments(petition) >= petition.level.most_assignments:
        raise ActionRefused(_("已经派过 %d 次，还要退请提“退单申请”，由上一级决定") % petition.level.most_assignments)
    until = returnable_until(petition)
    if until and at > until:
        raise ActionRefused(_("退单时限是%s，已经过了；确有理由请提“退单申请”") % moment(until, at))
    send_back(turn)
    finish(turn, data={"handler": by.name, **({"basis": basis.strip()} if basis.strip() else {})})
    return petition


def send_back(turn: Turn) -> None:
    """Take a petition from its handler, and tell those in whose queue it waits now.

    A unit no longer answers for what one of its members sent back.
    """
    petition = turn.petition
    if petition.handler_id and petition.organisation_id:
        members = in_force(localtime(turn.at).date()).filter(staff=petition.handler_id)
        if members.filter(organisation=petition.organisation_id).exists():
            petition.organisation = None
    petition.handler = None
    _tell_queue(turn)


def _tell_queue(turn: Turn) -> None:
    """Who dispatches what waits in a community, or in its street where no community is known."""
    petition, on = turn.petition, localtime(turn.at).date()
    place, roles = (petition.community_id, QUEUE) if petition.community_id else (petition.street_id, STREET)
    for staff_id in people_in_role(roles, [place], on).get(place, []) if place else ():
        tell_staff(turn, staff_id, _("退回待派：%s") % petition.title, turn.text)


def assignments(petition: Petition) -> int:
    """How often it has been handed out since it came in or was last reopened."""
    begun = petition.events.filter(verb__in=(Verb.REGISTER, Verb.REOPEN)).order_by("-id").values("id")[:1]
    return petition.events.filter(verb=Verb.DISPATCH, pk__gt=begun).count()


def returnable_until(petition: Petition) -> datetime | None:
    """Until when its handler may send it back, by the rule that their sign-in clock started with; None for ever."""
    clock = petition.clocks.filter(kind=Kind.SIGN_IN).order_by("-id").first()
    rule = clock.rule.get("return") if clock else None
    if clock is None or rule is None:
        return None
    try:
        return add(clock.started_at, int(rule["amount"]), str(rule["unit"]), work_calendar())
    except CalendarNotCovered:
        return None


@transaction.atomic
def petition_level(
    petition_id: int, *, by: Staff, at: datetime, level: str, text: str, version: int | None = None
) -> Petition:
    """Give it another response level: its open clocks count by the new rules from their start, pauses left out.

    Clocks that the new level does not have run on as they are. The petitioner is told the new date of the answer.
    """
    turn = begin(petition_id, Verb.LEVEL, by=by, at=at, text=text, version=version)
    petition, former = turn.petition, turn.petition.level
    wanted = catalogue().levels.get(level)
    if wanted is None or wanted.pk == former.pk:
        raise ActionRefused(_("请选择另一个响应级别"))
    petition.level = wanted
    rules = {kind: rule for kind, rule in catalogue().rules.get(wanted.pk, {}).items() if kind in HANDLING}
    moved = move_clocks(petition, at, _by_rules(petition, rules), rules, rules)
    if due := moved.get(Kind.RESOLVE):
        tell_resident(
            turn,
            _("您的诉求 %(number)s 改为 %(when)s 前答复") % {"number": petition.number, "when": moment(due, at)},
        )
    finish(turn, data={"from": former.code, "level": level, "rules": {kind: rules[kind] for kind in moved}})
    return petition


def _by_rules(petition: Petition, rules: dict[str, dict[str, Any]]) -> Any:
    events = list(petition.events.order_by("id"))

    def due_of(clock: PetitionClock) -> datetime:
        moves = [*moves_of(events, clock.kind, clock.started_at), Move(rule=rules[clock.kind])]
        return deadline(clock.rule, clock.started_at, moves, work_calendar())

    return due_of


@transaction.atomic
def petition_avoid(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    text: str,
    staff_id: int | None = None,
    organisation_id: int | None = None,
    version: int | None = None,
) -> Petition:
    """Mark whom it complains about 回避: that one no longer sees it, and it waits for somebody else where they had it.

    Raises ActionRefused for nobody, or somebody outside the actor's scope.
    """
    turn = begin(petition_id, Verb.AVOID, by=by, at=at, text=text, version=version)
    petition = turn.petition
    posts = handlers_for(by, localtime(at).date())
    if not (staff_id or organisation_id) or (staff_id and not posts.filter(staff=staff_id).exists()):
        raise ActionRefused(_("请选择本辖区里被投诉的人或单位"))
    if organisation_id and not Organisation.objects.filter(pk=organisation_id).exists():
        raise ActionRefused(_("请选择本辖区里被投诉的人或单位"))
    petition.about_staff_id = staff_id or petition.about_staff_id
    petition.about_organisation_id = organisation_id or petition.about_organisation_id
    _part_with(petition, at)
    finish(turn)
    return petition


def _part_with(petition: Petition, at: datetime) -> None:
    """Whoever it complains about has no part in it any more."""
    if petition.handler_id == petition.about_staff_id:
        petition.handler = None
    unit = petition.about_organisation_id
    if unit is None:
        return
    members = in_force(localtime(at).date()).filter(organisation=unit)
    if petition.handler_id and members.filter(staff=petition.handler_id).exists():
        petition.handler = None
    if petition.organisation_id == unit:
        petition.organisation = None
    for part in petition.parts.filter(organisation=unit, answered_at__isnull=True, released_at__isnull=True):
        release(part, at)

"""What the level above decides: more time 延期, a pause 挂起, a return after many assignments, a review 复查 复核."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import CalendarNotCovered, add
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import moment
from grid.access import Role
from grid.models import Staff
from grid.querysets import people_in_role
from petitions.actions import timeouts
from petitions.actions.base import (
    ActionRefused,
    Changed,
    Turn,
    begin,
    finish,
    roles_over,
    tell_resident,
    tell_staff,
)
from petitions.actions.ending import reopen
from petitions.actions.timing import (
    MET,
    MOVED,
    Kind,
    close_beside,
    close_clocks,
    move_clocks,
    open_clocks_of,
    start_clock,
    start_until,
)
from petitions.actions.triage import send_back
from petitions.catalogue import catalogue
from petitions.models import HANDLING, Application, Petition
from petitions.workflow import Verb

Asked, Decided, Step = Application.Kind, Application.State, Petition.Step
REVIEWS = (Asked.REVIEW, Asked.RECHECK)
ENDS_BY_ITSELF = {
    "amount": 0,
    "unit": "hour",
    "ladder": [
        {"action": "warn", "to": "handler", "amount": 10, "unit": "percent"},
        {"action": "act", "to": "handler", "amount": 0, "unit": "hour"},
    ],
}
"""The rule of a suspension: it ends when its time has come, and the handler hears of it a little before."""

ABOVE = {Step.STREET: {Role.STREET_OFFICER, Role.DISTRICT_OFFICER}, Step.DISTRICT: {Role.DISTRICT_OFFICER}}
GRANTED = {
    Asked.EXTEND: Verb.EXTEND,
    Asked.SUSPEND: Verb.SUSPEND,
    Asked.RETURN: Verb.TAKE_BACK,
    **dict.fromkeys(REVIEWS, Verb.REOPEN),
}


@transaction.atomic
def petition_ask_extend(
    petition_id: int, *, by: Staff, at: datetime, until: datetime, text: str, version: int | None = None
) -> Petition:
    """Ask for more time 延期 until an instant: before expiry only, and no more often than the level allows."""
    turn = begin(petition_id, Verb.ASK_EXTEND, by=by, at=at, text=text, version=version)
    due = _due_in_time(turn, _("已过时限，不能再申请延期"))
    if until <= due:
        raise ActionRefused(_("请选择时限以后的日子"))
    if extensions(turn.petition) >= turn.petition.level.most_extensions:
        raise ActionRefused(_("这一级别最多延期 %d 次，已经用完了") % turn.petition.level.most_extensions)
    return _ask(turn, Asked.EXTEND, until)


def extensions(petition: Petition) -> int:
    """How often it has been extended since it came in or was last reopened."""
    begun = petition.events.filter(verb__in=(Verb.REGISTER, Verb.REOPEN)).order_by("-id").values("id")[:1]
    return petition.events.filter(verb=Verb.EXTEND, pk__gt=begun).count()


@transaction.atomic
def petition_ask_suspend(
    petition_id: int, *, by: Staff, at: datetime, until: datetime, text: str, version: int | None = None
) -> Petition:
    """Ask for a pause 挂起 that ends at an instant; its time does not count. Before expiry only."""
    turn = begin(petition_id, Verb.ASK_SUSPEND, by=by, at=at, text=text, version=version)
    _due_in_time(turn, _("已过时限，不能再申请挂起"))
    if until <= at:
        raise ActionRefused(_("请选择以后的日子，到那天自动恢复办理"))
    return _ask(turn, Asked.SUSPEND, until)


@transaction.atomic
def petition_ask_return(
    petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None
) -> Petition:
    """Ask the level above to take it back, when it has been handed out too often or too long ago to be returned."""
    turn = begin(petition_id, Verb.ASK_RETURN, by=by, at=at, text=text, version=version)
    return _ask(turn, Asked.RETURN, None)


@transaction.atomic
def petition_review(
    petition_id: int, *, by: Staff | None, at: datetime, text: str, actor: str = "", version: int | None = None
) -> Petition:
    """A complaint about the handling: a review 复查 by the street, after it a second one 复核 by the district.

    To be asked for within the time of the level's review rule, counted from the answer or from the first review
    (信访工作条例: 30 days, answered within 30). Raises ActionRefused when it is too late or both have been decided.
    """
    turn = begin(petition_id, Verb.REVIEW, by=by, at=at, text=text, actor=actor, version=version)
    if not reviewable(turn.petition, at):
        raise ActionRefused(_("申请复查、复核的期限已经过了，或都已作出意见"))
    return _ask(turn, Asked.RECHECK if _last_review(turn.petition) else Asked.REVIEW, None)


def reviewable(petition: Petition, at: datetime) -> bool:
    """Whether a review may be asked for now: in time, and not after both have been decided; one query."""
    last = _last_review(petition)
    if last and last.kind == Asked.RECHECK:
        return False
    since = last.decided_at if last else petition.resolved_at
    until = _review_until(petition, since) if since else None
    return until is not None and at <= until


def _last_review(petition: Petition) -> Application | None:
    """The last review of this answer that left it standing."""
    denied = petition.applications.filter(kind__in=REVIEWS, state=Decided.DENIED, at__gte=petition.resolved_at)
    return denied.order_by("-id").first() if petition.resolved_at else None


def _review_until(petition: Petition, since: datetime) -> datetime | None:
    rule = catalogue().rules.get(petition.level_id, {}).get(Kind.REVIEW)
    try:
        return add(since, int(rule["amount"]), str(rule["unit"]), work_calendar()) if rule else None
    except CalendarNotCovered:
        return None


def _due_in_time(turn: Turn, refusal: str) -> datetime:
    clock = open_clocks_of(turn.petition).filter(kind=Kind.RESOLVE).first()
    if clock is None or clock.due_at is None or turn.at > clock.due_at:
        raise ActionRefused(refusal)
    return clock.due_at


def _ask(turn: Turn, kind: Application.Kind, until: datetime | None) -> Petition:
    petition = turn.petition
    rung = _rung(turn, kind)
    try:
        with transaction.atomic():
            application = Application.objects.create(
                petition=petition, kind=kind, rung=rung, by=turn.by, at=turn.at, text=turn.text, until=until
            )
    except IntegrityError as error:
        raise Changed(_("已经有一份“%s”申请在等审批") % kind.label) from error
    start_clock(petition, Kind.REVIEW if kind in REVIEWS else Kind.DECIDE, turn.at, application=application)
    for staff_id in deciders(application, turn.at):
        tell_staff(turn, staff_id, _("%(kind)s待审批：%(title)s") % _named(application), turn.text)
    data = {"application": application.pk, "kind": kind.value, "rung": rung}
    finish(turn, data={**data, **({"until": until.isoformat()} if until else {})})
    return petition


def _rung(turn: Turn, kind: Application.Kind) -> Petition.Step:
    """The level above the applicant: the street, or the district for a street officer and for a second review."""
    petition = turn.petition
    own = roles_over(petition, turn.by, localtime(turn.at).date()) if turn.by else frozenset()
    far = kind == Asked.RECHECK or (Role.STREET_OFFICER in own and kind not in REVIEWS) or petition.street_id is None
    return Step.DISTRICT if far else Step.STREET


def deciders(application: Application, at: datetime) -> list[int]:
    """Who is told of it: the officers at its rung, and where there are none those above."""
    petition, on = application.petition, localtime(at).date()
    rungs = (
        (Step.STREET, Role.STREET_OFFICER, petition.street_id),
        (Step.DISTRICT, Role.DISTRICT_OFFICER, petition.district_id),
    )
    for step, role, place in rungs:
        if step >= application.rung and place and (found := people_in_role((role,), [place], on).get(place)):
            return [pk for pk in found if pk != application.by_id]
    return []


@transaction.atomic
def application_decide(application_id: int, *, by: Staff, at: datetime, granted: bool, text: str = "") -> Petition:
    """Decide an application. Nobody decides their own, nor one that is for a higher rung.

    Raises Changed when it has been decided or has lapsed meanwhile.
    """
    asked = Application.objects.get(pk=application_id)
    turn = begin(asked.petition_id, verb_of(asked, granted), by=by, at=at, text=text)
    application = Application.objects.select_related("by").get(pk=application_id)
    application.petition = turn.petition
    if application.state != Decided.PENDING:
        raise Changed(_("这份申请已是“%s”") % application.get_state_display())
    if not may_decide(application, by, at):
        raise ActionRefused(_("这份申请要由上一级或别人来审批"))
    application.state = Decided.GRANTED if granted else Decided.DENIED
    application.decided_by, application.decided_at, application.words = by, at, turn.text
    application.save()
    close_beside(application.clocks.all(), at, MET)
    tell_staff(turn, application.by_id, _outcome(application), turn.text)
    data: dict[str, Any] = {"application": application.pk, "kind": application.kind}
    if granted:
        data.update(_grant(turn, application))
    elif application.kind in REVIEWS:
        tell_resident(turn, _("您的诉求 %s 复查后维持原答复") % turn.petition.number, turn.text)
    finish(turn, data=data)
    return turn.petition


def verb_of(application: Application, granted: bool) -> Verb:
    """What a decision is in the history."""
    if granted:
        return GRANTED[Asked(application.kind)]
    return Verb.UPHOLD if application.kind in REVIEWS else Verb.DENY


def may_decide(application: Application, by: Staff, at: datetime) -> bool:
    """Whether it is for this person to decide; its petition must be loaded."""
    roles = roles_over(application.petition, by, localtime(at).date())
    return application.by_id != by.pk and bool(roles & ABOVE[Step(application.rung)])


def _grant(turn: Turn, application: Application) -> dict[str, Any]:
    """Do what was asked for; what the event says of it."""
    petition, at, until = turn.petition, turn.at, application.until
    if application.kind in REVIEWS:
        reopen(turn)
        tell_resident(turn, _("您的诉求 %s 复查后重新办理") % petition.number, turn.text)
        return {}
    if application.kind == Asked.RETURN:
        send_back(turn)
        return {"handler": application.by.name if application.by else ""}
    if until is None or until <= at:
        raise ActionRefused(_("申请的日子已经过了，不能再批准"))
    words = {"number": petition.number, "when": moment(until, at)}
    if application.kind == Asked.EXTEND:
        move_clocks(petition, at, lambda _clock: until, [Kind.RESOLVE])
        tell_resident(turn, _("您的诉求 %(number)s 延期到 %(when)s 答复") % words, application.text)
    else:
        close_clocks(petition, at, MOVED, HANDLING)
        start_until(petition, Kind.SUSPENSION, at, until, ENDS_BY_ITSELF)
        tell_resident(turn, _("您的诉求 %(number)s 暂停办理到 %(when)s") % words, application.text)
    return {"until": until.isoformat()}


@transaction.atomic
def petition_resume(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """End a suspension before its time: what it waited for has come."""
    turn = begin(petition_id, Verb.RESUME, by=by, at=at, text=text, version=version)
    timeouts.resume(turn)
    return turn.petition


def _named(application: Application) -> dict[str, str]:
    return {"kind": str(application.get_kind_display()), "title": application.petition.title}


def _outcome(application: Application) -> str:
    words = {**_named(application), "state": application.get_state_display()}
    return _("%(kind)s%(state)s：%(title)s") % words

"""What staff do with a petition from dispatch to closing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.models import Clock
from grid.access import ancestors, in_force
from grid.models import Appointment, Division, Staff
from petitions import workflow
from petitions.actions.base import ActionRefused, Turn, begin, finish, tell_resident, tell_staff
from petitions.actions.clocks import Kind, close_clocks, hold, new_clocks
from petitions.models import Category, Petition, PetitionClock
from petitions.querysets import handlers_for
from petitions.workflow import Verb

HOLD_HOURS = (2, 4, 24)
MET, CANCELLED = Clock.Outcome.MET, Clock.Outcome.CANCELLED


@transaction.atomic
def petition_dispatch(
    petition_id: int, *, by: Staff, at: datetime, appointment_id: int, text: str = "", version: int | None = None
) -> Petition:
    """Give the petition to a person in one of their appointments; the sign-in clock starts anew for them.

    Raises ActionRefused when the appointment is not in force or lies outside what the actor may hand out to.
    """
    turn = begin(petition_id, Verb.DISPATCH, by=by, at=at, text=text, version=version)
    appointment = handlers_for(by, localtime(at).date()).filter(pk=appointment_id).first()
    if appointment is None:
        raise ActionRefused(_("请选择本辖区在岗的人员"))
    petition = turn.petition
    _tell_former(turn, appointment.staff_id)
    _move(petition, appointment)
    _restart_sign_in(petition, at)
    tell_staff(turn, appointment.staff_id, _("派给您：%s") % petition.title, turn.text)
    finish(turn, data={"handler": appointment.staff.name, "post": str(appointment)})
    return petition


@transaction.atomic
def petition_accept(petition_id: int, *, by: Staff, at: datetime, version: int | None = None) -> Petition:
    """Sign in 签收: whoever accepts becomes the handler."""
    turn = begin(petition_id, Verb.ACCEPT, by=by, at=at, version=version)
    if turn.petition.handler_id != by.pk:
        tell_staff(
            turn,
            turn.petition.handler_id,
            _("%(name)s 已替您签收：%(title)s") % {"name": by.name, "title": turn.petition.title},
        )
    turn.petition.handler = by
    close_clocks(turn.petition, at, MET, [Kind.SIGN_IN])
    finish(turn)
    return turn.petition


@transaction.atomic
def petition_contact(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Record the first contact with the petitioner, and what was agreed."""
    turn = begin(petition_id, Verb.CONTACT, by=by, at=at, text=text, version=version)
    close_clocks(turn.petition, at, MET, [Kind.CONTACT])
    finish(turn)
    return turn.petition


@transaction.atomic
def petition_note(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Write down progress; residents do not see it."""
    turn = begin(petition_id, Verb.NOTE, by=by, at=at, text=text, version=version)
    finish(turn)
    return turn.petition


@transaction.atomic
def petition_resolve(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Answer the petitioner: every clock stops, and they are asked for their opinion.

    Raises ActionRefused while the petitioner has not been contacted; an anonymous one without a phone need not be.
    """
    turn = begin(petition_id, Verb.RESOLVE, by=by, at=at, text=text, version=version)
    petition = turn.petition
    if petition.caller_phone and petition.clocks.filter(kind=Kind.CONTACT, closed_at__isnull=True).exists():
        raise ActionRefused(_("还没有联系过诉求人，请先“联系居民”再办结"))
    close_clocks(petition, at, MET)
    petition.answer, petition.resolved_at = turn.text, at
    tell_resident(turn, _("您的诉求 %s 已答复") % petition.number, turn.text)
    finish(turn)
    return petition


@transaction.atomic
def petition_deliberate(
    petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None
) -> Petition:
    """Its matter is now a council's topic; the petitioner is told in `text`. The petition itself goes on."""
    turn = begin(petition_id, Verb.DELIBERATE, by=by, at=at, text=text, version=version)
    tell_resident(turn, _("您的诉求 %s 列为议题") % turn.petition.number, turn.text)
    finish(turn)
    return turn.petition


@transaction.atomic
def petition_classify(
    petition_id: int, *, by: Staff, at: datetime, category_id: int, version: int | None = None
) -> Petition:
    """Correct the category; level, clocks and handler stay as they are. The classifier learns from it.

    Raises ActionRefused for a category that is none, or the present one.
    """
    turn = begin(petition_id, Verb.CLASSIFY, by=by, at=at, version=version)
    petition, chosen = turn.petition, Category.objects.filter(pk=category_id).first()
    if chosen is None or chosen.pk == petition.category_id:
        raise ActionRefused(_("请选择另一个类别"))
    former = petition.category
    turn.text = _("%(old)s改为%(new)s") % {"old": former.name if former else _("未定"), "new": chosen.name}
    petition.category = chosen
    finish(turn, data={"proposed": former.code if former else "", "chosen": chosen.code})
    return petition


@transaction.atomic
def petition_close(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    contacted: bool | None,
    solved: bool | None,
    satisfied: bool | None,
    text: str = "",
    version: int | None = None,
) -> Petition:
    """File the petition after the follow-up (回访); its three answers are kept apart, None meaning not reached."""
    turn = begin(petition_id, Verb.CLOSE, by=by, at=at, text=text, version=version)
    petition = turn.petition
    petition.asked_contacted, petition.asked_solved, petition.asked_satisfied = contacted, solved, satisfied
    petition.closed_at = at
    finish(turn, data={"contacted": contacted, "solved": solved, "satisfied": satisfied})
    return petition


@transaction.atomic
def petition_return(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Send it back to the dispatcher 退单 with a reason; it waits in the community's or street's queue."""
    turn = begin(petition_id, Verb.RETURN, by=by, at=at, text=text, version=version)
    turn.petition.handler = None
    finish(turn, data={"handler": by.name})
    return turn.petition


@transaction.atomic
def petition_refuse(
    petition_id: int, *, by: Staff, at: datetime, ground: str, text: str = "", version: int | None = None
) -> Petition:
    """Not to be taken up 不予受理, on one of the listed grounds; the petitioner is told where to turn instead."""
    if ground not in workflow.REFUSAL_GROUNDS:
        raise ActionRefused(_("请选择不予受理的情形"))
    words = f"{workflow.REFUSAL_GROUNDS[ground]}。{text.strip()}"
    turn = begin(petition_id, Verb.REFUSE, by=by, at=at, text=words, version=version)
    close_clocks(turn.petition, at, CANCELLED)
    turn.petition.closed_at, turn.petition.answer = at, turn.text
    tell_resident(turn, _("您的诉求 %s 不予受理") % turn.petition.number, turn.text)
    finish(turn, data={"ground": ground})
    return turn.petition


@transaction.atomic
def petition_reopen(
    petition_id: int, *, by: Staff | None, at: datetime, text: str, actor: str = "", version: int | None = None
) -> Petition:
    """Do it again 重办, with a fresh set of clocks; it goes back to its last handler, or to the queue without one."""
    turn = begin(petition_id, Verb.REOPEN, by=by, at=at, text=text, actor=actor, version=version)
    reopen(turn)
    finish(turn)
    return turn.petition


def reopen(turn: Turn) -> None:
    """The part of a reopening that a bad rating shares: fresh clocks, cleared answers, a handler still in office."""
    petition = turn.petition
    on = localtime(turn.at).date()
    if petition.handler_id and not in_force(on).filter(staff=petition.handler_id).exists():
        petition.handler = None
    petition.resolved_at = petition.closed_at = petition.due_at = None
    petition.asked_contacted = petition.asked_solved = petition.asked_satisfied = None
    petition.escalated_to = Petition.Step.NONE
    PetitionClock.objects.bulk_create(new_clocks(petition, turn.at))
    tell_staff(turn, petition.handler_id, _("重办：%s") % petition.title, turn.text)


@transaction.atomic
def petition_acknowledge(
    petition_id: int, *, by: Staff, at: datetime, text: str, hours: int, version: int | None = None
) -> Petition:
    """Take note of an overdue petition with a reason: the ladder rests for so many hours (one of HOLD_HOURS)."""
    if hours not in HOLD_HOURS:
        raise ActionRefused(_("请选择暂缓升级的时长"))
    turn = begin(petition_id, Verb.ACKNOWLEDGE, by=by, at=at, text=text, version=version)
    until = at + timedelta(hours=hours)
    hold(turn.petition, until)
    finish(turn, data={"hours": hours, "until": until.isoformat()})
    return turn.petition


@transaction.atomic
def petition_supervise(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """A superior's instruction 督办; the handler and the community head are told at once."""
    turn = begin(petition_id, Verb.SUPERVISE, by=by, at=at, text=text, version=version)
    petition = turn.petition
    heads = in_force(localtime(at).date()).filter(role=Appointment.Role.COMMUNITY_HEAD, division=petition.community_id)
    for staff_id in {petition.handler_id, *heads.values_list("staff_id", flat=True)}:
        tell_staff(turn, staff_id, _("督办：%s") % petition.title, turn.text)
    finish(turn)
    return petition


def _tell_former(turn: Turn, new_handler: int) -> None:
    former = turn.petition.handler_id
    if former and former != new_handler:
        tell_staff(turn, former, _("已改派：%s") % turn.petition.title, turn.text)


def _move(petition: Petition, appointment: Appointment) -> None:
    """Put the petition where its new handler works; a place known more precisely inside it is kept."""
    petition.handler = appointment.staff
    if appointment.grid:
        above = ancestors(appointment.grid.division)
        petition.grid = appointment.grid
    else:
        assert appointment.division is not None
        above = ancestors(appointment.division)
        if petition.grid and petition.grid.division_id != appointment.division_id:
            petition.grid = None
    petition.district = above.get(Division.Level.DISTRICT, petition.district)
    petition.street = above.get(Division.Level.STREET, petition.street)
    petition.community = above.get(Division.Level.COMMUNITY, petition.community)


def _restart_sign_in(petition: Petition, at: datetime) -> None:
    close_clocks(petition, at, CANCELLED, [Kind.SIGN_IN])
    PetitionClock.objects.bulk_create(new_clocks(petition, at, [Kind.SIGN_IN]))

"""The loop: what staff do with a petition from dispatch to its answer. How it ends is in `ending`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import ancestors, in_force
from grid.models import Appointment, Division, Staff
from petitions import workflow
from petitions.actions.base import ActionRefused, Turn, begin, finish, tell_resident, tell_staff
from petitions.actions.beside import lapse, owing
from petitions.actions.files import evidence
from petitions.actions.timing import (
    MET,
    Kind,
    beside_clock,
    close_all,
    close_clocks,
    restart_sign_in,
)
from petitions.files import Ready
from petitions.models import Category, Petition, PetitionClock
from petitions.querysets import handlers_for
from petitions.workflow import Verb


@transaction.atomic
def petition_dispatch(
    petition_id: int, *, by: Staff, at: datetime, appointment_id: int, text: str = "", version: int | None = None
) -> Petition:
    """Give the petition to a person in one of their appointments; the sign-in clock starts anew for them.

    Raises ActionRefused when the appointment is not in force, lies outside what the actor may hand out to, or is held
    by whom the petition complains about.
    """
    turn = begin(petition_id, Verb.DISPATCH, by=by, at=at, text=text, version=version)
    appointment = handlers_for(by, localtime(at).date()).filter(pk=appointment_id).first()
    if appointment is None:
        raise ActionRefused(_("请选择本辖区在岗的人员"))
    petition = turn.petition
    if appointment.staff_id == petition.about_staff_id or (
        appointment.organisation_id and appointment.organisation_id == petition.about_organisation_id
    ):
        raise ActionRefused(_("这件工单投诉的就是对方，请派给别人"))
    hand_over(turn, appointment)
    return petition


def hand_over(turn: Turn, appointment: Appointment) -> None:
    """Dispatch a begun turn to an appointment."""
    petition = turn.petition
    _tell_former(turn, appointment.staff_id)
    _move(petition, appointment, turn.at)
    restart_sign_in(petition, turn.at)
    tell_staff(turn, appointment.staff_id, _("派给您：%s") % petition.title, turn.text)
    finish(turn, data={"handler": appointment.staff.name, "post": str(appointment)})


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
def petition_contact(
    petition_id: int, *, by: Staff, at: datetime, text: str, arrived: bool | None = None, version: int | None = None
) -> Petition:
    """Record the first contact with the petitioner, and what was agreed.

    `arrived` answers the on-site level's question: there in time, or not, and then the text is the reason (五分钟到位
    或说明原因). An anonymous petitioner is reached through the portal alone: the text goes to them as it is.
    """
    turn = begin(petition_id, Verb.CONTACT, by=by, at=at, text=text, version=version)
    close_clocks(turn.petition, at, MET, [Kind.CONTACT])
    if turn.petition.anonymous:
        tell_resident(turn, _("您的诉求 %s 有了消息") % turn.petition.number, turn.text)
    finish(turn, data={} if arrived is None else {"arrived": arrived})
    return turn.petition


@transaction.atomic
def petition_note(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Write down progress; residents do not see it."""
    turn = begin(petition_id, Verb.NOTE, by=by, at=at, text=text, version=version)
    finish(turn)
    return turn.petition


@transaction.atomic
def petition_resolve(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    text: str,
    outcome: str = "",
    attached: Sequence[Ready] = (),
    version: int | None = None,
) -> Petition:
    """Answer the petitioner: every clock stops, and they are asked for their opinion.

    `outcome` is one of workflow.OUTCOMES, "" where it is not known; the petitioner sees the files too. Raises
    ActionRefused while the petitioner has not been contacted; an anonymous one without a phone need not be.
    """
    turn = begin(petition_id, Verb.RESOLVE, by=by, at=at, text=text, version=version)
    petition = turn.petition
    if petition.caller_phone and petition.clocks.filter(kind=Kind.CONTACT, closed_at__isnull=True).exists():
        raise ActionRefused(_("还没有联系过诉求人，请先“联系居民”再办结"))
    resolve(turn)
    finish(turn, data={**outcome_data(outcome), **evidence(turn, attached, shown=True)})
    return petition


def outcome_data(outcome: str) -> dict[str, str]:
    """What an answer's event says of its outcome, nothing where it is not known. Raises ActionRefused."""
    if outcome and outcome not in workflow.OUTCOMES:
        raise ActionRefused(_("请选择办理结果"))
    return {"outcome": outcome} if outcome else {}


def resolve(turn: Turn) -> None:
    """The part of an answer that answering on the spot shares; see resolve_all."""
    resolve_all([turn])


def resolve_all(turns: Sequence[Turn]) -> None:
    """Stop every handling clock, keep and send the answers, start the follow-ups; a few statements for any number.

    Raises ActionRefused while another unit still owes its own answer.
    """
    petitions = [turn.petition for turn in turns]
    if names := owing(petitions):
        raise ActionRefused(_("%s 还没有答复，请等答复或先撤回联办") % "、".join(names))
    lapse(petitions, turns[0].at)
    moments = {turn.petition.pk: turn.at for turn in turns}
    close_all(petitions, lambda petition_id: moments[petition_id])
    for turn in turns:
        turn.petition.answer, turn.petition.resolved_at = turn.text, turn.at
        tell_resident(turn, _("您的诉求 %s 已答复") % turn.petition.number, turn.text)
    followed = (beside_clock(turn.petition, Kind.FOLLOW_UP, turn.at) for turn in turns)
    PetitionClock.objects.bulk_create([clock for clock in followed if clock])


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


def _tell_former(turn: Turn, new_handler: int) -> None:
    former = turn.petition.handler_id
    if former and former != new_handler:
        tell_staff(turn, former, _("已改派：%s") % turn.petition.title, turn.text)


def _move(petition: Petition, appointment: Appointment, at: datetime) -> None:
    """Put the petition where its new handler works; a place known more precisely inside it is kept.

    An organisation answers for it where it lies; it no longer does once somebody else than its members has it.
    """
    on = localtime(at).date()
    if petition.handler_id and in_force(on).filter(staff=petition.handler_id, organisation__isnull=False).exists():
        petition.organisation = None
    petition.handler = appointment.staff
    if appointment.organisation:
        petition.organisation = appointment.organisation
        return
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

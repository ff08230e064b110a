"""Same-event groups 并单: merging, taking out again, and one answer for all. No clock is touched by either."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import ActionRefused, Changed, check, finish, roles_over, tell_staff
from petitions.actions.handling import petition_accept, petition_contact, petition_resolve
from petitions.models import ClockRule, Petition, SameEvent, SameMember
from petitions.workflow import ROLES, UNANSWERED, State, Verb

MOST = 200
"""So many petitions at most are one event."""


@transaction.atomic
def petition_merge(petition_id: int, *, by: Staff, at: datetime, into: int, version: int | None = None) -> Petition:
    """Put a petition to another one that is about the same event; the other one, or the lead of its group, leads.

    Its number, clocks, state and follow-up stay its own. Raises ActionRefused when either is out of the actor's
    reach, when it is in a group already, and Changed.
    """
    lead_id = _lead_of(into) or into
    rows = _locked([petition_id, into, lead_id])
    if petition_id == into or len(rows) < 2:
        raise ActionRefused(_("请选择另一件工单"))
    event, lead = _event_of(into), rows[lead_id]
    if (event.lead_id if event else into) != lead_id:
        raise Changed(_("那件工单刚刚换了一组，请看过再并"))
    turn = check(rows[petition_id], Verb.MERGE, by=by, at=at, version=version)
    other = check(lead, Verb.MERGE, by=by, at=at)
    if _event_of(petition_id) is not None:
        raise ActionRefused(_("这件工单已经和别的并在一起，请先拆出来"))
    event = event or _begin(lead, by, at)
    if event.members.filter(left_at__isnull=True).count() >= MOST:
        raise ActionRefused(_("同一件事最多并 %d 件") % MOST)
    SameMember.objects.create(event=event, petition=turn.petition, at=at, by=by)
    turn.text = _("并到 %(number)s：%(title)s") % {"number": lead.number, "title": lead.title}
    other.text = _("%(number)s 并进来：%(title)s") % {"number": turn.petition.number, "title": turn.petition.title}
    tell_staff(turn, turn.petition.handler_id, _("和别的工单并成一件：%s") % turn.petition.title, turn.text)
    finish(other, data={"same": event.pk, "joined": turn.petition.number})
    finish(turn, data={"same": event.pk, "lead": lead.number})
    return turn.petition


@transaction.atomic
def petition_split(
    petition_id: int, *, by: Staff, at: datetime, text: str = "", version: int | None = None
) -> Petition:
    """Take a petition out of its group again. The longest member leads then where the lead went; one alone is none.

    Raises ActionRefused when it is in no group, and Changed.
    """
    rows = _locked([petition_id, *_beside(petition_id)])
    turn = check(rows[petition_id], Verb.SPLIT, by=by, at=at, text=text, version=version)
    event = _event_of(petition_id)
    if event is None:
        raise ActionRefused(_("这件工单没有和别的并在一起"))
    event.members.filter(petition=petition_id, left_at__isnull=True).update(left_at=at)
    left = list(event.members.filter(left_at__isnull=True).order_by("at", "pk"))
    if len(left) < 2:
        event.members.filter(left_at__isnull=True).update(left_at=at)
        event.ended_at = at
    elif event.lead_id == petition_id:
        event.lead_id = left[0].petition_id
    event.save()
    finish(turn, data={"same": event.pk})
    return turn.petition


@dataclass
class Answered:
    """What one answer for all came to: the petitions answered, and those that were not, with the reason."""

    done: list[Petition] = field(default_factory=list)
    refused: list[tuple[Petition, str]] = field(default_factory=list)


def same_answer(
    event_id: int,
    *,
    by: Staff,
    at: datetime,
    text: str,
    members: Sequence[int],
    outcome: str = "",
    contact: str = "",
) -> Answered:
    """Give the same answer to each of these members of a group; each has its own follow-up afterwards.

    `contact` says how those were reached who have not been contacted yet: without it they are left for later. Each
    member is a transaction of its own: what is refused for one does not stop the others.
    """
    answered = Answered()
    rows = Petition.objects.filter(same__event=event_id, same__left_at__isnull=True, pk__in=members).order_by("pk")
    for petition in rows.defer("search"):
        try:
            answered.done.append(_answer(petition, by, at, text, outcome, contact.strip()))
        except ActionRefused as refusal:
            answered.refused.append((petition, str(refusal)))
    return answered


@transaction.atomic
def _answer(petition: Petition, by: Staff, at: datetime, text: str, outcome: str, contact: str) -> Petition:
    """Sign in, note the contact, answer: whatever of it is still to be done."""
    if petition.state == State.DISPATCHED:
        petition_accept(petition.pk, by=by, at=at)
    waits = petition.clocks.filter(kind=ClockRule.Kind.CONTACT, closed_at__isnull=True).exists()
    if waits and petition.caller_phone and contact:
        petition_contact(petition.pk, by=by, at=at, text=contact)
    return petition_resolve(petition.pk, by=by, at=at, text=text, outcome=outcome)


def may_answer(petition: Petition, by: Staff, at: datetime) -> bool:
    """Whether a person may answer this member, as far as their role goes."""
    return petition.state in UNANSWERED and bool(roles_over(petition, by, localtime(at).date()) & ROLES[Verb.RESOLVE])


def _begin(lead: Petition, by: Staff, at: datetime) -> SameEvent:
    event = SameEvent.objects.create(lead=lead, at=at)
    SameMember.objects.create(event=event, petition=lead, at=at, by=by)
    return event


def _locked(ids: Sequence[int]) -> dict[int, Petition]:
    """These petitions locked, always in the order of their ids: two who merge crosswise do not wait for each other."""
    return {row.pk: row for row in Petition.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def _event_of(petition_id: int) -> SameEvent | None:
    """The group that a petition is in, locked: always after the petitions."""
    members = SameMember.objects.filter(petition=petition_id, left_at__isnull=True)
    return SameEvent.objects.select_for_update().filter(pk__in=members.values("event")).first()


def _lead_of(petition_id: int) -> int | None:
    """Who leads the group that a petition is in."""
    member = SameMember.objects.filter(petition=petition_id, left_at__isnull=True)
    return member.values_list("event__lead", flat=True).first()


def _beside(petition_id: int) -> list[int]:
    """Everybody in the group of a petition."""
    own = SameMember.objects.filter(petition=petition_id, left_at__isnull=True).values("event")
    return list(SameMember.objects.filter(event__in=own, left_at__isnull=True).values_list("petition", flat=True))

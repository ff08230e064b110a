"""What all actions share: refusals, locking, the event row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal import rows
from community_portal.notices import outbox
from community_portal.notices.models import Notice
from grid.access import COMMUNITY, DISTRICT, GRID, ORGANISATION, STREET, Scope, scope_of
from grid.models import Staff
from grid.querysets import members_of
from petitions import workflow
from petitions.models import Petition, PetitionEvent
from petitions.workflow import State, Verb

ANY_NUMBER = "SQ00000000-000000"
BATCH = 500
CHANGED = ("state", "version", "handler", "answer", "resolved_at", "due_at", "escalated_to")
"""What an answer changes of a petition."""

SYSTEM, RESIDENT, HOTLINE = "系统", "居民", "热线"


class ActionRefused(Exception):
    """The action is not possible; the text says why in the users' words. Nothing was written."""


class Changed(ActionRefused):
    """Somebody else was faster: the petition is no longer as the actor saw it."""


@dataclass
class Turn:
    """One action on one locked petition: what is known, and the notices that leave with it."""

    petition: Petition
    verb: Verb
    by: Staff | None
    at: datetime
    old_state: str
    text: str = ""
    actor: str = ""
    notices: list[Notice] = field(default_factory=list)


class Placed(Protocol):
    """A petition, or those columns of it that decide who may do what."""

    @property
    def state(self) -> str: ...
    @property
    def grid_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def street_id(self) -> int | None: ...
    @property
    def district_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def about_staff_id(self) -> int | None: ...
    @property
    def about_organisation_id(self) -> int | None: ...


def roles_over(petition: Placed, staff: Staff, on: date) -> frozenset[str]:
    """The roles that reach this petition; none for whom it complains about."""
    scope = scope_of(staff, on)
    if is_about(petition, scope):
        return frozenset()
    ids = {
        GRID: petition.grid_id,
        COMMUNITY: petition.community_id,
        STREET: petition.street_id,
        DISTRICT: petition.district_id,
        ORGANISATION: petition.organisation_id,
    }
    return scope.roles_over(**ids)


def is_about(petition: Placed, scope: Scope) -> bool:
    """Whether it complains about this person, or about an organisation that they work for."""
    return petition.about_staff_id == scope.staff_id or petition.about_organisation_id in scope.ids(ORGANISATION)


def verbs_now(petition: Placed, staff: Staff, at: datetime) -> list[Verb]:
    """What a person may do with a petition as it stands."""
    return workflow.verbs_for(petition.state, roles_over(petition, staff, localtime(at).date()))


def begin(
    petition_id: int,
    verb: Verb,
    *,
    by: Staff | None,
    at: datetime,
    text: str = "",
    actor: str = "",
    version: int | None = None,
    also: frozenset[str] = frozenset(),
) -> Turn:
    """Lock the petition and check state, role, reason and (when given) the version that the actor saw.

    Raises ActionRefused or Changed. Call inside a transaction. `by` is None for residents, hotlines and the system;
    `also` are roles that the actor holds here beside those of their place, as a unit that was asked to help does.
    """
    # Locked alone: a join would be judged by what the row pointed at before somebody else changed it.
    petition = Petition.objects.select_for_update().get(pk=petition_id)
    return check(petition, verb, by=by, at=at, text=text, actor=actor, version=version, also=also)


def check(
    petition: Petition,
    verb: Verb,
    *,
    by: Staff | None,
    at: datetime,
    text: str = "",
    actor: str = "",
    version: int | None = None,
    also: frozenset[str] = frozenset(),
) -> Turn:
    """As `begin`, for a petition that is locked already."""
    text = text.strip()
    if workflow.target(verb, petition.state) is None:
        raise Changed(_not_here(petition, verb))
    if by is not None and not (roles_over(petition, by, localtime(at).date()) | also) & workflow.ROLES[verb]:
        raise ActionRefused(_("您的岗位不能对这件工单做“%s”") % verb.label)
    if version is not None and version != petition.version:
        raise Changed(_("这件工单刚刚有了新的变化，请看过“经过”再提交；您填写的内容还在"))
    if verb in workflow.REASON_REQUIRED and not text:
        raise ActionRefused(_("请写明情况或理由"))
    return Turn(petition, verb, by, at, petition.state, text, actor)


def finish(turn: Turn, *, data: dict[str, Any] | None = None) -> PetitionEvent:
    """Move the petition to its new state, save it, append the event and put the notices in the outbox."""
    event = written(turn, data)
    turn.petition.save()
    event.save()
    for notice in turn.notices:
        notice.event = f"petition-event:{event.pk}"
    outbox.save(turn.notices)
    return event


def finish_all(turns: Sequence[Turn]) -> None:
    """As `finish`, for turns of one kind; three statements for all."""
    events = [written(turn) for turn in turns]
    rows.update([turn.petition for turn in turns], CHANGED)
    PetitionEvent.objects.bulk_create(events, batch_size=BATCH)
    for turn, event in zip(turns, events, strict=True):
        for notice in turn.notices:
            notice.event = f"petition-event:{event.pk}"
    outbox.save([notice for turn in turns for notice in turn.notices])


def written(turn: Turn, data: dict[str, Any] | None = None) -> PetitionEvent:
    """Move the petition to its new state; the event that says so. Neither is saved."""
    petition = turn.petition
    petition.state = workflow.TRANSITIONS[turn.verb, State(turn.old_state)]
    if petition.state in workflow.ASSIGNED and petition.handler_id is None:
        petition.state = State.REGISTERED  # Nobody has it: it waits in the queue to be dispatched.
    petition.version += 1
    return PetitionEvent(
        petition=petition,
        at=turn.at,
        verb=turn.verb,
        by=turn.by,
        actor=turn.actor,
        old_state=turn.old_state,
        new_state=petition.state,
        text=turn.text,
        data=data or {},
    )


def tell_staff(turn: Turn, staff_id: int | None, title: str, body: str = "") -> None:
    """Put a message to a staff member into the turn; not of their own doing, nor of a complaint about them."""
    if staff_id and staff_id not in (turn.by and turn.by.pk, turn.petition.about_staff_id):
        turn.notices.append(
            outbox.to_staff(staff_id, event="", at=turn.at, title=title, body=body, path=path_of(turn.petition))
        )


def tell_members(turn: Turn, organisation_id: int, title: str, body: str = "") -> None:
    """The same to everybody who works for an organisation."""
    if organisation_id != turn.petition.about_organisation_id:
        for staff_id in members_of([organisation_id], localtime(turn.at).date()).get(organisation_id, []):
            tell_staff(turn, staff_id, title, body)


def tell_resident(turn: Turn, title: str, body: str = "") -> None:
    """Put a text message to the petitioner into the turn, when they left a phone; it leads to their own page."""
    petition = turn.petition
    if petition.caller_phone:
        path = reverse("track-detail", args=[petition.number, petition.query_code])
        turn.notices.append(
            outbox.to_resident(petition.caller_phone, event="", at=turn.at, title=title, body=body, path=path)
        )


def path_of(petition: Petition) -> str:
    """The petition's page."""
    return page_of(petition.number)


def page_of(number: str) -> str:
    """The page of the petition with this number; what can be done there lies below it."""
    return _page().replace(ANY_NUMBER, number)


@cache
def _page() -> str:
    return reverse("petition-detail", args=[ANY_NUMBER])


def _not_here(petition: Petition, verb: Verb) -> str:
    last = petition.events.select_related("by").order_by("-id").first()
    who = last.by.name if last and last.by else (last.actor if last else "")
    when = f"{localtime(last.at):%m-%d %H:%M}" if last else ""
    return _("这件工单已是“%(state)s”（%(who)s %(when)s %(done)s），不能再“%(verb)s”") % {
        "state": petition.get_state_display(),
        "who": who,
        "when": when,
        "done": last.get_verb_display() if last else "",
        "verb": verb.label,
    }

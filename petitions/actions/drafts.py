"""What an intake becomes before it is written: the petition with its clocks, events and notices."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.privacy.masking import mask_people_in
from community_portal.rows import fresh
from community_portal.worktime.querysets import work_calendar
from grid.duties import on_duty
from grid.duty_rules import DESK, turn_at
from grid.models import Division, Staff
from petitions import numbers, search
from petitions.actions.base import ActionRefused, path_of
from petitions.actions.timing import new_clocks
from petitions.catalogue import catalogue
from petitions.models import Category, Petition, PetitionClock, PetitionEvent, ResponseLevel
from petitions.places_meant import kept
from petitions.proposals import propose_category
from petitions.routing import Route, route
from petitions.titles import title_of
from petitions.workflow import State, Verb
from residents.models import Building

TITLE_LENGTH = 120
ADDRESS_LENGTH = 200


@dataclass(frozen=True)
class Intake:
    """What a channel hands over. `home` is the division that serves the caller: the last resort of routing.

    `jurisdiction` overrules the category's. With a `reply` it was answered before it came here; `replied_at` is None
    when nobody knows when.
    """

    source: str
    home: Division
    text: str
    received_at: datetime
    title: str = ""
    kind: str = Petition.Kind.HELP
    category: Category | None = None
    level: ResponseLevel | None = None
    anonymous: bool = False
    caller_name: str = ""
    caller_phone: str = ""
    address: str = ""
    building: Building | None = None
    jurisdiction: str = ""
    external_system: str = ""
    external_no: str = ""
    actor: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Draft:
    """A petition ready to be written, with everything that is written beside it."""

    petition: Petition
    clocks: list[PetitionClock]
    events: list[PetitionEvent]
    notices: list[Notice]


def draft(intake: Intake, by: Staff | None, at: datetime, serial: int) -> Draft:
    """What an intake becomes: routed, with clocks, events and notices; an answered one as closed history."""
    if not intake.text.strip():
        raise ActionRefused(_("请写明什么事"))
    proposal = propose_category(intake.title, intake.text)
    category = intake.category or proposal.category
    way = route(
        address=intake.address,
        text=f"{intake.title} {intake.text}",
        home=intake.home,
        category=category,
        at=at,
        kind=intake.kind,
        source=intake.source,
        known=intake.building,
        jurisdiction=intake.jurisdiction,
    )
    petition = _build(intake, category, way, at, serial)
    if intake.reply:
        return _history(petition, intake, by, at)
    by_hand = by is not None and intake.source != Petition.Source.FILE
    learnt = proposal.remembered(intake.category) if by_hand or not intake.category else {}
    told = [each for each in (way.handler, _in_charge(way, at)) if each is not None and each != by]
    return Draft(
        petition,
        new_clocks(petition, at),
        _events(petition, replace(intake, data={**intake.data, **learnt}) if learnt else intake, way, by, at),
        [_tell(petition, each, at) for each in dict.fromkeys(told)],
    )


def _in_charge(way: Route, at: datetime) -> Staff | None:
    """Whom the rota names, told beside the handler: at night, on days off, and when nobody is there to sign in."""
    if way.community is None or (way.handler and turn_at(at, work_calendar()).kind == DESK):
        return None
    found = on_duty(way.community.pk, at)
    return None if found and found.pk == way.about_staff else found


def _history(petition: Petition, intake: Intake, by: Staff | None, at: datetime) -> Draft:
    """Answered before it came to the portal: closed, with the answer; nobody handles it and no clock runs.

    An answer whose time nobody knows counts as filed now, and has no time of resolving.
    """
    petition.handler, petition.state, petition.answer = None, State.CLOSED, intake.reply.strip()
    petition.registered_at = intake.received_at
    petition.resolved_at, petition.closed_at = intake.replied_at, intake.replied_at or at
    path = (
        (Verb.REGISTER, "", State.REGISTERED, intake.received_at, _("历史工单导入")),
        (Verb.RESOLVE, State.REGISTERED, State.RESOLVED, petition.closed_at, petition.answer),
        (Verb.CLOSE, State.RESOLVED, State.CLOSED, petition.closed_at, ""),
    )
    events = [
        fresh(
            PetitionEvent,
            petition=petition,
            at=when,
            verb=verb,
            by=by,
            actor=intake.actor,
            old_state=old,
            new_state=new,
            text=text,
            data={"imported": True, **(_unnumbered(intake.data) if verb == Verb.REGISTER else {})},
        )
        for verb, old, new, when, text in path
    ]
    return Draft(petition, [], events, [])


def _build(intake: Intake, category: Category | None, way: Route, at: datetime, serial: int) -> Petition:
    title = mask_people_in(intake.title.strip() or title_of(intake.text))[:TITLE_LENGTH]
    address = intake.address.strip()[:ADDRESS_LENGTH]
    level = intake.level or (category.level if category else catalogue().default_level)
    return fresh(
        Petition,
        id=serial,
        number=numbers.number_of(serial, at),
        query_code=numbers.new_query_code(),
        source=intake.source,
        kind=intake.kind,
        external_system=intake.external_system,
        external_no=intake.external_no,
        title=title,
        text=intake.text.strip(),
        category=category,
        level=level,
        anonymous=intake.anonymous,
        caller_name=intake.caller_name.strip(),
        caller_phone=intake.caller_phone.strip(),
        address=address,
        jurisdiction=way.jurisdiction,
        district=way.district,
        street=way.street,
        community=way.community,
        grid=way.grid,
        building=way.building,
        household=way.household,
        handler=way.handler,
        organisation=way.organisation,
        about_staff_id=way.about_staff,
        about_organisation_id=way.about_organisation,
        routing_rule_id=way.rule.pk if way.rule else None,
        state=State.DISPATCHED if way.handler else State.REGISTERED,
        received_at=intake.received_at,
        registered_at=at,
        search=search.vector(title, address),
    )


def _unnumbered(value: Any) -> Any:
    """What a channel said beside the petition, with people's numbers masked: event data are not encrypted."""
    if isinstance(value, dict):
        return {name: _unnumbered(each) for name, each in value.items()}
    return mask_people_in(value) if isinstance(value, str) else value


def _events(petition: Petition, intake: Intake, way: Route, by: Staff | None, at: datetime) -> list[PetitionEvent]:
    registered = fresh(
        PetitionEvent,
        petition=petition,
        at=at,
        verb=Verb.REGISTER,
        by=by,
        actor=intake.actor,
        new_state=State.REGISTERED,
        text=_("%(source)s来单，%(level)s")
        % {
            "source": Petition.Source(petition.source).label,
            "level": petition.level,
        },
        data=_unnumbered(intake.data | kept(way.candidates)),
    )
    routed = fresh(
        PetitionEvent,
        petition=petition,
        at=at,
        verb=Verb.DISPATCH,
        actor="系统",
        old_state=State.REGISTERED,
        new_state=State.DISPATCHED,
        text=way.reason,
        data={"handler": way.handler.name if way.handler else "", **_rule_of(way)},
    )
    if way.handler:
        return [registered, routed]
    registered.text = f"{registered.text}；{way.reason}"
    return [registered]


def _rule_of(way: Route) -> dict[str, str]:
    return {"rule": way.rule.name} if way.rule else {}


def _tell(petition: Petition, staff: Staff, at: datetime) -> Any:
    return outbox.to_staff(
        staff.pk,
        event=f"petition-registered:{petition.pk}",
        at=at,
        title=_("新工单：%s") % petition.title,
        body=_("%s，请签收") % petition.level,
        path=path_of(petition),
    )

"""Intake: one action for every channel."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Cast
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from grid.models import Division, Staff
from petitions import numbers, search
from petitions.actions.base import ActionRefused, path_of
from petitions.actions.clocks import new_clocks
from petitions.catalogue import catalogue
from petitions.models import Category, Petition, PetitionClock, PetitionEvent, ResponseLevel
from petitions.routing import Route, route
from petitions.workflow import State, Verb
from residents.models import Building

TITLE_LENGTH = 120
TITLE_FROM_TEXT = 40
ADDRESS_LENGTH = 200


@dataclass(frozen=True)
class Intake:
    """What a channel hands over. `home` is the division that serves the caller: the last resort of routing."""

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
    external_system: str = ""
    external_no: str = ""
    actor: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def register(intake: Intake, *, by: Staff | None, at: datetime) -> tuple[Petition, bool]:
    """Register a petition: route it, start its clocks, write its events, tell its handler; (petition, is new).

    The same external number again gives the petition that is there already, also when copies arrive at once.
    Raises ActionRefused for an empty text.
    """
    if not intake.text.strip():
        raise ActionRefused(_("请写明什么事"))
    if (known := find_external(intake)) is not None:
        return known, False
    try:
        with transaction.atomic():
            return _register(intake, by, at), True
    except IntegrityError:
        if (known := find_external(intake)) is not None:
            return known, False
        raise


def find_external(intake: Intake) -> Petition | None:
    """The petition that this external number belongs to already."""
    if not intake.external_no:
        return None
    return Petition.objects.filter(external_system=intake.external_system, external_no=intake.external_no).first()


def _register(intake: Intake, by: Staff | None, at: datetime) -> Petition:
    category = intake.category or catalogue().propose(f"{intake.title} {intake.text}")
    way = route(
        address=intake.address,
        text=f"{intake.title} {intake.text}",
        home=intake.home,
        category=category,
        on=localtime(at).date(),
        known=intake.building,
    )
    petition = _build(intake, category, way, at)
    clocks = new_clocks(petition, at)
    petition.save(force_insert=True)
    PetitionClock.objects.bulk_create(clocks)
    PetitionEvent.objects.bulk_create(_events(petition, intake, way, by, at))
    if way.handler and way.handler != by:
        outbox.save([_tell_handler(petition, way.handler, at)])
    return petition


def _build(intake: Intake, category: Category | None, way: Route, at: datetime) -> Petition:
    serial = next_serial()
    title = intake.title.strip() or title_from(intake.text)
    level = intake.level or (category.level if category else catalogue().default_level)
    return Petition(
        pk=serial,
        number=numbers.number_of(serial, at),
        query_code=numbers.new_query_code(),
        source=intake.source,
        kind=intake.kind,
        external_system=intake.external_system,
        external_no=intake.external_no,
        title=title[:TITLE_LENGTH],
        text=intake.text.strip(),
        category=category,
        level=level,
        anonymous=intake.anonymous,
        caller_name=intake.caller_name.strip(),
        caller_phone=intake.caller_phone.strip(),
        address=intake.address.strip()[:ADDRESS_LENGTH],
        jurisdiction=way.jurisdiction,
        district=way.district,
        street=way.street,
        community=way.community,
        grid=way.grid,
        building=way.building,
        household=way.household,
        handler=way.handler,
        organisation=way.organisation,
        state=State.DISPATCHED if way.handler else State.REGISTERED,
        received_at=intake.received_at,
        registered_at=at,
        search=Cast(Value(search.vector(title, intake.address)), SearchVectorField()),
    )


def next_serial() -> int:
    """The next petition id, taken before the insert because the number is made of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('petitions_petition', 'id'))")
        return int(cursor.fetchone()[0])


def title_from(text: str) -> str:
    """A title from the first sentence of a text."""
    first = text.strip().splitlines()[0]
    for mark in "。！？；":
        first = first.split(mark)[0]
    return first if len(first) <= TITLE_FROM_TEXT else first[: TITLE_FROM_TEXT - 1] + "…"


def _events(petition: Petition, intake: Intake, way: Route, by: Staff | None, at: datetime) -> list[PetitionEvent]:
    registered = PetitionEvent(
        petition=petition,
        at=at,
        verb=Verb.REGISTER,
        by=by,
        actor=intake.actor,
        new_state=State.REGISTERED,
        text=_("%(source)s来单，%(level)s") % {"source": petition.get_source_display(), "level": petition.level},
        data=intake.data,
    )
    routed = PetitionEvent(
        petition=petition,
        at=at,
        verb=Verb.DISPATCH,
        actor="系统",
        old_state=State.REGISTERED,
        new_state=State.DISPATCHED,
        text=way.reason,
        data={"handler": way.handler.name if way.handler else ""},
    )
    if way.handler:
        return [registered, routed]
    registered.text = f"{registered.text}；{way.reason}"
    return [registered]


def _tell_handler(petition: Petition, handler: Staff, at: datetime) -> Any:
    return outbox.to_staff(
        handler.pk,
        event=f"petition-registered:{petition.pk}",
        at=at,
        title=_("新工单：%s") % petition.title,
        body=_("%s，请签收") % petition.level,
        path=path_of(petition),
    )

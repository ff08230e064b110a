"""Everything about one household on one page, today or as it was on a past day; a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from community_portal.privacy.disclosure import NAME, PHONE, mask, show
from community_portal.worktime.deadlines import ZONE
from grid.access import Scope
from residents.actions.base import ids_of
from residents.eyes import OWNER, PAPER, WHOLE, Eyes, offered
from residents.file_parts import Contact, FilePerson, TagLine
from residents.file_people import attach, attach_on, contacts_of, person_of, stay_before
from residents.file_tags import attach_tags, care_tags, tag_lines
from residents.history import as_it_was, later_than
from residents.models import EmergencyContact, Fault, FileEvent, Household, Stay
from residents.rights import Task, tasks_for
from residents.timeline import MOST, Line, latest, lines_from_apps
from residents.told import lines_of


@dataclass(frozen=True, slots=True)
class FilePage:
    """The page. `day` is the past day that was asked for, None for today; `tasks` what the reader may do."""

    household: Household
    day: date | None
    people: list[FilePerson]
    left: list[FilePerson]
    tags: list[TagLine]
    lines: list[Line]
    tasks: frozenset[Task]
    eyes: Eyes
    absent: bool = False

    @property
    def utilities_off(self) -> str:
        """停水、停气."""
        return "、".join(str(Household.Utility(code).label) for code in self.household.utilities_off)

    @property
    def owner(self) -> str:
        """The owner's name and phone as the reader sees them unasked; `landlord` the same of the landlord."""
        return self._unasked(self.household.owner_name, self.household.owner_phone)

    @property
    def landlord(self) -> str:
        return self._unasked(self.household.landlord_name, self.household.landlord_phone)

    def _unasked(self, name: str, phone: str) -> str:
        return f"{show(self.eyes.roles, NAME, name)} {show(self.eyes.roles, PHONE, phone)}".strip()

    @property
    def why_person(self) -> list[tuple[str, str]]:
        """The purposes that open more of a person to this reader; the next two the same of owner and papers."""
        return offered(self.eyes.roles, WHOLE)

    @property
    def why_owner(self) -> list[tuple[str, str]]:
        return offered(self.eyes.roles, OWNER)

    @property
    def why_paper(self) -> list[tuple[str, str]]:
        return offered(self.eyes.roles, PAPER)

    @property
    def ended(self) -> bool:
        """Whether the dwelling was joined to another one."""
        return self.household.ended_on is not None


def file_page(household: Household, scope: Scope, at: datetime, *, revealed: Eyes | None = None) -> FilePage:
    """The file now; eight queries. Expects the household's building and its community's division."""
    eyes = revealed or Eyes(scope.roles_over(**ids_of(household)))
    today = localtime(at).date()
    stays = list(household.stays.select_related("resident").order_by("resident__birth_date", "id"))
    here = _heads_first(stay for stay in stays if stay.moved_out is None)
    ids = [stay.resident_id for stay in here]
    care = care_tags(household, ids)
    people = [person_of(stay, today, eyes) for stay in here]
    lines_of_tags = tag_lines(household, here, care, scope, today)
    attach(people, eyes)
    attach_tags(people, care, scope, today)
    may = tasks_for(eyes.roles) if household.ended_on is None else frozenset()
    events = _events(household).order_by("-id")[:MOST]
    return FilePage(
        household=household,
        day=None,
        people=people,
        left=[person_of(stay, today, Eyes(eyes.roles)) for stay in stays if stay.moved_out is not None],
        tags=lines_of_tags,
        lines=latest([*lines_of(events, scope), *lines_from_apps(scope, household.pk, at)]),
        tasks=may,
        eyes=eyes,
    )


@dataclass(frozen=True, slots=True)
class QuickLook:
    """What the panel beside the wall shows of a file: who lives there, tags with reasons, whom to call."""

    stays: list[Stay]
    reasons: list[TagLine]
    contacts: list[Contact]


def quick_look(household: Household, scope: Scope, day: date, eyes: Eyes) -> QuickLook:
    """Three queries."""
    stays = _heads_first(household.stays.current().select_related("resident").order_by("resident__birth_date", "id"))
    ids = [stay.resident_id for stay in stays]
    lines = tag_lines(household, stays, care_tags(household, ids), scope, day)
    rows = EmergencyContact.objects.filter(resident__in=ids).order_by("rank", "id")
    return QuickLook(stays, lines, contacts_of(rows, eyes))


def file_on(household: Household, scope: Scope, day: date) -> FilePage:
    """The file as it was at the end of a past day: later changes undone, people by their stays, tags of that day."""
    stays = _heads_first(household.stays.on(day).select_related("resident").order_by("resident__birth_date", "id"))
    ids = [stay.resident_id for stay in stays]
    touching = FileEvent.objects.filter(Q(household=household) | Q(resident__in=ids)).select_related("by", "resident")
    events = list(touching.order_by("-id"))
    later = later_than(events, day)
    own = [event for event in later if event.resident_id is None and event.household_id == household.pk]
    past = as_it_was(household, own)
    before = [stay_before(stay, later, household) for stay in stays]
    care = care_tags(household, ids)
    eyes = Eyes(scope.roles_over(**ids_of(household)))
    people = [person_of(stay, day, eyes) for stay in _heads_first(before)]
    attach_on(people, eyes, day, later)
    attach_tags(people, care, scope, day)
    end = datetime.combine(day + timedelta(days=1), time(), ZONE)
    told = [event for event in events if event.household_id == household.pk and event.day <= day][:MOST]
    return FilePage(
        household=past,
        day=day,
        people=people,
        left=[],
        tags=tag_lines(past, before, care, scope, day),
        lines=latest([*lines_of(told, scope), *lines_from_apps(scope, household.pk, end)]),
        tasks=frozenset(),
        eyes=eyes,
        absent=any(event.verb == FileEvent.Verb.CREATE for event in own),
    )


def _events(household: Household) -> Any:
    return FileEvent.objects.filter(household=household).select_related("by", "resident")


def _heads_first(stays: Iterable[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda stay: stay.relation != Stay.HEAD)


def with_faults(households: QuerySet[Household]) -> QuerySet[Household]:
    """Adds what does not fit in each file and nobody called true, as [kind, name]: no query of its own.

    Somebody in two households is left to the data-quality page, which knows the other one.
    """
    listed = Fault.objects.filter(household=OuterRef("pk"), accepted_at__isnull=True).exclude(kind=Fault.Kind.DOUBLE)
    found = listed.order_by("id").values(row=JSONObject(kind="kind", name="resident__name"))
    return households.annotate(open_faults=ArraySubquery(found))


def faults_of(household: Household, may: Collection[Task]) -> list[tuple[str, str, str]]:
    """Kind, its words and the masked name, for those who may mend them; of a household that came `with_faults`."""
    rows: list[dict[str, Any]] = getattr(household, "open_faults", []) if Task.MEND in may else []
    return [(row["kind"], str(Fault.Kind(row["kind"]).label), mask(NAME, row["name"] or "")) for row in rows]

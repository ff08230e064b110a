"""Everything about one household on one page, today or as it was on a past day; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_id, mask_name, mask_phone
from community_portal.worktime.deadlines import ZONE
from grid.access import Scope
from residents.actions.base import ids_of
from residents.care import Given, said_of, standing, words
from residents.catalogue import Tags, tags
from residents.file_parts import Contact, FilePerson, TagLine
from residents.history import as_it_was
from residents.models import CareTag, Consent, Document, EmergencyContact, Fault, FileEvent, Household, Stay
from residents.rights import Task, tasks_for
from residents.rules import age_on
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
    faults: list[Fault]
    lines: list[Line]
    tasks: frozenset[Task]
    absent: bool = False

    @property
    def utilities_off(self) -> str:
        """停水、停气."""
        return "、".join(str(Household.Utility(code).label) for code in self.household.utilities_off)

    @property
    def ended(self) -> bool:
        """Whether the dwelling was joined to another one."""
        return self.household.ended_on is not None


def file_page(household: Household, scope: Scope, at: datetime, *, revealed: int | None = None) -> FilePage:
    """The file now; eight queries. Expects the household's building and its community's division."""
    today = localtime(at).date()
    stays = list(household.stays.select_related("resident").order_by("resident__birth_date", "id"))
    here = _heads_first(stay for stay in stays if stay.moved_out is None)
    ids = [stay.resident_id for stay in here]
    care = _care_tags(household, ids)
    known = tags()
    people = [_person(stay, today, revealed) for stay in here]
    tag_lines = _tag_lines(household, here, care, known, scope, today)
    _attach(people, revealed)
    _attach_tags(people, care, known, scope, today)
    may = tasks_for(scope.roles_over(**ids_of(household))) if household.ended_on is None else frozenset()
    events = _events(household).order_by("-id")[:MOST]
    return FilePage(
        household=household,
        day=None,
        people=people,
        left=[_person(stay, today, None) for stay in stays if stay.moved_out is not None],
        tags=tag_lines,
        faults=_faults(household, may),
        lines=latest([*lines_of(events, scope), *lines_from_apps(scope, household.pk, at)]),
        tasks=may,
    )


@dataclass(frozen=True, slots=True)
class QuickLook:
    """What the panel beside the wall shows of a file: who lives there, tags with reasons, whom to call."""

    stays: list[Stay]
    reasons: list[TagLine]
    contacts: list[Contact]


def quick_look(household: Household, scope: Scope, day: date, revealed: int | None = None) -> QuickLook:
    """Three queries."""
    stays = _heads_first(household.stays.current().select_related("resident").order_by("resident__birth_date", "id"))
    ids = [stay.resident_id for stay in stays]
    lines = _tag_lines(household, stays, _care_tags(household, ids), tags(), scope, day)
    rows = EmergencyContact.objects.filter(resident__in=ids).order_by("rank", "id")
    return QuickLook(stays, lines, [_contact(row, row.resident_id == revealed) for row in rows])


def file_on(household: Household, scope: Scope, day: date) -> FilePage:
    """The file as it was at the end of a past day: later changes undone, people by their stays, tags of that day."""
    stays = _heads_first(household.stays.on(day).select_related("resident").order_by("resident__birth_date", "id"))
    ids = [stay.resident_id for stay in stays]
    touching = FileEvent.objects.filter(Q(household=household) | Q(resident__in=ids), day__gt=day)
    later = list(touching.order_by("-id"))
    own = [event for event in later if event.resident_id is None and event.household_id == household.pk]
    past = as_it_was(household, own)
    before = [_stay_before(stay, later, household) for stay in stays]
    care = _care_tags(household, ids)
    people = [_person(stay, day, None) for stay in _heads_first(before)]
    _attach_tags(people, care, tags(), scope, day)
    end = datetime.combine(day + timedelta(days=1), time(), ZONE)
    events = _events(household).filter(day__lte=day).order_by("-id")[:MOST]
    return FilePage(
        household=past,
        day=day,
        people=people,
        left=[],
        tags=_tag_lines(past, before, care, tags(), scope, day),
        faults=[],
        lines=latest([*lines_of(events, scope), *lines_from_apps(scope, household.pk, end)]),
        tasks=frozenset(),
        absent=any(event.verb == FileEvent.Verb.CREATE for event in own),
    )


def _events(household: Household) -> Any:
    return FileEvent.objects.filter(household=household).select_related("by", "resident")


def _stay_before(stay: Stay, later: Sequence[FileEvent], household: Household) -> Stay:
    mine = [event for event in later if event.resident_id == stay.resident_id]
    past = as_it_was(stay, [event for event in mine if event.household_id == household.pk])
    past.resident = as_it_was(stay.resident, mine)
    return past


def _heads_first(stays: Iterable[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda stay: stay.relation != Stay.HEAD)


def _person(stay: Stay, day: date, revealed: int | None) -> FilePerson:
    row, is_open = stay.resident, stay.resident_id == revealed
    return FilePerson(
        pk=row.pk,
        name=row.name if is_open else mask_name(row.name),
        relation=stay.relation,
        sex=row.get_sex_display(),
        age=age_on(row.birth_date, day),
        born=row.birth_date,
        phone=row.phone if is_open else mask_phone(row.phone),
        other_phone=row.other_phone if is_open else mask_phone(row.other_phone),
        id_number=mask_id(row.id_number),
        elsewhere=not stay.registered_here,
        registered_at=row.registered_at,
        moved_in=stay.moved_in,
        moved_out=stay.moved_out,
        left_by=stay.get_left_by_display() if stay.left_by else "",
        revealed=is_open,
    )


def _care_tags(household: Household, people: Collection[int]) -> list[CareTag]:
    """Every tag ever given to the household or to these people."""
    rows = CareTag.objects.filter(Q(household=household, resident__isnull=True) | Q(resident__in=people))
    return list(rows.select_related("given_by").order_by("id"))


def _given(tag: CareTag, birth_date: date | None) -> Given:
    ended_on = localtime(tag.ended_at).date() if tag.ended_at else None
    return Given(said_of(tag.said), tag.holds, tag.since, tag.until, ended_on, birth_date)


def _tag_lines(
    household: Household, stays: Sequence[Stay], care: Sequence[CareTag], known: Tags, scope: Scope, day: date
) -> list[TagLine]:
    """The household's tags: the derived ones, those given to all of them, and the overrides."""
    births = {stay.resident_id: stay.resident.birth_date for stay in stays}
    given = [_given(tag, births.get(tag.resident_id) if tag.resident_id else None) for tag in care]
    found = standing(known.conditions, known.limits, list(births.values()), household.living, given, day)
    seen = known.seen_by(scope) | (frozenset(known.rows) - known.sealed)
    by_hand = {
        each.said.code for each in given if each.holds and each.in_force(day, known.limits.below.get(each.said.code))
    }
    lines = [
        TagLine(str(known.rows[code].name), reason, _("推算"))
        for code, reason in found.tags.items()
        if code in seen and code not in by_hand
    ]
    for tag, each in zip(care, given, strict=True):
        row = known.rows.get(each.said.code)
        if row and row.code in seen and tag.resident_id is None and each.in_force(day):
            lines.append(TagLine(str(row.name), words(each.said), _origin(tag), tag.pk, not tag.holds))
    return lines


def _origin(tag: CareTag) -> str:
    by = _("%s 登记") % tag.given_by.name if tag.given_by else _("登记")
    return _("%(by)s，到 %(until)s") % {"by": by, "until": tag.until} if tag.until else by


def _attach(people: Sequence[FilePerson], revealed: int | None) -> None:
    """Each person's contacts, consents and photos; three queries for all of them."""
    ids = [person.pk for person in people]
    contacts, consents, documents = (
        _by_person(model.objects.filter(resident__in=ids).order_by("id"))
        for model in (EmergencyContact, Consent, Document)
    )
    for person in people:
        person.contacts = [_contact(row, person.pk == revealed) for row in contacts[person.pk]]
        person.consents = [row for row in consents[person.pk] if row.withdrawn_on is None]
        person.documents = [row for row in documents[person.pk] if row.removed_at is None]


def _attach_tags(people: Sequence[FilePerson], care: Sequence[CareTag], known: Tags, scope: Scope, day: date) -> None:
    """The tags that each person has on a day, as far as the scope may see them."""
    seen = known.seen_by(scope) | (frozenset(known.rows) - known.sealed)
    for person in people:
        for tag in care:
            each = _given(tag, person.born)
            rule = known.rows.get(each.said.code)
            if rule and rule.code in seen and tag.resident_id == person.pk and each.in_force(day, rule.below_age):
                person.tags.append(TagLine(str(rule), words(each.said), _origin(tag), tag.pk, not tag.holds))


def _by_person(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.resident_id].append(row)
    return found


def _contact(row: EmergencyContact, is_open: bool) -> Contact:
    name, phone = (row.name, row.phone) if is_open else (mask_name(row.name), mask_phone(row.phone))
    return Contact(row.pk, name, row.relation, phone)


def _faults(household: Household, may: Collection[Task]) -> list[Fault]:
    """What does not fit here; of somebody in two households the data-quality page knows more."""
    if Task.MEND not in may:
        return []
    rows = household.faults.filter(accepted_at__isnull=True).exclude(kind=Fault.Kind.DOUBLE)
    return list(rows.select_related("resident").order_by("id"))

"""The people of a file on its page: who they are, whom to call, what they agreed to, papers; now or on a past day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from community_portal.privacy.disclosure import FAMILY, ID_NUMBER, NAME, PHONE, mask
from residents.eyes import Eyes
from residents.file_parts import Contact, FilePerson
from residents.history import as_it_was, changes_of
from residents.models import Consent, Document, EmergencyContact, FileEvent, Household, Stay
from residents.rules import age_on


def person_of(stay: Stay, day: date, eyes: Eyes) -> FilePerson:
    row = stay.resident
    return FilePerson(
        pk=row.pk,
        name=eyes.show(NAME, row.name, row.pk),
        relation=stay.relation,
        sex=row.get_sex_display(),
        age=age_on(row.birth_date, day),
        birth_date=row.birth_date,
        born=eyes.born(row.birth_date, row.pk),
        phone=eyes.show(PHONE, row.phone, row.pk),
        other_phone=eyes.show(PHONE, row.other_phone, row.pk),
        id_number=eyes.show(ID_NUMBER, row.id_number, row.pk),
        elsewhere=not stay.registered_here,
        registered_at=row.registered_at,
        moved_in=stay.moved_in,
        moved_out=stay.moved_out,
        left_by=stay.get_left_by_display() if stay.left_by else "",
        revealed=eyes.whose == row.pk,
    )


def attach(people: Sequence[FilePerson], eyes: Eyes) -> None:
    """Each person's contacts, consents and photos as they are now; three queries for all of them."""
    ids = [person.pk for person in people]
    _hand_out(
        people,
        eyes,
        EmergencyContact.objects.filter(resident__in=ids).order_by("rank", "id"),
        Consent.objects.filter(resident__in=ids, withdrawn_on__isnull=True).order_by("id"),
        Document.objects.filter(resident__in=ids, removed_at__isnull=True).order_by("id"),
    )


def attach_on(people: Sequence[FilePerson], eyes: Eyes, day: date, later: Sequence[FileEvent]) -> None:
    """The same as they were at the end of a past day; `later` is what happened to these people since, newest first."""
    ids = [person.pk for person in people]
    contacts = list(EmergencyContact.objects.filter(resident__in=ids).order_by("rank", "id"))
    agreed = Consent.objects.filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day), given_on__lte=day)
    papers = Document.objects.filter(resident__in=ids).order_by("id")
    _hand_out(
        people,
        eyes,
        [row for pk in ids for row in _contacts_before(pk, contacts, later)],
        agreed.filter(resident__in=ids).order_by("id"),
        [row for row in papers if _was_kept(row, day)],
    )


def _hand_out(people: Sequence[FilePerson], eyes: Eyes, *rows: Iterable[Any]) -> None:
    contacts, consents, documents = map(_by_person, rows)
    for person in people:
        person.contacts = contacts_of(contacts[person.pk], eyes)
        person.consents = consents[person.pk]
        person.documents = documents[person.pk]


def _contacts_before(
    resident: int, now: Iterable[EmergencyContact], later: Iterable[FileEvent]
) -> list[EmergencyContact]:
    """Whom to call for a person, with what later events added taken away and what they removed put back."""
    found = [row for row in now if row.resident_id == resident]
    for event in later:
        before, after = (
            changes_of(event).get("contact", (None, None)) if event.resident_id == resident else (None, None)
        )
        if after:
            added = next((row for row in reversed(found) if [row.name, row.relation, row.phone] == after), None)
            found = [row for row in found if row is not added]
        if before:
            name, relation, phone = before
            found.append(EmergencyContact(resident_id=resident, name=name, relation=relation, phone=phone))
    return found


def _was_kept(paper: Document, day: date) -> bool:
    removed = localtime(paper.removed_at).date() if paper.removed_at else None
    return localtime(paper.kept_at).date() <= day and (removed is None or removed > day)


def _by_person(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.resident_id].append(row)
    return found


def contacts_of(rows: Iterable[EmergencyContact], eyes: Eyes) -> list[Contact]:
    """Whom to call, as far as the reader's roles see families; name and number only for a purpose."""
    found = []
    for row in rows:
        if eyes.hides(FAMILY) and not eyes.sees(FAMILY, row.resident_id):
            continue
        name, phone = (
            text if eyes.sees(group, row.resident_id) else mask(group, text)
            for group, text in ((NAME, row.name), (PHONE, row.phone))
        )
        found.append(Contact(row.pk, name, row.relation, phone))
    return found


def stay_before(stay: Stay, later: Sequence[FileEvent], household: Household) -> Stay:
    mine = [event for event in later if event.resident_id == stay.resident_id]
    past = as_it_was(stay, [event for event in mine if event.household_id == household.pk])
    past.resident = as_it_was(stay.resident, mine)
    return past

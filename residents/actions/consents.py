"""Whom to call for a person, and what they agreed to."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from residents.actions.base import FileRefused, Verb, close_file, open_file, stay_in
from residents.actions.documents import remove_all
from residents.actions.watches import consent_gone
from residents.models import Consent, EmergencyContact
from residents.rights import Task


@transaction.atomic
def contact_save(
    household_id: int, resident_id: int, *, by: Staff, at: datetime, name: str, relation: str, phone: str
) -> EmergencyContact:
    """Add somebody to call for a person, after those who are there. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.CONTACT, by=by, at=at)
    person = stay_in(turn.household, resident_id).resident
    contact = EmergencyContact.objects.create(
        resident=person, name=name, relation=relation, phone=phone, rank=person.contacts.count() + 1
    )
    turn.note(Verb.CONTACT, resident=person, text=_("登记紧急联系人"), changes={"contact": [None, _told(contact)]})
    close_file(turn)
    return contact


@transaction.atomic
def contact_drop(household_id: int, contact_id: int, *, by: Staff, at: datetime) -> None:
    """Take an emergency contact off. Raises Household.DoesNotExist, FileRefused when it is gone already."""
    turn, _rows = open_file(household_id, Task.DROP_CONTACT, by=by, at=at)
    contact = EmergencyContact.objects.select_for_update().filter(pk=contact_id).first()
    if contact is None:
        raise FileRefused(_("这位联系人已经删除了"))
    person = stay_in(turn.household, contact.resident_id).resident
    turn.note(Verb.CONTACT, resident=person, text=_("删除紧急联系人"), changes={"contact": [_told(contact), None]})
    contact.delete()
    close_file(turn)


@transaction.atomic
def consent_give(
    household_id: int, resident_id: int, *, by: Staff, at: datetime, purpose: str, how: str, day: date | None = None
) -> Consent:
    """Record what a person agreed to, how, and on which day. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.CONSENT, by=by, at=at, day=day)
    person = stay_in(turn.household, resident_id).resident
    if person.consents.filter(purpose=purpose, withdrawn_on__isnull=True).exists():
        raise FileRefused(_("这一项已经同意过，还没有撤回"))
    consent = Consent.objects.create(resident=person, purpose=purpose, how=how, given_on=turn.day, by=by)
    turn.note(Verb.CONSENT, resident=person, text=_("同意：%s") % consent.get_purpose_display())
    close_file(turn)
    return consent


@transaction.atomic
def consent_withdraw(
    household_id: int, consent_id: int, *, by: Staff, at: datetime, day: date | None = None
) -> Consent:
    """Record that a consent was withdrawn; photos of papers and watches end with theirs (个人信息保护法 15, 47).

    Raises Household.DoesNotExist, FileRefused.
    """
    turn, _rows = open_file(household_id, Task.WITHDRAW, by=by, at=at, day=day)
    consent = Consent.objects.select_for_update().filter(pk=consent_id, withdrawn_on__isnull=True).first()
    if consent is None:
        raise FileRefused(_("这一项已经撤回了"))
    person = stay_in(turn.household, consent.resident_id).resident
    if turn.day < consent.given_on:
        raise FileRefused(_("撤回日期不能早于同意日期"))
    consent.withdrawn_on = turn.day
    consent.save(update_fields=["withdrawn_on"])
    turn.note(Verb.CONSENT, resident=person, text=_("撤回：%s") % consent.get_purpose_display())
    if consent.purpose == Consent.Purpose.DOCUMENTS:
        remove_all(turn, person)
    consent_gone(turn, person, consent.purpose)
    close_file(turn)
    return consent


def _told(contact: EmergencyContact) -> list[str]:
    return [contact.name, contact.relation, contact.phone]

"""Intake: one action for every channel."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from community_portal import rows
from community_portal.database.base import Place, Statement
from community_portal.notices.outbox import by_mail_too
from community_portal.prepared import ask
from grid.models import Staff
from petitions.actions.drafts import Draft, Intake, draft
from petitions.models import Petition

__all__ = ["Intake", "find_externals", "is_other_order", "key_of", "register", "register_many"]

SAME_ORDER = timedelta(days=1)
Key = tuple[str, str]

_SERIALS = Statement("SELECT nextval('petitions_petition_id_seq') FROM generate_series(1, %s)", (Place(0),), 1)
_SERIAL_AND_KNOWN = Statement(
    "SELECT nextval('petitions_petition_id_seq'), (SELECT id FROM petitions_petition"
    " WHERE external_system = %s AND external_no = %s AND external_no <> '')",
    (Place(0), Place(1)),
    2,
)


def register(intake: Intake, *, by: Staff | None, at: datetime) -> tuple[Petition, bool]:
    """Register a petition: route it, start its clocks, write its events, tell its handler; (petition, is new).

    The same external number again gives the petition that is there already, also when copies arrive at once.
    Raises ActionRefused for an empty text.
    """
    serial, known = _serial_and_known(intake)
    if known is not None:
        return Petition.objects.get(pk=known), False
    made = draft(intake, by, at, serial)
    try:
        with _on_its_own():
            _write([made])
    except IntegrityError:
        _serial, known = _serial_and_known(intake)
        if known is None:
            raise
        return Petition.objects.get(pk=known), False
    made.petition.open_clocks = made.clocks
    return made.petition, True


def register_many(
    intakes: Sequence[Intake], *, by: Staff | None, at: datetime, known: dict[Key, Petition] | None = None
) -> list[tuple[Petition, bool]]:
    """As `register`, in order, with a few statements for all; `known` are those that `find_externals` found.

    All or none are written. Raises ActionRefused for an empty text, IntegrityError when another process registers one
    of the same numbers at this moment: roll back and call again.
    """
    known = find_externals(intakes) if known is None else known
    serials = iter(next_serials(len(intakes)))
    found: list[tuple[Petition, bool]] = []
    drafts: list[Draft] = []
    for intake in intakes:
        if (there := known.get(key_of(intake))) is not None:
            found.append((there, False))
            continue
        drafts.append(draft(intake, by, at, next(serials)))
        drafts[-1].petition.open_clocks = drafts[-1].clocks
        found.append((drafts[-1].petition, True))
        if intake.external_no:
            known[key_of(intake)] = drafts[-1].petition
    _write(drafts)
    return found


def key_of(intake: Intake) -> Key:
    """What two copies of one order have in common; an empty number matches nothing."""
    return intake.external_system, intake.external_no


def find_externals(intakes: Sequence[Intake]) -> dict[Key, Petition]:
    """The petitions that these external numbers belong to already; one query for each system."""
    systems: dict[str, set[str]] = {}
    for intake in intakes:
        if intake.external_no:
            systems.setdefault(intake.external_system, set()).add(intake.external_no)
    return {
        (row.external_system, row.external_no): row
        for system, wanted in systems.items()
        for row in Petition.objects.filter(external_system=system, external_no__in=wanted)
    }


def is_other_order(known: Petition, intake: Intake) -> bool:
    """Whether an external number was used again for another order: other words, received more than a day apart.

    Systems begin their numbers anew each year; what they send later about one order carries its own receiving time.
    """
    apart = abs(known.received_at - intake.received_at)
    return known.text != intake.text.strip() and apart > SAME_ORDER


def _serial_and_known(intake: Intake) -> tuple[int, int | None]:
    """The next petition id, and the id of the one that has this external number already."""
    serial, known = ask(_SERIAL_AND_KNOWN, key_of(intake))[0]
    return serial, known


def _write(drafts: Sequence[Draft]) -> None:
    """Everything in one message; the petitions bring their ids, nobody asks for those of the rest."""
    rows.insert(
        rows.Insert([each.petition for each in drafts]),
        rows.Insert([clock for each in drafts for clock in each.clocks]),
        rows.Insert([event for each in drafts for event in each.events]),
        rows.Insert(by_mail_too([notice for each in drafts for notice in each.notices]), skip_known=True),
    )


def _on_its_own() -> AbstractContextManager[Any]:
    """Inside a transaction a savepoint, so that a failure leaves it usable; elsewhere nothing, the rows go as one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def next_serials(count: int) -> list[int]:
    """The next petition ids, taken before the insert because the numbers are made of them."""
    return [row[0] for row in ask(_SERIALS, [count])]

"""Tags and faults that follow from the facts: worked out anew at each change and every night."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from community_portal.privacy.sealing import seal
from grid.models import Staff
from residents.actions.schedule import schedule
from residents.catalogue import Tags, tags
from residents.checks import OF_PEOPLE
from residents.history import as_json
from residents.homes import FaultKey, Home, doubles_of, read_homes
from residents.models import Fault, FileEvent, Household

BATCH = 2000
_WRITE = """
UPDATE residents_household SET statuses = string_to_array(new.statuses, ' '), care = new.care
FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS new (id, statuses, care)
WHERE residents_household.id = new.id
"""


@transaction.atomic
def recompute(household_ids: Collection[int], *, day: date, at: datetime, by: Staff | None) -> int:
    """Bring the tags and the faults of these households up to date; returns how many got other tags.

    Locks the households first, so what it reads stays true until it has written. Each change of derived tags is an
    event of the file and sets the next visits. The statements are as many however many households there are.
    """
    return _bring_up(household_ids, True, day=day, at=at, by=by)


def _bring_up(ids: Collection[int], of_people: bool, *, day: date, at: datetime, by: Staff | None) -> int:
    known = tags()
    homes = read_homes(ids, day, lock=True, numbers=of_people)
    changed = {
        pk: (home, after) for pk, home in homes.items() if (after := _tags_of(home, known, day)) != home.stored()
    }
    if changed:
        _write(known, changed)
        derived = frozenset(known.conditions)
        events = (_event(home, after & derived, derived, day=day, at=at, by=by) for home, after in changed.values())
        FileEvent.objects.bulk_create(filter(None, events))
        schedule(at=at, household_ids=changed)
    _keep_faults(ids, _faults_of(homes, of_people), of_people, day)
    return len(changed)


def recompute_all(*, at: datetime, thorough: bool = False) -> int:
    """Every open file, batch by batch; only those whose tags or faults have changed are locked and written.

    People grow older by themselves, and overrides run out. ID numbers do not change by themselves: they are held
    against the people only when it is `thorough`. Returns how many households got other tags.
    """
    day, known, count = localtime(at).date(), tags(), 0
    for ids in _batches():
        homes = read_homes(ids, day, numbers=thorough)
        stale = {pk for pk, home in homes.items() if _tags_of(home, known, day) != home.stored()}
        stale |= {key[1] for key in _faults_of(homes, thorough) ^ _known_faults(ids, thorough)} & set(ids)
        if stale:
            with transaction.atomic():
                count += _bring_up(sorted(stale), thorough, day=day, at=at, by=None)
    return count


def _batches() -> Iterator[list[int]]:
    last = 0
    rows = Household.objects.filter(ended_on__isnull=True).order_by("pk").values_list("pk", flat=True)
    while ids := list(rows.filter(pk__gt=last)[:BATCH]):
        yield ids
        last = ids[-1]


def _tags_of(home: Home, known: Tags, day: date) -> set[str]:
    return {home.living, *home.standing(known, day).tags}


def _write(known: Tags, changed: dict[int, tuple[Home, set[str]]]) -> None:
    ids, statuses, care = [], [], []
    for pk, (home, after) in changed.items():
        codes = [code for code in known.rows if code in after]
        hidden = " ".join(code for code in codes if code in known.sealed)
        ids.append(pk)
        statuses.append(" ".join([home.living, *(code for code in codes if code not in known.sealed)]))
        care.append(seal(Household, "care", home.row_key, hidden))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [ids, statuses, care])


def _event(
    home: Home, after: set[str], derived: frozenset[str], *, day: date, at: datetime, by: Staff | None
) -> FileEvent | None:
    """The change of derived tags for the history; None without one. What is given by hand has its own lines."""
    before = home.stored() & derived
    if before == after:
        return None
    changes = as_json({"tags": [" ".join(sorted(before)), " ".join(sorted(after))]})
    return FileEvent(household_id=home.pk, verb=FileEvent.Verb.TAG, at=at, day=day, by=by, changes=changes)


def _faults_of(homes: dict[int, Home], of_people: bool = True) -> set[FaultKey]:
    found = doubles_of(homes)
    for home in homes.values():
        found |= home.faults(of_people=of_people)
    return found


def _known_faults(ids: Collection[int], of_people: bool) -> set[FaultKey]:
    return set(_rows(ids, of_people).values_list("kind", "household_id", "resident_id", "other_id"))


def _rows(ids: Collection[int], of_people: bool) -> QuerySet[Fault]:
    rows = Fault.objects.filter(household__in=ids) | Fault.objects.filter(other__in=ids)
    return rows if of_people else rows.exclude(kind__in=OF_PEOPLE)


def _keep_faults(ids: Collection[int], found: set[FaultKey], of_people: bool, day: date) -> None:
    """Add the faults that are new, drop those that are gone; what somebody accepted stays accepted."""
    rows = _rows(ids, of_people)
    stored = {row[1:]: row[0] for row in rows.values_list("pk", "kind", "household_id", "resident_id", "other_id")}
    gone = [pk for key, pk in stored.items() if key not in found]
    if gone:
        Fault.objects.filter(pk__in=gone).delete()
    new = sorted(found - stored.keys(), key=str)
    if new:
        Fault.objects.bulk_create(
            (
                Fault(kind=kind, household_id=household, resident_id=resident, other_id=other, found_on=day)
                for kind, household, resident, other in new
            ),
            ignore_conflicts=True,
        )

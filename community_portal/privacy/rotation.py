"""Sealing everything anew with the newest keys, batch by batch, while the portal serves.

Readers open with every configured key and look numbers up by every index key; writers use the first of each. So nothing
goes missing at any moment, and a run that was killed goes on behind the last batch that it finished.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max
from psycopg2 import errors

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import KeyRotation, SealedModel
from community_portal.privacy.sealing import (
    CIPHER_IDS,
    SealError,
    blind_index,
    current_header,
    index_of,
    is_current,
    key_name,
    open_sealed,
    seal,
)
from community_portal.privacy.unhurried import unhurried

DATA, INDEX = "data", "index"
BATCH_ROWS, BATCH_BYTES = 500, 8 * 1024 * 1024
# No statement looks at more ids than this, however few rows among them are old.
SPAN = 100_000
# Shorter than PostgreSQL's second before it looks for deadlocks: the rotation gives way, never the portal.
LOCK_TIMEOUT, TRIES, PAUSE_SECONDS = "500ms", 60, 0.2
MAX_FAILED = 100


class Window(NamedTuple):
    """Rows to look at together, and the key behind which the next window begins."""

    keys: list[int]
    last: int


@dataclass
class Turned:
    """What was done to one model: rows looked at and rows written.

    `failed` are rows with a value that no key opens; `clashing` those whose new index another row has already (the
    same number was entered again while keys were rotated, where only one row may have it).
    """

    model: str
    looked: int = 0
    written: int = 0
    failed: list[int] = field(default_factory=list)
    clashing: list[int] = field(default_factory=list)


CIPHER_NAMES = {number: name for name, number in CIPHER_IDS.items()}
Told = Callable[[Turned], None]


def sealed_models() -> list[type[SealedModel]]:
    """Every table with sealed columns, in the order of their names."""
    found = [model for model in apps.get_models() if issubclass(model, SealedModel) and _sealed(model)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def key_counts(model: type[SealedModel]) -> dict[str, dict[str, int]]:
    """Per sealed column, how many values each key has sealed ("cipher:name"); one pass over the table each."""
    return {field.attname: dict(_counts_of(model, field)) for field in _sealed(model)}


def _counts_of(model: type[SealedModel], field: SealedTextField) -> Iterator[tuple[str, int]]:
    quote = connection.ops.quote_name
    column, table = quote(str(field.column)), quote(model._meta.db_table)
    with unhurried(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT substring({column} from 1 for 2 + get_byte({column}, 1)), count(*) FROM {table}"
            f" WHERE octet_length({column}) > 1 GROUP BY 1 ORDER BY 1"
        )
        for header, count in cursor.fetchall():
            yield f"{CIPHER_NAMES.get(bytes(header)[0], '?')}:{key_name(bytes(header))}", count


def target_name(what: str) -> str:
    """What a run turns everything to: cipher and key name, or a mark of the index key that tells nothing of it."""
    if what == DATA:
        return f"data:{current_header()[0]}:{key_name(current_header())}"
    return f"index:{bytes(blind_index('phone', 'rotation')).hex()[:12]}"


def rotate(
    model: type[SealedModel], what: str, *, rows: int = BATCH_ROWS, dry: bool = False, told: Told | None = None
) -> Turned:
    """Turn one model's columns to the newest data key (DATA) or index key (INDEX); `told` hears of each batch.

    Goes on behind the last finished batch of a run that was killed. `dry` writes nothing and begins at the first row.
    Values that no configured key opens are counted and left as they are.
    """
    turned = Turned(model._meta.label)
    upto = model._base_manager.aggregate(upto=Max("pk"))["upto"] or 0
    place: dict[str, Any] = {"model": model._meta.label_lower, "target": target_name(what)}
    known = None if dry else KeyRotation.objects.filter(**place).first()
    last = known.last_pk if known else -1
    while window := _window(model, what, last, upto, rows):
        _patiently(partial(_batch, model, what, window, turned, place, dry))
        last = window.last
        if told:
            told(turned)
    if not dry:
        KeyRotation.objects.filter(**place).delete()
    return turned


def _sealed(model: type[SealedModel]) -> list[SealedTextField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, SealedTextField)]


def _indexes(model: type[SealedModel]) -> list[BlindIndexField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, BlindIndexField)]


def _window(model: type[SealedModel], what: str, after: int, upto: int, rows: int) -> Window | None:
    """The next rows with something to do, at most so many and so many bytes; None when there are none left."""
    quote = connection.ops.quote_name
    sealed = [quote(str(field.column)) for field in _sealed(model)]
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    header = current_header()
    old = f"octet_length({{0}}) > 0 AND substring({{0}} from 1 for {len(header)}) <> %s"
    wanted, values = (old, [header] * len(sealed)) if what == DATA else ("octet_length({0}) > 0", [])
    if what == INDEX and not (_indexes(model) or model.index_derived):
        return None
    anything = " OR ".join(f"({wanted.format(column)})" for column in sealed)
    size = " + ".join(f"octet_length({column})" for column in sealed)
    statement = (
        f"SELECT {key}, {size} FROM {table} WHERE {key} > %s AND {key} <= %s AND ({anything}) ORDER BY {key} LIMIT %s"
    )
    for start in range(after, upto, SPAN):
        with connection.cursor() as cursor:
            cursor.execute(statement, [start, min(start + SPAN, upto), *values, rows])
            found = cursor.fetchall()
        if found:
            return _within_bytes(found)
    return None


def _within_bytes(found: list[tuple[int, int]]) -> Window:
    """As many of these rows (key, size in bytes) as fit into a batch, one at least."""
    keys: list[int] = []
    total = 0
    for pk, length in found:
        total += length
        if keys and total > BATCH_BYTES:
            break
        keys.append(pk)
    return Window(keys, keys[-1])


def _patiently(step: Callable[[], None]) -> None:
    """Run a step again when somebody else holds its rows; the portal's own work goes first."""
    for _attempt in range(TRIES - 1):
        try:
            return step()
        except OperationalError as error:
            if not isinstance(error.__cause__, (errors.LockNotAvailable, errors.DeadlockDetected)):
                raise
            time.sleep(PAUSE_SECONDS)
    return step()


def _batch(
    model: type[SealedModel], what: str, window: Window, turned: Turned, place: dict[str, Any], dry: bool
) -> None:
    """One transaction: lock the rows, seal anew what is old, note how far it has come."""
    failed: list[int] = []
    clashing: list[int] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        rows = model._base_manager.filter(pk__in=window.keys).order_by("pk")
        if not dry:
            rows = rows.select_for_update(no_key=True)
        columns, changed = (_resealed if what == DATA else _reindexed)(model, rows, failed)
        if not dry:
            clashing = _write(model, columns, changed)
            KeyRotation.objects.update_or_create(**place, defaults={"last_pk": window.last})
    turned.looked += len(window.keys)
    turned.written += len(changed) - len(clashing)
    turned.failed = (turned.failed + failed)[:MAX_FAILED]
    turned.clashing = (turned.clashing + clashing)[:MAX_FAILED]


Changed = tuple[list[Any], list[list[Any]]]


def _resealed(model: type[SealedModel], rows: Any, failed: list[int]) -> Changed:
    """The sealed columns, and of each row with an old value its key and all of them anew."""
    fields = _sealed(model)
    changed = []
    for pk, row_key, *kept in rows.values_list("pk", "row_key", *(each.attname for each in fields)):
        try:
            blobs = [
                each.blob
                if is_current(each.blob)
                else seal(model, of.name, row_key, open_sealed(model, of.name, row_key, each.blob))
                for of, each in zip(fields, kept, strict=True)
            ]
        except SealError:
            failed.append(pk)
            continue
        if blobs != [each.blob for each in kept]:
            changed.append([pk, *blobs])
    return fields, changed


def _reindexed(model: type[SealedModel], rows: Any, failed: list[int]) -> Changed:
    """The index columns and what is made of them, and of each row where one differs its key and all of them anew."""
    indexes, derived = _indexes(model), model.index_derived
    fields: list[Any] = [*indexes, *(model._meta.get_field(name) for name in derived)]
    names = ["row_key", *(index.source for index in indexes), *(field.attname for field in fields)]
    needed = dict.fromkeys([*names, *(field.attname for field in _sealed(model))])
    changed = []
    for row in rows.only(*needed):
        try:
            now: list[Any] = [index_of(index.kind, getattr(row, index.source)) for index in indexes]
            now += [make(row) for make in derived.values()]
        except SealError:
            failed.append(row.pk)
            continue
        if now != [getattr(row, field.attname) for field in fields]:
            changed.append([row.pk, *now])
    return fields, changed


def _write(model: type[SealedModel], fields: list[Any], changed: list[list[Any]]) -> list[int]:
    """All rows at once, or one by one when one of them clashes with another row; returns the keys of those."""
    if not changed:
        return []
    try:
        with transaction.atomic():
            _update(model, fields, changed)
    except IntegrityError:
        if len(changed) == 1:
            return [changed[0][0]]
        return [key for row in changed for key in _write(model, fields, [row])]
    return []


def _update(model: type[SealedModel], fields: list[Any], changed: list[list[Any]]) -> None:
    """One statement; a sealed field lets nothing through `bulk_update`."""
    quote = connection.ops.quote_name
    names = [f"c{number}" for number in range(len(fields))]
    sets = ", ".join(
        f"{quote(field.column)} = new.{name}::{field.db_type(connection)}"
        for field, name in zip(fields, names, strict=True)
    )
    one = f"({', '.join(['%s'] * (len(fields) + 1))})"
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sets} FROM (VALUES {', '.join([one] * len(changed))}) AS new (pk, {', '.join(names)})"
            f" WHERE {table}.{key} = new.pk",
            [value for row in changed for value in row],
        )

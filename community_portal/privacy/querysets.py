"""Reading the access log: whether it is whole, and who saw what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from community_portal.privacy.audit import FIRST, Entry, chain_key_of, end_seal, fingerprint
from community_portal.privacy.models import AccessLog, AccessLogHead
from community_portal.privacy.unhurried import unhurried

CHUNK = 2000
COLUMNS = (
    "id", "at", "staff_id", "action", "subject", "field", "purpose", "detail", "previous_hash", "hash",
)  # fmt: skip
CHANGED, FORGED, REMOVED, INSERTED, MOVED = "changed", "forged", "removed", "inserted", "moved"
CUT, REPLACED, NO_END, END_FORGED = "cut", "replaced", "no_end", "end_forged"


class Link(NamedTuple):
    """One row of the log, as it is checked."""

    id: int
    entry: Entry
    previous: str
    hash: str


@dataclass(frozen=True)
class Chain:
    """What checking found: how many entries hold, the last fingerprint, and what is wrong with the log, if anything.

    `broken` is the first entry at fault: CHANGED (what it says was altered), FORGED (its fingerprint was), REMOVED
    (entries before it are missing), INSERTED (it was slipped in), MOVED (it stands in another place than it was
    written). When all entries hold but the end does not, `broken` is the last entry (None in an empty log): CUT
    (`missing` entries after it were removed), REPLACED (the newest ones are not those that were written), NO_END or
    END_FORGED (the record of the end is gone or was altered).
    """

    entries: int
    head: str
    broken: AccessLog | None = None
    fault: str = ""
    missing: int = 0


def verify_chain(progress: Callable[[int], None] | None = None) -> Chain:
    """Follow the whole log from its first entry to the first broken link; `progress` hears the count now and then.

    Streams: the log may have any length, and grow meanwhile.
    """
    with unhurried():
        return _follow(progress)


def _follow(progress: Callable[[int], None] | None) -> Chain:
    end = AccessLogHead.objects.filter(pk=AccessLogHead.ONLY).first()
    key = bytes.fromhex(end.chain_key) if end else chain_key_of(settings.INDEX_KEY)
    previous, count, last, end_hash = FIRST, 0, None, FIRST
    for row in AccessLog.objects.order_by("id").values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        link = Link(row[0], Entry(*row[1:8]), row[8], row[9])
        if link.previous != previous or fingerprint(key, link.previous, link.entry) != link.hash:
            return _broken(link, previous, count, key)
        previous, count, last = link.hash, count + 1, link.id
        if end and count == end.entries:
            end_hash = previous
        if progress and count % CHUNK == 0:
            progress(count)
    return _ended(Chain(count, previous), last, end, end_hash, key)


def _broken(link: Link, previous: str, count: int, key: bytes) -> Chain:
    """Why a link does not hold onto the one before it."""
    others = AccessLog.objects.exclude(pk=link.id)
    holds = fingerprint(key, link.previous, link.entry) == link.hash
    if link.previous == previous:
        # The entry after it still carries the fingerprint that this one had when it was written.
        written = fingerprint(key, previous, link.entry)
        fault = FORGED if others.filter(previous_hash=written).exists() else CHANGED
    elif others.filter(previous_hash=previous).exists():
        fault = MOVED if holds else INSERTED
    else:
        fault = REMOVED if holds else CHANGED
    return Chain(count, previous, AccessLog.objects.filter(pk=link.id).first(), fault)


def _ended(chain: Chain, last: int | None, end: AccessLogHead | None, end_hash: str, key: bytes) -> Chain:
    """The chain of entries held; whether its end is where it was."""
    row = AccessLog.objects.filter(pk=last).first() if last else None
    if end is None:
        return chain if row is None else Chain(chain.entries, chain.head, row, NO_END)
    if end.seal != end_seal(key, end.entries, end.hash):
        return Chain(chain.entries, chain.head, row, END_FORGED)
    if chain.entries < end.entries:
        return Chain(chain.entries, chain.head, row, CUT, end.entries - chain.entries)
    return chain if end_hash == end.hash else Chain(chain.entries, chain.head, row, REPLACED)


def newest() -> AccessLog | None:
    """The last entry of the log."""
    return AccessLog.objects.order_by("-id").first()


def looks_at(subjects: list[str]) -> QuerySet[AccessLog]:
    """Who saw these, newest first."""
    return AccessLog.objects.filter(subject__in=subjects).select_related("staff").order_by("-id")

"""Reading the access log."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from community_portal.privacy.audit import FIRST, Entry, fingerprint
from community_portal.privacy.models import AccessLog

CHUNK = 2000
CHANGED, TORN = "changed", "torn"


@dataclass(frozen=True)
class Chain:
    """What checking found: how many entries hold, the last fingerprint, and the first entry that does not, if any.

    `fault` is CHANGED (the entry's own content was altered) or TORN (entries before it are missing, or it was
    slipped in).
    """

    entries: int
    head: str
    broken: AccessLog | None = None
    fault: str = ""


def verify_chain(progress: Callable[[int], None] | None = None) -> Chain:
    """Follow the whole log from its first entry to the first broken link; `progress` hears the count now and then."""
    head, count = FIRST, 0
    for row in AccessLog.objects.order_by("id").iterator(chunk_size=CHUNK):
        fault = _fault(row, head)
        if fault:
            return Chain(count, head, row, fault)
        head, count = row.hash, count + 1
        if progress and count % CHUNK == 0:
            progress(count)
    return Chain(count, head)


def _fault(row: AccessLog, head: str) -> str:
    entry = Entry(row.at, row.staff_id, row.action, row.subject, row.field, row.purpose)
    if fingerprint(settings.INDEX_KEY, row.previous_hash, entry) != row.hash:
        return CHANGED
    return "" if row.previous_hash == head else TORN

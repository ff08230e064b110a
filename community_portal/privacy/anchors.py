"""The access log's fingerprints written down outside the database, where whoever alters the log does not reach.

One line a day in settings.VAR_DIR/log/access-log-anchors.txt and in the process's log: date, id of the last entry, its
fingerprint. Copy the file elsewhere (log collection does) and the past cannot be rewritten with the portal's own keys.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from community_portal.privacy.models import AccessLog
from community_portal.privacy.querysets import newest

logger = logging.getLogger(__name__)


class Anchor(NamedTuple):
    """One line of the file."""

    day: str
    entry: int
    hash: str


def anchors_path() -> Path:
    """Where the lines are."""
    return Path(settings.VAR_DIR) / "log" / "access-log-anchors.txt"


def write_anchor(*, at: datetime) -> Anchor | None:
    """Append the log's end as it is now; None for an empty log."""
    last = newest()
    if last is None:
        return None
    anchor = Anchor(at.isoformat(timespec="seconds"), last.pk, last.hash)
    logger.info("access log anchor %s %d %s", *anchor)
    path = anchors_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{anchor.day} {anchor.entry} {anchor.hash}\n")
    return anchor


def read_anchors(path: Path) -> list[Anchor]:
    """The lines of a file, oldest first; what is no line of ours is passed over. Raises OSError."""
    found = []
    for line in path.read_text().splitlines():
        day, _, rest = line.partition(" ")
        entry, _, mark = rest.partition(" ")
        if entry.isdigit() and len(mark) == 64:
            found.append(Anchor(day, int(entry), mark))
    return found


def lost_anchor(anchors: list[Anchor]) -> Anchor | None:
    """The first anchor whose entry is no longer in the log as it was."""
    there: set[tuple[int, str]] = set()
    for begin in range(0, len(anchors), 1000):
        marks = [anchor.hash for anchor in anchors[begin : begin + 1000]]
        there |= set(AccessLog.objects.filter(hash__in=marks).values_list("id", "hash"))
    return next((anchor for anchor in anchors if (anchor.entry, anchor.hash) not in there), None)

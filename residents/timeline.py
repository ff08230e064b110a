"""What happened around a household, by whoever knows: a file's own history, and what apps above residents add.

Like residents.marks: an app registers a function when it starts (`AppConfig.ready`). It gets the reader's scope and
must show nothing outside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from grid.access import Scope

MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, its word, who did it, what it was, and where to read more ("" nowhere)."""

    at: datetime
    label: str
    text: str = ""
    who: str = ""
    url: str = ""
    tone: str = ""


Source = Callable[[Scope, int, datetime], list[Line]]
_sources: list[Source] = []


def register_timeline_source(source: Source) -> None:
    """Have `source(scope, household_id, until)` asked for each file; at most one query, the newest MOST lines.

    Twice counts once.
    """
    if source not in _sources:
        _sources.append(source)


def lines_from_apps(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """What the registered apps know of a household up to an instant."""
    return [line for source in _sources for line in source(scope, household_id, until)]


def latest(lines: list[Line]) -> list[Line]:
    """The newest MOST, the newest first."""
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]

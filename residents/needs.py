"""What a visit finds a household to need becomes work of an app above, which registers here when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from grid.models import Staff
from residents.models import Household


@dataclass(frozen=True)
class Need:
    """What was found, and what became of it: words for the visit's page, and where it is followed."""

    words: str
    path: str


NeedSink = Callable[[Household, str, Staff, datetime], Need]
_sinks: list[NeedSink] = []


def register_need_sink(sink: NeedSink) -> None:
    """Have `sink(household, text, by, at)` turn each need into work, in the visit's transaction; the last counts."""
    _sinks[:] = [sink]


def raise_need(household: Household, text: str, by: Staff, at: datetime) -> Need | None:
    """Hand a need on; None when no app takes needs."""
    return _sinks[0](household, text, by, at) if _sinks else None

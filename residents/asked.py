"""What a reader of the wall asks for, as plain values: filters kept in the page's address. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from residents.marks import Mark

ZOOMS = ("wall", "building", "unit")
"""The whole wall in tiny cells, buildings side by side, units in cells for a thumb."""

BUILDING = "building"


class Query(Protocol):
    """The values of an address query (a QueryDict)."""

    def get(self, name: str, default: str) -> str:
        """The last value of a name."""

    def getlist(self, name: str) -> list[str]:
        """All values of a name."""


@dataclass(frozen=True)
class Asked:
    """Filters of the wall. Any of the living statuses, all of the care tags; any of the kinds of marks, late if so.

    `grid` and `worker` are ids, None for everywhere; `show` is a colour by one of its statuses; `zoom` one of ZOOMS.
    """

    living: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    late: bool = False
    grid: int | None = None
    worker: int | None = None
    show: str = ""
    zoom: str = BUILDING

    @property
    def narrows(self) -> bool:
        """Whether some households can be left out."""
        return bool(self.living or self.tags or self.open or self.late)

    def lets(self, living: str, statuses: Sequence[str], marks: Sequence[Mark]) -> bool:
        """Whether a household with this living status, these tags and these marks is asked for."""
        if self.living and living not in self.living:
            return False
        if self.tags and not self.tags.issubset(statuses):
            return False
        if not (self.open or self.late):
            return True
        return any((not self.open or mark.kind.code in self.open) and (mark.late or not self.late) for mark in marks)


def asked_of(query: Query, living: Iterable[str], tags: Iterable[str], kinds: Iterable[str]) -> Asked:
    """The filters in an address; values that are not among the known ones are passed over."""
    said = frozenset(query.getlist("tag"))
    zoom = query.get("zoom", "")
    return Asked(
        living=said.intersection(living),
        tags=said.intersection(tags).difference(living),
        open=frozenset(query.getlist("open")).intersection(kinds),
        late=query.get("late", "") == "1",
        grid=_number(query.get("grid", "")),
        worker=_number(query.get("worker", "")),
        show=query.get("show", ""),
        zoom=zoom if zoom in ZOOMS else BUILDING,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

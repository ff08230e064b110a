"""What apps above residents show on the wall and in a household's file.

Residents may not import petitions (imports go down only), yet the wall shows which households have something open.
So an app above registers functions here when it starts (`AppConfig.ready`), and the wall's pages call whatever is
registered. A function gets the reader's scope and must show nothing outside it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet, Value
from django.utils.functional import Promise

from grid.access import Scope

Shape = Literal["dot", "diamond", "flag"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a mark stands for. `code` names it in addresses; `word` is what is counted (在办诉求).

    `phrase` says how many are at one place, with %d (%d 件在办). `shape` is how it is drawn: petitions are dots, visits
    diamonds, signs flags. A hollow shape has time left; a filled red one is late.
    """

    code: str
    word: str | Promise
    phrase: str | Promise
    shape: Shape = "dot"

    def said(self, count: int) -> str:
        """How many are at one place, in words."""
        return str(self.phrase) % count


@dataclass(frozen=True, slots=True)
class Mark:
    """A small sign on a cell or a building: how many things of a kind wait there, and whether one is late."""

    kind: Kind
    count: int = 1
    late: bool = False

    def __add__(self, other: "Mark") -> "Mark":
        return Mark(self.kind, self.count + other.count, self.late or other.late)


@dataclass(frozen=True, slots=True)
class Marks:
    """One source's marks in a community: each open thing once, at its household or else at its building.

    `grids` counts everything open by grid id (None: in no grid yet), also what belongs to no building.
    """

    kind: Kind
    households: Mapping[int, Mark] = field(default_factory=dict)
    buildings: Mapping[int, Mark] = field(default_factory=dict)
    grids: Mapping[int | None, int] = field(default_factory=dict)

    def count(self, grids: frozenset[int] | None = None) -> int:
        """How many are open in these grids, or everywhere."""
        return sum(count for grid, count in self.grids.items() if grids is None or grid in grids)


class Open(NamedTuple):
    """One open thing: where it is, and by when."""

    household: int | None
    building: int | None
    grid: int | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the household's file: a template and its context."""

    template: str
    context: Mapping[str, Any]


Rows = QuerySet[Any, tuple[int | None, int | None, int | None, datetime | None]]


@dataclass(frozen=True, slots=True)
class MarkSource:
    """What is open of one kind: `rows(scope, community_id, at)` gives household, building, grid and deadline of each.

    With `once` a household counts once, however much waits there.
    """

    kind: Kind
    rows: Callable[[Scope, int, datetime], Rows]
    once: bool = False


SectionSource = Callable[[Scope, int, datetime], Section | None]
_mark_sources: list[MarkSource] = []
_section_sources: list[SectionSource] = []


def register_mark_source(source: MarkSource) -> None:
    """Have a source's rows asked for with those of all others, in one query for each wall. Twice counts once."""
    if source not in _mark_sources:
        _mark_sources.append(source)


def register_section_source(source: SectionSource) -> None:
    """Have `source(scope, household_id, at)` asked for each household's file; at most one query. Twice counts once."""
    if source not in _section_sources:
        _section_sources.append(source)


def marks_in(scope: Scope, community_id: int, at: datetime) -> list[Marks]:
    """Every source's marks for one community, in the order of registration; one query for all of them."""
    asked = [
        source.rows(scope, community_id, at).annotate(source=Value(place)) for place, source in enumerate(_mark_sources)
    ]
    if not asked:
        return []
    found: list[list[Open]] = [[] for _source in asked]
    for *row, place in asked[0].union(*asked[1:], all=True):
        found[place].append(Open(*row))
    return [_marks(source, rows, at) for source, rows in zip(_mark_sources, found, strict=True)]


def _marks(source: MarkSource, rows: Iterable[Open], at: datetime) -> Marks:
    """Each open thing at its household, else at its building; the nearest deadline first."""
    households: list[tuple[int, Mark]] = []
    buildings: list[tuple[int, Mark]] = []
    grids: Counter[int | None] = Counter()
    seen: set[int] = set()
    in_time, late = Mark(source.kind), Mark(source.kind, late=True)
    for row in sorted(rows, key=lambda row: (row.due_at is None, row.due_at)):
        if source.once and row.household in seen:
            continue
        grids[row.grid] += 1
        mark = late if row.due_at is not None and row.due_at <= at else in_time
        if row.household is not None:
            seen.add(row.household)
            households.append((row.household, mark))
        elif row.building is not None:
            buildings.append((row.building, mark))
    return Marks(source.kind, gathered(households), gathered(buildings), grids)


def sections_of(scope: Scope, household_id: int, at: datetime) -> list[Section]:
    """The parts that other apps add to a household's file, those with nothing to say left out."""
    return [section for source in _section_sources if (section := source(scope, household_id, at))]


def gathered(marks: Iterable[tuple[int, Mark]]) -> dict[int, Mark]:
    """One source's marks, those at the same place as one."""
    found: dict[int, Mark] = {}
    for pk, mark in marks:
        found[pk] = found[pk] + mark if pk in found else mark
    return found


def together(sources: Iterable[Mapping[int, Mark]]) -> dict[int, tuple[Mark, ...]]:
    """Several sources' marks by place, in the order of the sources."""
    found: dict[int, tuple[Mark, ...]] = {}
    for source in sources:
        for pk, mark in source.items():
            found[pk] = (*found.get(pk, ()), mark)
    return found

"""A building drawn small, seen from the front, with one household marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

CELL_WIDTH, CELL_HEIGHT, GAP, UNIT_GAP = 12, 7, 2, 5
Cell = tuple[int, int, int, int]
"""Household id, unit, floor, column."""


@dataclass(frozen=True)
class FloorPlan:
    """Sizes in pixels; `path` draws every cell, `here` is the corner of the marked one (None: none is marked)."""

    width: int
    height: int
    path: str
    here: tuple[int, int] | None


def floor_plan(cells: Sequence[Cell], marked: int | None) -> FloorPlan | None:
    """The front of a building: units from left to right, floors from the bottom up; None without households."""
    if not cells:
        return None
    widest: dict[int, int] = {}
    for _pk, unit, _floor, column in cells:
        widest[unit] = max(widest.get(unit, 0), column)
    lefts, left = {}, 0
    for unit in sorted(widest):
        lefts[unit] = left
        left += widest[unit] * (CELL_WIDTH + GAP) + UNIT_GAP
    floors = {floor: n for n, floor in enumerate(sorted({cell[2] for cell in cells}, reverse=True))}
    corners = {
        pk: (lefts[unit] + (column - 1) * (CELL_WIDTH + GAP), floors[floor] * (CELL_HEIGHT + GAP))
        for pk, unit, floor, column in cells
    }
    draw = f"h{CELL_WIDTH}v{CELL_HEIGHT}h-{CELL_WIDTH}z"
    return FloorPlan(
        width=left - UNIT_GAP - GAP,
        height=len(floors) * (CELL_HEIGHT + GAP) - GAP,
        path="".join(f"M{x} {y}{draw}" for x, y in corners.values()),
        here=corners.get(marked) if marked else None,
    )

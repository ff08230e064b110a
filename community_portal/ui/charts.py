"""Charts as numbers on a plane, to be drawn as SVG by templates: lines over time, and bars. Pure.

Each is drawn twice, wide and narrow: a phone gets a drawing of its own size instead of a shrunk one, so that words on
it stay readable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 26
SIZES = {"wide": (560, 220), "narrow": (340, 200)}
LABEL_WIDTH = 46
STEPS = (1, 2, 5, 10)
LINES = 4

Across = Callable[[int], float]
Up = Callable[[float], float]


@dataclass(frozen=True)
class Series:
    """One line or row of bars: its name and values, None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """What is shown: a title, the words under the plane, the series, and the unit behind each number."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    kind: str = "lines"
    most: float | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The same as a table: a label and its values in words."""
        return [
            (label, [_said(each.values[place], self.unit) for each in self.series])
            for place, label in enumerate(self.labels)
        ]

    @property
    def drawings(self) -> "list[Drawing]":
        """The wide and the narrow one."""
        return [_draw(self, name, *size) for name, size in SIZES.items()]


@dataclass(frozen=True)
class Mark:
    """A dot or a bar with its words: where it is, how large, and what it says when pointed at."""

    x: float
    y: float
    width: float = 0
    height: float = 0
    words: str = ""


@dataclass
class Line:
    """One series in the plane: the number of its style, the paths between its gaps, its dots."""

    number: int
    name: str
    paths: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class Drawing:
    """One drawing: its size, the horizontal rules with their words, the words below, and the series."""

    name: str
    width: int
    height: int
    rules: list[tuple[float, str]]
    below: list[tuple[float, str]]
    lines: list[Line]

    @property
    def right(self) -> int:
        """Where the rules end."""
        return self.width - RIGHT

    @property
    def base(self) -> int:
        """Where the words below stand."""
        return self.height - 8


def _draw(chart: Chart, name: str, width: int, height: int) -> Drawing:
    low, high, step = _scale(chart)
    span = width - LEFT - RIGHT
    room = span / max(1, len(chart.labels))

    def across(place: int) -> float:
        return round(LEFT + room * (place + 0.5), 1)

    def up(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (height - TOP - BOTTOM), 1)

    count = round((high - low) / step)
    rules = [(up(low + step * n), _said(low + step * n, chart.unit)) for n in range(count + 1)]
    every = max(1, ceil(len(chart.labels) * LABEL_WIDTH / span))
    last = len(chart.labels) - 1
    below = [(across(place), label) for place, label in enumerate(chart.labels) if (last - place) % every == 0]
    make = _bars if chart.kind == "bars" else _lines
    return Drawing(name, width, height, rules, below, make(chart, across, up, room, up(low)))


def _lines(chart: Chart, across: Across, up: Up, _room: float, _ground: float) -> list[Line]:
    found = []
    for number, each in enumerate(chart.series, 1):
        line = Line(number, each.name)
        run: list[tuple[float, float]] = []
        for place, value in enumerate(each.values):
            if value is None:
                line.paths, run = [*line.paths, *_path(run)], []
                continue
            run.append((across(place), up(value)))
            words = f"{chart.labels[place]} {each.name} {_said(value, chart.unit)}"
            line.marks.append(Mark(*run[-1], words=words))
        line.paths += _path(run)
        found.append(line)
    return found


def _bars(chart: Chart, across: Across, up: Up, room: float, ground: float) -> list[Line]:
    count = len(chart.series)
    thick = round(min(40.0, room * 0.7) / count, 1)
    found = []
    for number, each in enumerate(chart.series, 1):
        line = Line(number, each.name)
        for place, value in enumerate(each.values):
            if value:
                x = round(across(place) - thick * count / 2 + thick * (number - 1), 1)
                words = f"{chart.labels[place]} {each.name} {_said(value, chart.unit)}"
                line.marks.append(Mark(x, up(value), thick, round(ground - up(value), 1), words))
        found.append(line)
    return found


def _path(run: list[tuple[float, float]]) -> list[str]:
    return [" ".join(f"{x},{y}" for x, y in run)] if len(run) > 1 else []


def _scale(chart: Chart) -> tuple[float, float, float]:
    """The lowest and highest rule and the step between them, in round numbers; bars begin at nothing."""
    values = [value for each in chart.series for value in each.values if value is not None] or [0.0]
    high = chart.most if chart.most is not None else max(values)
    low = 0.0 if chart.kind == "bars" else min(values)
    rough = max((high - low) / LINES, 0.5 if chart.unit == "%" else 1)
    size = 10 ** floor(log10(rough))
    step = next(size * each for each in STEPS if size * each >= rough)
    low, top = floor(low / step) * step, ceil(high / step) * step
    return (low, top, step) if top > low else (max(0.0, low - step), low + (step if low == 0 else 0), step)


def _said(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    return f"{value:.1f}{unit}" if value != round(value) else f"{value:.0f}{unit}"

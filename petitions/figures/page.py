"""The figures page: the three rates, counts, charts, and one table, out of the kept sums."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.ui.charts import Chart, Series
from petitions.figures import reads
from petitions.figures.drill import WORDS, address
from petitions.figures.places import Level, View
from petitions.figures.rates import (
    IN_TIME_LATE,
    PROACTIVE,
    REOPENED,
    RETURNED,
    THREE,
    Rate,
    Sums,
    change,
    percent,
    score,
)
from petitions.figures.reads import Line
from petitions.models import FigureMark

TABLES: dict[str, tuple[Any, Callable[[View], list[Line]]]] = {
    "place": (gettext_lazy("下级单位"), reads.by_place),
    "grid": (gettext_lazy("网格"), reads.by_grid),
    "handler": (gettext_lazy("办理人"), reads.by_handler),
    "category": (gettext_lazy("类别"), reads.by_category),
    "month": (gettext_lazy("月份"), lambda view: []),
    "day": (gettext_lazy("每天"), reads.by_day),
}
OFFERED = {
    Level.DISTRICT: ("place", "category", "month", "day"),
    Level.STREET: ("place", "grid", "handler", "category", "month", "day"),
    Level.COMMUNITY: ("grid", "handler", "category", "month", "day"),
}
COUNTS = ("orders", "counted", "proactive", "resolved", "unfinished", "overdue", "resolved_late")
TROUBLES = ("reopened", "returned", "escalated", "excluded")
LATE = {"overdue", "resolved_late"}
CONTACT = ("contact_30m", "contact_2h", "contact_24h", "contact_3d", "contact_more")
RESOLVE = ("resolve_2h", "resolve_24h", "resolve_3d", "resolve_7d", "resolve_15d", "resolve_more")
WITHIN: dict[str, Any] = {
    "contact": [gettext_lazy(words) for words in ("30 分", "2 小时", "24 小时", "3 天", "更久")],
    "resolve": [gettext_lazy(words) for words in ("2 小时", "24 小时", "3 天", "7 天", "15 天", "更久")],
}


@dataclass(frozen=True)
class Cell:
    """One number: its words, where its orders are, and whether it should be looked at."""

    words: str
    href: str = ""
    look: str = ""


@dataclass(frozen=True)
class TableRow:
    """One line of the table; `href` leads to the figures of the place that it is about. An idle one has no numbers."""

    name: str
    cells: list[Cell]
    href: str = ""
    whole: bool = False
    idle: bool = False


@dataclass(frozen=True)
class Shown:
    """One of the three rates: what it is now, against the month before, its parts with their orders, its formula."""

    name: Any
    formula: Any
    value: str
    part: Cell
    whole: Cell
    missing: Cell
    moved: str
    look: str


@dataclass(frozen=True)
class FiguresPage:
    """The page's parts."""

    view: View
    rates: list[Shown]
    counts: list[tuple[Any, Cell]]
    shares: list[tuple[Any, str, Any]]
    charts: list[Chart]
    by: str
    tables: list[tuple[str, Any]]
    heads: list[Any]
    rows: list[TableRow]
    idle: list[TableRow]
    months: tuple[date, date | None]
    counted_at: datetime | None


def figures_page(view: View, by: str, today: date) -> FiguresPage:
    """A place's page for a month, with the table that was asked for (the first offered one for an unknown name)."""
    offered = OFFERED[Level(view.place.level)]
    by = by if by in offered else offered[0]
    months = reads.by_month(view)
    now, before = months[view.month], months[reads.month_before(view.month)]
    following = reads.next_month(view.month)
    rows = table(view, by, months)
    mark = FigureMark.objects.first()
    return FiguresPage(
        view=view,
        rates=[_shown(view, rate, now, before) for rate in THREE],
        counts=[(WORDS[what], _cell(view, what, now)) for what in (*COUNTS, *TROUBLES)],
        shares=[
            (rate.name, percent(rate.of(now)), rate.formula) for rate in (PROACTIVE, IN_TIME_LATE, REOPENED, RETURNED)
        ],
        charts=[_trend(months), _arrivals(months), *(_spent(now, *each) for each in _SPENT)],
        by=by,
        tables=[(name, TABLES[name][0]) for name in offered],
        heads=heads(by),
        rows=[row for row in rows if not row.idle],
        idle=[row for row in rows if row.idle],
        months=(reads.month_before(view.month), following if following <= today else None),
        counted_at=mark.counted_at if mark else None,
    )


def heads(by: str) -> list[Any]:
    """The names of a table's columns."""
    first = [_("登记"), *(rate.name for rate in THREE), _("综合")]
    rest = [_("超期未办"), _("超时办结"), _("重办"), _("退单"), _("升级")]
    return [*first, *rest, *([_("手上还有")] if by == "handler" else [])]


def table(view: View, by: str, months: dict[date, Sums]) -> list[TableRow]:
    """The table's lines, the whole of the place first."""
    if by == "month":
        lines = [Line(f"{month:%Y-%m}", sums, asks={"month": month}) for month, sums in reversed(months.items())][:-1]
    else:
        lines = TABLES[by][1](view)
    whole = [] if by == "month" else [Line(_("合计"), months[view.month])]
    return [_row(view, line, by, whole=line in whole) for line in (*whole, *lines)]


def _row(view: View, line: Line, by: str, *, whole: bool = False) -> TableRow:
    asks = dict(line.asks)
    place, month = asks.pop("place", view.place.pk), asks.pop("month", view.month)

    def cell(what: str, words: str | None = None) -> Cell:
        count = line.sums.get(what, 0)
        look = "worse" if what in LATE and count else ""
        return Cell(
            words if words is not None else str(count), address(place, month, what, **asks) if count else "", look
        )

    rates = [
        Cell(percent(value), address(place, month, f"not_{rate.code}", **asks) if rate.missing(line.sums) else "")
        for rate in THREE
        for value in (rate.of(line.sums),)
    ]
    cells = [cell("orders"), *rates, Cell(_point(score(line.sums))), cell("overdue"), cell("resolved_late")]
    cells += [cell("reopened"), cell("returned"), cell("escalated")]
    if by == "handler":
        cells.append(Cell("" if line.waiting is None else str(line.waiting)))
    href = f"?place={place}&month={month:%Y-%m}" if place != view.place.pk or month != view.month else ""
    return TableRow(line.name, cells, href, whole, idle=by == "place" and not whole and not line.sums)


def _shown(view: View, rate: Rate, now: Sums, before: Sums) -> Shown:
    moved = change(rate.of(now), rate.of(before))
    return Shown(
        name=rate.name,
        formula=rate.formula,
        value=percent(rate.of(now)),
        part=_cell(view, rate.part, now),
        whole=_cell(view, rate.whole, now),
        missing=Cell(str(rate.missing(now)), address(view.place.pk, view.month, f"not_{rate.code}")),
        moved=moved_words(moved),
        look="" if moved is None else ("better" if (moved > 0) == rate.more_is_better else "worse"),
    )


def moved_words(moved: float | None) -> str:
    """比上月高 1.2 个百分点."""
    if moved is None:
        return _("和上月持平，或上月没有数字")
    return (_("比上月高 %.1f 个百分点") if moved > 0 else _("比上月低 %.1f 个百分点")) % abs(moved)


def _cell(view: View, what: str, sums: Sums) -> Cell:
    count = sums.get(what, 0)
    return Cell(
        str(count), address(view.place.pk, view.month, what) if count else "", "late" if what in LATE and count else ""
    )


def _point(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _trend(months: dict[date, Sums]) -> Chart:
    shown = list(months.items())[1:]
    series = [Series(str(rate.name), [_rounded(rate.of(sums)) for _month, sums in shown]) for rate in THREE]
    return Chart(_("三率，近十二个月"), _labels([month for month, _sums in shown]), series, "%", most=100)


def _arrivals(months: dict[date, Sums]) -> Chart:
    shown = list(months.items())[1:]
    series = [
        Series(str(words), [sums.get(what, 0) for _month, sums in shown])
        for what, words in (("counted", _("居民诉求")), ("proactive", _("未诉先办")))
    ]
    return Chart(_("登记的件数，近十二个月"), _labels([month for month, _sums in shown]), series, kind="bars")


_SPENT = (("contact", CONTACT, gettext_lazy("多久以内首次联系")), ("resolve", RESOLVE, gettext_lazy("多久以内办结")))


def _spent(now: Sums, what: str, names: Sequence[str], title: Any) -> Chart:
    return Chart(title, WITHIN[what], [Series(_("件"), [now.get(name, 0) for name in names])], kind="bars")


def _labels(months: Sequence[date]) -> list[str]:
    return [
        _("%(year)d 年") % {"year": month.year} if month.month == 1 else _("%d 月") % month.month for month in months
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

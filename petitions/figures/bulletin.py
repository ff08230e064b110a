"""The monthly bulletin (月度通报): the rates of a place and a ranking of what is below it, as PDF and as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.tables.writing import Column, Layout, Sheet, write_book
from community_portal.ui import paper
from petitions.figures import reads
from petitions.figures.page import FiguresPage, figures_page
from petitions.figures.places import Level, View
from petitions.figures.rates import EXCLUSIONS, THREE, Sums, change, percent, score
from petitions.figures.reads import Line

MOST_CATEGORIES = 10


@dataclass(frozen=True)
class Ranked:
    """One unit of the ranking; `rose` is how many places it went up since the month before (None: not ranked then)."""

    place: int | None
    rose: int | None
    line: Line

    @property
    def moved(self) -> str:
        """↑2, ↓1, 持平, 新."""
        if self.place is None:
            return ""
        if self.rose is None:
            return _("新")
        return _("持平") if self.rose == 0 else (f"↑{self.rose}" if self.rose > 0 else f"↓{-self.rose}")

    @property
    def score(self) -> str:
        """The three rates as one number."""
        return _said(score(self.line.sums))

    @property
    def rates(self) -> list[tuple[str, str]]:
        """Each of the three rates, and its change in points since the month before."""
        found = []
        for rate in THREE:
            now, before = rate.of(self.line.sums), rate.of(self.line.before)
            moved = change(now, before)
            found.append((percent(now), "" if moved is None else f"{moved:+.1f}"))
        return found


@dataclass(frozen=True)
class Bulletin:
    """All that the bulletin says."""

    view: View
    page: FiguresPage
    units: str
    ranking: list[Ranked]
    categories: list[Line]
    sums: Sums
    made_at: datetime
    exclusions: Any = EXCLUSIONS

    @property
    def title(self) -> str:
        """双合家园社区 2026 年 11 月诉求办理通报."""
        values = {"place": self.view.name, "year": self.view.month.year, "month": self.view.month.month}
        return _("%(place)s %(year)d 年 %(month)d 月诉求办理通报") % values

    @property
    def source(self) -> str:
        """How current it is."""
        counted = self.page.counted_at
        until = f"{localtime(counted):%Y-%m-%d %H:%M}" if counted else "—"
        return _("数据到 %(until)s，%(made)s 生成") % {
            "until": until,
            "made": f"{localtime(self.made_at):%Y-%m-%d %H:%M}",
        }


def bulletin(view: View, *, at: datetime, today: date) -> Bulletin:
    """A place's bulletin for a month: a district's ranks streets, a street's communities, a community's grids."""
    community = view.place.level == Level.COMMUNITY
    lines = reads.by_grid(view) if community else reads.by_place(view)
    return Bulletin(
        view=view,
        page=figures_page(view, "month", today),
        units=_("网格") if community else (_("社区") if view.place.level == Level.STREET else _("街道")),
        ranking=ranked([line for line in lines if line.sums or line.before]),
        categories=reads.by_category(view)[:MOST_CATEGORIES],
        sums=reads.by_month(view)[view.month],
        made_at=at,
    )


def ranked(lines: Sequence[Line]) -> list[Ranked]:
    """The lines by score, the best first, equals sharing a place; those without a score last and unranked."""
    now = {id(line): score(line.sums) for line in lines}
    places = _places([value for value in now.values() if value is not None])
    before = {id(line): score(line.before) for line in lines}
    former = _places([value for value in before.values() if value is not None])
    found = []
    for line in lines:
        value, past = now[id(line)], before[id(line)]
        place = places[round(value, 1)] if value is not None else None
        was = former[round(past, 1)] if past is not None else None
        found.append(Ranked(place, was - place if place and was else None, line))
    return sorted(found, key=lambda each: (each.place or len(lines) + 1, -each.line.sums.get("orders", 0)))


def _places(scores: list[float]) -> dict[float, int]:
    """The place of each score as it is shown, with one decimal."""
    shown = sorted((round(value, 1) for value in scores), reverse=True)
    return {value: shown.index(value) + 1 for value in shown}


def as_pdf(issue: Bulletin) -> bytes:
    """The bulletin on A4. Raises PaperUnavailable."""
    return paper.pdf("figures/bulletin.html", {"issue": issue})


def as_workbook(issue: Bulletin) -> bytes:
    """The same numbers in three sheets: ranking, categories, months."""
    layout = Layout(issue.title, [issue.source, str(issue.exclusions)])
    return write_book(
        [
            Sheet(
                _("排名"),
                _columns(issue.units),
                [_ranking_row(n, each) for n, each in _numbered(issue.ranking)],
                layout,
            ),
            Sheet(_("类别"), _CATEGORY, [_category_row(n, each) for n, each in _numbered(issue.categories)], layout),
            Sheet(_("各月"), _MONTH, _month_rows(issue), layout),
        ]
    )


def _columns(units: str) -> list[Column]:
    rates = [column for rate in THREE for column in (Column(rate.name, 9), Column(_("比上月（点）"), 9))]
    counts = [Column(_("登记"), 8), Column(_("计入"), 8), Column(_("未诉先办"), 9), Column(_("已办结"), 8)]
    rest = [
        Column(_("超期未办"), 9),
        Column(_("超时办结"), 9),
        Column(_("重办"), 7),
        Column(_("退单"), 7),
        Column(_("升级"), 7),
    ]
    head = [Column(_("序号"), 6), Column(_("名次"), 6), Column(_("比上月"), 8), Column(units, 18), Column(_("综合"), 8)]
    return [*head, *rates, *counts, *rest, Column(_("备注"), 16)]


_CATEGORY = [
    *(
        Column(gettext_lazy("序号"), 6),
        Column(gettext_lazy("类别"), 18),
        Column(gettext_lazy("登记"), 8),
        Column(gettext_lazy("上月登记"), 9),
    ),
    *(
        Column(gettext_lazy("响应率"), 9),
        Column(gettext_lazy("解决率"), 9),
        Column(gettext_lazy("满意率"), 9),
        Column(gettext_lazy("超期未办"), 9),
        Column(gettext_lazy("备注"), 16),
    ),
]
_MONTH = [
    *(
        Column(gettext_lazy("月份"), 10),
        Column(gettext_lazy("登记"), 8),
        Column(gettext_lazy("计入"), 8),
        Column(gettext_lazy("未诉先办"), 9),
    ),
    *(
        Column(gettext_lazy("响应率"), 9),
        Column(gettext_lazy("解决率"), 9),
        Column(gettext_lazy("满意率"), 9),
        Column(gettext_lazy("超时办结"), 9),
        Column(gettext_lazy("备注"), 16),
    ),
]


def _ranking_row(number: int, each: Ranked) -> list[Any]:
    sums = each.line.sums
    counts = [sums.get(name, 0) for name in ("orders", "counted", "proactive", "resolved")]
    rest = [sums.get(name, 0) for name in ("overdue", "resolved_late", "reopened", "returned", "escalated")]
    rates = [part for pair in each.rates for part in pair]
    note = "" if each.place else _("没有可比的数字，不排名")
    return [number, each.place or "—", each.moved, each.line.name, each.score, *rates, *counts, *rest, note]


def _category_row(number: int, line: Line) -> list[Any]:
    rates = [percent(rate.of(line.sums)) for rate in THREE]
    return [
        number,
        line.name,
        line.sums.get("orders", 0),
        line.before.get("orders", 0),
        *rates,
        line.sums.get("overdue", 0),
        "",
    ]


def _month_rows(issue: Bulletin) -> list[list[Any]]:
    return [
        [
            f"{month:%Y-%m}",
            *(sums.get(name, 0) for name in ("orders", "counted", "proactive")),
            *(percent(rate.of(sums)) for rate in THREE),
            sums.get("resolved_late", 0),
            "",
        ]
        for month, sums in list(reads.by_month(issue.view).items())[1:]
    ]


def _numbered(rows: Sequence[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(rows, 1))


def _said(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"

"""Drawing the cells of the wall: thousands on a page, so by a function and not by a template for each."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.ui.paging import CURSOR
from grid.models import Staff
from residents.marks import Mark
from residents.models import ColourRule
from residents.sheets import Sheet
from residents.wall import Cell, Colour, Floor, Gap

register = template.Library()
GAPS = {Gap.MISSING: "<span></span>", Gap.COVERED: '<span class="v"></span>'}
TALLEST = 6


@register.simple_tag
def cells(floors: Iterable[Floor], here: int | None = None) -> SafeString:
    """Storeys from the top down, each cell a link to its household; `here` is the one that is open beside the wall.

    Rooms are escaped here, the rest in the functions below, which keep what they made.
    """
    href = reverse("household-panel", args=[0]).removesuffix("0/")
    found: list[str] = []
    above = True
    for number, places in floors:
        found.append(_floor_class(number < 0, above, any(isinstance(cell, Cell) for cell in places)))
        above = number > 0
        for cell in places:
            if not isinstance(cell, Cell):
                found.append(GAPS[cell])
                continue
            pk, unit, room, colour, marks, storeys, lit = cell
            room = _plain(room)
            head, end = _dress(colour, storeys, lit)
            said = _said(colour, marks, storeys)
            current = '" aria-current="true' if pk == here else ""
            found.append(
                f'{head}{pk}" href="{href}{pk}/{current}" aria-label="{_unit_words(unit)}{room}{said}"><b>{room}</b>'
            )
            found.append(f"{end}{_signs(marks)}</a>" if marks else f"{end}</a>")
        found.append("</div>")
    return mark_safe("".join(found))


def _floor_class(under: bool, above: bool, used: bool) -> str:
    """The first storey under the ground has the ground line over it."""
    names = ["floor"] + ["under"] * under + ["ground"] * (under and above) + ["bare"] * (not used)
    return f'<div class="{" ".join(names)}">'


# Thousands of cells are made of a few dozen parts: each is escaped once and kept.
@lru_cache(maxsize=4096)
def _plain(room: str) -> str:
    return escape(room)


@lru_cache(maxsize=1024)
def _dress(colour: Colour, storeys: int, lit: bool) -> tuple[str, str]:
    """What stands before a cell's id, and its symbol."""
    tall = f" d{min(storeys, TALLEST)}" if storeys > 1 else ""
    if not lit:
        return f'<a class="cell off{tall}" id="h', ""
    symbol = format_html("<i>{}</i>", colour.symbol) if colour.symbol else ""
    return format_html('<a class="cell w-{}{}" id="h', colour.swatch, tall), symbol


@lru_cache(maxsize=256)
def _unit_words(number: int) -> str:
    return escape(_("%d 单元") % number) + " " if number else ""


@lru_cache(maxsize=1024)
def _said(colour: Colour, marks: tuple[Mark, ...], storeys: int) -> str:
    words = ["", colour.label]
    if storeys > 1:
        words.append(_("占 %d 层") % storeys)
    return escape("，".join(words + [mark_words(mark) for mark in marks]))


@lru_cache(maxsize=256)
def _signs(marks: tuple[Mark, ...]) -> str:
    return "".join(f'<u class="m {mark.kind.shape}{" late" * mark.late}"></u>' for mark in marks)


def said(cell: Cell) -> str:
    """What a cell says to those who do not see it: 2 单元 501，独居老人，1 件在办，已过时限."""
    return f"{_unit_words(cell.unit)}{cell.room}{_said(cell.colour, cell.marks, cell.storeys)}"


@register.filter
def mark_words(mark: Mark) -> str:
    """2 件在办, 1 件在办，已过时限."""
    words = mark.kind.said(mark.count)
    return f"{words}，{_('已过时限')}" if mark.late else words


@register.simple_tag
def paper_keys(sheet: Sheet) -> SafeString:
    """What the signs mean, as each printed sheet says it."""
    signs = [
        format_html("<span><b>{}</b> {}</span> ", colour.symbol or _("（空白）"), colour.label)
        for colour, _count in sheet.wall.counts
    ]
    for kind, _count in sheet.open:
        signs.append(format_html('<span><u class="m {}"></u>{}</span> ', kind.shape, kind.word))
    return mark_safe("".join([*signs, format_html('<span><u class="m late"></u>{}</span>', _("已过时限"))]))


@register.simple_tag
def paper_words(now: datetime | None, user: Staff) -> str:
    """When a sheet was printed, and by whom."""
    when = f"{localtime(now):%Y-%m-%d %H:%M}"
    return _("%(when)s · %(name)s 打印") % {"when": when, "name": user.name}


@register.filter
def hands_of(sheet: Sheet, grid: int) -> str:
    """Who works in a grid."""
    return sheet.hands_of(grid)


@register.filter
def of(known: Mapping[str, Any], code: str) -> Any:
    """What is known of one code: a count, a word; 0 for an unknown one."""
    return known.get(code, 0)


@register.filter
def swatch_class(rule: ColourRule) -> str:
    """The end of a colour's class: its swatch, or its own."""
    return f"c{rule.pk}" if rule.swatch == ColourRule.Swatch.OWN else rule.swatch


@register.simple_tag(takes_context=True)
def toggled(context: template.Context, name: str, value: str) -> str:
    """The page's address query with one value of a name put in, or taken out when it is there."""
    query: QueryDict = context["request"].GET.copy()
    query.pop(CURSOR, None)
    values = query.getlist(name)
    query.setlist(name, [each for each in values if each != value] + [value] * (value not in values))
    return f"?{query.urlencode()}"

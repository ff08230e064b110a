"""Drawing the cells of the wall: thousands on a page, so by a function and not by a template for each."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from residents.marks import Mark
from residents.wall import Cell, Colour, Unit

register = template.Library()
CELL = '<a class="cell {0}" id="h{1}" href="{2}{1}/"{3} aria-label="{4}"><b>{5}</b>{6}</a>'
OPEN = SafeString(' aria-current="true"')
NOTHING = SafeString("")
GAP = SafeString("<span></span>")


@register.simple_tag
def cells(unit: Unit, chosen: Colour | None = None, here: int | None = None) -> SafeString:
    """The storeys of a unit, each cell a link to its household.

    `chosen` leaves colour to the cells of that colour only; `here` is the household that is open beside the wall.
    """
    prefix = SafeString(reverse("household-panel", args=[0]).removesuffix("0/"))
    floors = []
    for floor in unit.floors:
        drawn = ((_drawn(cell, prefix, chosen, here) if cell else GAP,) for cell in floor.cells)
        floors.append(("" if any(floor.cells) else " bare", format_html_join("", "{}", drawn)))
    return format_html_join("", '<div class="floor{}">{}</div>', floors)


def _drawn(cell: Cell, prefix: SafeString, chosen: Colour | None, here: int | None) -> SafeString:
    lit = chosen is None or cell.colour == chosen
    return format_html(
        CELL,
        _classes(cell.colour.swatch if lit else "", cell.mark),
        SafeString(cell.pk),
        prefix,
        OPEN if cell.pk == here else NOTHING,
        said(cell),
        cell.room,
        _symbol(cell.colour.symbol) if lit else NOTHING,
    )


# Thousands of cells are made of a few dozen parts: each is escaped once and kept.
@lru_cache(maxsize=256)
def _classes(swatch: str, mark: Mark | None) -> SafeString:
    state = "" if mark is None else " late" if mark.late else " due"
    return format_html("w-{}{}", swatch, state) if swatch else format_html("off{}", state)


@lru_cache(maxsize=256)
def _symbol(symbol: str) -> SafeString:
    return format_html("<i>{}</i>", symbol) if symbol else NOTHING


@lru_cache(maxsize=256)
def _unit_words(number: int) -> str:
    return _("%d 单元") % number + " " if number else ""


def said(cell: Cell) -> str:
    """What a cell says to those who do not see it: 2 单元 501，独居老人，1 件在办，已过时限."""
    words = [f"{_unit_words(cell.unit)}{cell.room}", cell.colour.label]
    if cell.mark:
        words.append(mark_words(cell.mark))
    return "，".join(words)


@register.filter
def mark_words(mark: Mark) -> str:
    """2 件在办, 1 件在办，已过时限."""
    words = _("%d 件在办") % mark.count
    return f"{words}，{_('已过时限')}" if mark.late else words

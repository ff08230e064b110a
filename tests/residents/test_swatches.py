"""Every swatch of the wall can be read, in the light theme and the dark one."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from residents.models import ColourRule

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
READABLE = 4.5


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour token as (light, dark)."""
    return {name: (light, dark) for name, light, dark in TOKEN.findall((CSS / "tokens.css").read_text())}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("swatch", ColourRule.Swatch.values)
def test_ink_on_swatch(swatch: str, theme: int) -> None:
    known = tokens()
    assert contrast(known[f"w-{swatch}"][theme], known[f"w-{swatch}-ink"][theme]) >= READABLE


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_cells_left_out_by_a_filter_can_still_be_read(theme: int) -> None:
    known = tokens()
    assert contrast(known["paper"][theme], known["ink-2"][theme]) >= READABLE


@pytest.mark.parametrize("swatch", ColourRule.Swatch.values)
def test_each_swatch_has_its_class(swatch: str) -> None:
    assert (
        f".w-{swatch} {{ background: var(--w-{swatch}); color: var(--w-{swatch}-ink);" in (CSS / "wall.css").read_text()
    )

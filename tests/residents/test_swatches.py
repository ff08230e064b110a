"""Every swatch of the wall can be read, in the light theme and the dark one."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from residents.contrast import READABLE, contrast
from residents.models import ColourRule

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
SWATCHES = [swatch for swatch in ColourRule.Swatch.values if swatch != ColourRule.Swatch.OWN]


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour token as (light, dark)."""
    return {name: (light, dark) for name, light, dark in TOKEN.findall((CSS / "tokens.css").read_text())}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("swatch", SWATCHES)
def test_ink_on_swatch(swatch: str, theme: int) -> None:
    known = tokens()
    assert contrast(known[f"w-{swatch}"][theme], known[f"w-{swatch}-ink"][theme]) >= READABLE


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_cells_left_out_by_a_filter_can_still_be_read(theme: int) -> None:
    known = tokens()
    assert contrast(known["paper"][theme], known["ink-2"][theme]) >= READABLE


@pytest.mark.parametrize("swatch", SWATCHES)
def test_each_swatch_has_its_class(swatch: str) -> None:
    assert (
        f".w-{swatch} {{ background: var(--w-{swatch}); color: var(--w-{swatch}-ink);" in (CSS / "wall.css").read_text()
    )

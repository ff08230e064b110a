"""Whether words can be read on a colour: the contrast ratio of WCAG 2. Pure."""

import re

from django.utils.translation import gettext as _

HEX = re.compile(r"#[0-9a-f]{6}")
READABLE = 4.5
"""Contrast of ordinary text (WCAG 2.2, 1.4.3 AA)."""


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def problems_of(ground: str, ink: str, dark_ground: str, dark_ink: str) -> dict[str, str]:
    """What is wrong with a pair of colours for each theme, by field; empty when both can be read."""
    found = {}
    for field, theme, one, other in (
        ("ink", _("浅色主题"), ground, ink),
        ("dark_ink", _("深色主题"), dark_ground, dark_ink),
    ):
        if not (HEX.fullmatch(one) and HEX.fullmatch(other)):
            found[field] = _("%s的底色和字色都要填，写作 # 加六位，如 #f7bccf") % theme
        elif (ratio := contrast(one, other)) < READABLE:
            # Cut, not rounded: 4.49 must not read as 4.5.
            words = {"theme": theme, "ratio": f"{int(ratio * 10) / 10:.1f}", "least": READABLE}
            found[field] = _("%(theme)s的字看不清：对比度 %(ratio)s:1，至少 %(least)s:1") % words
    return found


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

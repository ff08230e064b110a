"""The colours of the wall as plain values: which one a household shows. Pure, no ORM."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

OTHER = "other"
DWELLING, BASEMENT = "dwelling", "basement"
LET = ("rented", "borrowed")

Rule = tuple[Sequence[str], str, str, str]
"""Statuses, label, symbol, swatch."""


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of the scheme. `key` names it in addresses: its first status, "other" for the rule without any."""

    key: str
    label: str
    symbol: str
    swatch: str


class Palette:
    """A scheme's colours by priority; a household shows the first that fits, and there always is one.

    Shops, basements and public rooms that nobody lives in have `premises`, a plain colour for each use.
    """

    def __init__(self, rules: Iterable[Rule], sheet: str = "") -> None:
        """`rules` are by rank; `sheet` is the address of the stylesheet for colours of one's own, if there are any.

        A rule whose statuses all belong to rules before it colours nothing and is left out; when none is open to
        every household, 其他 in white is added.
        """
        self.sheet = sheet
        self.colours: list[Colour] = []
        self._places: dict[str, int] = {}
        for statuses, label, symbol, swatch in (*rules, ((), _("其他"), "", "white")):
            own = [status for status in statuses or [OTHER] if status not in self._places]
            if own:
                self._places |= dict.fromkeys(own, len(self.colours))
                self.colours.append(Colour(own[0], label, symbol, swatch))
        self._default = self._places[OTHER]
        self.premises = {
            "shop": Colour("use-shop", _("商铺"), _("铺"), "use"),
            BASEMENT: Colour("use-basement", _("地下室"), _("地"), "use"),
            "public": Colour("use-public", _("公用房"), _("公"), "use"),
        }

    def of(self, living: str, statuses: Sequence[str], use: str = DWELLING) -> Colour:
        """The colour of a household with this living status and these tags, in a place of this use.

        No dwelling takes a colour of people only when a tag says that somebody is there, or a basement is let.
        """
        if use in self.premises and not (use == BASEMENT and living in LET):
            tagged = [self._places[status] for status in statuses if status in self._places and status != living]
            return self.colours[min(tagged)] if tagged else self.premises[use]
        places = [self._places.get(status, self._default) for status in (living, *statuses)]
        return self.colours[min(*places, self._default)]

    def named(self, status: str) -> Colour | None:
        """The colour that a status, "other", or a use belongs to; None for an unknown one."""
        place = self._places.get(status)
        if place is not None:
            return self.colours[place]
        return next((colour for colour in self.premises.values() if colour.key == status), None)

"""What each household of a levy would pay, why, and the rule in words; read from the files as they stand."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from councils.models import Levy, LevyLine
from councils.models.levies import WHOLE
from councils.money_words import yuan
from councils.shares import NoShares, priced, split
from residents.models import Household

Way, Counting = Levy.Way, Levy.Count
USES = (Household.Use.DWELLING, Household.Use.SHOP)
ORDER = ("building__estate__name", "building__position", "unit", "floor", "column", "pk")


@dataclass(frozen=True)
class Share:
    """One household's part: its weight in hundredths, the cents, and why it pays nothing ("" when it does)."""

    household: Household
    weight: int
    amount: int
    exempt: str = ""

    @property
    def shares(self) -> str:
        """The weight as people write it: 2, 1.5, 89.55."""
        return shares_text(self.weight)


@dataclass(frozen=True)
class Sharing:
    """A levy's parts in the stated order, what they come to, and the households that lack an area."""

    levy: Levy
    parts: Sequence[Share]
    lacking: Sequence[Household]

    @cached_property
    def total(self) -> int:
        """What the parts come to, in cents."""
        return sum(part.amount for part in self.parts)

    @cached_property
    def paying(self) -> Sequence[Share]:
        """Those with something to pay."""
        return [part for part in self.parts if part.amount]

    @cached_property
    def exempt(self) -> Sequence[Share]:
        """Those who are let off by the decision."""
        return [part for part in self.parts if part.exempt]

    @cached_property
    def fingerprint(self) -> str:
        """What somebody saw, in a few letters: changes with any part."""
        said = ";".join(f"{part.household.pk}:{part.weight}:{part.amount}" for part in self.parts)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def complete(self) -> bool:
        """Whether bills can be made of it."""
        return bool(self.paying) and not self.lacking

    @cached_property
    def sum_in_words(self) -> str:
        """959.75 元 = 231 户 × 3.75 元 + 25 户 × 3.74 元, with few different amounts; else the span."""
        counts = sorted(Counter(part.amount for part in self.paying).items(), reverse=True)
        if len(counts) > MOST_AMOUNTS:
            return _("%(total)s 元，%(count)d 户，每户 %(least)s 到 %(most)s 元") % {
                "total": yuan(self.total), "count": len(self.paying), "least": yuan(counts[-1][0]),
                "most": yuan(counts[0][0]),
            }  # fmt: skip
        terms = " + ".join(_("%(count)d 户 × %(each)s 元") % {"count": n, "each": yuan(each)} for each, n in counts)
        return _("%(total)s 元 = %(terms)s") % {"total": yuan(self.total), "terms": terms}


MOST_AMOUNTS = 4


def shares_text(weight: int) -> str:
    """A weight in hundredths as people write it: 2, 1.5, 89.55."""
    return f"{weight / WHOLE:.2f}".rstrip("0").rstrip(".")


def ground(levy: Levy) -> QuerySet[Household]:
    """The dwellings and shops that a levy can reach, in the stated order: its buildings, or its council's ground."""
    council = levy.council
    rows = Household.objects.filter(community=council.community_id, ended_on__isnull=True, use__in=USES)
    if levy.pk and levy.buildings.exists():
        rows = rows.filter(building__levies=levy)
    elif council.level == "courtyard":
        rows = rows.filter(building__councils=council)
    elif council.level == "estate":
        rows = rows.filter(building__estate=council.estate_id)
    return rows.select_related("building__estate").order_by(*ORDER)


def sharing(levy: Levy) -> Sharing:
    """Work out every part; at most four queries however many households there are."""
    lines = {line.household_id: line for line in levy.lines.all()}
    rows = ground(levy)
    if levy.count == Counting.PEOPLE:
        rows = rows.annotate(people=Count("stays", filter=Q(stays__moved_out__isnull=True)))
    households = list(rows)
    exempt = {row.pk: line.exempt for row in households if (line := lines.get(row.pk)) and line.exempt}
    weighed = [0 if row.pk in exempt else _weight(levy, row, lines.get(row.pk)) for row in households]
    lacking = [row for row, weight in zip(households, weighed, strict=True) if weight is None]
    weights = [weight or 0 for weight in weighed]
    try:
        amounts = _amounts(levy, weights)
    except NoShares:
        amounts = [0] * len(weights)
    parts = [
        Share(row, weight, amount, exempt.get(row.pk, ""))
        for row, weight, amount in zip(households, weights, amounts, strict=True)
    ]
    return Sharing(levy, parts, lacking)


def _weight(levy: Levy, household: Household, line: LevyLine | None) -> int | None:
    """Hundredths of a share or of a square metre; None for an area that the file does not have."""
    if levy.way == Way.EQUAL:
        return WHOLE
    if line is not None and line.weight is not None:
        return line.weight
    if levy.way == Way.AREA:
        return int(household.area * WHOLE) if household.area else None
    if levy.count == Counting.VEHICLES:
        return len(household.vehicles) * WHOLE
    if levy.count == Counting.PEOPLE:
        people: int = household.people  # type: ignore[attr-defined]
        return people * WHOLE
    return WHOLE


def _amounts(levy: Levy, weights: Sequence[int]) -> list[int]:
    if levy.price is not None:
        return priced(levy.price, weights, WHOLE)
    assert levy.total is not None
    return split(levy.total, weights, levy.ties)


def rule_in_words(levy: Levy) -> str:
    """How the levy is shared and who pays the odd cents, as it stands on every bill."""
    word = levy.share_word
    if levy.price is not None:
        return _("每%(word)s %(price)s 元，按%(count)s") % {
            "word": word, "price": yuan(levy.price), "count": levy.get_count_display(),
        }  # fmt: skip
    how = {
        Way.EQUAL: _("每户一样多"),
        Way.AREA: _("按建筑面积（民法典第二百八十三条）"),
        Way.WEIGHTS: _("按%(word)s数：%(count)s") % {"word": word, "count": levy.get_count_display()},
    }[Way(levy.way)]
    return _("%(total)s 元%(how)s；先算到分，分不尽的一分一分补给舍去最多的户，舍去一样多的%(ties)s") % {
        "total": yuan(levy.total or 0), "how": how, "ties": levy.get_ties_display(),
    }  # fmt: skip

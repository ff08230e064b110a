"""Categories, levels, clock rules and grounds, read at most once a minute by each process."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from community_portal.remembered import Remembered
from grid.models import Organisation
from petitions.models import Category, ClockRule, Ground, ResponseLevel, RoutingRule
from petitions.rules import Rule

DEFAULT_LEVEL = "d7"
URGENT_LEVELS = frozenset({"on_site", "h2"})


@dataclass(frozen=True)
class Catalogue:
    """Everything by code, each level's clock rules as snapshots by kind, and the routing rules in order.

    `organisations` are those that a routing rule names, by id; `grounds` the words of those in use, by use and code.
    """

    categories: dict[str, Category] = field(default_factory=dict)
    levels: dict[str, ResponseLevel] = field(default_factory=dict)
    rules: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)
    routing: list[Rule] = field(default_factory=list)
    organisations: dict[int, Organisation] = field(default_factory=dict)
    grounds: dict[str, dict[str, str]] = field(default_factory=dict)

    def category(self, said: str) -> Category | None:
        """The category with this code or name, None when there is none."""
        return self.categories.get(said) or next((row for row in self.categories.values() if row.name == said), None)

    def level(self, said: str) -> ResponseLevel | None:
        """The level with this code or name, None when there is none."""
        return self.levels.get(said) or next((row for row in self.levels.values() if row.name == said), None)

    def propose(self, text: str) -> Category | None:
        """The category whose keywords the text holds most of (by characters); None without any keyword."""
        scored = self._scored(text)
        return scored[0][1] if scored else None

    def ranked(self, text: str) -> list[tuple[str, float]]:
        """The categories whose keywords the text holds, by name, each with its share of them, the largest first."""
        scored = self._scored(text)
        total = sum(score for score, _row in scored)
        return [(row.name, score / total) for score, row in scored]

    def _scored(self, text: str) -> list[tuple[int, Category]]:
        scored = [
            (score, row)
            for row in self.categories.values()
            if (score := sum(len(word) for word in row.keywords if word in text))
        ]
        return sorted(scored, key=lambda each: (-each[0], each[1].rank))

    def choices(self, use: str) -> list[tuple[str, str]]:
        """The grounds for a use (Ground.Use) as a form offers them."""
        return list(self.grounds.get(use, {}).items())

    @property
    def default_level(self) -> ResponseLevel:
        """The level of a petition whose category nobody knows yet: the ordinary one, else the slowest."""
        if not self.levels:
            raise LookupError("没有响应级别：请先运行 manage.py load_defaults")
        return self.levels.get(DEFAULT_LEVEL) or max(self.levels.values(), key=lambda row: row.rank)


_remembered: Remembered[None, Catalogue] = Remembered()


def catalogue() -> Catalogue:
    """The catalogue as it was at most a minute ago; an empty one is looked for again at once."""
    found = _remembered.get(None, _read)
    if not found.levels:
        _remembered.forget()
    return found


def forget_catalogue() -> None:
    """Make the next reader load it anew, after an edit in this process."""
    _remembered.forget()


def _read() -> Catalogue:
    found = Catalogue(
        categories={row.code: row for row in Category.objects.select_related("level")},
        levels={row.code: row for row in ResponseLevel.objects.all()},
    )
    for named in (
        RoutingRule.objects.filter(is_active=True)
        .select_related("organisation", "division")
        .order_by("rank", "id")
        .annotate(category_ids=ArrayAgg("categories", filter=Q(categories__isnull=False), default=[]))
    ):
        found.routing.append(_routing_rule(named, {row.pk: row.code for row in found.categories.values()}))
        if named.organisation:
            found.organisations[named.organisation.pk] = named.organisation
    for ground in Ground.objects.filter(is_active=True):
        found.grounds.setdefault(ground.use, {})[ground.code] = ground.words
    for rule in ClockRule.objects.all():
        found.rules.setdefault(rule.level_id, {})[rule.kind] = rule.snapshot()
    for level in found.levels.values():
        if sign_in := found.rules.get(level.pk, {}).get(ClockRule.Kind.SIGN_IN):
            sign_in["return"] = {"amount": level.return_amount, "unit": level.return_unit}
    return found


def _routing_rule(row: Any, codes: dict[int, str]) -> Rule:
    return Rule(
        pk=row.pk,
        name=row.name,
        target=row.target,
        organisation=row.organisation_id,
        categories=frozenset(codes[pk] for pk in row.category_ids if pk in codes),
        kinds=frozenset(row.kinds),
        sources=frozenset(row.sources),
        jurisdiction=row.jurisdiction,
        grid_kind=row.grid_kind,
        prefix=row.division.prefix if row.division else "",
        words=tuple(row.words),
        hours=(row.hour_from, row.hour_until) if row.hour_from and row.hour_until else None,
    )

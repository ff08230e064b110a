"""Categories, levels and clock rules as intake needs them: read at most once a minute by each process."""

from dataclasses import dataclass, field
from typing import Any

from community_portal.remembered import Remembered
from petitions.models import Category, ClockRule, ResponseLevel

DEFAULT_LEVEL = "d7"
URGENT_LEVELS = frozenset({"on_site", "h2"})


@dataclass(frozen=True)
class Catalogue:
    """Everything by code, and each level's clock rules as snapshots by kind."""

    categories: dict[str, Category] = field(default_factory=dict)
    levels: dict[str, ResponseLevel] = field(default_factory=dict)
    rules: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)

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
    for rule in ClockRule.objects.all():
        found.rules.setdefault(rule.level_id, {})[rule.kind] = rule.snapshot()
    return found

"""Categories, levels and clock rules as intake needs them: read at most once a minute by each process."""

from dataclasses import dataclass, field
from typing import Any

from community_portal.remembered import Remembered
from petitions.models import Category, ClockRule, ResponseLevel

DEFAULT_LEVEL = "d7"


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
        scored = [
            (sum(len(word) for word in row.keywords if word in text), -row.rank, row)
            for row in self.categories.values()
        ]
        best = max(scored, key=lambda each: each[:2], default=(0, 0, None))
        return best[2] if best[0] else None

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

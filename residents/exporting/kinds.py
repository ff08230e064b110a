"""The kinds of lists that go out. Apps above register their own when they start (`AppConfig.ready`)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from community_portal.privacy.exports import ExportPermission
from community_portal.tables.writing import Column
from grid.access import Scope
from grid.models import Staff

Row = Sequence[Any]


@dataclass(frozen=True)
class Selection:
    """What a query picks out: in words, how many rows, and the rows themselves (without the number in front)."""

    words: str
    total: int
    rows: Callable[[ExportPermission], Iterator[Row]]


@dataclass(frozen=True)
class Kind:
    """One kind of list. `select` reads the filters of the page's own address inside the reader's scope."""

    name: str
    title: object
    columns: Sequence[Column]
    select: Callable[[Staff, Scope, QueryDict, datetime], Selection]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Have a kind of list offered. Twice counts once."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind | None:
    """The kind of this name."""
    return _kinds.get(name)

"""The one access rule: what a staff member's appointments reach."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import FilteredRelation, Q, QuerySet

from community_portal.prepared import Prepared
from community_portal.privacy.fields import SealedTextField
from grid.models import Appointment, Division, Staff

Role = Appointment.Role
RANK: dict[str, int] = {
    Role.ORGANISATION_MEMBER: 0,
    Role.GRID_WORKER: 1,
    Role.COMMUNITY_WORKER: 2,
    Role.COMMUNITY_HEAD: 3,
    Role.STREET_OFFICER: 4,
    Role.DISTRICT_OFFICER: 5,
}

GRID, COMMUNITY, STREET, DISTRICT = "grid", "community", "street", "district"
ORGANISATION = "organisation"
PLACES = {Division.Level.COMMUNITY: COMMUNITY, Division.Level.STREET: STREET, Division.Level.DISTRICT: DISTRICT}


@dataclass(frozen=True)
class Post:
    """One appointment in force, as plain values; `place` is one of the five above."""

    role: str
    place: str
    place_id: int


@dataclass(frozen=True)
class Scope:
    """What a person's appointments reach, with the words that the page frame shows.

    Whoever holds a post is named: a complaint about a person is never shown to that person, wherever they work.
    """

    posts: frozenset[Post] = frozenset()
    staff_id: int = 0
    name: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        if self.posts and not self.staff_id:
            raise ValueError("a scope with posts is somebody's")

    def __bool__(self) -> bool:
        return bool(self.posts)

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return frozenset(post.role for post in self.posts)

    @property
    def rank(self) -> int:
        """The highest role's place on the ladder, -1 without any."""
        return max((RANK[role] for role in self.roles), default=-1)

    def ids(self, place: str) -> frozenset[int]:
        """The grids, communities, streets, districts or organisations held."""
        return frozenset(post.place_id for post in self.posts if post.place == place)

    def matches(self, **columns: str) -> Q:
        """The condition on a model whose columns for these places have these names."""
        found = Q(pk__in=[])
        for place, column in columns.items():
            ids = sorted(self.ids(place))
            if ids:
                found |= Q(**{column: ids[0]}) if len(ids) == 1 else Q(**{f"{column}__in": ids})
        return found

    def roles_over(self, **ids: int | None) -> frozenset[str]:
        """The roles whose scope covers one object that lies in these places."""
        return frozenset(post.role for post in self.posts if ids.get(post.place) == post.place_id)

    @property
    def is_member(self) -> bool:
        """Whether an organisation's work is all that this person sees: no wall, no files of residents."""
        return bool(self.posts) and self.roles == {Role.ORGANISATION_MEMBER}


def in_force(on: date) -> QuerySet[Appointment]:
    """Appointments in force on a day, of people whose account is in use."""
    return Appointment.objects.filter(_runs(on), staff__is_active=True)


def _runs(on: date, of: str = "") -> Q:
    """The condition on an appointment's dates; `of` leads to it ("appointments__")."""
    open_ended, not_over = Q(**{f"{of}ends_on__isnull": True}), Q(**{f"{of}ends_on__gte": on})
    return (open_ended | not_over) & Q(**{f"{of}starts_on__lte": on})


class Held(NamedTuple):
    """An appointment in force with the names around it; the columns of one place are filled."""

    role: str
    grid: int | None
    grid_name: str | None
    grid_level: int | None
    grid_place: str | None
    grid_short: str | None
    division: int | None
    level: int | None
    name: str | None
    short_name: str | None
    parent: str | None
    organisation: int | None
    organisation_name: str | None


HELD_COLUMNS = (
    "role",
    "grid_id",
    "grid__name",
    "grid__division__level",
    "grid__division__name",
    "grid__division__short_name",
    "division_id",
    "division__level",
    "division__name",
    "division__short_name",
    "division__parent__name",
    "organisation_id",
    "organisation__name",
)
ANYBODY, ANY_DAY = -1, date(1, 2, 3)
STAFF_COLUMNS = tuple(each.attname for each in Staff._meta.concrete_fields if not isinstance(each, SealedTextField))
_held = Prepared(
    lambda staff, on: in_force(on).filter(staff=staff).values_list(*HELD_COLUMNS), staff=ANYBODY, on=ANY_DAY
)
_with_held = Prepared(
    lambda staff, on: (
        Staff.objects.filter(pk=staff)
        .annotate(held=FilteredRelation("appointments", condition=_runs(on, "appointments__")))
        .values_list(*STAFF_COLUMNS, *(f"held__{column}" for column in HELD_COLUMNS))
    ),
    staff=ANYBODY,
    on=ANY_DAY,
)


def staff_with_scope(staff_id: int, on: date) -> Staff | None:
    """A staff member and what `scope_of` says of them on that day, in one query; None for an unknown id."""
    rows = _with_held(staff=staff_id, on=on)
    if not rows:
        return None
    width = len(STAFF_COLUMNS)
    staff = Staff.from_db(DEFAULT_DB_ALIAS, STAFF_COLUMNS, rows[0][:width])
    held = [Held(*row[width:]) for row in rows if row[width] is not None]
    staff._scope = (on, _build(staff.pk, held if staff.is_active else []))  # type: ignore[attr-defined]
    return staff


def scope_of(staff: Staff, on: date) -> Scope:
    """A staff member's scope on a day; one query, remembered on the object for that day."""
    known = getattr(staff, "_scope", None)
    if known is None or known[0] != on:
        known = (on, _build(staff.pk, [Held(*row) for row in _held(staff=staff.pk, on=on)]))
        staff._scope = known  # type: ignore[attr-defined]
    scope: Scope = known[1]
    return scope


def _build(staff_id: int, appointments: list[Held]) -> Scope:
    highest = max(appointments, key=lambda each: RANK[each.role], default=None)
    name, detail = _words(highest)
    return Scope(frozenset(_post(each) for each in appointments), staff_id, name, detail)


def _post(held: Held) -> Post:
    if held.grid:
        return Post(held.role, GRID, held.grid)
    if held.organisation:
        return Post(held.role, ORGANISATION, held.organisation)
    assert held.division is not None
    assert held.level is not None
    return Post(held.role, PLACES.get(Division.Level(held.level), ""), held.division)


def _words(held: Held | None) -> tuple[str, str]:
    """What the frame shows: the place, and the scope or role under it."""
    if held is None:
        return "", ""
    role = str(Role(held.role).label)
    if held.organisation:
        return held.organisation_name or "", role
    if held.grid:
        return _said(held.grid_level, held.grid_place, held.grid_short), f"{held.grid_name} · {role}"
    parent = f"{held.parent} · " if held.parent and held.level == Division.Level.COMMUNITY else ""
    return _said(held.level, held.name, held.short_name), f"{parent}{role}"


def _said(level: int | None, name: str | None, short_name: str | None) -> str:
    return f"{short_name}社区" if level == Division.Level.COMMUNITY else name or ""


def place_name(division: Division) -> str:
    """A division as people say it: 双合家园社区, 垡头街道."""
    return _said(division.level, division.name, division.short_name)


def ancestors(division: Division) -> dict[int, Division]:
    """The division and those above it by level, up to the district; reads parents that are not loaded yet."""
    found: dict[int, Division] = {}
    current: Division | None = division
    while current is not None and current.level >= Division.Level.DISTRICT:
        found[current.level] = current
        current = current.parent
    return found

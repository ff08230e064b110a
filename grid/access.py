"""The one access rule: what a staff member's appointments reach."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from grid.models import Appointment, Division, Staff

Role = Appointment.Role
RANK: dict[str, int] = {
    Role.GRID_WORKER: 0,
    Role.COMMUNITY_WORKER: 1,
    Role.COMMUNITY_HEAD: 2,
    Role.STREET_OFFICER: 3,
    Role.DISTRICT_OFFICER: 4,
}

GRID, COMMUNITY, STREET, DISTRICT = "grid", "community", "street", "district"
PLACES = {Division.Level.COMMUNITY: COMMUNITY, Division.Level.STREET: STREET, Division.Level.DISTRICT: DISTRICT}


@dataclass(frozen=True)
class Post:
    """One appointment in force, as plain values; `place` is one of GRID, COMMUNITY, STREET, DISTRICT."""

    role: str
    place: str
    place_id: int


@dataclass(frozen=True)
class Scope:
    """What a person's appointments reach, with the words that the page frame shows."""

    posts: frozenset[Post] = frozenset()
    name: str = ""
    detail: str = ""

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
        """The grids, communities, streets or districts held."""
        return frozenset(post.place_id for post in self.posts if post.place == place)

    def matches(self, **columns: str) -> Q:
        """The condition on a model whose columns for grid, community, street and district have these names."""
        found = Q(pk__in=[])
        for place, column in columns.items():
            ids = sorted(self.ids(place))
            if ids:
                found |= Q(**{column: ids[0]}) if len(ids) == 1 else Q(**{f"{column}__in": ids})
        return found

    def roles_over(self, **ids: int | None) -> frozenset[str]:
        """The roles whose scope covers one object with these grid, community, street and district ids."""
        return frozenset(post.role for post in self.posts if ids.get(post.place) == post.place_id)


def scope_of(staff: Staff, on: date) -> Scope:
    """A staff member's scope on a day; one query, remembered on the object for that day."""
    known = getattr(staff, "_scope", None)
    if known is None or known[0] != on:
        known = (
            on,
            _build(list(in_force(on).filter(staff=staff).select_related("grid__division", "division__parent"))),
        )
        staff._scope = known  # type: ignore[attr-defined]
    scope: Scope = known[1]
    return scope


def in_force(on: date) -> QuerySet[Appointment]:
    """Appointments in force on a day, of people whose account is in use."""
    return Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, staff__is_active=True
    )


def _build(appointments: list[Appointment]) -> Scope:
    highest = max(appointments, key=lambda each: RANK[each.role], default=None)
    name, detail = _words(highest)
    return Scope(frozenset(_post(each) for each in appointments), name, detail)


def _post(appointment: Appointment) -> Post:
    if appointment.grid_id:
        return Post(appointment.role, GRID, appointment.grid_id)
    division = appointment.division
    assert division is not None
    return Post(appointment.role, PLACES.get(Division.Level(division.level), ""), division.pk)


def _words(appointment: Appointment | None) -> tuple[str, str]:
    """What the frame shows: the place, and the scope or role under it."""
    if appointment is None:
        return "", ""
    role = appointment.get_role_display()
    if appointment.grid:
        return place_name(appointment.grid.division), f"{appointment.grid.name} · {role}"
    division = appointment.division
    assert division is not None
    parent = f"{division.parent.name} · " if division.parent and division.level == Division.Level.COMMUNITY else ""
    return place_name(division), f"{parent}{role}"


def place_name(division: Division) -> str:
    """A division as people say it: 双合家园社区, 垡头街道."""
    if division.level == Division.Level.COMMUNITY:
        return f"{division.short_name}社区"
    return division.name


def ancestors(division: Division) -> dict[int, Division]:
    """The division and those above it by level, up to the district; reads parents that are not loaded yet."""
    found: dict[int, Division] = {}
    current: Division | None = division
    while current is not None and current.level >= Division.Level.DISTRICT:
        found[current.level] = current
        current = current.parent
    return found

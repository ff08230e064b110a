"""Who sees what: inside the appointments' scope everything, outside it nothing exists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model, QuerySet

from grid.access import Scope, scope_of
from grid.models import Appointment, Staff
from petitions.actions.base import roles_over
from petitions.models import Petition
from petitions.querysets import escalated_to, handlers_for, matching, visible_at, visible_to
from residents.querysets import buildings_visible_to, communities_visible_to, households_visible_to
from tests.factories import NOW, TODAY, Cast, make_petition, make_staff

HOME, SECOND, OUTER, QUEUE, NEXT, FAR = "home", "second", "outer", "queue", "next", "far"
STREET_SEES = {HOME, SECOND, OUTER, QUEUE, NEXT}
PETITIONS = {
    "worker": {HOME},
    "deputy": {HOME},
    "colleague": {SECOND},
    "community_worker": {HOME, SECOND, OUTER},
    "head": {HOME, SECOND, OUTER},
    "outsider": {NEXT},
    "outer_worker": {OUTER},
    "street": STREET_SEES,
    "other_street": {FAR},
    "district": STREET_SEES | {FAR},
    "nobody": set(),
    "admin": set(),
}
B1, B2, B3, N1, F1 = "1", "2", "3", "next 1", "far 1"
BUILDINGS = {
    "worker": {B1, B3},
    "deputy": {B1, B3},
    "colleague": {B2},
    "community_worker": {B1, B2, B3},
    "head": {B1, B2, B3},
    "outsider": {N1},
    "outer_worker": set(),
    "street": {B1, B2, B3, N1},
    "other_street": {F1},
    "district": {B1, B2, B3, N1, F1},
    "nobody": set(),
    "admin": set(),
}
ROOMS_EACH = 12


@pytest.fixture
def petitions(cast: Cast) -> dict[str, Petition]:
    """One petition in each place."""
    return {
        HOME: make_petition(cast),
        SECOND: make_petition(cast, text="2号楼的灯不亮"),
        OUTER: make_petition(cast, text="3号楼旁边的烧烤摊油烟很大"),
        QUEUE: make_petition(cast, home=cast.street_division, text="垃圾没有人收"),
        NEXT: make_petition(cast, home=cast.next_community, text="1号楼的灯不亮"),
        FAR: make_petition(cast, home=cast.far_community, text="1号楼的灯不亮"),
    }


def scope(staff: Staff) -> Scope:
    """A person's scope today."""
    return scope_of(staff, TODAY)


@pytest.mark.parametrize("person", PETITIONS)
def test_petitions(cast: Cast, petitions: dict[str, Petition], person: str) -> None:
    seen = set(visible_to(scope(getattr(cast, person))))
    assert {name for name, petition in petitions.items() if petition in seen} == PETITIONS[person]
    assert len(seen) == len(PETITIONS[person])


@pytest.mark.parametrize("person", PETITIONS)
def test_a_search_finds_nothing_outside(cast: Cast, petitions: dict[str, Petition], person: str) -> None:
    staff = getattr(cast, person)
    for name, petition in petitions.items():
        found = set(matching(visible_at(staff, NOW), petition.number))
        assert found == ({petition} if name in PETITIONS[person] else set())
    assert matching(visible_at(staff, NOW), "13800000001").count() == len(PETITIONS[person])


@pytest.mark.parametrize("person", BUILDINGS)
def test_buildings_and_households(cast: Cast, person: str) -> None:
    names = {
        cast.buildings[0]: B1,
        cast.buildings[1]: B2,
        cast.buildings[2]: B3,
        cast.next_building: N1,
        cast.far_building: F1,
    }
    mine = scope(getattr(cast, person))
    assert {names[building] for building in buildings_visible_to(mine)} == BUILDINGS[person]
    assert {names[household.building] for household in households_visible_to(mine)} == BUILDINGS[person]
    assert households_visible_to(mine).count() == ROOMS_EACH * len(BUILDINGS[person])


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("worker", ["community"]),
        ("head", ["community"]),
        ("outsider", ["next_community"]),
        ("outer_worker", []),
        ("street", ["next_community", "community"]),
        ("other_street", ["far_community"]),
        ("district", ["next_community", "community", "far_community"]),
        ("nobody", []),
    ],
)
def test_communities(cast: Cast, person: str, expected: list[str]) -> None:
    seen = communities_visible_to(scope(getattr(cast, person)))
    assert [row.division for row in seen] == [getattr(cast, name) for name in expected]


READS: list[Callable[[Scope], QuerySet[Model]]] = [
    visible_to,
    buildings_visible_to,
    households_visible_to,
    communities_visible_to,
]  # type: ignore[list-item]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(("first", "last", "sees"), [(0, 0, True), (-9, -1, False), (1, 9, False), (-9, None, True)])
def test_an_appointment_counts_from_its_first_to_its_last_day(
    cast: Cast,
    petitions: dict[str, Petition],
    read: Callable[[Scope], QuerySet[Model]],
    first: int,
    last: int | None,
    sees: bool,
) -> None:
    staff = make_staff(
        "temporary",
        "临时工",
        "community_worker",
        division=cast.community,
        starts_on=TODAY + timedelta(days=first),
        ends_on=None if last is None else TODAY + timedelta(days=last),
    )
    assert read(scope(staff)).exists() == sees


def test_an_account_that_was_switched_off_sees_nothing(cast: Cast, petitions: dict[str, Petition]) -> None:
    cast.worker.is_active = False
    cast.worker.save()
    assert not visible_at(cast.worker, NOW).exists()


def test_two_appointments_reach_both_places(cast: Cast, petitions: dict[str, Petition]) -> None:
    Appointment.objects.create(
        staff=cast.colleague, role="community_worker", division=cast.next_community, starts_on=TODAY
    )
    assert set(visible_at(cast.colleague, NOW)) == {petitions[SECOND], petitions[NEXT]}


def test_a_role_counts_only_where_it_is_held(cast: Cast, petitions: dict[str, Petition]) -> None:
    Appointment.objects.create(staff=cast.worker, role="community_head", division=cast.next_community, starts_on=TODAY)
    assert roles_over(petitions[HOME], cast.worker, TODAY) == {"grid_worker"}
    assert roles_over(petitions[NEXT], cast.worker, TODAY) == {"community_head"}
    assert roles_over(petitions[FAR], cast.worker, TODAY) == frozenset()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("worker", {"worker", "deputy"}),
        ("head", {"worker", "deputy", "colleague", "community_worker", "head", "member"}),
        (
            "street",
            {
                *("worker", "deputy", "colleague", "community_worker", "head", "member", "other_member"),
                *("outsider", "outer_worker", "street"),
            },
        ),
        ("other_street", {"other_street"}),
        (
            "district",
            {
                *("worker", "deputy", "colleague", "community_worker", "head", "member", "other_member"),
                *("outsider", "outer_worker", "street", "other_street"),
            },
        ),
        ("nobody", set()),
    ],
)
def test_work_can_be_given_to_people_inside_the_own_scope(cast: Cast, person: str, expected: set[str]) -> None:
    found = handlers_for(getattr(cast, person), TODAY)
    assert {appointment.staff.username for appointment in found} == expected


@pytest.mark.parametrize(
    ("person", "rung", "sees"),
    [
        ("head", 0, False),
        ("head", 1, True),
        ("street", 1, False),
        ("street", 2, True),
        ("district", 2, False),
        ("district", 3, True),
        ("other_street", 3, False),
    ],
)
def test_escalated_petitions_show_from_the_own_rung_on(cast: Cast, person: str, rung: int, sees: bool) -> None:
    petition = make_petition(cast)
    Petition.objects.filter(pk=petition.pk).update(escalated_to=rung)
    staff = getattr(cast, person)
    assert escalated_to(visible_at(staff, NOW), scope(staff)).exists() == sees

"""An address that leaves the household open: the places that may be meant are offered, and one press settles it."""

import pytest
from django.test import Client
from django.urls import reverse

from petitions.actions.base import ActionRefused, Changed
from petitions.actions.placing import petition_place
from petitions.actions.triage import petition_return
from petitions.models import Petition
from petitions.order_page import order_page
from residents.models import Household
from tests.factories import NOW, Cast, make_building, make_estate, make_petition
from tests.petitions.pages import client_of, queries_of, text_of, words

TWO_UNITS = "双合家园3号楼302"


def home(cast: Cast, unit: int, room: str = "302") -> Household:
    return Household.objects.get(building=cast.building, unit=unit, room=room)


def meant(cast: Cast, petition: Petition, staff: str = "head") -> list[str]:
    return [each.name for each in order_page(petition, getattr(cast, staff), NOW).meant]


@pytest.fixture
def twin(cast: Cast) -> Petition:
    """A petition at 3号楼 of one of two estates; nobody knows which, so nobody has it yet."""
    make_building(make_estate(cast.community, "双合雅苑"), cast.second_grid, 3)
    petition = make_petition(cast, text="水管漏水", address="3号楼2单元302")
    assert (petition.state, petition.handler) == ("registered", None)
    return petition


def test_a_room_in_two_units_is_offered_twice(cast: Cast) -> None:
    petition = make_petition(cast, text="灯不亮", address=TWO_UNITS)
    assert (petition.building, petition.household) == (cast.building, None)
    assert meant(cast, petition) == ["3号楼1单元302", "3号楼2单元302"]


def test_a_certain_household_leaves_nothing_to_choose(cast: Cast) -> None:
    petition = make_petition(cast, text="灯不亮", address="双合家园3号楼2单元302")
    assert petition.household == cast.household
    assert meant(cast, petition) == []


def test_two_estates_are_told_apart_by_their_names(cast: Cast, twin: Petition) -> None:
    assert meant(cast, twin) == ["双合家园3号楼2单元302", "双合雅苑3号楼2单元302"]


def test_settling_it_keeps_the_handler(cast: Cast) -> None:
    petition = make_petition(cast, text="灯不亮", address=TWO_UNITS)
    placed = petition_place(
        petition.pk, by=cast.worker, at=NOW, building_id=cast.building.pk, household_id=home(cast, 1).pk
    )
    assert (placed.household, placed.handler, placed.state) == (home(cast, 1), cast.worker, "dispatched")
    assert meant(cast, placed) == []
    assert "地址确定为 3号楼1单元302" in {line.text for line in order_page(placed, cast.head, NOW).trail}


def test_settling_it_sends_one_that_nobody_had_to_the_grids_worker(cast: Cast, twin: Petition) -> None:
    placed = petition_place(twin.pk, by=cast.head, at=NOW, building_id=cast.building.pk, household_id=cast.household.pk)
    assert (placed.state, placed.handler, placed.grid) == ("dispatched", cast.worker, cast.grid)
    assert placed.clocks.filter(kind="sign_in", closed_at__isnull=True).count() == 1


def test_one_that_was_sent_back_stays_in_the_queue(cast: Cast) -> None:
    petition = make_petition(cast, text="灯不亮", address=TWO_UNITS)
    petition_return(petition.pk, by=cast.worker, at=NOW, text="不归我")
    placed = petition_place(
        petition.pk, by=cast.head, at=NOW, building_id=cast.building.pk, household_id=home(cast, 1).pk
    )
    assert (placed.state, placed.handler) == ("registered", None)


def test_places_outside_the_scope_are_neither_shown_nor_taken(cast: Cast, twin: Petition) -> None:
    other = Household.objects.get(building__estate__name="双合雅苑", unit=2, room="302")
    Petition.objects.filter(pk=twin.pk).update(grid=cast.grid)
    twin.refresh_from_db()
    assert meant(cast, twin, "worker") == ["3号楼2单元302"]
    with pytest.raises(ActionRefused, match="本辖区"):
        petition_place(twin.pk, by=cast.worker, at=NOW, building_id=other.building_id, household_id=other.pk)
    with pytest.raises(ActionRefused, match="本辖区"):
        petition_place(twin.pk, by=cast.head, at=NOW, building_id=cast.building.pk, household_id=other.pk)


def test_the_second_to_settle_it_sees_what_changed(cast: Cast, twin: Petition) -> None:
    petition_place(twin.pk, by=cast.head, at=NOW, building_id=cast.building.pk, version=twin.version)
    with pytest.raises(Changed):
        petition_place(twin.pk, by=cast.head, at=NOW, building_id=cast.building.pk, version=twin.version)


def test_the_desk_form_offers_them_to_fill_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    shown = client.post(reverse("petition-preview"), {"text": "灯不亮", "where": TWO_UNITS}).content.decode()
    assert 'data-fills="双合家园3号楼1单元302"' in shown
    assert 'data-fills="双合家园3号楼2单元302"' in shown
    client.force_login(cast.colleague)
    shown = client.post(reverse("petition-preview"), {"text": "灯不亮", "where": TWO_UNITS}).content.decode()
    assert "data-fills" not in shown


def test_one_press_on_the_order_page(cast: Cast, twin: Petition) -> None:
    client = client_of(cast.head)
    assert "可能是下面这些" in text_of(cast.head, reverse("petition-detail", args=[twin.number]))
    values = {"version": twin.version, "building": cast.building.pk, "household": cast.household.pk}
    done = client.post(reverse("petition-place", args=[twin.number]), values, follow=True)
    assert "地址已确定" in words(done.content.decode())
    twin.refresh_from_db()
    assert twin.household == cast.household


@pytest.mark.parametrize("values", [{}, {"building": "x"}, {"building": 10**30}, {"building": 1, "household": -1}])
def test_a_broken_choice_changes_nothing(cast: Cast, twin: Petition, values: dict[str, object]) -> None:
    done = client_of(cast.head).post(reverse("petition-place", args=[twin.number]), values, follow=True)
    assert "请选择本辖区的楼栋或户" in words(done.content.decode())
    twin.refresh_from_db()
    assert twin.building is None


def test_outside_the_scope_there_is_no_such_order(cast: Cast, twin: Petition) -> None:
    done = client_of(cast.outsider).post(reverse("petition-place", args=[twin.number]), {"building": 1})
    assert done.status_code == 404


def test_offering_costs_one_query(cast: Cast) -> None:
    certain = make_petition(cast, text="灯不亮", address="双合家园3号楼2单元302")
    open_one = make_petition(cast, text="灯不亮", address=TWO_UNITS)
    client = client_of(cast.head)
    few = queries_of(client, reverse("petition-detail", args=[certain.number]))
    assert queries_of(client, reverse("petition-detail", args=[open_one.number])) <= few + 1

"""Files of the first version come through the migrations: stays, name keys and care tags follow from what was there."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from community_portal.privacy.sealing import blind_index
from residents.care import Said, said_of
from residents.models import CareTag, Household, Resident, Stay
from tests.factories import PHONE, Cast


@pytest.mark.django_db(transaction=True)
def test_a_file_of_the_first_version_comes_through() -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate([("residents", "0001_initial")])
    try:
        old = executor.loader.project_state([("residents", "0001_initial"), ("grid", "0001_initial")]).apps
        _fill(old)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    home = Household.objects.get()
    assert home.statuses == ["owner", "aid", "disabled"]
    stays = Stay.objects.filter(household=home).order_by("id")
    assert list(stays.values_list("resident__name", "relation", "registered_here", "moved_in", "moved_out")) == [
        ("单三", "户主", True, None, None),
        ("李四", "租客", False, None, None),
    ]
    head = Resident.objects.get(name="单三")
    assert head.name_key.startswith("shan san")
    assert head.phone == PHONE
    tags = CareTag.objects.filter(household=home)
    assert {said_of(tag.said) for tag in tags} == {Said("aid"), Said("disabled")}
    assert all(tag.holds and tag.ended_at is None for tag in tags)
    assert home.row_key != Resident.objects.get(name="李四").row_key


@pytest.mark.django_db(transaction=True)
def test_phones_of_owners_that_were_there_can_be_found(cast: Cast) -> None:
    home = cast.household
    home.owner_phone = "13800000055"
    home.save()
    MigrationExecutor(connection).migrate([("residents", "0011_checklists")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert Household.objects.get(owner_phone_index=blind_index("phone", "138 0000 0055")) == home
    home.refresh_from_db()
    assert (home.owner_phone, home.landlord_phone_index) == ("13800000055", None)


def _fill(apps: Any) -> None:
    """One household of two, as the first version kept it."""
    model = apps.get_model
    division = model("grid", "Division").objects.create(
        level=5, code="110105019029", name="双合家园社区", short_name="双合"
    )
    grid = model("grid", "GridUnit").objects.create(code="110105019029001", name="第一网格", division=division)
    scheme = model("residents", "ColourScheme").objects.create(code="old", name="旧")
    community = model("residents", "Community").objects.create(division=division, scheme=scheme)
    estate = model("residents", "Estate").objects.create(community=community, name="双合家园")
    building = model("residents", "Building").objects.create(
        estate=estate, community=community, grid=grid, name="3号楼", number="3", position=3
    )
    home = model("residents", "Household").objects.create(
        building=building, community=community, grid=grid, unit=2, floor=3, room="302", column=2,
        statuses=["owner", "aid", "disabled"],
    )  # fmt: skip
    resident = model("residents", "Resident")
    facts = {"household": home, "sex": "male", "birth_date": date(1980, 5, 1)}
    resident.objects.create(name="单三", relation="户主", phone=PHONE, **facts)
    resident.objects.create(name="李四", relation="租客", registered_here=False, **facts)

"""Loading the demo: by seed, at scale, a second time, and where it must not be loaded."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from councils.models import Topic
from grid.models import Division, Staff
from petitions import querysets
from petitions.actions import clocks
from petitions.actions.register import Intake, register
from petitions.demo import load as loading
from petitions.demo.cast import ACCOUNTS, PASSWORD
from petitions.models import Petition, PetitionEvent
from petitions.workflow import State, Verb
from residents.models import Community, Household, Resident, Stay
from tests.conftest import forget
from tests.factories import NOW
from tests.petitions.consistency import inconsistencies


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """What a visitor of the demo could tell apart."""
    return {
        "households": list(Household.objects.order_by("id").values_list("building__name", "room", "living", "note")),
        "residents": [(row.name, row.id_number, row.phone, row.birth_date) for row in Resident.objects.order_by("id")],
        "petitions": list(
            Petition.objects.order_by("id").values_list("text", "state", "query_code", "received_at", "handler__name")
        ),
        "events": list(PetitionEvent.objects.order_by("at", "verb", "text").values_list("at", "verb", "text")),
    }


def test_the_planner_knows_of_the_houses_before_anything_is_asked_of_them(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statistics of a table that was emptied call it empty: each question would walk through all that came since."""
    believed: list[tuple[int, int]] = []
    live = loading.Month.live

    def looked(month: loading.Month, petitions: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Stay._meta.db_table])
            believed.append((int(cursor.fetchone()[0]), Stay.objects.count()))
        return live(month, petitions)

    monkeypatch.setattr(loading.Month, "live", looked)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Stay._meta.db_table}")
    loading.load(households=120, petitions=1, seed=1, at=NOW)
    assert [(there, there) for _said, there in believed] == believed


def test_the_same_seed_gives_the_same_demo_and_another_one_another(db: None) -> None:
    found = []
    for seed in (1, 1, 2):
        forget()
        with transaction.atomic():
            loading.load(households=60, petitions=24, seed=seed, at=NOW)
            found.append(contents())
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert all(found[0][name] != found[2][name] for name in found[0])


def test_scaled_by_copy_the_rows_are_as_if_the_actions_had_written_them(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LIVED", 30)
    said: list[str] = []
    made = loading.load(households=2_000, petitions=20_040, seed=1, at=NOW, say=said.append)
    assert (made.communities, made.households, made.petitions) == (2, 2_000, 20_040)
    assert made.residents == Resident.objects.values("id_number_index").distinct().count()
    assert any("户 2000" in line for line in said)
    assert inconsistencies() == {}
    assert clocks.sweep(at=NOW) == 0
    assert set(Petition.objects.values_list("state", flat=True)) == set(State.values) - {State.SUSPENDED}
    assert Petition.objects.filter(community__code="110105019029").count() > 5_000
    assert Petition.objects.exclude(community__code="110105019029").count() > 5_000
    _check_one_found()
    _check_life_goes_on()


def _check_one_found() -> None:
    """A petition's person opens and is found by phone; its words are found; its worker sees it."""
    petition = Petition.objects.select_related("handler", "household__building").filter(source="web").order_by("id")[7]
    assert petition.caller_phone.startswith("154")
    assert len(petition.caller_name) >= 2
    everything = Petition.objects.all()
    assert list(querysets.matching(everything, petition.caller_phone)) == [petition]
    assert petition in querysets.matching(everything, petition.address)
    assert petition.handler is not None
    assert petition in querysets.visible_at(petition.handler, NOW)
    assert petition.household is not None
    assert petition.household.building_id == petition.building_id
    assert petition.household.room in petition.address


def _check_life_goes_on() -> None:
    """New rows take new ids, and the clocks that were copied run."""
    home = Division.objects.get(code="110105019029", level=5)
    last = Petition.objects.order_by("-id").values_list("id", flat=True)[0]
    intake = Intake(source="web", home=home, text="双合家园3号楼楼道灯不亮", received_at=NOW)
    petition, _new = register(intake, by=None, at=NOW)
    assert petition.pk > last
    assert clocks.sweep(at=NOW + timedelta(days=2)) > 20
    # After two days without a sweep, warnings that are overtaken by their deadline are passed over.
    assert inconsistencies().keys() <= {"steps of the ladder without their events"}


def test_a_second_run_changes_nothing_and_says_what_is_there(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo", households=60, petitions=20)
    assert "演示数据：社区 1 个，户 60" in capsys.readouterr().out
    before = contents()
    call_command("load_demo", households=90, petitions=40, seed=5)
    assert "已经装入，没有改动：社区 1 个，户 60" in capsys.readouterr().out
    assert contents() == before


def test_the_environment_gives_the_sizes(db: None, settings: Settings) -> None:
    settings.DEMO_HOUSEHOLDS, settings.DEMO_PETITIONS = 40, 12
    call_command("load_demo", verbosity=0)
    assert (Household.objects.count(), Petition.objects.count()) == (40, 12)


def test_councils_make_topics_of_what_residents_ask_and_tell_them(db: None) -> None:
    call_command("load_demo", verbosity=0, households=120, petitions=90)
    topic = Topic.objects.get(title="停车位不够，怎么分")
    for petition in topic.petitions.all():
        assert petition.events.filter(verb=Verb.DELIBERATE).count() == 1
    assert topic.petitions.count() >= 1
    assert Petition.objects.filter(source=Petition.Source.COUNCIL).count() == 1


def test_a_production_portal_refuses_until_forced(db: None, settings: Settings) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="正式环境"):
        call_command("load_demo", households=40, petitions=2)
    assert not Staff.objects.exists()
    call_command("load_demo", households=40, petitions=2, force=True)
    assert Staff.objects.filter(is_demo=True).count() == len(ACCOUNTS)


def test_it_keeps_out_of_a_portal_in_use(db: None) -> None:
    Staff.objects.create_user("admin", "spring-rain-77", name="王管理")
    with pytest.raises(CommandError, match="账号 admin 已经存在"):
        call_command("load_demo", households=40, petitions=2)
    assert not Community.objects.exists()
    for sizes in ({"households": 0}, {"households": 1_000_001}, {"petitions": 10_000_001}):
        with pytest.raises(CommandError, match="户数应为 1 到 1000000"):
            call_command("load_demo", **sizes)


def test_a_portal_with_a_community_is_left_alone(cast: Any) -> None:
    with pytest.raises(CommandError, match="已经有社区数据"):
        call_command("load_demo", households=40, petitions=2)


def test_the_accounts_are_printed_one_for_each_role(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_accounts")
    assert "没有演示账号" in capsys.readouterr().out
    loading.load(households=20, petitions=0, seed=1, at=NOW)
    call_command("demo_accounts")
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 2 + len(ACCOUNTS)
    for role in ("网格员", "社工", "社区书记", "街道", "区级", "外网格员", "邻社区书记", "系统管理员"):
        assert any(line.startswith(role + " ") for line in table)
    assert all(PASSWORD in line for line in table[2:])

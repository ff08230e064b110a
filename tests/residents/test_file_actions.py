"""What is written when a file is changed: facts, people, moves, births, deaths, marriages, parting and joining."""

from datetime import date, timedelta

import pytest

from residents.actions.base import FileChanged, FileRefused
from residents.actions.facts import household_edit, household_merge, household_split
from residents.actions.life import birth_record, death_record, marriage_record
from residents.actions.moves import residents_move
from residents.actions.persons import resident_add, resident_edit
from residents.models import CareTag, FileEvent, Household, Resident, Stay
from residents.rights import ROLES, Task
from tests.factories import NOW, TODAY, Cast, make_resident
from tests.residents.acts import LATER, WOMAN_1950, history, names_in, person, room, tags_of
from tests.threads import at_once


class TestFacts:
    def test_a_change_is_saved_with_its_history_and_what_is_personal_sealed(self, cast: Cast) -> None:
        home = household_edit(
            cast.household.pk, by=cast.worker, at=NOW, facts={"living": "rented", "owner_phone": "13800000055"}
        )
        assert (home.living, home.owner_phone, home.version) == ("rented", "13800000055", 2)
        assert history(home) == [("edit", "", {"living": ["owner", "rented"], "owner_phone": ["", "13800000055"]})]
        assert "13800000055" not in str(FileEvent.objects.values())
        assert Household.objects.get(pk=home.pk).statuses == ["rented"]

    def test_the_same_again_changes_nothing(self, cast: Cast) -> None:
        household_edit(cast.household.pk, by=cast.worker, at=NOW, facts={"living": "owner", "pets": ""})
        assert history(cast.household) == []
        assert Household.objects.get(pk=cast.household.pk).version == 1

    def test_the_second_of_two_editors_is_told_what_the_first_changed(self, cast: Cast) -> None:
        household_edit(cast.household.pk, by=cast.head, at=NOW, facts={"pets": "一只猫"}, version=1)
        with pytest.raises(FileChanged) as told:
            household_edit(cast.household.pk, by=cast.worker, at=LATER, facts={"pets": "两只狗"}, version=1)
        assert [event.by for event in told.value.events] == [cast.head]
        assert told.value.version == 2
        household_edit(cast.household.pk, by=cast.worker, at=LATER, facts={"pets": "两只狗"}, version=2)
        assert Household.objects.get(pk=cast.household.pk).pets == "两只狗"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_is_told(cast: Cast) -> None:
    def edit(pets: str) -> object:
        return household_edit(cast.household.pk, by=cast.worker, at=NOW, facts={"pets": pets}, version=1)

    results = at_once(lambda: edit("猫"), lambda: edit("狗"))
    assert sorted(type(result).__name__ for result in results) == ["FileChanged", "Household"]
    assert len(history(cast.household, "edit")) == 1


class TestPeople:
    def test_somebody_new_is_on_file_from_a_day_on(self, cast: Cast) -> None:
        home = room(cast, "301")
        day = TODAY - timedelta(days=30)
        resident_add(home.pk, by=cast.worker, at=NOW, person=person(), day=day)
        assert names_in(home) == ["李秀兰"]
        assert names_in(home, day - timedelta(days=1)) == []
        assert history(home, "create") == [("create", "", {})]
        assert tags_of(home) == {"solitary_elder"}

    def test_somebody_known_by_the_id_number_stays_the_same_person(self, cast: Cast) -> None:
        there = make_resident(
            room(cast, "101"), "李秀兰", sex="female", birth_date=date(1950, 6, 15), id_number=WOMAN_1950
        )
        residents_move(room(cast, "101").pk, by=cast.worker, at=NOW, people=[there.pk], place="外地")
        back = resident_add(room(cast, "301").pk, by=cast.worker, at=LATER, person=person(id_number=WOMAN_1950))
        assert back == there
        assert Stay.objects.filter(resident=there).count() == 2

    def test_somebody_of_another_grid_is_not_given_away(self, cast: Cast) -> None:
        far = cast.buildings[1].households.first()
        assert far is not None
        make_resident(
            far, "李秀兰", sex="female", birth_date=date(1950, 6, 15), id_number=WOMAN_1950, phone="13800000088"
        )
        new = resident_add(room(cast, "301").pk, by=cast.worker, at=NOW, person=person(id_number=WOMAN_1950))
        assert new.phone == ""
        assert Resident.objects.filter(name="李秀兰").count() == 2

    def test_an_edit_of_a_person_moves_their_name_in_the_order_and_makes_the_tags_anew(self, cast: Cast) -> None:
        someone = make_resident(room(cast, "301"), "李秀兰", sex="female", birth_date=date(1990, 6, 15))
        values = {"name": "单秀兰", "birth_date": date(1940, 6, 15)}
        resident_edit(room(cast, "301").pk, someone.pk, by=cast.worker, at=NOW, values=values, version=1)
        someone.refresh_from_db()
        assert someone.name_key.startswith("shan ")
        assert tags_of(room(cast, "301")) == {"solitary_elder", "senior"}
        with pytest.raises(FileChanged):
            resident_edit(room(cast, "301").pk, someone.pk, by=cast.worker, at=LATER, values=values, version=1)


class TestMoves:
    def test_a_family_moves_into_an_empty_dwelling_as_it_is(self, cast: Cast) -> None:
        people = list(cast.household.stays.values_list("resident_id", flat=True))
        to = room(cast, "101")
        residents_move(cast.household.pk, by=cast.worker, at=NOW, people=people, to=to.pk, registered=True)
        assert (names_in(cast.household), names_in(to)) == ([], ["张三", "张小明"])
        stays = Stay.objects.current().filter(household=to)
        assert set(stays.values_list("relation", "registered_here", "came_by")) == {
            ("户主", True, "move"),
            ("子", True, "move"),
        }
        assert names_in(cast.household, TODAY - timedelta(days=1)) == ["张三", "张小明"]
        assert {words for _verb, words, _changes in history(cast.household)} == {"迁往 3号楼2单元101"}
        assert {words for _verb, words, _changes in history(to)} == {"从 3号楼2单元302 迁来"}

    def test_a_tag_goes_with_its_person(self, cast: Cast) -> None:
        from residents.actions.care import tag_give
        from residents.care import Said

        tag_give(cast.household.pk, by=cast.worker, at=NOW, said=Said("disabled", "肢体", 2), resident=cast.resident.pk)
        to = room(cast, "101")
        residents_move(cast.household.pk, by=cast.worker, at=LATER, people=[cast.resident.pk], to=to.pk)
        assert (tags_of(cast.household), tags_of(to)) == (set(), {"disabled"})

    def test_to_a_dwelling_out_of_reach_nobody_moves(self, cast: Cast) -> None:
        far = cast.buildings[1].households.first()
        assert far is not None
        with pytest.raises(Household.DoesNotExist):
            residents_move(cast.household.pk, by=cast.worker, at=NOW, people=[cast.resident.pk], to=far.pk)
        assert "张三" in names_in(cast.household)
        residents_move(cast.household.pk, by=cast.head, at=NOW, people=[cast.resident.pk], to=far.pk)
        assert names_in(far) == ["张三"]

    @pytest.mark.parametrize(
        ("over", "words"),
        [
            ({"place": ""}, "请写明搬到哪一户"),
            ({"people": []}, "请选搬走的人"),
            ({"day": TODAY + timedelta(days=1)}, "日期还没有到"),
            ({"people": [0]}, "已经不在这一户"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, cast: Cast, over: dict[str, object], words: str) -> None:
        said = {"people": [cast.resident.pk], "place": "外地", **over}
        with pytest.raises(FileRefused, match=words):
            residents_move(cast.household.pk, by=cast.worker, at=NOW, **said)  # type: ignore[arg-type]

    def test_nobody_leaves_before_they_came(self, cast: Cast) -> None:
        home = room(cast, "301")
        someone = make_resident(home, "李四", moved_in=TODAY - timedelta(days=5))
        with pytest.raises(FileRefused, match="离开的日期不能更早"):
            residents_move(
                home.pk, by=cast.worker, at=NOW, people=[someone.pk], place="外地", day=TODAY - timedelta(days=6)
            )


class TestLife:
    def test_a_child_is_on_file_from_its_birth(self, cast: Cast) -> None:
        born = TODAY - timedelta(days=20)
        birth_record(
            cast.household.pk, by=cast.worker, at=NOW, child={"name": "张新", "sex": "female", "birth_date": born}
        )
        assert "张新" in names_in(cast.household, born)
        assert "张新" not in names_in(cast.household, born - timedelta(days=1))
        assert FileEvent.objects.get(verb="birth").day == born

    def test_the_dead_leave_and_another_is_head(self, cast: Cast) -> None:
        wife = make_resident(cast.household, "王丽", relation="配偶")
        day = TODAY - timedelta(days=2)
        death_record(cast.household.pk, cast.resident.pk, by=cast.worker, at=NOW, day=day, head=wife.pk)
        cast.resident.refresh_from_db()
        assert cast.resident.died_on == day
        assert names_in(cast.household) == ["张小明", "王丽"]
        assert Stay.objects.current().get(resident=wife).relation == "户主"
        assert not cast.household.faults.exists()

    def test_a_marriage_brings_somebody_home(self, cast: Cast) -> None:
        bride = person(name="王丽", birth_date=date(1985, 1, 1))
        marriage_record(cast.household.pk, cast.resident.pk, by=cast.worker, at=NOW, newcomer=bride)
        assert names_in(cast.household) == ["张三", "张小明", "王丽"]
        assert Stay.objects.get(resident__name="王丽").came_by == "marriage"
        assert len(history(cast.household, "marriage")) == 2

    def test_a_neighbour_moves_in_by_marriage(self, cast: Cast) -> None:
        home = room(cast, "101")
        bride = make_resident(home, "王丽", sex="female", birth_date=date(1985, 1, 1))
        who = {"by": cast.worker, "at": NOW}
        marriage_record(cast.household.pk, cast.resident.pk, spouse=bride.pk, spouse_from=home.pk, **who)
        assert names_in(home) == []
        assert Stay.objects.current().get(resident=bride).relation == "配偶"

    def test_children_do_not_marry(self, cast: Cast) -> None:
        with pytest.raises(FileRefused, match="不满 20 周岁"):
            marriage_record(
                cast.household.pk, cast.resident.pk, by=cast.worker, at=NOW,
                newcomer=person(name="王丽", birth_date=date(2010, 1, 1)),
            )  # fmt: skip
        assert not Resident.objects.filter(name="王丽").exists()


class TestDwellings:
    def test_a_dwelling_parts_and_those_who_go_have_a_head(self, cast: Cast) -> None:
        son = Resident.objects.get(name="张小明")
        new = household_split(cast.household.pk, by=cast.head, at=NOW, room="302A", people=[son.pk])
        assert (names_in(cast.household), names_in(new)) == (["张三"], ["张小明"])
        assert Stay.objects.current().get(household=new).relation == "户主"
        assert (new.floor, new.column, new.grid_id) == (3, 3, cast.household.grid_id)
        with pytest.raises(FileRefused, match="已经有 302A"):
            household_split(cast.household.pk, by=cast.head, at=LATER, room="302A")

    def test_a_dwelling_joins_another_and_its_file_ends_with_its_history(self, cast: Cast) -> None:
        other = room(cast, "301")
        make_resident(other, "李秀兰", sex="female", birth_date=date(1940, 6, 15))
        CareTag.objects.create(household=other, said='{"code": "aid"}', since=TODAY, given_at=NOW)
        household_merge(cast.household.pk, by=cast.head, at=LATER, other=other.pk)
        other.refresh_from_db()
        assert (other.ended_on, other.merged_into) == (TODAY, cast.household)
        assert "李秀兰" in names_in(cast.household)
        assert tags_of(cast.household) == {"senior", "aid"}
        assert names_in(other, TODAY - timedelta(days=1)) == ["李秀兰"]

    def test_dwellings_of_two_buildings_do_not_join(self, cast: Cast) -> None:
        far = cast.buildings[1].households.first()
        assert far is not None
        with pytest.raises(FileRefused, match="同一栋楼"):
            household_merge(cast.household.pk, by=cast.head, at=NOW, other=far.pk)


class TestAccess:
    @pytest.mark.parametrize("name", ["colleague", "outsider", "other_street", "outer_worker", "nobody", "admin"])
    def test_a_file_out_of_reach_does_not_exist(self, cast: Cast, name: str) -> None:
        with pytest.raises(Household.DoesNotExist):
            household_edit(cast.household.pk, by=getattr(cast, name), at=NOW, facts={"pets": "猫"})

    @pytest.mark.parametrize("name", ["street", "district"])
    def test_those_above_read_and_do_not_write(self, cast: Cast, name: str) -> None:
        with pytest.raises(FileRefused, match="不能做“改房屋情况”"):
            household_edit(cast.household.pk, by=getattr(cast, name), at=NOW, facts={"pets": "猫"})

    def test_parting_and_joining_is_the_communitys(self, cast: Cast) -> None:
        with pytest.raises(FileRefused, match="不能做“分户”"):
            household_split(cast.household.pk, by=cast.worker, at=NOW, room="302A")

    def test_every_task_has_its_roles(self) -> None:
        assert set(ROLES) == set(Task)

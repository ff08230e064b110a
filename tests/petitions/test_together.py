"""Co-handling and summons: each unit by its own clocks, the lead keeps the petition, the last answer closes it."""

from datetime import timedelta

import pytest

from petitions.actions import clocks, ending, handling, together
from petitions.actions.base import ActionRefused, Changed
from petitions.models import Part, Petition, Summons
from petitions.querysets import visible_at
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, REASON, petition_in
from tests.petitions.test_handling import newest_notice, told


def joined(cast: Cast) -> tuple[Petition, Part]:
    """The department helps the worker."""
    petition = petition_in(State.ACCEPTED, cast)
    together.petition_join(petition.pk, by=cast.street, at=LATER, organisations=[cast.department.pk], text="看看线路")
    petition.refresh_from_db()
    return petition, petition.parts.get()


class TestJoin:
    def test_the_unit_is_asked_by_clocks_of_its_own_and_the_lead_stays(self, cast: Cast) -> None:
        petition, part = joined(cast)
        assert petition.handler == cast.worker
        assert set(part.clocks.values_list("kind", "started_at")) == {("check_in", LATER), ("answer", LATER)}
        assert petition.due_at == min(c.due_at for c in petition.clocks.filter(part=None, closed_at=None) if c.due_at)
        assert told()[-1] == ("other_member", f"请您联办：{petition.title}")

    def test_its_member_sees_it_from_then_on(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        assert not visible_at(cast.other_member, NOW).exists()
        petition, _part = joined(cast)
        assert list(visible_at(cast.other_member, NOW)) == [petition]

    def test_checking_in_and_answering_stop_its_clocks_alone(self, cast: Cast) -> None:
        petition, part = joined(cast)
        before = newest_notice()
        together.part_check_in(part.pk, by=cast.other_member, at=LATER + timedelta(hours=1))
        together.part_answer(part.pk, by=cast.other_member, at=LATER + timedelta(hours=2), text="线路已查")
        part.refresh_from_db()
        assert (part.checked_in_at, part.answered_at) == (LATER + timedelta(hours=1), LATER + timedelta(hours=2))
        assert set(part.clocks.values_list("outcome", flat=True)) == {"met"}
        assert petition.clocks.filter(part=None, closed_at=None).count() == 2
        assert [name for name, _title in told(before)] == ["worker", "worker"]

    def test_the_lead_answers_only_when_all_have(self, cast: Cast) -> None:
        petition, part = joined(cast)
        handling.petition_contact(petition.pk, by=cast.worker, at=LATER, text=REASON)
        with pytest.raises(ActionRefused, match="城市管理办公室 还没有答复"):
            handling.petition_resolve(petition.pk, by=cast.worker, at=LATER, text=REASON)
        together.part_release(part.pk, by=cast.head, at=LATER, text="不用来了")
        assert handling.petition_resolve(petition.pk, by=cast.worker, at=LATER, text=REASON).state == State.RESOLVED

    def test_somebody_of_the_place_writes_down_for_a_unit(self, cast: Cast) -> None:
        _petition, part = joined(cast)
        together.part_answer(part.pk, by=cast.worker, at=LATER, text="电话答复：已查")
        part.refresh_from_db()
        assert part.answer == "电话答复：已查"

    def test_another_units_member_may_not(self, cast: Cast) -> None:
        _petition, part = joined(cast)
        Petition.objects.update(organisation=None)
        with pytest.raises(ActionRefused):
            together.part_answer(part.pk, by=cast.member, at=LATER, text="我来答")

    def test_a_unit_is_asked_once_at_a_time(self, cast: Cast) -> None:
        petition, _part = joined(cast)
        with pytest.raises(ActionRefused, match="已经在联办"):
            together.petition_join(
                petition.pk, by=cast.street, at=LATER, organisations=[cast.department.pk], text="再来"
            )

    def test_a_community_cannot_call_the_streets_departments(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        with pytest.raises(ActionRefused, match="请选择够得着的单位"):
            together.petition_join(petition.pk, by=cast.head, at=LATER, organisations=[cast.department.pk], text="来")

    def test_refusing_the_petition_releases_them(self, cast: Cast) -> None:
        petition, part = joined(cast)
        ending.petition_refuse(petition.pk, by=cast.head, at=LATER, ground="court")
        part.refresh_from_db()
        assert part.released_at == LATER
        assert set(part.clocks.values_list("outcome", flat=True)) == {"cancelled"}


class TestSummons:
    @pytest.fixture
    def summoned(self, cast: Cast) -> Petition:
        """The street calls the department and the property company."""
        petition = petition_in(State.ACCEPTED, cast)
        units = [cast.department.pk, cast.property_company.pk]
        together.petition_summon(petition.pk, by=cast.street, at=LATER, organisations=units, text="现场会商")
        petition.refresh_from_db()
        return petition

    def test_it_closes_when_each_has_answered(self, cast: Cast, summoned: Petition) -> None:
        first, second = summoned.parts.order_by("pk")
        people = {cast.department.pk: cast.other_member, cast.property_company.pk: cast.member}
        together.part_answer(first.pk, by=people[first.organisation_id], at=LATER, text="已到场")
        assert Summons.objects.get().closed_at is None
        at = LATER + timedelta(hours=1)
        together.part_answer(second.pk, by=people[second.organisation_id], at=at, text="已修")
        assert Summons.objects.get().closed_at == at
        assert told()[-1] == ("street", f"吹哨的单位都已答复：{summoned.title}")

    def test_a_unit_that_does_not_come_is_urged_and_the_street_hears_of_it(
        self, cast: Cast, summoned: Petition
    ) -> None:
        before = newest_notice()
        clocks.sweep(at=NOW + timedelta(days=1, hours=3))
        said = [(name, title.split("：")[0]) for name, title in told(before)]
        assert ("other_member", "催办") in said
        assert ("street", "升级") in said
        summoned.refresh_from_db()
        assert summoned.escalated_to == Petition.Step.NONE
        assert summoned.events.filter(verb=Verb.ESCALATE, text__startswith="城市管理办公室报到时限").exists()

    def test_an_answer_that_has_been_given_is_not_given_again(self, cast: Cast, summoned: Petition) -> None:
        part = summoned.parts.get(organisation=cast.department)
        together.part_answer(part.pk, by=cast.other_member, at=LATER, text="已到场")
        with pytest.raises(Changed, match="联办已经结束"):
            together.part_answer(part.pk, by=cast.other_member, at=LATER, text="已到场")

"""Several petitions about one event: put together, taken out again, answered at once, each keeping what is its own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grid.access import Scope, scope_of
from petitions.actions import clocks, ending
from petitions.actions.base import ActionRefused, Changed
from petitions.actions.counting import count_up
from petitions.actions.same import MOST, petition_merge, petition_split, same_answer
from petitions.models import Petition, PetitionFact, SameEvent, SameMember
from petitions.same import proposals, sizes
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, make_petition
from tests.petitions.acts import perform
from tests.petitions.consistency import inconsistencies
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of
from tests.threads import at_once

LATER = NOW + timedelta(minutes=5)
TEXTS = (
    "3号楼2单元楼道的灯不亮，看不清台阶",
    "3号楼2单元楼道灯不亮了，晚上看不清台阶",
    "3号楼2单元的楼道灯不亮，看不清",
)


@pytest.fixture
def three(cast: Cast) -> list[Petition]:
    """Three neighbours about one lamp."""
    return [make_petition(cast, text=text, caller_phone=f"1380000010{n}") for n, text in enumerate(TEXTS)]


def together(cast: Cast, rows: list[Petition]) -> SameEvent:
    """The first leads the others."""
    for row in rows[1:]:
        petition_merge(row.pk, by=cast.head, at=NOW, into=rows[0].pk)
    return SameEvent.objects.get(ended_at=None)


def members(event: SameEvent) -> set[int]:
    """Who is in it now."""
    return set(event.members.filter(left_at=None).values_list("petition", flat=True))


class TestMerging:
    def test_number_clocks_and_state_stay_as_they_are(self, cast: Cast, three: list[Petition]) -> None:
        def own() -> list[object]:
            rows = Petition.objects.order_by("id").values_list("number", "query_code", "state", "due_at", "handler")
            clocks_of = Petition.objects.order_by("clocks__id").values_list("clocks__due_at", "clocks__closed_at")
            return [*rows, *clocks_of]

        before = own()
        event = together(cast, three)
        assert own() == before
        assert members(event) == {row.pk for row in three}
        assert event.lead == three[0]
        for row in three[1:]:
            said = row.events.get(verb=Verb.MERGE)
            assert said.text == f"并到 {three[0].number}：{three[0].title}"
        assert three[0].events.filter(verb=Verb.MERGE).count() == 2
        assert inconsistencies() == {}

    def test_to_a_member_is_to_its_lead(self, cast: Cast, three: list[Petition]) -> None:
        petition_merge(three[1].pk, by=cast.head, at=NOW, into=three[0].pk)
        petition_merge(three[2].pk, by=cast.head, at=NOW, into=three[1].pk)
        assert SameEvent.objects.get().lead == three[0]
        assert sizes([row.pk for row in three]) == {row.pk: 3 for row in three}

    def test_what_is_refused(self, cast: Cast, three: list[Petition]) -> None:
        with pytest.raises(ActionRefused, match="另一件工单"):
            petition_merge(three[0].pk, by=cast.head, at=NOW, into=three[0].pk)
        with pytest.raises(ActionRefused, match="另一件工单"):
            petition_merge(three[0].pk, by=cast.head, at=NOW, into=0)
        petition_merge(three[1].pk, by=cast.head, at=NOW, into=three[0].pk)
        with pytest.raises(ActionRefused, match="已经和别的并在一起"):
            petition_merge(three[1].pk, by=cast.head, at=NOW, into=three[2].pk)
        far = make_petition(cast, text="翠城馨园1号楼1单元101漏水", home=cast.next_community)
        with pytest.raises(ActionRefused, match="您的岗位不能"):
            petition_merge(three[2].pk, by=cast.head, at=NOW, into=far.pk)
        perform(Verb.REFUSE, far, cast, by=cast.street)
        with pytest.raises(Changed, match="不予受理"):
            petition_merge(three[2].pk, by=cast.street, at=LATER, into=far.pk)
        assert SameMember.objects.count() == 2
        assert MOST > 2

    @pytest.mark.django_db(transaction=True)
    def test_two_people_crosswise_at_once_make_one_group(self, cast: Cast, three: list[Petition]) -> None:
        first, second, third = three
        results = at_once(
            lambda: petition_merge(first.pk, by=cast.head, at=LATER, into=second.pk),
            lambda: petition_merge(second.pk, by=cast.street, at=LATER, into=first.pk),
            lambda: petition_merge(third.pk, by=cast.community_worker, at=LATER, into=second.pk),
        )
        assert all(isinstance(each, Petition | ActionRefused) for each in results), results
        active = SameMember.objects.filter(left_at=None)
        assert active.count() == len(set(active.values_list("petition", flat=True)))
        for event in SameEvent.objects.filter(ended_at=None):
            assert event.lead_id in members(event)
        assert inconsistencies() == {}


class TestTakingOut:
    def test_it_is_what_it_was(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three)
        petition_split(three[1].pk, by=cast.head, at=LATER, text="是另一层的灯")
        assert members(event) == {three[0].pk, three[2].pk}
        petition_merge(three[1].pk, by=cast.head, at=LATER, into=three[2].pk)
        assert members(event) == {row.pk for row in three}

    def test_without_its_lead_the_longest_member_leads(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three)
        petition_split(three[0].pk, by=cast.head, at=LATER)
        event.refresh_from_db()
        assert event.lead == three[1]

    def test_one_alone_is_no_group(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three[:2])
        petition_split(three[0].pk, by=cast.head, at=LATER)
        event.refresh_from_db()
        assert event.ended_at == LATER
        assert members(event) == set()
        with pytest.raises(ActionRefused, match="没有和别的并在一起"):
            petition_split(three[1].pk, by=cast.head, at=LATER)
        petition_merge(three[0].pk, by=cast.head, at=LATER, into=three[1].pk)
        assert SameEvent.objects.get(ended_at=None).lead == three[1]


class TestOneAnswerForAll:
    def test_each_has_its_own_answer_clock_and_follow_up(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three)
        for verb in (Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE):
            perform(verb, three[0], cast, by=cast.worker, at=LATER)
        ids = [row.pk for row in three[1:]]
        answered = same_answer(
            event.pk, by=cast.worker, at=LATER, text="灯已换好", members=ids, contact="逐户打了电话", outcome="solved"
        )
        assert [row.pk for row in answered.done] == ids
        for row in three[1:]:
            row.refresh_from_db()
            assert (row.state, row.answer, row.resolved_at) == (State.RESOLVED, "灯已换好", LATER)
            verbs = list(row.events.order_by("id").values_list("verb", flat=True))
            assert verbs[-3:] == [Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE]
            assert row.clocks.filter(kind="follow_up", closed_at=None).count() == 1
        ending.petition_close(three[1].pk, by=cast.head, at=LATER, contacted=True, solved=False, satisfied=False)
        three[2].refresh_from_db()
        assert (three[2].state, three[2].asked_solved) == (State.RESOLVED, None)
        assert inconsistencies() == {}

    def test_without_a_word_on_the_contact_those_not_reached_wait(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three)
        perform(Verb.ACCEPT, three[1], cast, by=cast.worker, at=LATER)
        perform(Verb.CONTACT, three[1], cast, by=cast.worker, at=LATER)
        answered = same_answer(event.pk, by=cast.worker, at=LATER, text="灯已换好", members=[row.pk for row in three])
        assert [row.pk for row in answered.done] == [three[1].pk]
        assert [(row.pk, reason[:5]) for row, reason in answered.refused] == [
            (three[0].pk, "还没有联系"),
            (three[2].pk, "还没有联系"),
        ]
        three[2].refresh_from_db()
        assert three[2].state == State.DISPATCHED

    def test_only_members_are_answered(self, cast: Cast, three: list[Petition]) -> None:
        event = together(cast, three[:2])
        answered = same_answer(event.pk, by=cast.worker, at=LATER, text="好了", members=[three[2].pk], contact="电话")
        assert (answered.done, answered.refused) == ([], [])


class TestPages:
    @pytest.fixture(autouse=True)
    def _now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, LATER)

    def test_the_list_proposes_and_one_press_puts_together(self, cast: Cast, three: list[Petition]) -> None:
        make_petition(cast, text="2号楼1单元101水管漏水")
        client = client_of(cast.head)
        said = text_of(cast.head, reverse("same-events"))
        assert "1 件事可能有好几个人在反映" in said
        assert queries_of(client, reverse("same-events")) <= MOST_QUERIES
        picked = {"lead": three[0].number, "pick": [row.pk for row in three[1:]]}
        assert "共 3 件" in client.post(reverse("same-events"), picked, follow=True).content.decode()
        assert proposals(scope_of_head(cast), LATER) == []
        assert "同一件事 3 件" in text_of(cast.head, reverse("petition-list"))
        assert queries_of(client, reverse("petition-list")) <= MOST_QUERIES

    def test_the_order_shows_the_group_and_offers_the_answer(self, cast: Cast, three: list[Petition]) -> None:
        together(cast, three)
        page = reverse("petition-detail", args=[three[0].number])
        assert "同一件事 3 件" in text_of(cast.worker, page)
        assert "一起答复" not in text_of(cast.worker, page)
        for verb in (Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE):
            perform(verb, three[0], cast, by=cast.worker, at=LATER)
        assert "一起答复其余 2 件" in text_of(cast.worker, page)
        client = client_of(cast.worker)
        assert queries_of(client, page) <= MOST_QUERIES
        form = reverse("same-answer", args=[three[0].number])
        assert "灯座坏了，已联系物业更换" in text_of(cast.worker, form)
        sent = {"members": [three[1].pk, three[2].pk], "text": "灯已换好", "contact": ""}
        assert "还没有联系过" in client.post(form, sent).content.decode()
        client.post(form, {**sent, "contact": "打了电话"})
        assert Petition.objects.filter(state=State.RESOLVED).count() == 3

    def test_the_order_offers_what_is_near(self, cast: Cast, three: list[Petition]) -> None:
        page = reverse("petition-detail", args=[three[2].number])
        assert "像是同一件，并到那一件" in text_of(cast.head, page)
        assert "像是同一件，并到那一件" not in text_of(cast.worker, page)
        act = reverse("petition-act", args=[three[2].number, "merge"])
        assert "可能是同一件" in text_of(cast.head, act)
        client_of(cast.head).post(act, {"number": three[0].number, "version": three[2].version})
        assert SameEvent.objects.get().lead == three[0]
        assert client_of(cast.head).post(act, {"number": "没有"}).status_code == 200

    def test_the_petitioner_reads_how_many_asked(self, cast: Cast, three: list[Petition]) -> None:
        page = reverse("track-detail", args=[three[1].number, three[1].query_code])
        assert "反映了同一件事" not in client_of(None).get(page).content.decode()
        together(cast, three)
        assert "一共有 3 位反映了同一件事" in client_of(None).get(page).content.decode()


def scope_of_head(cast: Cast) -> Scope:
    """What the head sees."""
    return scope_of(cast.head, NOW.date())


class TestLeavingOut:
    def test_an_excluded_one_leaves_the_rates_and_comes_back(self, cast: Cast, three: list[Petition]) -> None:
        perform(Verb.EXCLUDE, three[0], cast, by=cast.street)
        count_up(at=LATER)
        fact = PetitionFact.objects.get(petition=three[0])
        assert (fact.orders, fact.excluded, fact.counted) == (1, 1, 0)
        with pytest.raises(ActionRefused, match="已经剔除"):
            perform(Verb.EXCLUDE, three[0], cast, by=cast.street)
        perform(Verb.INCLUDE, three[0], cast, by=cast.street)
        count_up(at=LATER)
        fact.refresh_from_db()
        assert (fact.excluded, fact.counted) == (0, 1)
        clocks.sweep(at=LATER)
        assert inconsistencies() == {}

    def test_its_page_offers_one_of_the_two(self, cast: Cast, three: list[Petition]) -> None:
        page = reverse("petition-detail", args=[three[0].number])
        assert "剔除" in text_of(cast.street, page)
        perform(Verb.EXCLUDE, three[0], cast, by=cast.street)
        assert "恢复计入" in text_of(cast.street, page)
        assert "恢复计入" not in text_of(cast.head, page)

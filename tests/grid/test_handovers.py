"""Handovers: an ending appointment opens one, the successor signs item by item, nothing stays with who has left."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from community_portal.notices.models import Notice
from grid import belongings
from grid.access import scope_of
from grid.actions import handovers
from grid.models import Appointment, Handover, HandoverItem, Staff
from grid.querysets import forget_workers
from petitions.actions import handling
from petitions.handed_over import left_behind
from petitions.models import Petition
from petitions.workflow import State, Verb
from residents.actions.schedule import schedule
from residents.models import Household
from tests.factories import NOW, TODAY, Cast, Role, make_petition, make_staff
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

LAST_DAY = TODAY + timedelta(days=4)


@pytest.fixture
def leaving(cast: Cast) -> Handover:
    """The worker leaves in four days, with an elder to visit weekly and a petition in hand; a successor is there."""
    household = cast.household
    household.statuses, household.note = ["owner", "solitary_elder"], "耳背，多敲两次门"
    household.save(update_fields=["statuses", "note"])
    schedule(at=NOW)
    petition = make_petition(cast)
    handling.petition_accept(petition.pk, by=cast.worker, at=NOW)
    Appointment.objects.filter(staff=cast.worker).update(ends_on=LAST_DAY)
    make_staff("successor", "何新来", Role.GRID_WORKER, grid=cast.grid, starts_on=TODAY)
    forget_workers()
    assert handovers.open_handovers(at=NOW) == 1
    return Handover.objects.get()


def successor() -> Staff:
    """Who follows."""
    return Staff.objects.get(username="successor")


def sign_all(handover: Handover, by: Staff, at: datetime = NOW) -> None:
    """Sign for everything."""
    for item in handover.items.all():
        handovers.handover_sign(handover.pk, item.pk, by=by, at=at)


class TestOpening:
    def test_it_lists_households_of_concern_and_open_petitions(self, cast: Cast, leaving: Handover) -> None:
        items = {item.kind: item for item in leaving.items.all()}
        assert set(items) == {"household", "petition"}
        assert items["household"].title == "3号楼2单元302 张**、张**"
        assert items["household"].said.startswith("耳背，多敲两次门；下次走访")
        assert items["petition"].title == Petition.objects.get().title
        told = set(Notice.objects.filter(event__startswith="handover:").values_list("staff__username", flat=True))
        assert told == {"worker", "successor", "head"}

    def test_it_is_opened_once_and_learns_of_what_comes_later(self, cast: Cast, leaving: Handover) -> None:
        later = make_petition(cast, text="3号楼1单元101下水堵了", at=NOW)
        Petition.objects.filter(pk=later.pk).update(handler=cast.worker)
        assert handovers.open_handovers(at=NOW + timedelta(days=1)) == 0
        assert leaving.items.filter(kind="petition").count() == 2

    def test_one_who_holds_nothing_hands_over_nothing(self, cast: Cast) -> None:
        Appointment.objects.filter(staff=cast.deputy).update(ends_on=TODAY)
        handovers.open_handovers(at=NOW)
        assert Handover.objects.get().outcome == "met"
        assert not Notice.objects.filter(event__startswith="handover:").exists()

    def test_an_account_that_was_switched_off_hands_over_too(self, cast: Cast) -> None:
        make_petition(cast)
        Staff.objects.filter(pk=cast.worker.pk).update(is_active=False)
        handovers.open_handovers(at=NOW)
        assert Handover.objects.get().items.get().kind == "petition"


class TestSaying:
    def test_promises_and_keys_are_written_down(self, cast: Cast, leaving: Handover) -> None:
        household = leaving.items.get(kind="household")
        handovers.handover_say(leaving.pk, by=cast.worker, at=NOW, said="女儿周三来", item_id=household.pk)
        handovers.handover_say(leaving.pk, by=cast.worker, at=NOW, said="地下室钥匙在抽屉里", kind="key")
        said = {item.kind: item.said for item in leaving.items.all()}
        assert (said["household"], said["key"]) == ("女儿周三来", "地下室钥匙在抽屉里")
        with pytest.raises(ValidationError, match="写下来"):
            handovers.handover_say(leaving.pk, by=cast.worker, at=NOW, said=" ", kind="key")

    def test_strangers_find_no_handover(self, cast: Cast, leaving: Handover) -> None:
        for stranger in (cast.colleague, cast.outsider, cast.nobody):
            with pytest.raises(Handover.DoesNotExist):
                handovers.handover_say(leaving.pk, by=stranger, at=NOW, said="钥匙", kind="key")


class TestSigning:
    def test_the_successor_signs_and_the_petition_is_theirs(self, cast: Cast, leaving: Handover) -> None:
        sign_all(leaving, successor())
        leaving.refresh_from_db()
        assert (leaving.outcome, leaving.closed_at) == ("met", NOW)
        petition = Petition.objects.get()
        assert (petition.handler, petition.state) == (successor(), State.ACCEPTED)
        told = list(petition.events.order_by("id").values_list("verb", "text"))[-2:]
        assert told == [(Verb.DISPATCH, "交接，何新来 签收"), (Verb.ACCEPT, "")]
        assert [event.verb for event in leaving.events.all()] == ["open", "sign", "sign", "close"]

    def test_the_leaver_may_not_sign(self, cast: Cast, leaving: Handover) -> None:
        for person in (cast.worker, cast.street):
            with pytest.raises(ValidationError, match="接手的人"):
                handovers.handover_sign(leaving.pk, leaving.items.all()[0].pk, by=person, at=NOW)

    def test_the_head_may_where_nobody_follows(self, cast: Cast, leaving: Handover) -> None:
        sign_all(leaving, cast.head)
        assert Petition.objects.get().handler == cast.head

    def test_a_petition_answered_meanwhile_stays_as_it_is(self, cast: Cast, leaving: Handover) -> None:
        Petition.objects.update(state=State.CLOSED)
        sign_all(leaving, successor())
        assert Petition.objects.get().handler == cast.worker

    def test_unsigned_it_climbs(self, cast: Cast, leaving: Handover) -> None:
        assert leaving.due_at is not None
        for at in (leaving.due_at, leaving.due_at + timedelta(days=3), leaving.due_at + timedelta(days=7)):
            handovers.sweep(at=at)
        told = Notice.objects.filter(title__startswith="交接没签完").order_by("id")
        assert list(told.values_list("staff__username", flat=True)) == ["successor", "head", "street"]
        leaving.refresh_from_db()
        assert (leaving.reached, leaving.next_check_at) == (Handover.Rung.STREET, None)


class TestNight:
    def test_nothing_belongs_to_who_has_left(self, cast: Cast, leaving: Handover) -> None:
        after = NOW + timedelta(days=5)
        forget_workers()
        assert left_behind(NOW).count() == 0
        assert left_behind(after).count() == 1
        assert belongings.release_all(at=after) == 1
        assert left_behind(after).count() == 0
        petition = Petition.objects.get()
        assert (petition.handler, petition.state) == (successor(), State.DISPATCHED)
        assert petition.events.latest("id").text == "马雪 已离任，转给何新来"
        assert belongings.release_all(at=after) == 0

    def test_where_nobody_follows_it_waits_in_the_queue(self, cast: Cast) -> None:
        make_petition(cast)
        Staff.objects.filter(pk__in=[cast.worker.pk, cast.deputy.pk]).update(is_active=False)
        forget_workers()
        belongings.release_all(at=NOW)
        petition = Petition.objects.get()
        assert (petition.handler, petition.state) == (None, State.REGISTERED)

    def test_who_moved_to_another_grid_keeps_nothing_of_the_old_one(self, cast: Cast) -> None:
        make_petition(cast)
        Appointment.objects.filter(staff=cast.worker).update(grid=cast.second_grid)
        assert left_behind(NOW).count() == 1


class TestPages:
    @pytest.fixture(autouse=True)
    def _now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, NOW)

    def test_item_by_item(self, cast: Cast, leaving: Handover) -> None:
        assert "签收了 0 / 2 项" in text_of(successor(), reverse("handover-list"))
        address = reverse("handover-detail", args=[leaving.pk])
        page = text_of(successor(), address)
        assert "马雪 还有 2 项没有签收" in page
        assert "耳背，多敲两次门" in page
        client = client_of(cast.worker)
        assert client.post(address, {"kind": "promise", "said": ""}).status_code == 422
        client.post(address, {"kind": "promise", "said": "答应李奶奶问暖气"})
        client.post(address, {"item": leaving.items.get(kind="household").pk, "said": "女儿周三来"})
        assert "女儿周三来" in text_of(cast.head, address)
        client.post(address, {"verb": "sign", "item": leaving.items.all()[0].pk})
        assert HandoverItem.objects.filter(signed_at__isnull=False).count() == 0
        client = client_of(successor())
        for item in leaving.items.all():
            client.post(address, {"verb": "sign", "item": item.pk})
        assert "马雪 交接完了" in text_of(cast.head, address)
        assert client_of(cast.colleague).get(address).status_code == 404

    def test_it_costs_the_same_for_any_number_of_items(self, cast: Cast, leaving: Handover) -> None:
        client, address = client_of(cast.head), reverse("handover-detail", args=[leaving.pk])
        few = queries_of(client, address)
        Household.objects.filter(grid=cast.grid).update(statuses=["owner", "solitary_elder"])
        schedule(at=NOW)
        handovers.open_handovers(at=NOW)
        assert leaving.items.count() > 20
        assert queries_of(client, address) == few <= MOST_QUERIES
        assert queries_of(client, reverse("handover-list")) <= MOST_QUERIES
        assert scope_of(cast.head, TODAY)

"""What is kept from whom: members see their unit's work alone, the accused nothing, and the anonymous stay so."""

from typing import Any

import pytest
from django.urls import reverse

from community_portal.notices.models import Notice
from community_portal.privacy.models import AccessLog
from grid.models import Organisation, Staff
from petitions.actions import clocks, handling, triage
from petitions.actions.base import ActionRefused, roles_over
from petitions.callers import known_caller
from petitions.catalogue import catalogue
from petitions.models import Petition
from petitions.querysets import matching, visible_at
from petitions.workflow import State
from tests.factories import NOW, PHONE, TODAY, Cast, make_petition
from tests.petitions.acts import LATER, REASON, petition_in
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of
from tests.petitions.test_access import scope

COMPLAINT: dict[str, Any] = {"kind": "complaint", "text": "3号楼2单元302投诉网格员马雪，三次不接电话"}


def seen_by(cast: Cast, name: str) -> bool:
    """Whether this person sees any petition."""
    return visible_at(getattr(cast, name), NOW).exists()


class TestMembers:
    def test_they_see_what_their_unit_answers_for(self, cast: Cast) -> None:
        mine = make_petition(cast, category=catalogue().category("facility"))
        make_petition(cast, text="3号楼装修太吵", category=catalogue().category("noise"))
        assert list(visible_at(cast.member, NOW)) == [mine]
        assert not seen_by(cast, "other_member")
        assert roles_over(mine, cast.member, TODAY) == {"organisation_member"}

    def test_their_pages_show_it_and_nothing_else(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, LATER)
        mine = make_petition(cast, category=catalogue().category("facility"), title="灯不亮")
        make_petition(cast, text="3号楼装修太吵", category=catalogue().category("noise"), title="装修太吵")
        client = client_of(cast.member)
        for address in (reverse("workbench"), reverse("petition-list"), reverse("petition-list") + "?group=all"):
            assert queries_of(client, address) <= MOST_QUERIES
        said = text_of(cast.member, reverse("petition-list"))
        assert "灯不亮" in said
        assert "装修太吵" not in said
        assert "登记诉求" not in client.get(reverse("workbench")).content.decode()
        assert client.get(reverse("petition-detail", args=[mine.number])).status_code == 200

    def test_whoever_of_them_signs_in_has_it(self, cast: Cast) -> None:
        petition = make_petition(cast, category=catalogue().category("facility"))
        assert handling.petition_accept(petition.pk, by=cast.member, at=LATER).handler == cast.member

    def test_work_can_be_handed_to_them_and_taken_back(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        to = cast.appointment(cast.member).pk
        petition = handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, appointment_id=to)
        assert (petition.handler, petition.organisation) == (cast.member, cast.property_company)
        petition = triage.petition_return(petition.pk, by=cast.member, at=LATER, text="不在服务范围")
        assert (petition.handler, petition.organisation) == (None, None)
        assert not seen_by(cast, "member")

    def test_they_call_the_petitioner_whose_work_they_have_and_that_is_in_the_log(self, cast: Cast) -> None:
        petition = make_petition(cast, category=catalogue().category("facility"))
        page = text_of(cast.member, reverse("petition-detail", args=[petition.number]))
        assert PHONE not in page
        response = client_of(cast.member).post(
            reverse("petition-reveal", args=[petition.number]), {"purpose": "petition"}
        )
        assert PHONE in response.content.decode()
        assert AccessLog.objects.latest("id").staff == cast.member

    def test_they_register_nobody(self, cast: Cast) -> None:
        assert client_of(cast.member).get(reverse("petition-new")).status_code == 403


class TestTheAccused:
    def test_a_worker_named_in_a_complaint_never_sees_it(self, cast: Cast) -> None:
        petition = make_petition(cast, **COMPLAINT)
        assert (petition.about_staff, petition.handler, petition.state) == (cast.worker, None, State.REGISTERED)
        assert not seen_by(cast, "worker")
        assert seen_by(cast, "deputy")
        assert seen_by(cast, "head")
        assert roles_over(petition, cast.worker, TODAY) == frozenset()
        assert client_of(cast.worker).get(reverse("petition-detail", args=[petition.number])).status_code == 404
        with pytest.raises(ActionRefused, match="投诉的就是对方"):
            handling.petition_dispatch(
                petition.pk, by=cast.head, at=LATER, appointment_id=cast.appointment(cast.worker).pk
            )

    def test_nor_does_the_companys_member(self, cast: Cast) -> None:
        petition = make_petition(
            cast, kind="complaint", text="3号楼2单元302投诉物业乱收停车费", category=catalogue().category("property")
        )
        assert (petition.about_organisation, petition.organisation) == (cast.property_company, None)
        assert petition.handler == cast.worker
        assert not seen_by(cast, "member")

    def test_a_head_who_is_named_hears_nothing_of_the_ladder(self, cast: Cast) -> None:
        make_petition(cast, kind="complaint", text="3号楼2单元302投诉林书记不作为")
        clocks.sweep(at=NOW.replace(month=12, day=20))
        told = set(Notice.objects.filter(staff__isnull=False).values_list("staff__username", flat=True))
        assert "head" not in told
        assert {"street", "district"} <= told
        assert not seen_by(cast, "head")

    def test_marked_later_it_is_taken_from_them(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition = triage.petition_avoid(
            petition.pk, by=cast.head, at=LATER, staff_id=cast.worker.pk, text="说的就是他"
        )
        assert (petition.handler, petition.state) == (None, State.REGISTERED)
        assert not seen_by(cast, "worker")

    def test_a_question_that_names_a_worker_is_no_complaint(self, cast: Cast) -> None:
        assert make_petition(cast, text="3号楼2单元302想找网格员马雪办证明").about_staff is None


class TestTheAnonymous:
    @pytest.fixture
    def hidden(self, cast: Cast) -> Petition:
        """Somebody who left a phone with the hotline but wants it kept."""
        return make_petition(cast, anonymous=True)

    @pytest.mark.parametrize("name", ["worker", "head", "street", "district"])
    def test_no_page_of_staff_shows_name_or_phone(
        self, cast: Cast, hidden: Petition, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_now(monkeypatch, LATER)
        staff: Staff = getattr(cast, name)
        client = client_of(staff)
        for address in (
            reverse("petition-detail", args=[hidden.number]),
            reverse("petition-list"),
            reverse("workbench"),
        ):
            shown = client.get(address).content.decode()
            assert PHONE not in shown
            assert "138****0001" not in shown
            assert "张三" not in shown
        assert not matching(visible_at(staff, NOW), PHONE).exists()
        known = known_caller(PHONE, scope(staff))
        assert known is None or hidden not in known.earlier

    def test_they_are_reached_through_the_portal_alone(self, cast: Cast, hidden: Petition) -> None:
        handling.petition_accept(hidden.pk, by=cast.worker, at=LATER)
        handling.petition_contact(hidden.pk, by=cast.worker, at=LATER, text="请问灯是哪一盏？")
        message = Notice.objects.get(channel="sms")
        assert (message.phone, message.body) == (PHONE, "请问灯是哪一盏？")
        page = client_of(None).get(reverse("track-detail", args=[hidden.number, hidden.query_code])).content.decode()
        assert "请问灯是哪一盏？" in page


def test_proactive_finds_are_petitions_of_their_own_source(cast: Cast) -> None:
    found = make_petition(cast, source=Petition.Source.PATROL, caller_name="", caller_phone="", by=cast.worker)
    make_petition(cast)
    assert list(Petition.objects.filter(source=Petition.Source.PATROL)) == [found]
    assert Organisation.objects.count() == 2
    handling.petition_accept(found.pk, by=cast.worker, at=LATER)
    assert handling.petition_resolve(found.pk, by=cast.worker, at=LATER, text=REASON).state == State.RESOLVED

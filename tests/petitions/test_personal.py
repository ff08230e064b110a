"""What petitions hold of people: kept no longer than the rules say, and told to whoever asks about themselves."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.privacy import inventory
from community_portal.privacy.models import AccessLog, Tombstone
from community_portal.privacy.retention import apply_rule, rules
from community_portal.privacy.sealing import blind_index
from grid.models import Staff
from petitions.actions import handling
from petitions.actions.importing import bad_rows, import_create, import_run
from petitions.actions.public import petition_rate, petition_supplement
from petitions.asker import asker_of
from petitions.models import ImportBatch, Petition, PetitionEvent
from petitions.personal import CALLER, IMPORT_FILE
from residents.actions.facts import household_edit
from residents.models import TagRule, Visit
from tests.factories import NOW, PHONE, Cast, make_petition, make_resident
from tests.petitions.order_files import csv_of, order
from tests.petitions.pages import client_of, set_now, words

OTHER = "13912345678"
LATER = NOW + timedelta(days=3 * 365 + 2)
ADDRESS = "/privacy/subject/"


def closed(cast: Cast, **over: object) -> Petition:
    """A petition that went all the way, with numbers in what was said."""
    petition = make_petition(cast, text=f"3号楼2单元302楼道灯不亮，找我爱人{OTHER}", **over)
    petition_supplement(petition.pk, at=NOW, text=f"也可打{OTHER}")
    handling.petition_accept(petition.pk, by=cast.worker, at=NOW)
    handling.petition_contact(petition.pk, by=cast.worker, at=NOW, text="约好了")
    handling.petition_resolve(petition.pk, by=cast.worker, at=NOW, text="已修好")
    return petition_rate(petition.pk, at=NOW, contacted=True, solved=True, satisfied=True)


def apply(code: str, days: int = 0) -> int:
    return apply_rule(next(rule for rule in rules() if rule.code == code), at=LATER + timedelta(days=days))


class TestRetention:
    def test_a_long_closed_petition_forgets_who_asked_but_not_what_was_done(self, cast: Cast) -> None:
        done, open_one = closed(cast), make_petition(cast)
        assert apply(CALLER) == 1
        done.refresh_from_db()
        assert (done.caller_name, done.caller_phone, done.caller_phone_index) == ("", "", None)
        assert done.text == "3号楼2单元302楼道灯不亮，找我爱人139****5678"
        assert (done.answer, done.state) == ("已修好", "closed")
        assert not PetitionEvent.objects.filter(text__contains=OTHER).exists()
        assert Petition.objects.get(pk=open_one.pk).caller_phone == PHONE
        stone = Tombstone.objects.get()
        assert (stone.model, stone.row_id, stone.row_key) == ("petitions.petition", done.pk, done.row_key)
        assert apply(CALLER) == 0

    def test_what_was_closed_lately_stays(self, cast: Cast) -> None:
        closed(cast)
        assert apply(CALLER, days=-5) == 0
        assert Petition.objects.get().caller_phone == PHONE

    def test_columns_of_a_file_that_nobody_asked_for_go_too(self, cast: Cast) -> None:
        batch = import_create(
            by=cast.head, division=cast.community, file_name="a.csv", system="", at=NOW,
            content=csv_of([order(1) | {"备注人": "王小明", "答复内容": "好了", "答复时间": "2026-03-05 16:00:00"}]),
        )  # fmt: skip
        import_run(batch.pk, now=lambda: NOW)
        assert PetitionEvent.objects.filter(data__columns__备注人="王小明").exists()
        apply(CALLER)
        assert not PetitionEvent.objects.filter(data__has_key="columns").exists()
        assert PetitionEvent.objects.filter(data__import=batch.pk).exists()

    def test_an_imported_file_is_forgotten_and_its_page_still_opens(self, cast: Cast) -> None:
        batch = import_create(
            by=cast.head, division=cast.community, file_name="a.csv", system="", at=NOW,
            content=csv_of([order(1), order(2, 诉求主题="", 诉求详情="")]),
        )  # fmt: skip
        import_run(batch.pk, now=lambda: NOW)
        assert bad_rows(ImportBatch.objects.get())[1]
        assert apply(IMPORT_FILE) == 1
        batch = ImportBatch.objects.get()
        assert (batch.content, batch.problems, bad_rows(batch)) == ("", [], ([], []))
        assert client_of(cast.head).get(reverse("import-detail", args=[batch.pk])).status_code == 200

    def test_old_text_messages_go_and_messages_of_staff_stay(self, cast: Cast) -> None:
        outbox.save(
            [
                outbox.to_resident(PHONE, event="a", at=NOW, title="已受理"),
                outbox.to_staff(cast.worker.pk, event="a", at=NOW, title="催办"),
            ]
        )
        assert apply("notices.sms") == 1
        assert list(Notice.objects.values_list("staff__username", flat=True)) == ["worker"]

    def test_every_sealed_column_has_a_group(self) -> None:
        ours = [each for each in inventory.held() if each.model._meta.app_label != "privacy_tests"]
        assert [str(each.field) for each in ours if not each.group] == []
        known = {str(each.field): each.group for each in ours}
        assert known["petitions.Petition.caller_name"] == "name"
        assert known["petitions.HotlineClient.secret"] == "secret"
        assert known["residents.Resident.id_number"] == "id_number"
        assert known["residents.CareTag.said"] == "health"


class TestWhoSeesTheAsker:
    @pytest.mark.parametrize(
        ("role", "name", "phone", "offered"),
        [
            ("worker", "张**", "138****0001", ["办理诉求", "核对身份", "应急联系", "其他"]),
            ("street", "张**", "138****0001", ["办理诉求", "核对身份", "应急联系", "其他"]),
            ("district", "张**", "", ["办理诉求", "应急联系"]),
        ],
    )
    def test_by_role(self, cast: Cast, role: str, name: str, phone: str, offered: list[str]) -> None:
        seen = asker_of(make_petition(cast), getattr(cast, role), NOW)
        assert (seen.name, seen.phone, [word for _code, word in seen.offered]) == (name, phone, offered)

    def test_the_district_opens_it_to_handle_the_petition_and_for_nothing_else(self, cast: Cast) -> None:
        petition = make_petition(cast)
        reveal = reverse("petition-reveal", args=[petition.number])
        page = client_of(cast.district).get(f"/petitions/{petition.number}/").content.decode()
        assert "电话按岗位不显示" in page
        assert "138****0001" not in page
        refused = client_of(cast.district).post(reveal, {"purpose": "other", "purpose_words": "统计"}).content.decode()
        assert "您的岗位不能为这个用途查看" in refused
        assert PHONE not in refused
        assert PHONE in client_of(cast.district).post(reveal, {"purpose": "petition"}).content.decode()
        assert AccessLog.objects.get().purpose == "办理诉求"

    def test_other_needs_words(self, cast: Cast) -> None:
        reveal = reverse("petition-reveal", args=[make_petition(cast).number])
        assert "请写明做什么用" in client_of(cast.worker).post(reveal, {"purpose": "other"}).content.decode()
        client_of(cast.worker).post(reveal, {"purpose": "other", "purpose_words": "送证明"})
        assert AccessLog.objects.get().purpose == "其他：送证明"


class TestAnswerToAResident:
    def ask(self, staff: Staff, **over: str) -> str:
        response = client_of(staff).post(ADDRESS, {"phone": PHONE, "checked": "on", **over})
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        return words(response.content.decode())

    def test_all_that_is_held_is_shown_in_plain_with_who_looked(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        petition = closed(cast)
        set_now(monkeypatch, NOW)
        client_of(cast.worker).post(reverse("petition-reveal", args=[petition.number]), {"purpose": "petition"})
        said = self.ask(cast.head, phone="138 0000-0001")
        for held in (petition.number, "张三", PHONE, OTHER, "已修好", "满意", "双合家园社区", "按 138****0001 查询"):
            assert held in said
        assert "马** 查看原文，用途：办理诉求" in said
        assert "归档满 1095 天，姓名、电话" in said
        entry = AccessLog.objects.order_by("-id")[0]
        assert (entry.staff, entry.action, entry.subject) == (cast.head, "disclose", "subject:138****0001")
        assert (entry.purpose, entry.detail) == ("居民本人要求", "您提出的诉求 1，居民档案 1")

    def test_outside_the_scope_nothing_is_there_and_the_question_is_logged(self, cast: Cast) -> None:
        petition = make_petition(cast)
        said = self.ask(cast.outsider)
        assert petition.number not in said
        assert "没有找到" in said
        assert AccessLog.objects.get().detail == "没有找到"

    def test_what_was_asked_anonymously_is_not_tied_to_the_phone(self, cast: Cast) -> None:
        petition = make_petition(cast, anonymous=True)
        assert petition.number not in self.ask(cast.head)

    def test_an_unknown_id_number_finds_nothing_and_is_logged_masked(self, cast: Cast) -> None:
        assert "没有找到" in self.ask(cast.community_worker, phone="", id_number="11010519491231002X")
        assert AccessLog.objects.get().subject == "subject:110105********002X"

    def test_the_file_of_a_resident_is_part_of_it_by_phone_or_id(self, cast: Cast) -> None:
        cast.resident.id_number = "11010519491231002X"
        cast.resident.save()
        cast.resident.contacts.create(name="张大明", relation="兄", phone=OTHER)
        cast.resident.consents.create(purpose="messages", how="paper", given_on=NOW.date())
        for over in ({}, {"phone": "", "id_number": "11010519491231002x"}):
            said = self.ask(cast.head, **over)
            for held in ("居民档案", "11010519491231002X", "1980-05-01", "3号楼2单元302", "兄 张**", "接收短信通知"):
                assert held in said
            assert OTHER not in said
        assert "居民档案" not in self.ask(cast.outsider)

    def test_visits_to_their_home_and_whose_contact_they_are(self, cast: Cast) -> None:
        neighbour = cast.buildings[0].households.exclude(pk=cast.household.pk)[0]
        for home, at, note in (
            (cast.household, NOW, f"家里有人，说有事打 {OTHER}"),
            (neighbour, NOW, "邻居家"),
            (cast.household, NOW - timedelta(days=4000), "以前的住户"),
        ):
            Visit.objects.create(
                household=home, by=cast.worker, at=at, entered_at=at, result="seen", note=note, fulfils=False
            )
        cast.resident.stays.update(moved_in=NOW.date() - timedelta(days=100))
        make_resident(neighbour, "赵六").contacts.create(name="张三", relation="外甥", phone=PHONE)
        said = self.ask(cast.head)
        assert "上门走访的记录" in said
        assert f"家里有人，说有事打 {OTHER[:3]}****{OTHER[-4:]}" in said
        assert "赵** 外甥" in said
        for others in ("邻居家", "以前的住户", "赵六"):
            assert others not in said

    def test_the_homes_of_an_owner_who_lives_elsewhere(self, cast: Cast) -> None:
        facts = {
            "living": "rented", "owner_name": "赵大六", "owner_phone": "138 0000 0055",
            "landlord_name": "钱小七", "landlord_phone": "13800000077", "lease_ends_on": NOW.date(),
        }  # fmt: skip
        household_edit(cast.household.pk, facts=facts, by=cast.worker, at=NOW)
        owner, landlord = (self.ask(cast.head, phone=phone) for phone in ("13800000055", "13800000077"))
        for said in (owner, landlord):
            assert "您是产权人或出租人的房屋" in said
            assert "3号楼2单元302" in said
            assert "张三" not in said
        names = ("赵大六", "钱小七", "租期到")
        assert [name in owner for name in names] == [True, False, False]
        assert [name in landlord for name in names] == [False, True, True]
        assert "没有找到" in self.ask(cast.outsider, phone="13800000055")
        household_edit(cast.household.pk, facts={"owner_phone": ""}, by=cast.worker, at=NOW)
        assert "没有找到" in self.ask(cast.head, phone="13800000055")

    def test_somebody_who_has_left_is_still_on_file(self, cast: Cast) -> None:
        cast.resident.stays.update(moved_in=NOW.date() - timedelta(days=9), moved_out=NOW.date() - timedelta(days=1))
        assert "居民档案" in self.ask(cast.head)

    def test_where_somebody_lived_outside_the_scope_is_not_told(self, cast: Cast) -> None:
        elsewhere = cast.far_building.households.first()
        cast.resident.stays.create(household=elsewhere, moved_in=NOW.date() - timedelta(days=900), moved_out=NOW.date())
        said = self.ask(cast.head)
        assert "3号楼2单元302" in said
        assert str(elsewhere) not in said

    def test_a_tag_that_only_some_roles_see_is_told_by_those_only(self, cast: Cast) -> None:
        rule = (
            TagRule.objects.exclude(roles=[])
            .filter(roles__contains=["community_head"])
            .exclude(roles__contains=["street_officer"])[0]
        )
        cast.resident.tags.create(
            household=cast.household, said=json.dumps({"code": rule.code}), since=NOW.date(), given_at=NOW
        )
        assert rule.name in self.ask(cast.head)
        assert rule.name not in self.ask(cast.street)

    @pytest.mark.parametrize(
        ("over", "says"),
        [
            ({"phone": ""}, "请填写电话或身份证号"),
            ({"phone": "123"}, "电话应有 7 位以上数字"),
            ({"id_number": "110105194912310021"}, "身份证号应为 18 位"),
            ({"checked": ""}, "先核对证件"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_shown(self, cast: Cast, over: dict[str, str], says: str) -> None:
        petition = make_petition(cast)
        said = self.ask(cast.head, **over)
        assert says in said
        assert petition.number not in said
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("role", ["worker", "district"])
    def test_grid_workers_and_the_district_do_not_answer(self, cast: Cast, role: str) -> None:
        response = client_of(getattr(cast, role)).post(ADDRESS, {"phone": PHONE, "checked": "on"})
        assert response.status_code == 403

    def test_a_phone_is_found_while_the_index_key_is_rotated(self, cast: Cast, settings: Settings) -> None:
        petition = make_petition(cast)
        settings.INDEX_KEY, settings.OLDER_INDEX_KEYS = b"n" * 32, [settings.INDEX_KEY]
        assert Petition.objects.get(caller_phone_index=blind_index("phone", PHONE)) == petition
        assert petition.number in self.ask(cast.head)

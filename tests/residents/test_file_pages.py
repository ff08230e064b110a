"""The pages of the file: what each reader sees, forms that lose nothing, what they cost."""

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from community_portal.privacy.models import AccessLog
from grid.models import Staff
from residents.actions.care import tag_give
from residents.actions.consents import consent_give, contact_save
from residents.actions.facts import household_edit
from residents.actions.tags import recompute_all
from residents.care import Said
from residents.forms.tasks import FORMS
from residents.models import Document, Fault, Household, Resident, Stay
from residents.rights import Task
from tests.factories import NOW, PHONE, TODAY, Cast, make_petition, make_resident
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words
from tests.residents.acts import LATER, names_in, room, with_check_digit

HTMX = {"HTTP_HX_REQUEST": "true"}
FACTS = {"living": "owner", "use": "dwelling"}
CITIZEN = with_check_digit("99000119800501001")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, LATER)


@pytest.fixture
def full(cast: Cast) -> Cast:
    """302 with a bit of everything."""
    home, who = cast.household.pk, {"by": cast.worker, "at": NOW}
    make_petition(cast)
    facts = {"living": "rented", "owner_name": "赵大六", "owner_phone": "13800000055", "pets": "一只猫", "beds": 1}
    household_edit(home, facts=facts, **who)
    tag_give(home, said=Said("disabled", "肢体", 2, "腿脚不便"), resident=cast.resident.pk, **who)
    contact_save(home, cast.resident.pk, name="张老四", relation="弟弟", phone="13800000066", **who)
    consent_give(home, cast.resident.pk, purpose="documents", how="paper", **who)
    return cast


def address(household: Household, task: str = "", **query: object) -> str:
    base = (
        reverse("household-act", args=[household.pk, task]) if task else reverse("household-file", args=[household.pk])
    )
    return base + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def post(staff: Staff, where: str, **said: Any) -> Any:
    return client_of(staff).post(where, said)


class TestTheFile:
    def test_everything_about_a_household_masked(self, full: Cast) -> None:
        page = text_of(full.worker, address(full.household))
        for said in (
            "出租 · 2 人", "一只猫", "赵** 138****0055", "张** 户主 · 男 · 46 岁", "残疾 肢体 2 级，腿脚不便",
            "弟弟 张** 138****0066", "留存证件照片", "居住状况：自住 → 出租", "人数多于床位",
            "诉求 公共设施：3号楼2单元302楼道的灯不亮",
        ):  # fmt: skip
            assert said in page, said
        for hidden in ("赵大六", "张老四", PHONE, "13800000055", "13800000066"):
            assert hidden not in page

    def test_those_above_see_no_sealed_tag_and_no_form(self, full: Cast) -> None:
        page = text_of(full.street, address(full.household))
        assert "张** 户主" in page
        for hidden in ("残疾", "肢体", "修改：", "登记标签", "去更正"):
            assert hidden not in page

    def test_a_purpose_opens_a_person_and_the_owner(self, full: Cast) -> None:
        where = reverse("household-reveal", args=[full.household.pk, full.resident.pk])
        page = words(post(full.worker, where, page="file", purpose="emergency").content.decode())
        assert "张三 户主" in page
        assert PHONE in page
        assert "弟弟 张老四 13800000066" in page
        page = words(
            post(full.worker, reverse("household-owner", args=[full.household.pk]), purpose="petition").content.decode()
        )
        assert "赵大六 13800000055" in page
        assert list(AccessLog.objects.values_list("field", flat=True).order_by("id")) == [
            "name,phone,family,birth_date",
            "owner name,owner phone",
        ]

    @pytest.mark.parametrize(
        ("role", "purpose", "opens"),
        [
            ("worker", "visit", {"张三", PHONE, CITIZEN, "张老四"}),
            ("worker", "petition", {"张三", PHONE, "张老四"}),
            ("street", "petition", {"张三", PHONE}),
            ("street", "emergency", {"张三", PHONE, "张老四", "1980 年 5 月 1 日"}),
            ("district", "visit", set()),
        ],
    )
    def test_what_a_purpose_opens_is_the_tables(self, full: Cast, role: str, purpose: str, opens: set[str]) -> None:
        full.resident.id_number = CITIZEN
        full.resident.save()
        where = reverse("household-reveal", args=[full.household.pk, full.resident.pk])
        answer = post(getattr(full, role), where, page="file", purpose=purpose)
        page = words(answer.content.decode())
        seen = {text for text in ("张三", PHONE, CITIZEN, "张老四") if text in page}
        assert seen == opens & {"张三", PHONE, CITIZEN, "张老四"}
        assert answer.status_code == (200 if opens else 422)
        if role == "street":
            assert ("1980 年 5 月 1 日" in page) is ("1980 年 5 月 1 日" in opens)
            assert "1980-**-**" in page or purpose == "emergency"
        if not opens:
            assert "您的岗位不能为这个用途查看" in page

    def test_a_past_day_is_marked_and_cannot_be_changed(self, full: Cast) -> None:
        day = TODAY - timedelta(days=1)
        page = text_of(full.worker, address(full.household, on=day))
        assert f"{day.year} 年 {day.month} 月 {day.day} 日的档案" in page
        assert "自住 · 2 人" in page
        for later in ("一只猫", "肢体", "修改：", "诉求 公共设施"):
            assert later not in page

    @pytest.mark.parametrize("on", ["", "2026-13-40", "morgen", str(TODAY), str(TODAY + timedelta(days=5))])
    def test_what_is_no_past_day_shows_today(self, full: Cast, on: str) -> None:
        assert "出租 · 2 人" in text_of(full.worker, address(full.household, on=on))

    def test_its_queries_are_few_whatever_it_holds(self, full: Cast) -> None:
        client = client_of(full.worker)
        counts = [queries_of(client, address(full.household, on=on)) for on in ("", "2026-11-01")]
        for number in range(5):
            someone = make_resident(full.household, f"李{number}", relation="同住")
            contact_save(
                full.household.pk, someone.pk, by=full.worker, at=NOW, name="王", relation="友", phone="13800000077"
            )
        assert [queries_of(client, address(full.household, on=on)) for on in ("", "2026-11-01")] == counts
        assert max(counts) <= MOST_QUERIES

    def test_the_panel_leads_to_it_and_says_why(self, full: Cast) -> None:
        make_resident(room(full, "301"), "王大爷", birth_date=date(1940, 3, 7))
        recompute_all(at=NOW)
        page = (
            client_of(full.worker).get(reverse("household-panel", args=[room(full, "301").pk]), **HTMX).content.decode()
        )
        assert "独居老人：1 人，86 岁" in page
        assert address(room(full, "301")) in page


class TestForms:
    @pytest.mark.parametrize("task", [task for task in Task if task in FORMS])
    def test_every_form_opens_in_place_and_as_a_page(self, full: Cast, task: Task) -> None:
        where = address(full.household, task, who=full.resident.pk, row=1)
        client = client_of(full.head)
        part = client.get(where, **HTMX)
        assert part.status_code == 200
        assert b"<html" not in part.content
        assert str(FORMS[task].title) in words(client.get(where).content.decode())

    @pytest.mark.parametrize("who", ["", "0", "x", "99999999999999999999"])
    def test_a_form_about_nobody_does_not_exist(self, full: Cast, who: str) -> None:
        assert client_of(full.head).get(address(full.household, "person", who=who)).status_code == 404

    def test_warnings_come_first_and_can_be_passed(self, full: Cast) -> None:
        where = address(full.household, "facts")
        said = {**FACTS, "living": "vacant", "vehicles": "京b1 京B2", "version": 2}
        asked = post(full.worker, where, **said)
        assert "写了空置，却还登记着 2 人" in words(asked.content.decode())
        assert "仍要保存" in asked.content.decode()
        assert 'value="京b1 京B2"' in asked.content.decode()
        assert Household.objects.get(pk=full.household.pk).living == "rented"
        done = post(full.worker, where, sure="1", **said)
        assert done.status_code == 302
        home = Household.objects.get(pk=full.household.pk)
        assert (home.living, home.vehicles, home.owner_name) == ("vacant", ["京B1", "京B2"], "赵大六")

    def test_the_second_editor_sees_the_change_and_loses_nothing(self, full: Cast) -> None:
        where = address(full.household, "facts")
        said = {**FACTS, "note": "耳背，多敲两次门", "utilities_off": ["gas", "water"]}
        refused = post(full.head, where, version=1, **said)
        page = refused.content.decode()
        assert refused.status_code == 409
        assert "别人改了这份档案" in page
        assert "居住状况：自住 → 出租" in words(page)
        assert 'value="耳背，多敲两次门"' in page
        assert len(re.findall(r'value="(?:gas|water)"[^>]*checked', page)) == 2
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version is not None
        assert post(full.head, where, version=version[1], **said).status_code == 302
        assert Household.objects.get(pk=full.household.pk).note == "耳背，多敲两次门"

    def test_the_id_number_says_the_rest(self, full: Cast) -> None:
        number = with_check_digit("99000119460307001")
        said = {"name": "王大爷", "id_number": f" {number} ", "relation": "户主", "registered_here": "on"}
        assert post(full.worker, address(room(full, "301"), "add"), **said).status_code == 302
        someone = Resident.objects.get(name="王大爷")
        assert (someone.birth_date, someone.sex, someone.id_number) == (date(1946, 3, 7), "male", number)
        again = post(full.worker, address(room(full, "101"), "add"), **said)
        assert "这个人已登记在 3号楼2单元301" in words(again.content.decode())

    def test_a_masked_field_left_empty_stays_and_can_be_cleared(self, full: Cast) -> None:
        where = address(full.household, "person", who=full.resident.pk)
        said = {"relation": "户主", "registered_here": "on", "sex": "male", "birth_date": "1980-05-01", "sure": "1"}
        page = client_of(full.worker).get(where).content.decode()
        assert "现在是 138****0001" in page
        assert PHONE not in page
        assert post(full.worker, where, **said).status_code == 302
        assert Resident.objects.get(pk=full.resident.pk).phone == PHONE
        post(full.worker, where, clear_phone="on", version=Resident.objects.get(pk=full.resident.pk).version, **said)
        assert Resident.objects.get(pk=full.resident.pk).phone == ""

    def test_a_family_moves_by_an_address(self, full: Cast) -> None:
        where = address(full.household, "move")
        people = list(full.household.stays.values_list("resident_id", flat=True))
        lost = post(full.worker, where, people=people, to="9号楼9单元999")
        assert "您的范围里没有这个门牌" in words(lost.content.decode())
        assert post(full.worker, where, people=people, to="三号楼2单元101室").status_code == 302
        assert names_in(room(full, "101")) == ["张三", "张小明"]

    def test_a_wedding_finds_the_neighbour_by_id_number(self, full: Cast) -> None:
        number = with_check_digit("99000119850615002")
        bride = make_resident(room(full, "101"), "王丽", sex="female", birth_date=date(1985, 6, 15), id_number=number)
        where = address(full.household, "marriage", who=full.resident.pk)
        assert post(full.worker, where, name="王丽", id_number=number).status_code == 302
        assert Stay.objects.current().get(resident=bride).household == full.household

    def test_a_photo_is_uploaded_and_looked_at(self, full: Cast, settings: Settings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path
        sent = BytesIO()
        Image.new("RGB", (40, 30), "white").save(sent, "PNG")
        where = address(full.household, "document", who=full.resident.pk)
        said = {"kind": "identity", "purpose": "aid", "keep_until": str(TODAY + timedelta(days=30))}
        wrong = post(full.worker, where, photo=SimpleUploadedFile("a.jpg", b"no photo"), **said)
        assert "打不开这张照片" in words(wrong.content.decode())
        assert post(full.worker, where, photo=SimpleUploadedFile("a.png", sent.getvalue()), **said).status_code == 302
        paper = reverse("household-paper", args=[full.household.pk, Document.objects.get().pk])
        shown = post(full.worker, paper, purpose="identity")
        assert (shown.headers["Content-Type"], "no-store" in shown.headers["Cache-Control"]) == ("image/jpeg", True)
        assert post(full.worker, paper, purpose="").status_code == 302
        assert post(full.colleague, paper, purpose="identity").status_code == 404

    @pytest.mark.parametrize(
        ("name", "status"), [("colleague", 404), ("outsider", 404), ("nobody", 404), ("street", 302)]
    )
    def test_nobody_else_writes(self, full: Cast, name: str, status: int) -> None:
        for task in FORMS:
            where = address(full.household, task, who=full.resident.pk, row=1)
            assert post(getattr(full, name), where, **FACTS, sure="1").status_code == status
        assert Household.objects.get(pk=full.household.pk).living == "rented"


class TestQualityAndComing:
    def test_a_press_mends_what_the_list_shows(self, full: Cast) -> None:
        page = text_of(full.worker, reverse("data-quality"))
        assert "人数多于床位 3号楼2单元302" in page
        fault = Fault.objects.get()
        assert post(full.colleague, reverse("fault-mended", args=[fault.pk])).status_code == 404
        assert post(full.worker, reverse("fault-mended", args=[fault.pk]), choice="0").status_code == 302
        assert Household.objects.get(pk=full.household.pk).beds == 2
        assert "没有疑点" in text_of(full.worker, reverse("data-quality"))

    def test_the_list_costs_the_same_for_many(self, full: Cast) -> None:
        client = client_of(full.head)
        few = queries_of(client, reverse("data-quality"))
        for home in full.building.households.exclude(pk=full.household.pk):
            make_resident(home, "李四", relation="同住")
        recompute_all(at=NOW)
        assert Fault.objects.count() > 10
        assert queries_of(client, reverse("data-quality")) == few <= MOST_QUERIES
        assert "没有户主" in text_of(full.head, reverse("data-quality") + "?kind=headless")

    def test_birthdays_and_leases_of_the_next_days(self, full: Cast) -> None:
        home = room(full, "301")
        make_resident(home, "王大爷", birth_date=date(1946, 11, 25))
        make_resident(home, "李大妈", birth_date=date(1943, 11, 30), relation="配偶")
        make_resident(home, "孙大爷", birth_date=date(1955, 11, 25), relation="同住")
        Household.objects.filter(pk=full.household.pk).update(lease_ends_on=TODAY + timedelta(days=30))
        page = text_of(full.worker, reverse("coming"))
        assert [page.find(said) > 0 for said in ("王** 80 岁生日", "李** 83 岁生日", "302 租期到")] == [True] * 3
        assert "孙**" not in page
        assert page.index("王**") < page.index("李**") < page.index("租期到")
        assert "王**" not in text_of(full.colleague, reverse("coming"))
        assert "王**" not in text_of(full.street, reverse("coming"))

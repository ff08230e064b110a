"""The configuration pages: open to administrators, in Chinese, under the strict CSP."""

import json
import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import work_calendar
from grid.models import Staff
from petitions.catalogue import catalogue
from petitions.models import Category, HotlineClient, LevelVersion, ResponseLevel
from residents.catalogue import tags
from residents.models import ColourScheme, TagRule
from tests.factories import NOW, TODAY, Cast

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
APPS = ("grid", "residents", "petitions", "councils", "worktime")
OURS = [model for model in MODELS if model._meta.app_label in APPS]
INLINE = re.compile(r"<style|style=\"|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\bon[a-z]+=\"")


@pytest.fixture
def console(cast: Cast, client: Client) -> Client:
    """A browser of the administrator."""
    client.force_login(cast.admin)
    return client


def addresses(console: Client) -> list[str]:
    """The index, every list, every page to add with, and the page of a row of each of our models."""
    found = [reverse("admin:index")]
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        if admin.site._registry[model].has_add_permission(console.get(found[0]).wsgi_request):
            found.append(reverse(f"{name}_add"))
        row = model._default_manager.first() if model in OURS else None
        if row is not None:
            found.append(reverse(f"{name}_change", args=[row.pk]))
    return found


def test_every_page_opens_for_the_administrator_and_holds_nothing_the_csp_forbids(console: Client) -> None:
    for address in addresses(console):
        response = console.get(address)
        assert response.status_code == 200, address
        assert not INLINE.search(response.content.decode()), address


def test_nobody_else_gets_in(console: Client, cast: Cast) -> None:
    stranger, worker = Client(), Client()
    worker.force_login(cast.head)
    for address in addresses(console):
        assert stranger.get(address, follow=True).redirect_chain[-1][0] == f"{reverse('sign-in')}?next={address}"
        refused = worker.get(address, follow=True)
        assert refused.redirect_chain[-1][0] == reverse("workbench")
        assert "您的账号不能进入配置后台" in refused.content.decode()


def test_an_administrator_who_asks_for_the_admin_sign_in_is_taken_inside(console: Client) -> None:
    assert console.get(reverse("admin:login")).headers["Location"] == reverse("admin:index")


def test_the_pages_speak_chinese(console: Client) -> None:
    page = console.get(reverse("admin:index")).content.decode()
    for words in (
        "配置后台",
        "区划与网格",
        "工作人员",
        "任职",
        "响应级别",
        "诉求类别",
        "热线接入",
        "配色方案",
        "照护标签",
        "表决规则",
        "工作日历",
    ):
        assert words in page


def test_divisions_can_be_looked_up_but_not_changed(console: Client, cast: Cast) -> None:
    found = console.get(reverse("admin:grid_division_changelist"), {"q": "110105019029"}).content.decode()
    assert cast.community.name in found
    assert cast.far_community.name not in found
    assert console.post(reverse("admin:grid_division_change", args=[cast.community.pk])).status_code == 403
    assert console.get(reverse("admin:grid_division_add")).status_code == 403


def test_an_account_is_made_given_a_phone_that_is_shown_masked_and_a_new_password(console: Client, cast: Cast) -> None:
    made = console.post(
        reverse("admin:grid_staff_add"),
        {
            "username": "newcomer",
            "name": "秦岭",
            "usable_password": "true",
            "password1": "spring-rain-77",
            "password2": "spring-rain-77",
            **formset(),
        },
    )
    staff = Staff.objects.get(username="newcomer")
    assert made.status_code == 302
    assert staff.check_password("spring-rain-77")

    address = reverse("admin:grid_staff_change", args=[staff.pk])
    console.post(
        address, {"username": "newcomer", "name": "秦岭", "is_active": "on", "new_phone": "13812340021", **formset()}
    )
    page = console.get(address).content.decode()
    assert "138****0021" in page
    assert "13812340021" not in page

    changed = reverse("admin:auth_user_password_change", args=[staff.pk])
    console.post(changed, {"usable_password": "true", "password1": "autumn-wind-88", "password2": "autumn-wind-88"})
    assert Staff.objects.get(pk=staff.pk).check_password("autumn-wind-88")


def test_an_appointment_needs_exactly_one_scope(console: Client, cast: Cast) -> None:
    values = {"staff": cast.nobody.pk, "role": "grid_worker", "starts_on": "2026-11-01"}
    address = reverse("admin:grid_appointment_add")
    assert "任职范围请选一个网格、一个区划或一个单位" in console.post(address, values).content.decode()
    both = {**values, "grid": cast.grid.pk, "division": cast.community.pk}
    assert "任职范围请选一个网格、一个区划或一个单位" in console.post(address, both).content.decode()
    console.post(address, {**values, "grid": cast.grid.pk})
    assert cast.appointment(cast.nobody).grid == cast.grid


def formset(**rows: str) -> dict[str, str]:
    """The appointments of an account's form, none by default."""
    return {"appointments-TOTAL_FORMS": "0", "appointments-INITIAL_FORMS": "0", **rows}


def test_a_changed_category_counts_for_the_next_petition(console: Client) -> None:
    category = catalogue().categories["noise"]
    level = ResponseLevel.objects.get(code="h24")
    console.post(
        reverse("admin:petitions_category_change", args=[category.pk]),
        {
            "code": "noise", "name": "噪音", "rank": 7, "level": level.pk, "jurisdiction": "inner", "helper": "",
            "keywords": "噪音,扰民",
        },
    )  # fmt: skip
    assert catalogue().categories["noise"].level == level
    assert Category.objects.get(code="noise").keywords == ["噪音", "扰民"]


def test_a_changed_clock_counts_for_the_next_petition_and_a_crooked_ladder_is_refused(console: Client) -> None:
    level = ResponseLevel.objects.get(code="h2")
    rules = list(level.clock_rules.order_by("kind"))
    address = reverse("admin:petitions_responselevel_change", args=[level.pk])
    values = {
        "code": "h2", "name": level.name, "rank": level.rank, "source": level.source, "certainty": "S",
        "return_amount": 2, "return_unit": "workday", "most_assignments": 3, "most_extensions": 1,
    }  # fmt: skip
    rows = {"clock_rules-TOTAL_FORMS": str(len(rules)), "clock_rules-INITIAL_FORMS": str(len(rules))}
    for number, rule in enumerate(rules):
        ladder = json.dumps(rule.ladder)
        given = {"id": rule.pk, "level": level.pk, "kind": rule.kind, "amount": 7, "unit": rule.unit, "ladder": ladder}
        rows |= {f"clock_rules-{number}-{name}": str(value) for name, value in given.items()}
    crooked = {**values, **rows, "clock_rules-0-ladder": '[{"action": "shout", "to": "street"}]'}
    assert "阶梯写法不对" in console.post(address, crooked).content.decode()
    assert console.post(address, {**values, **rows}).status_code == 302
    assert {rule["amount"] for rule in catalogue().rules[level.pk].values()} == {7}
    assert catalogue().rules[level.pk]["sign_in"]["return"] == {"amount": 2, "unit": "workday"}
    before, after = LevelVersion.objects.filter(level=level).order_by("pk")
    assert (before.by, before.data["rules"]["sign_in"]["amount"]) == (None, 15)
    assert (after.by.username, after.data["rules"]["sign_in"]["amount"]) == ("admin", 7)


def test_a_level_that_nobody_has_checked_is_marked(console: Client) -> None:
    ResponseLevel.objects.filter(code="d15").update(certainty="?")
    page = console.get(reverse("admin:petitions_responselevel_changelist")).content.decode()
    assert page.count("⚠ 未核实") == 1
    assert "签收 15 分钟见天津令39号" in page


def test_an_edited_day_of_the_calendar_counts_at_once(console: Client) -> None:
    assert work_calendar().is_workday(TODAY)
    console.post(
        reverse("admin:worktime_calendarday_change", args=[TODAY]),
        {"date": str(TODAY), "kind": CalendarDay.Kind.HOLIDAY, "name": "停电放假"},
    )
    assert not work_calendar().is_workday(TODAY)


def test_a_hotline_never_shows_its_secret(console: Client, cast: Cast) -> None:
    hotline = HotlineClient.objects.create(
        name="北京12345", key="key-1", secret="top-secret-words", division=cast.street_division, created_at=NOW
    )
    page = console.get(reverse("admin:petitions_hotlineclient_change", args=[hotline.pk])).content.decode()
    assert "key-1" in page
    assert "top-secret-words" not in page
    assert console.get(reverse("admin:petitions_hotlineclient_add")).status_code == 403


def test_a_scheme_shows_its_rules_by_priority(console: Client) -> None:
    scheme = ColourScheme.objects.get(code="tianjin")
    page = console.get(reverse("admin:residents_colourscheme_change", args=[scheme.pk])).content.decode()
    places = [page.index(f'value="{label}"') for label in ("独居老人", "出租户", "自住")]
    assert places == sorted(places)


def test_a_tags_condition_is_edited_as_numbers_and_nonsense_is_refused(console: Client) -> None:
    rule = TagRule.objects.get(code="senior")
    address = reverse("admin:residents_tagrule_change", args=[rule.pk])
    values = {"code": "senior", "name": "高龄", "rank": 30, "active": "on", "certainty": "P", "kinds": "", "grades": 0}
    crooked = console.post(address, {**values, "people_from": 3, "people_to": 2}).content.decode()
    assert "至多的人数不能少于至少的人数" in crooked
    assert console.post(address, {**values, "any_age_from": 85, "living": ["owner"]}).status_code == 302
    rule.refresh_from_db()
    assert rule.condition == {"any_age_from": 85, "living": ["owner"]}
    assert tags().conditions["senior"].any_age_from == 85
    assert console.get(reverse("admin:residents_tagrule_delete", args=[rule.pk])).status_code == 403


def test_only_administrators_see_the_way_into_the_configuration(cast: Cast, client: Client) -> None:
    client.force_login(cast.head)
    assert reverse("admin:index") not in client.get(reverse("workbench")).content.decode()
    client.force_login(cast.admin)
    assert reverse("admin:index") in client.get(reverse("workbench")).content.decode()

"""The pages of visits in a browser: looking at windows from the street, agreeing on it, and a neighbour's link."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from community_portal.worktime.deadlines import ZONE
from grid.actions import handovers
from grid.models import Appointment, Duty
from petitions.actions.morning import make_sheets
from residents.actions import schedule as scheduling
from residents.actions import watches
from residents.actions.consents import consent_give
from residents.models import Consent, Household, SignDue
from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast, make_petition, make_resident

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)


@pytest.fixture
def watched(cast: Cast) -> str:
    """Three households of one side are looked at, now; returns a neighbour's link to 302."""
    now = timezone.now()
    midnight = datetime.combine(timezone.localdate(now), time(), ZONE)
    homes = [cast.household, *Household.objects.filter(building=cast.building, unit=1, room__in=["101", "201"])]
    for nth, home in enumerate(homes):
        person = cast.resident if home == cast.household else make_resident(home, f"王奶奶{nth}")
        for purpose in (Consent.Purpose.WATCH, Consent.Purpose.NEIGHBOUR):
            consent_give(home.pk, person.pk, by=cast.worker, at=midnight, purpose=purpose, how=Consent.How.PAPER)
        watches.watch_start(
            home.pk, person.pk, by=cast.worker, at=midnight, morning_by=time(9), evening_by=time(21), face="南面"
        )
    SignDue.objects.exclude(day=timezone.localdate(now), kind="morning").delete()
    SignDue.objects.update(opens_at=midnight)
    Household.objects.filter(building=cast.building).update(statuses=["owner", "solitary_elder"])
    scheduling.schedule(at=now)
    _watcher, key = watches.watcher_give(cast.household.pk, by=cast.worker, at=now, name="楼下老赵")
    return reverse("watcher", args=[key])


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_handing_over(request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str) -> None:
    now = timezone.now()
    Household.objects.filter(pk=cast.household.pk).update(statuses=["owner", "solitary_elder"], note="耳背，多敲两次门")
    scheduling.schedule(at=now)
    make_petition(cast, at=now)
    Appointment.objects.filter(staff=cast.worker).update(ends_on=timezone.localdate(now))
    handovers.open_handovers(at=now)
    page: Page = request.getfixturevalue(size)
    sign_in(page, "deputy", PASSWORD)
    page.goto(reverse("handover-list"))
    check_axe(page)
    check_width(page)
    page.get_by_role("link", name="去交接").click()
    check_axe(page)
    check_width(page)
    page.get_by_role("button", name="签收").first.click()
    expect(page.get_by_text("签收了").first).to_be_visible()
    page.get_by_label("写下来").fill("答应李奶奶问暖气")
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_role("paragraph").filter(has_text="答应李奶奶问暖气")).to_be_visible()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_day_begins(request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str) -> None:
    make_petition(cast, at=MONDAY - timedelta(hours=10))
    make_petition(cast, text="3号楼电梯坏了，困过人", at=MONDAY - timedelta(days=3))
    today = timezone.localdate()
    for kind in Duty.Kind.values:
        Duty.objects.create(
            community=cast.community, day=today, kind=kind, staff=cast.community_worker, by=cast.head, at=MONDAY
        )
    make_sheets(at=MONDAY)
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto(reverse("rota"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("现在"))
    page.get_by_text("登记请假").first.click()
    page.get_by_text("排一段日子").first.click()
    check_axe(page)
    check_width(page)
    page.get_by_role("link", name="晨会", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("晨会"))
    check_axe(page)
    check_width(page)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_looking_from_the_street(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, watched: str, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    page.goto(watched)
    check_axe(page)
    check_width(page)
    page.get_by_role("button", name="没看到，不放心").click()
    expect(page.get_by_text("今天就上门").first).to_be_visible()
    sign_in(page, "worker", PASSWORD)
    watch = reverse("household-watch", args=[cast.household.pk])
    for address in (reverse("visit-round"), watch, reverse("visit-overview"), reverse("sign-round")):
        page.goto(address)
        check_axe(page)
        check_width(page)
    expect(page.get_by_text("没见信号")).to_be_visible()
    page.get_by_role("button", name="都看到了").first.click()
    expect(page.get_by_text("户平安，已记下")).to_be_visible()

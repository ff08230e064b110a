"""The configuration pages in a browser: nothing that the CSP blocks, and the choosers work."""

import pytest
from playwright.sync_api import Page, expect

from grid.models import Appointment
from tests.e2e.browser import sign_in
from tests.factories import PASSWORD, Cast, make_cast


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    """The cast, where the browser sees it too."""
    return make_cast()


def test_the_administrator_appoints_somebody(desk: Page, scene: Cast) -> None:
    sign_in(desk, "admin", PASSWORD)
    desk.goto("/admin/")
    expect(desk.get_by_role("heading", name="设置")).to_be_visible()
    desk.goto(f"/admin/grid/staff/{scene.nobody.pk}/change/")
    desk.goto("/admin/grid/appointment/add/")
    desk.locator(".field-staff .select2-selection").click()
    desk.locator(".select2-search__field").fill("何新")
    desk.get_by_role("option", name="何新").click()
    desk.get_by_label("角色").select_option("grid_worker")
    desk.locator(".field-grid .select2-selection").click()
    desk.get_by_role("option", name="第一网格").first.click()
    desk.locator("#id_starts_on").fill("2026-11-01")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert Appointment.objects.filter(staff=scene.nobody).exists()


@pytest.mark.parametrize("address", ["petitions/responselevel/1", "residents/colourscheme/1", "petitions/category/1"])
def test_forms_with_rows_raise_nothing(desk: Page, scene: Cast, address: str) -> None:
    sign_in(desk, "admin", PASSWORD)
    app, model, _row = address.split("/")
    desk.goto(f"/admin/{app}/{model}/")
    desk.locator("#result_list tbody th a").first.click()
    expect(desk.get_by_role("button", name="保存", exact=True)).to_be_visible()

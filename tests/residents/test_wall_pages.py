"""The wall's pages: who sees what, that the counts add up, and what they cost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from community_portal.privacy.models import AccessLog
from grid.models import Staff
from petitions.models import Petition
from residents.models import ColourScheme, Community, Household, Stay
from tests.factories import NOW, PHONE, Cast, make_building, make_estate, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

HTMX = {"HTTP_HX_REQUEST": "true"}
EVERYBODY = (
    "worker",
    "deputy",
    "colleague",
    "community_worker",
    "head",
    "outsider",
    "outer_worker",
    "street",
    "other_street",
    "district",
    "nobody",
    "admin",
)
SEE_THE_HOUSEHOLD = {"worker", "deputy", "community_worker", "head", "street", "district"}
CELL = re.compile(r'<a class="cell ([^"]*)" id="h(\d+)"')


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW + timedelta(minutes=5))


def page(staff: Staff, address: str) -> str:
    response = client_of(staff).get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def shown(html: str) -> dict[int, str]:
    """Household ids on a page with their classes."""
    return {int(pk): classes for classes, pk in CELL.findall(html)}


def signs(html: str) -> dict[int, str]:
    """Household ids with a mark, and how it is drawn."""
    return {int(pk): mark for pk, mark in re.findall(r'id="h(\d+)"[^>]*>(?:(?!</a>).)*<u class="([^"]+)">', html)}


def legend(html: str) -> dict[str, int]:
    found = re.findall(r"</span>([^<]+) <b class=\"num\">([0-9,]+)</b>", html)
    return {label.strip(): int(count.replace(",", "")) for label, count in found}


class TestAccess:
    @pytest.mark.parametrize("name", ["wall", "wall-building", "household-panel", "household-reveal"])
    def test_strangers_are_sent_to_sign_in(self, cast: Cast, name: str) -> None:
        pks = {"wall": [], "household-reveal": [1, 1]}.get(name, [1])
        address = reverse(name, args=pks)
        response = client_of(None).get(address)
        assert (response.status_code, response.url) == (302, f"{reverse('sign-in')}?next={address}")

    @pytest.mark.parametrize("name", EVERYBODY)
    def test_a_household_outside_does_not_exist(self, cast: Cast, name: str) -> None:
        client = client_of(getattr(cast, name))
        expected = 200 if name in SEE_THE_HOUSEHOLD else 404
        for address in (
            reverse("wall-building", args=[cast.building.pk]),
            reverse("household-panel", args=[cast.household.pk]),
        ):
            assert client.get(address).status_code == expected, address
        reveal = reverse("household-reveal", args=[cast.household.pk, cast.resident.pk])
        assert client.post(reveal, {"purpose": "petition"}).status_code == expected
        assert AccessLog.objects.count() == (expected == 200)

    @pytest.mark.parametrize(
        ("name", "buildings"),
        [
            ("worker", {1, 3}),
            ("deputy", {1, 3}),
            ("colleague", {2}),
            ("community_worker", {1, 2, 3}),
            ("head", {1, 2, 3}),
            ("outsider", None),
            ("outer_worker", None),
            ("street", {1, 2, 3}),
            ("other_street", None),
            ("district", {1, 2, 3}),
            ("nobody", None),
            ("admin", None),
        ],
    )
    def test_each_sees_their_buildings_of_a_community(self, cast: Cast, name: str, buildings: set[int] | None) -> None:
        address = f"{reverse('wall')}?community={cast.community.code}"
        response = client_of(getattr(cast, name)).get(address)
        if buildings is None:
            assert response.status_code == 404
            return
        ids = set(shown(response.content.decode()))
        in_reach = Household.objects.filter(community=cast.community.pk, building__position__in=buildings)
        assert ids == set(in_reach.values_list("pk", flat=True))

    def test_a_resident_of_another_household_is_not_revealed(self, cast: Cast) -> None:
        other = cast.buildings[0].households.first()
        reveal = reverse("household-reveal", args=[other.pk, cast.resident.pk])
        assert client_of(cast.worker).post(reveal, {"purpose": "visit"}).status_code == 404


class TestWall:
    def test_counts_add_up_to_the_headline(self, cast: Cast) -> None:
        homes = list(cast.building.households.order_by("pk"))
        homes[0].living, homes[0].statuses = "rented", ["rented"]
        homes[1].statuses = ["solitary_elder", "senior"]
        Household.objects.bulk_update(homes, ["living", "statuses"])
        html = page(cast.head, reverse("wall"))
        assert sum(legend(html).values()) == len(shown(html)) == 36
        assert legend(html)["出租户"] == legend(html)["独居老人"] == 1
        assert shown(html)[homes[0].pk] == "w-pink"
        assert "36 户，2 个网格" in text_of(cast.head, reverse("wall"))

    def test_one_grid_picked_out(self, cast: Cast) -> None:
        html = page(cast.head, f"{reverse('wall')}?grid={cast.second_grid.pk}")
        near = set(Household.objects.filter(grid=cast.second_grid).values_list("pk", flat=True))
        assert {pk for pk, classes in shown(html).items() if classes != "off"} == near
        assert sum(legend(html).values()) == len(near) == 12
        assert html.count(' away"') == 2
        assert "12 户，第二网格" in text_of(cast.head, f"{reverse('wall')}?grid={cast.second_grid.pk}")

    @pytest.mark.parametrize("query", ["grid=999999", "grid=x", "grid=²", "show=nothing", "grid=&show="])
    def test_a_filter_that_is_not_there_leaves_everything(self, cast: Cast, query: str) -> None:
        assert len(shown(page(cast.head, f"{reverse('wall')}?{query}"))) == 36

    def test_one_colour_picked_out(self, cast: Cast) -> None:
        Household.objects.filter(pk=cast.household.pk).update(living="rented")
        cells = shown(page(cast.head, f"{reverse('wall')}?show=rented"))
        assert [pk for pk, classes in cells.items() if classes == "w-pink"] == [cast.household.pk]
        assert list(cells.values()).count("off") == 35

    def test_another_scheme_gives_other_colours(self, cast: Cast) -> None:
        Household.objects.filter(pk=cast.household.pk).update(living="rented")
        Community.objects.filter(pk=cast.community.pk).update(scheme=ColourScheme.objects.get(code="qindu"))
        html = page(cast.head, reverse("wall"))
        assert shown(html)[cast.household.pk] == "w-yellow"
        assert legend(html) == {"关注户": 0, "租房户": 1, "常态户": 35}

    def test_several_communities_are_chosen_from(self, cast: Cast) -> None:
        words = text_of(cast.street, reverse("wall"))
        assert "双合家园社区" in words
        assert "翠城馨园社区" in words
        assert "南路西里" not in words
        assert "3 栋 · 2 个网格" in words
        assert "南路西里社区" in text_of(cast.district, reverse("wall"))

    def test_the_only_community_opens_at_once(self, cast: Cast) -> None:
        assert len(shown(page(cast.other_street, reverse("wall")))) == 12

    def test_without_a_wall_the_page_says_why(self, cast: Cast) -> None:
        assert "您负责的范围里没有居民墙" in text_of(cast.outer_worker, reverse("wall"))
        assert "还没有给您安排任职" in text_of(cast.nobody, reverse("wall"))

    def test_a_community_without_buildings(self, cast: Cast) -> None:
        Stay.objects.all().delete()
        Household.objects.all().delete()
        for building in cast.buildings:
            building.delete()
        assert "还没有楼栋" in text_of(cast.head, reverse("wall"))

    def test_estates_stand_apart(self, cast: Cast) -> None:
        make_building(make_estate(cast.community, "双合雅苑"), cast.grid, 9)
        words = text_of(cast.head, reverse("wall"))
        assert "双合家园 3 栋" in words
        assert "双合雅苑 1 栋" in words


class TestMarks:
    def test_an_open_petition_marks_its_household(self, cast: Cast) -> None:
        make_petition(cast, at=NOW)
        html = page(cast.head, reverse("wall"))
        assert shown(html)[cast.household.pk] == "w-white"
        assert signs(html) == {cast.household.pk: "m dot"}
        assert "302，自住，1 件在办" in html
        assert "今天 1 件在办诉求" in text_of(cast.head, reverse("wall"))

    def test_past_its_deadline_it_says_so(self, cast: Cast) -> None:
        make_petition(cast, at=NOW - timedelta(days=10))
        html = page(cast.head, reverse("wall"))
        assert shown(html)[cast.household.pk] == "w-white"
        assert signs(html) == {cast.household.pk: "m dot late"}
        assert "1 件在办，已过时限" in html

    def test_without_a_household_it_stands_at_the_building_or_in_the_count_alone(self, cast: Cast) -> None:
        make_petition(cast, text="3号楼楼道灯不亮")
        make_petition(cast, text="小区门口太黑")
        words = text_of(cast.head, reverse("wall"))
        assert "公共部位 1 件在办" in words
        assert "今天 2 件在办诉求" in words

    def test_an_ended_petition_leaves_no_mark(self, cast: Cast) -> None:
        petition = make_petition(cast)
        Petition.objects.filter(pk=petition.pk).update(state="closed", due_at=None)
        assert signs(page(cast.head, reverse("wall"))) == {}

    def test_a_colleague_of_another_grid_sees_none_of_it(self, cast: Cast) -> None:
        make_petition(cast)
        assert "今天 0 件在办诉求" in text_of(cast.colleague, reverse("wall"))

    def test_a_building_counts_its_own(self, cast: Cast) -> None:
        make_petition(cast)
        assert "12 户，今天 1 件在办诉求" in text_of(cast.head, reverse("wall-building", args=[cast.building.pk]))
        other = reverse("wall-building", args=[cast.buildings[0].pk])
        assert "今天 0 件在办诉求" in text_of(cast.head, other)


class TestHousehold:
    def test_the_file_is_masked(self, cast: Cast) -> None:
        Household.objects.filter(pk=cast.household.pk).update(note="耳背，多敲两次门", statuses=["empty_nest"])
        html = page(cast.worker, reverse("household-panel", args=[cast.household.pk]))
        words = text_of(cast.worker, reverse("household-panel", args=[cast.household.pk]))
        assert "302 · 张**" in words
        assert "户主 · 男 · 46 岁" in words
        assert "子 · 男 · 14 岁" in words
        assert "138****0001" in words
        assert "耳背，多敲两次门" in words
        assert '<span class="chip w-lilac">空巢老人</span>' in html
        assert PHONE not in html
        assert "张三" not in html
        assert f"{reverse('petition-new')}?household={cast.household.pk}" in html

    def test_from_a_cell_only_the_panel_comes(self, cast: Cast) -> None:
        address = reverse("household-panel", args=[cast.household.pk])
        client = client_of(cast.worker)
        panel = client.get(address, **HTMX)
        assert "<html" not in panel.content.decode()
        assert "302 · 张**" in panel.content.decode()
        assert "HX-Request" in panel["Vary"]
        assert "no-store" in panel["Cache-Control"]
        back = client.get(address, **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true").content.decode()
        assert "<html" in back
        assert f'id="h{cast.household.pk}" href="{address}" aria-current="true"' in back

    def test_its_open_petitions_are_there(self, cast: Cast) -> None:
        petition = make_petition(cast)
        html = page(cast.worker, reverse("household-panel", args=[cast.household.pk]))
        assert reverse("petition-detail", args=[petition.number]) in html
        assert "在办诉求" in html

    def test_nobody_registered(self, cast: Cast) -> None:
        other = cast.buildings[0].households.first()
        assert "还没有登记住户信息" in text_of(cast.worker, reverse("household-panel", args=[other.pk]))


class TestReveal:
    def address(self, cast: Cast) -> str:
        return reverse("household-reveal", args=[cast.household.pk, cast.resident.pk])

    def test_a_purpose_opens_name_and_phone_and_is_logged(self, cast: Cast) -> None:
        response = client_of(cast.worker).post(self.address(cast), {"purpose": "visit"})
        html = response.content.decode()
        assert PHONE in html
        assert "张三" in html
        assert "张小明" not in html
        assert "no-store" in response["Cache-Control"]
        entry = AccessLog.objects.get()
        assert (entry.staff, entry.action, entry.purpose) == (cast.worker, "reveal", "走访")
        assert (entry.subject, entry.field) == (f"residents.Resident:{cast.resident.pk}", "name,phone,family")

    @pytest.mark.parametrize(
        ("purpose", "words"),
        [
            ("", "请写明查看或导出的用途"),
            (" ", "请写明查看或导出的用途"),
            ("other", "选“其他”时，请写明做什么用"),
            ("看", "请写明查看或导出的用途"),
            ("字" * 501, "用途最多 500 个字"),
        ],
    )
    def test_without_a_fit_purpose_nothing_opens(self, cast: Cast, purpose: str, words: str) -> None:
        response = client_of(cast.worker).post(self.address(cast), {"purpose": purpose}, **HTMX)
        html = response.content.decode()
        assert response.status_code == 422
        assert PHONE not in html
        assert 'aria-invalid="true"' in html
        assert words in html
        assert not AccessLog.objects.exists()

    def test_the_address_alone_leads_back_to_the_file(self, cast: Cast) -> None:
        response = client_of(cast.worker).get(self.address(cast))
        assert response.url == reverse("household-panel", args=[cast.household.pk])


class TestCost:
    def grow(self, cast: Cast, buildings: int) -> None:
        for number in range(buildings):
            make_building(cast.estate, cast.grid, 100 + number, units=4, floors=6, per_floor=2)

    def test_a_wall_ten_times_as_large_asks_no_more(self, cast: Cast) -> None:
        make_petition(cast)
        before = queries_of(client_of(cast.head), reverse("wall"))
        self.grow(cast, 10)
        assert Household.objects.filter(community=cast.community.pk).count() > 500
        assert queries_of(client_of(cast.head), reverse("wall")) == before <= MOST_QUERIES

    @pytest.mark.parametrize("name", ["wall-building", "household-panel"])
    def test_the_other_pages_keep_within_bounds(self, cast: Cast, name: str) -> None:
        make_petition(cast)
        pk = cast.building.pk if name == "wall-building" else cast.household.pk
        assert queries_of(client_of(cast.head), reverse(name, args=[pk])) <= MOST_QUERIES

    def test_choosing_a_community_keeps_within_bounds(self, cast: Cast) -> None:
        assert queries_of(client_of(cast.district), reverse("wall")) <= MOST_QUERIES

    def test_a_large_wall_stays_small_on_the_wire(self, cast: Cast) -> None:
        self.grow(cast, 62)
        response = client_of(cast.head).get(reverse("wall"), HTTP_ACCEPT_ENCODING="gzip")
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < 120_000

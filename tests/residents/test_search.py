"""Finding people and dwellings: by name, pinyin, phone and room, masked, and never outside one's scope."""

import pytest
from django.urls import reverse

from grid.access import scope_of
from grid.models import Staff
from residents.models import Household, Resident, Stay
from residents.places import forget_names
from residents.search import ENOUGH, KEYS, MOST, Way, by_letters, by_name, by_phone, find, stays_in
from tests.factories import PHONE, TODAY, Cast, make_building, make_estate, make_resident
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, text_of


def rooms(staff: Staff, words: str, community: int | None = None) -> list[str]:
    return [str(hit.household) for hit in find(words, scope_of(staff, TODAY), TODAY, community).hits]


@pytest.mark.parametrize(
    "words", ["张三", "张", "zhangsan", "ZHANG SAN", "zhangs", " 张 三 ", "138-0000-0001", "+8613800000001"]
)
def test_a_person_is_found_by_name_pinyin_and_phone(cast: Cast, words: str) -> None:
    for staff in (cast.worker, cast.head, cast.street, cast.district):
        assert "3号楼2单元302" in rooms(staff, words), staff


@pytest.mark.parametrize(
    "words", ["3号楼2单元302", "三号楼二单元302", "3-2-302", "双合家园3#2单元302", "３号楼２单元３０２"]
)
def test_a_room_is_found_in_many_writings(cast: Cast, words: str) -> None:
    assert rooms(cast.head, words) == ["3号楼2单元302"]


def test_a_bare_room_is_found_where_it_means_something(cast: Cast) -> None:
    assert rooms(cast.worker, "302") == ["1号楼1单元302", "1号楼2单元302", "3号楼1单元302", "3号楼2单元302"]
    wide = find("302", scope_of(cast.street, TODAY), TODAY)
    assert (wide.way, wide.hits) == (Way.WIDE, [])
    assert len(rooms(cast.street, "302", cast.community.pk)) == 6


def test_a_building_alone_lists_its_rooms(cast: Cast) -> None:
    assert len(rooms(cast.head, "3号楼")) == 12


def test_the_estate_named_leaves_its_own(cast: Cast) -> None:
    make_building(make_estate(cast.community, "双合雅苑"), cast.grid, 3)
    forget_names()
    assert len(rooms(cast.head, "3号楼2单元302")) == 2
    assert len(rooms(cast.head, "双合雅苑3号楼2单元302")) == 1


@pytest.mark.parametrize("name", ["colleague", "outsider", "other_street", "outer_worker", "nobody", "admin"])
@pytest.mark.parametrize("words", ["张三", "zhangsan", PHONE, "3号楼2单元302"])
def test_nobody_finds_what_is_outside_their_scope(cast: Cast, name: str, words: str) -> None:
    assert rooms(getattr(cast, name), words) == []
    html = text_of(getattr(cast, name), f"{reverse('resident-search')}?q={words}")
    assert "302 张" not in html


def test_a_community_named_in_the_address_is_looked_in_alone(cast: Cast) -> None:
    make_resident(cast.next_building.households.first(), "张三丰")
    assert len(rooms(cast.street, "张三")) == 2
    assert rooms(cast.street, "张三", cast.next_community.pk) == ["1号楼1单元101"]
    page = text_of(cast.head, f"{reverse('resident-search')}?q=张&community={cast.next_community.code}")
    assert "张三丰" not in page


def test_the_last_four_digits_are_not_enough_and_the_page_says_why(cast: Cast) -> None:
    words = text_of(cast.head, f"{reverse('resident-search')}?q=0001")
    assert "302" not in words
    assert "没有" in words
    unknown = text_of(cast.head, f"{reverse('resident-search')}?q=13900000000")
    assert "电话加密保存，只能按完整号码查找" in unknown


def test_someone_who_moved_out_or_a_file_that_ended_is_not_found(cast: Cast) -> None:
    Stay.objects.filter(resident=cast.resident).update(moved_out=TODAY)
    assert rooms(cast.head, "张三") == []
    Stay.objects.filter(resident=cast.resident).update(moved_out=None)
    Household.objects.filter(pk=cast.household.pk).update(ended_on=TODAY)
    assert rooms(cast.head, "张三") == rooms(cast.head, PHONE) == rooms(cast.head, "3号楼2单元302") == []


def test_the_name_itself_comes_first_and_thirty_are_enough(cast: Cast) -> None:
    homes = list(cast.building.households.all())
    for number in range(40):
        make_resident(homes[number % len(homes)], f"李安{chr(0x4E00 + number)}")
    make_resident(cast.household, "李安")
    for staff in (cast.head, cast.street):
        found = find("李安", scope_of(staff, TODAY), TODAY)
        assert (len(found.hits), found.more) == (MOST, True)
        assert found.hits[0].household == cast.household
    assert "只列出前 30 条" in text_of(cast.head, f"{reverse('resident-search')}?q=李安")


def test_results_are_masked_and_lead_to_the_cell(cast: Cast) -> None:
    html = client_of(cast.head).get(reverse("resident-search"), {"q": "张三"}).content.decode()
    results = html.split('class="hitlist"')[1]
    assert "张**" in results
    assert "张三" not in results.split("</ul>")[0]
    assert reverse("household-panel", args=[cast.household.pk]) in results
    assert PHONE not in results


def test_beside_the_wall_only_the_list_comes(cast: Cast) -> None:
    response = client_of(cast.head).get(reverse("resident-search"), {"q": "张三"}, HTTP_HX_REQUEST="true")
    assert "<html" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "words", ["", "   ", "<script>", "%", "_", "\\", "a", "😀", "张" * 200, "9" * 70, "3号楼2单元901"]
)
def test_anything_else_finds_nothing_and_breaks_nothing(cast: Cast, words: str) -> None:
    response = client_of(cast.district).get(reverse("resident-search"), {"q": words})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main")[1]


@pytest.mark.parametrize("words", ["张三", "zhang", PHONE, "3号楼2单元302"])
def test_few_queries(cast: Cast, words: str) -> None:
    for staff in (cast.head, cast.district):
        assert queries_of(client_of(staff), f"{reverse('resident-search')}?q={words}") <= MOST_QUERIES


def test_a_wide_search_enters_by_an_index(cast: Cast) -> None:
    """On tables as a city has them; the planner reads small ones whole."""
    homes = list(Household.objects.values_list("pk", flat=True))
    people = Resident.objects.bulk_create(
        Resident(name=f"王{chr(0x4E00 + n % 6000)}{n}", sex="male", birth_date=TODAY, phone=f"139{n:08}")
        for n in range(6000)
    )
    Stay.objects.bulk_create(Stay(household_id=homes[n % len(homes)], resident=who) for n, who in enumerate(people))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residents_resident, residents_stay, residents_household")
    stays = stays_in(scope_of(cast.district, TODAY))
    for found, index in (
        (by_name(stays, "欧阳"), "resident_name"),
        (by_letters(stays, "ouyang"), "resident_letters"),
        (by_phone(stays, "13900000001"), "phone_index"),
    ):
        assert index in found.values_list(*KEYS)[:ENOUGH].explain()


def test_the_list_of_orders_offers_the_residents_too(cast: Cast) -> None:
    html = client_of(cast.head).get(reverse("petition-list"), {"q": "张三"}).content.decode()
    assert f"{reverse('resident-search')}?q=%E5%BC%A0%E4%B8%89" in html
    assert "在居民里找“张三”" in html

"""Keyset pages against plain sorting."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from community_portal.ui.paging import KeysetPage
from grid.models import Division

ROWS = 60
READ_ONLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = ("short_name", "level", "name", "parent__short_name")
ORDERS = st.lists(st.sampled_from(FIELDS), unique=True, max_size=3).flatmap(
    lambda fields: st.tuples(*(st.sampled_from((field, f"-{field}")) for field in [*fields, "id"]))
)


@pytest.fixture
def divisions(db: None) -> None:
    """Rows with many equal values, under two parents."""
    parents = [
        Division.objects.create(code=f"11{n:04d}", level=3, name=f"区{n}", short_name=f"区{n}") for n in range(2)
    ]
    Division.objects.bulk_create(
        Division(
            code=f"{n:012d}",
            level=4 + n % 2,
            name=f"名{n % 7}",
            short_name=f"简{n % 3}",
            parent=parents[n % 5 // 3],
        )
        for n in range(ROWS)
    )


def children() -> object:
    return Division.objects.filter(parent__isnull=False).select_related("parent")


def walk(order: tuple[str, ...], size: int, way: str = "next", cursor: str | None = None) -> list[list[int]]:
    pages = []
    while True:
        page = KeysetPage(children(), order, cursor, size)
        pages.append([row.pk for row in page])
        cursor = getattr(page, way)
        if cursor is None:
            return pages


@READ_ONLY
@given(order=ORDERS, size=st.integers(1, ROWS + 5))
def test_walking_forward_gives_every_row_once_in_order(divisions: None, order: tuple[str, ...], size: int) -> None:
    pages = walk(order, size)
    assert [pk for page in pages for pk in page] == list(children().order_by(*order).values_list("pk", flat=True))
    assert all(len(page) == size for page in pages[:-1])


@READ_ONLY
@given(order=ORDERS, size=st.integers(1, ROWS))
def test_walking_back_gives_the_same_pages(divisions: None, order: tuple[str, ...], size: int) -> None:
    forward = walk(order, size)
    last = KeysetPage(children(), order, None, size)
    while last.next:
        last = KeysetPage(children(), order, last.next, size)
    if last.previous is None:
        assert len(forward) == 1
        return
    assert walk(order, size, "previous", last.previous)[::-1] == forward[:-1]


def packed(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


WRONG = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.text(), st.integers(), st.none(), st.floats()), max_size=4).map(packed),
    st.tuples(st.sampled_from("ab"), st.text(), st.text()).map(packed),
    st.integers().map(lambda number: packed(["a", "x", str(number)])),
)


@READ_ONLY
@given(cursor=WRONG)
def test_any_cursor_at_all_gives_a_page(divisions: None, cursor: str) -> None:
    assert len(KeysetPage(children(), ("name", "-id"), cursor, 10)) > 0


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "x" * 5000,
        packed(["a", "名1"]),
        packed(["c", "名1", "1"]),
        packed(["a", "名1", "one"]),
        packed(["a", "\x00", "1"]),
        packed(["a", "\ud800", "1"]),
        packed(["a", "￿", "1"]),
    ],
)
def test_an_unreadable_cursor_gives_the_first_page(divisions: None, cursor: str) -> None:
    page = KeysetPage(children(), ("name", "id"), cursor, 10)
    assert [row.pk for row in page] == [row.pk for row in KeysetPage(children(), ("name", "id"), None, 10)]
    assert page.previous is None


def test_a_row_that_came_meanwhile_moves_nothing(divisions: None) -> None:
    first = KeysetPage(children(), ("code",), None, 10)
    expected = [row.pk for row in KeysetPage(children(), ("code",), first.next, 10)]
    Division.objects.create(code="0", level=5, name="新", short_name="新", parent=first.rows[0].parent)
    assert [row.pk for row in KeysetPage(children(), ("code",), first.next, 10)] == expected


def test_a_page_is_one_query_and_counts_nothing(
    divisions: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cursor = KeysetPage(children(), ("-name", "id"), None, 10).next
    with django_assert_num_queries(1) as asked:
        page = KeysetPage(children(), ("-name", "id"), cursor, 10)
        assert [row.parent.name for row in page]
    assert "COUNT" not in asked.captured_queries[0]["sql"]
    assert "LIMIT 11" in asked.captured_queries[0]["sql"]


def test_an_empty_list_has_no_pages(db: None) -> None:
    page = KeysetPage(children(), ("id",), None)
    assert not page
    assert (page.next, page.previous) == (None, None)


def test_an_order_by_a_column_with_null_is_refused(db: None) -> None:
    for n in range(2):
        Division.objects.create(code=str(n), level=1, name="省", short_name="省")
    with pytest.raises(ValueError, match="parent_id is NULL"):
        KeysetPage(Division.objects.all(), ("parent_id", "id"), None, 1)


def test_a_first_page_of_rows_asked_for_otherwise_leads_to_the_second(divisions: None) -> None:
    found = Division.objects.values_list("id", "name", named=True)
    rows = list(found.order_by("id")[:3])
    page = KeysetPage.first(rows, ("id",), size=2)
    assert (page.rows, page.previous) == (rows[:2], None)
    assert KeysetPage(found, ("id",), page.next, size=2).rows[0] == rows[2]
    assert KeysetPage.first(rows[:2], ("id",), size=2).next is None

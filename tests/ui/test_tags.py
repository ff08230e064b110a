"""What the template tags put on a page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import segno
from django.template import Context, Template
from django.test import RequestFactory

NOW = datetime(2026, 11, 22, 10, 44, tzinfo=ZoneInfo("Asia/Shanghai"))


def draw(source: str, path: str = "/", **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(path), "now": NOW, **context}))


def test_the_clock_says_the_time_in_words_and_hides_its_bar_from_readers() -> None:
    due, started = NOW + timedelta(minutes=38), NOW - timedelta(minutes=62)
    drawn = draw("{% clock due started now label='首次联系' %}", due=due, started=started)
    assert "剩 38 分" in drawn
    assert 'class="clock soon"' in drawn
    assert 'title="今天 11:22"' in drawn
    assert 'width="62%"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert "首次联系" in drawn
    assert "style=" not in drawn


def test_a_clock_without_a_deadline_has_words_and_no_bar() -> None:
    drawn = draw("{% clock due now now %}", due=None)
    assert "时限待定" in drawn
    assert "<svg" not in drawn


def test_query_with_changes_one_value_keeps_the_rest_and_starts_at_the_first_page() -> None:
    path = "/?state=open&level=1&cursor=abc"
    assert draw("{% query_with state='closed' %}", path) == "?state=closed&amp;level=1"
    assert draw("{% query_with state=None %}", path) == "?level=1"
    assert draw("{% query_with cursor='next' %}", path) == "?state=open&amp;level=1&amp;cursor=next"


def test_query_with_cannot_break_out_of_the_address() -> None:
    assert "<" not in draw("{% query_with q=text %}", text='"><script>')


def test_qr_is_a_titled_picture_without_inline_style() -> None:
    drawn = draw("{% qr 'https://example.org/?a=1' title=title %}", title="扫码<查进度>")
    assert "<title>扫码&lt;查进度&gt;</title>" in drawn
    assert 'role="img"' in drawn
    assert "style=" not in drawn


def test_qr_holds_the_text() -> None:
    """Each dark module of the symbol is one square of the path, moved by the quiet zone."""
    matrix = segno.make_qr("SQ20261122-0147").matrix
    drawn = draw("{% qr 'SQ20261122-0147' title='工单' %}")
    assert drawn.count("h1v1h-1z") == sum(sum(row) for row in matrix)
    assert "M4 4h1v1h-1z" in drawn
    assert f'viewBox="0 0 {len(matrix) + 8} {len(matrix) + 8}"' in drawn


def test_small_filters() -> None:
    assert draw("{{ now|greeting }}") == "上午好"
    assert draw("{{ now|moment:now }}") == "今天 10:44"
    assert draw("{{ none|moment:now }}", none=None) == ""
    assert draw("{{ length|minutes }}", length=timedelta(seconds=61)) == "2"
    assert draw("{{ length|span }}", length=timedelta(minutes=61)) == "1 小时 1 分"

"""Repeated problems in a file of messages: clusters with counts, months and examples."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from community_portal.tables.errors import FileRefused
from community_portal.tables.texts import csv_rows, decode
from community_portal.tables.times import parse_time
from petitions.clusters import clusters

TIMES = ("created_at", "time", "received_at", "留言时间", "受理时间", "登记日期", "时间")
TITLES, TEXTS = ("title", "标题", "主题", "留言主题", "诉求主题"), ("text", "内容", "留言详情", "诉求内容", "诉求详情")
ADDED = ("hot_topic", "hot_topic_size")


@dataclass(frozen=True)
class Heard:
    """One message: what it is about, and its day where that can be read."""

    title: str
    text: str
    day: date | None


@dataclass(frozen=True)
class HotTopic:
    """One repeated problem: the message that says it best, all of them, by month, and some in other words."""

    title: str
    members: list[int]
    months: list[tuple[str, int]]
    first: date | None
    last: date | None
    examples: list[str]

    @property
    def count(self) -> int:
        """How many messages are about it."""
        return len(self.members)


@dataclass(frozen=True)
class HeardFile:
    """A file's header and rows, and what each row says."""

    header: list[str]
    rows: list[list[str]]
    heard: list[Heard]


def read_heard(content: bytes) -> HeardFile:
    """Read a CSV file in UTF-8, UTF-16 or GB18030. Raises FileRefused without a title or text column."""
    rows = [row for _number, row in csv_rows(decode(content)) if row]
    if not rows:
        raise FileRefused(_("文件是空的"))
    header = [str(cell).strip() for cell in rows[0]]
    title, text, when = (_place(header, names) for names in (TITLES, TEXTS, TIMES))
    if title is None and text is None:
        raise FileRefused(_("要有 title 或 text 一列；读到的是：%s") % "、".join(header))
    kept = [[*row[: len(header)], *[""] * (len(header) - len(row))] for row in rows[1:] if isinstance(row, list)]
    if len(kept) < len(rows) - 1:
        raise FileRefused(_("有 %d 行读不出来") % (len(rows) - 1 - len(kept)))
    return HeardFile(header, kept, [Heard(_cell(row, title), _cell(row, text), _day(_cell(row, when))) for row in kept])


def hot_topics(heard: Sequence[Heard], *, least: int, examples: int) -> list[HotTopic]:
    """The problems that at least so many messages are about, the most repeated first."""
    found = clusters([(each.title, each.text) for each in heard], least=least)
    return [_topic(group, heard, examples) for group in found]


def with_topics(file: HeardFile, topics: Iterable[HotTopic]) -> bytes:
    """The same rows with the number of their topic (1 the largest, empty without one) and how large it is."""
    numbers = {place: (number, topic.count) for number, topic in enumerate(topics, 1) for place in topic.members}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*(f"given_{name}" if name in ADDED else name for name in file.header), *ADDED])
    writer.writerows([*row, *numbers.get(place, ("", ""))] for place, row in enumerate(file.rows))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _topic(group: list[int], heard: Sequence[Heard], examples: int) -> HotTopic:
    days = sorted(day for place in group if (day := heard[place].day))
    words = dict.fromkeys(_words(heard[place]) for place in group)
    return HotTopic(
        title=next(iter(words)),
        members=group,
        months=sorted(Counter(f"{day:%Y-%m}" for day in days).items()),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        examples=list(words)[1 : 1 + examples],
    )


def _words(each: Heard) -> str:
    return " ".join((each.title or each.text).split())[:60]


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None else str(row[place]).strip()


def _day(text: str) -> date | None:
    try:
        return parse_time(text).date()
    except ValueError:
        return None

"""The month's most repeated problems: found, taken on as one, worked on, ended; and those of a file of messages."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from community_portal.notices.models import Notice
from petitions.actions.base import ActionRefused, Changed
from petitions.actions.counting import count_up
from petitions.actions.monthly import Wanted, topic_begin, topic_finish, topic_note, topic_resume
from petitions.catalogue import catalogue
from petitions.clusters import clusters
from petitions.models import MonthlyTopic, Petition
from tests.factories import NOW, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of
from tests.threads import at_once

MONTH = date(2026, 11, 1)
LAMPS = ("楼道的灯不亮，看不清台阶", "楼道灯不亮了，晚上看不清台阶", "楼道的灯不亮，老人看不清")
MESSAGES = [
    ("丽水小区旁搅拌站噪音扰民", "搅拌站夜里施工，噪音很大，灰尘也多"),
    ("公交线路什么时候开通", "希望尽快开通到地铁站的公交"),
    ("丽水小区搅拌站灰尘噪音", "搅拌站灰尘大，噪音吵得睡不着"),
    ("投诉丽水小区附近的搅拌站", "搅拌站夜里噪音扰民"),
    ("医保怎么办理", "新生儿医保在哪里办"),
]


@pytest.fixture
def lamps(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Petition]:
    """Three about lamps in one community this month, one a month before, one about something else."""
    category = catalogue().categories["facility"]
    early = make_petition(cast, text=f"3号楼2单元{LAMPS[0]}", at=NOW - timedelta(days=30), category=category)
    rows = [make_petition(cast, text=f"3号楼2单元{text}", category=category) for text in LAMPS]
    make_petition(cast, text="3号楼2单元302水管爆了", category=catalogue().categories["noise"])
    count_up(at=NOW)
    set_now(monkeypatch, NOW)
    return [early, *rows]


def wanted(cast: Cast, **over: object) -> Wanted:
    """What the street takes on."""
    values = {
        "division": cast.street_division,
        "month": MONTH,
        "place": cast.community,
        "category": catalogue().categories["facility"],
        "title": "双合家园的楼道灯",
        "plan": "物业逐栋查，一周内换完",
        "owner_id": cast.head.pk,
        "due_on": date(2026, 12, 10),
    }
    return Wanted(**{**values, **over})  # type: ignore[arg-type]


class TestFinding:
    def test_the_street_reads_what_is_repeated_where_and_how_it_went(self, cast: Cast, lamps: list[Petition]) -> None:
        said = text_of(cast.street, reverse("hot-topics"))
        name = catalogue().categories["facility"].name
        assert f"双合家园社区 · {name} 比上月多 2 件；近六个月：0、0、0、0、1、3 3 件" in said
        assert catalogue().categories["noise"].name not in said
        assert queries_of(client_of(cast.street), reverse("hot-topics")) <= MOST_QUERIES

    def test_what_people_say_is_put_together(self, cast: Cast, lamps: list[Petition]) -> None:
        page = f"{reverse('hot-topic', args=['facility'])}?place={cast.community.pk}&for={cast.street_division.pk}"
        assert "3 件说法相近" in text_of(cast.street, page)
        assert "定为本月一题" in text_of(cast.street, page)
        assert queries_of(client_of(cast.street), page) <= MOST_QUERIES
        assert client_of(cast.outsider).get(page).status_code == 404
        assert client_of(cast.street).get(reverse("hot-topic", args=["none"])).status_code == 404

    def test_clusters_begin_with_what_says_it_best_and_leave_the_rest(self) -> None:
        assert [sorted(group) for group in clusters(MESSAGES)] == [[0, 2, 3]]
        assert clusters(MESSAGES, least=4) == []
        assert clusters([]) == []
        assert clusters([("", ""), ("", "")]) == []


class TestTakingOn:
    def test_by_the_page_and_to_its_result(self, cast: Cast, lamps: list[Petition]) -> None:
        page = f"{reverse('hot-topic', args=['facility'])}?place={cast.community.pk}&for={cast.street_division.pk}"
        client = client_of(cast.street)
        sent = {"title": "楼道灯", "owner": cast.head.pk, "due_on": "2026-12-10", "plan": "逐栋查"}
        wrong = client.post(page, {**sent, "due_on": "2026-01-01"}).content.decode()
        assert "办好的日期已经过了" in wrong
        assert "逐栋查" in wrong
        client.post(page, sent)
        topic = MonthlyTopic.objects.get()
        assert (topic.division, topic.place, topic.owner) == (cast.street_division, cast.community, cast.head)
        assert "每月一题定下：楼道灯" in Notice.objects.filter(staff=cast.head).values_list("title", flat=True)
        own = reverse("monthly-topic", args=[topic.pk])
        assert "林书记负责" in text_of(cast.head, own)
        client_of(cast.head).post(own, {"act": "note", "text": "查了三栋", "version": topic.version})
        client_of(cast.head).post(own, {"act": "finish", "text": "全部换好", "version": topic.version + 1})
        topic.refresh_from_db()
        assert (topic.state, topic.result) == ("done", "全部换好")
        said = text_of(cast.street, own)
        assert "办结 林书记 全部换好" in said
        assert "本月一题" in text_of(cast.street, reverse("hot-topics"))
        assert client_of(cast.other_street).get(own).status_code == 404

    def test_who_may_and_what_is_refused(self, cast: Cast, lamps: list[Petition]) -> None:
        for by in (cast.head, cast.community_worker, cast.other_street, cast.worker):
            with pytest.raises(ActionRefused, match="由本级的书记"):
                topic_begin(wanted(cast), by=by, at=NOW)
        with pytest.raises(ActionRefused, match="本辖区在岗"):
            topic_begin(wanted(cast, owner_id=cast.nobody.pk), by=cast.street, at=NOW)
        with pytest.raises(ActionRefused, match="题目"):
            topic_begin(wanted(cast, title=" "), by=cast.street, at=NOW)
        topic = topic_begin(wanted(cast), by=cast.street, at=NOW)
        with pytest.raises(Changed, match="这个月已经定了：双合家园的楼道灯"):
            topic_begin(wanted(cast, title="另一题"), by=cast.district, at=NOW)
        with pytest.raises(ActionRefused, match="由负责人"):
            topic_note(topic.pk, by=cast.worker, at=NOW, text="我来")
        with pytest.raises(Changed, match="已是“在办”"):
            topic_resume(topic.pk, by=cast.head, at=NOW, text="接着办")
        with pytest.raises(Changed, match="新的进展"):
            topic_finish(topic.pk, by=cast.head, at=NOW, text="好了", version=topic.version - 1)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_leave_one(self, cast: Cast) -> None:
        results = at_once(
            lambda: topic_begin(wanted(cast, title="甲"), by=cast.street, at=NOW),
            lambda: topic_begin(wanted(cast, title="乙"), by=cast.district, at=NOW),
        )
        assert sorted(type(each).__name__ for each in results) == ["Changed", "MonthlyTopic"]
        topic = MonthlyTopic.objects.get()
        assert topic.events.count() == 1


class TestAFile:
    def make(self, folder: Path, rows: list[list[str]]) -> Path:
        text = StringIO()
        csv.writer(text).writerows(rows)
        path = folder / "messages.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def test_counts_months_and_examples(self, tmp_path: Path) -> None:
        days = ("2026-10-03", "2026-10-04", "2026/11/05", "2026-11-06T10:00:00", "")
        rows = [[title, day, text] for (title, text), day in zip(MESSAGES, days, strict=True)]
        path, said, out = (
            self.make(tmp_path, [["title", "created_at", "text"], *rows]),
            StringIO(),
            tmp_path / "out.csv",
        )
        call_command("hot_topics", str(path), "--out", str(out), stdout=said)
        lines = said.getvalue().splitlines()
        assert lines[0].endswith("（3 件，2026-10-03 到 2026-11-06）")
        assert lines[1].strip() == "按月：2026-10 1，2026-11 2"
        assert lines[-1].startswith("5 条里有 1 个重复的问题，共 3 条")
        with out.open(encoding="utf-8-sig", newline="") as file:
            assert [row["hot_topic"] for row in csv.DictReader(file)] == ["1", "", "1", "1", ""]

    @pytest.mark.parametrize(("rows", "why"), [([["a", "b"], ["1", "2"]], "要有 title 或 text"), ([], "空的")])
    def test_a_file_that_is_none_says_so(self, tmp_path: Path, rows: list[list[str]], why: str) -> None:
        with pytest.raises(CommandError, match=why):
            call_command("hot_topics", str(self.make(tmp_path, rows)))

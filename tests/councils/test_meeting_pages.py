"""The pages of meetings, resolutions, publications and figures, and the papers that come out of them."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from docx import Document
from PIL import Image

from community_portal.privacy.models import AccessLog
from councils.actions import meetings, minutes, publishing, resolutions, seats, settling
from councils.actions.resolutions import Job
from councils.figures import figures_of, promise_of
from councils.meeting_rules import days_of_notice
from councils.minutes_paper import as_docx, as_pdf, minutes_of
from councils.models import Council, CouncilFile, Meeting, MeetingKind, Objection, Party, Publication, Resolution
from councils.workflow import MeetingState
from petitions.form_tokens import new_token
from tests.councils.bodies import make_council, make_meeting, make_resolution, make_topic
from tests.factories import NOW, Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

START = NOW + timedelta(days=4)
RECORD = "物业：同意划线<b>&\n居民：先试一个月"


def running(cast: Cast, council: Council) -> Meeting:
    """A meeting on one topic that two of three came to, with a record that has markup in it."""
    topic = settling.topic_triage(make_topic(cast, council).number, by=cast.head, at=NOW, way="deliberate")
    meeting = meetings.meeting_plan(
        council.pk, by=cast.head, at=NOW, kind=MeetingKind.objects.get(code="council"), title="11 月议事会",
        starts_at=START, place="议事厅", chair="代表甲", topics=[topic.number], items=["其他"],
    )  # fmt: skip
    meetings.meeting_call(meeting.pk, by=cast.head, at=NOW)
    meeting = meetings.meeting_open(meeting.pk, by=cast.head, at=START)
    for seat in meeting.attendance.order_by("id")[:2]:
        seats.seat_mark(seat.pk, by=cast.worker, at=START, state="present")
    item = meeting.agenda.get(topic=topic)
    minutes.item_write(item.pk, by=cast.worker, at=START, version=item.version, text=RECORD, outcome="resolved")
    party = Party.objects.get(council=council, kind="property")
    minutes.opinion_write(item.pk, party.pk, by=cast.worker, at=START, version=0, text="线由物业划")
    return meeting


def decided(cast: Cast, council: Council) -> Resolution:
    """What that meeting decided, passed."""
    meeting = running(cast, council)
    item = meeting.agenda.order_by("position")[0]
    draft = resolutions.resolution_draft(
        council.pk, by=cast.head, at=START, title="停车", text="一户一位", item=item, convention="停车公约"
    )
    resolutions.task_give(draft.pk, Job("划线", cast.worker, date(2026, 12, 18)), by=cast.head, at=START)
    return resolutions.resolution_pass(draft.pk, by=cast.head, at=START)


def test_a_meeting_is_planned_and_called_from_its_pages(
    cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now(monkeypatch, NOW)
    topic = settling.topic_triage(make_topic(cast, council).number, by=cast.head, at=NOW, way="deliberate")
    client, kind = client_of(cast.head), MeetingKind.objects.get(code="council")
    address = reverse("meeting-new", args=[council.pk])
    assert "过半数到会才有效" in text_of(cast.head, address)
    said = {"kind": kind.pk, "headline": "11 月议事会", "starts_at": "2026-11-20T10:00", "place": "议事厅", "chair": "",
            "called_by": "committee", "topics": [topic.number], "items": "通报\n\n其他"}  # fmt: skip
    page = client.post(address, said)
    assert page.status_code == 422
    assert "开会时间要在现在以后" in page.content.decode()
    client.post(address, {**said, "starts_at": "2026-11-27T10:00"})
    meeting = Meeting.objects.get()
    assert [item.title for item in meeting.agenda.order_by("position")] == [topic.title, "通报", "其他"]
    page = client.post(reverse("meeting-act", args=[meeting.pk, "call"]), {"version": 1, "reason": ""}, follow=True)
    assert "通知已发出" in page.content.decode()
    assert "应到 3" in text_of(cast.worker, reverse("meeting-detail", args=[meeting.pk]))


def test_what_is_typed_saves_itself_and_a_clash_shows_both(
    cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now(monkeypatch, START)
    item = running(cast, council).agenda.order_by("position")[0]
    client, address = client_of(cast.head), reverse("item-write", args=[item.pk])
    said = {"version": item.version, "text": "第一版", "outcome": "resolved"}
    answer = client.post(address, said, headers={"HX-Request": "true"}).content.decode()
    assert "已保存" in answer
    assert f'name="version" value="{item.version + 1}"' in answer
    answer = client.post(address, {**said, "text": "别的话"}, headers={"HX-Request": "true"}).content.decode()
    assert "两边的文字都在" in answer
    assert "第一版" in answer
    page = client.post(address, {**said, "text": "别的话"})
    assert page.status_code == 409
    assert "第一版" in page.content.decode()
    assert "别的话" in page.content.decode()


def test_the_minutes_are_an_office_s_paper(cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, START)
    resolution = decided(cast, council)
    assert resolution.meeting is not None
    meeting = meetings.meeting_close(resolution.meeting.pk, by=cast.head, at=START)
    text = "\n".join(line.text for line in Document(io.BytesIO(as_docx(minutes_of(meeting)))).paragraphs)
    for words in (
        "会 议 纪 要",
        "时间：2026 年 11 月 27 日 10:00",
        "主持：代表甲",
        "记录：林书记",
        "出席：代表甲（居民代表）、代表乙",
        "缺席：代表丙",
        "应到 3，实到 2，需要 2（过半数）：人数够",
        "物业：同意划线<b>&",
        "双合物业服务中心：线由物业划",
        "结果：形成决议",
        "〔2026〕1 号 停车：一户一位",
        "措施：划线。责任人：马雪。期限：2026 年 12 月 18 日。",
        "草稿：到会 2 人，已确认 0 人",
    ):
        assert words in text
    assert as_pdf(minutes_of(meeting)).startswith(b"%PDF-")
    client = client_of(cast.worker)
    answer = client.get(reverse("meeting-minutes", args=[meeting.pk, "docx"]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert AccessLog.objects.filter(subject=f"councils.meeting:{meeting.pk}", action="export").count() == 1


def test_people_sign_in_and_confirm_on_their_phones(
    cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now(monkeypatch, START)
    meeting = running(cast, council)
    third = meeting.attendance.order_by("id")[2]
    client, address = client_of(None), reverse("meeting-public", args=[meeting.pk])
    assert "没有找到您的名字" in client.post(address, {"said": "ABCDEFGH"}).content.decode()
    page = client.post(address, {"said": meetings.seat_code(third)}, follow=True).content.decode()
    assert "代**，签到好了" in page
    item = meeting.agenda.get(topic=None)
    minutes.item_write(item.pk, by=cast.head, at=START, version=item.version, text="没有其他", outcome="heard")
    meetings.meeting_close(meeting.pk, by=cast.head, at=START)
    assert "同意划线" not in client.get(address).content.decode()
    page = client.post(address, {"said": meetings.seat_code(third), "look": "1"}).content.decode()
    assert "同意划线" in page
    for seat in meeting.attendance.all():
        client.post(address, {"said": meetings.seat_code(seat), "objection": ""})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CONFIRMED


def test_a_photograph_is_kept_and_its_removal_stays_on_record(
    cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now(monkeypatch, START)
    meeting, client = running(cast, council), client_of(cast.head)
    address = reverse("meeting-file-add", args=[meeting.pk])
    bad = SimpleUploadedFile("a.jpg", b"MZ\x90")
    assert "只收照片" in client.post(address, {"kind": "photo", "title": "会场", "file": bad}).content.decode()
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    client.post(address, {"kind": "photo", "title": "会场", "file": SimpleUploadedFile("a.png", picture.getvalue())})
    file = CouncilFile.objects.get()
    shown = client.get(reverse("council-file", args=[file.pk]))
    assert (shown["Content-Type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert client_of(cast.outsider).get(reverse("council-file", args=[file.pk])).status_code == 404
    client.post(reverse("council-file", args=[file.pk]), {"reason": "拍错了人"})
    words = text_of(cast.head, reverse("meeting-detail", args=[meeting.pk]))
    assert "林书记 今天 10:00 删除：拍错了人" in words
    assert client.get(reverse("council-file", args=[file.pk])).status_code == 302


def test_a_resolution_goes_its_way_through_the_pages(
    cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now(monkeypatch, START)
    running(cast, council)
    client = client_of(cast.head)
    item = Meeting.objects.get().agenda.order_by("position")[0]
    said = {
        "headline": "停车",
        "text": "一户一位",
        "item": item.pk,
        "ballot": "",
        "convention": "停车公约",
        "in_force_on": "",
    }
    page = client.post(reverse("resolution-new", args=[council.pk]), said, follow=True)
    resolution = Resolution.objects.get()
    assert "已拟稿" in page.content.decode()
    write = reverse("resolution-act", args=[resolution.pk, "write"])
    page = client.post(write, {"version": 1, "headline": "停车", "text": "一户一位", "duties": "放车进院门岗"})
    assert "第 1 行请写成“职责：谁”" in page.content.decode()
    client.post(write, {"version": 1, "headline": "停车", "text": "一户一位", "duties": "放车进院：门岗"})
    give = reverse("resolution-act", args=[resolution.pk, "task"])
    said = {"text": "划线", "staff_id": cast.worker.pk, "organisation": "", "who": "", "due_on": "2026-12-18"}
    client.post(give, said)
    page = client.post(reverse("resolution-act", args=[resolution.pk, "pass"]), {"version": 2}, follow=True)
    assert "已议定" in page.content.decode()
    publish = reverse("resolution-act", args=[resolution.pk, "publish"])
    client.post(publish, {"days": "7", "text": "一户一位"})
    shown = Publication.objects.get()
    assert "一户一位" in client_of(None).get(reverse("council-public", args=[council.pk])).content.decode()
    public = reverse("publication-public", args=[shown.pk])
    client_of(None).post(
        public,
        {"text": "车位太少", "phone": "", "website": "", "token": new_token(START - timedelta(seconds=20))},
    )
    objection = Objection.objects.get()
    assert "剩 7 天" in text_of(cast.head, reverse("publication-detail", args=[shown.pk]))
    client.post(reverse("objection-answer", args=[objection.pk]), {"upheld": "1", "text": "再划 3 个"})
    assert "再划 3 个" in client_of(None).get(public).content.decode()
    task = resolution.tasks.get()
    report = reverse("task-act", args=[task.pk, "report"])
    client_of(cast.worker).post(report, {"version": task.version, "text": "划好了"})
    accept = reverse("task-act", args=[task.pk, "accept"])
    client.post(accept, {"version": task.version + 1, "good": "1", "text": ""})
    resolution.refresh_from_db()
    assert resolution.state == "done"


def test_every_page_costs_the_same(cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, START)
    resolution = decided(cast, council)
    assert resolution.meeting is not None
    client = client_of(cast.head)
    pages = (
        reverse("meeting-detail", args=[resolution.meeting.pk]),
        reverse("resolution-detail", args=[resolution.pk]),
        reverse("council-detail", args=[council.pk]),
        reverse("council-figures"),
        reverse("council-joint", args=[council.pk]),
        reverse("council-public", args=[council.pk]),
    )
    costs = [queries_of(client, page) for page in pages]
    assert max(costs) <= MOST_QUERIES, dict(zip(pages, costs, strict=True))
    make_council(cast, name="第二个议事会")
    for number in range(3):
        resolutions.task_give(
            resolution.pk, Job(f"任务 {number}", cast.worker, date(2026, 12, 18)), by=cast.head, at=START
        )
    assert [queries_of(client, page) for page in pages] == costs


def test_figures_count_what_happened(cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, START)
    resolution = decided(cast, council)
    assert resolution.meeting is not None
    meetings.meeting_close(resolution.meeting.pk, by=cast.head, at=START)
    task = resolution.tasks.get()
    resolutions.task_report(task.pk, by=cast.worker, at=START, text="好了")
    resolutions.task_accept(task.pk, by=cast.head, at=START, good=True)
    settling.topic_rate(resolution.topic.number if resolution.topic else "", at=START, satisfied=True)
    make_topic(cast, council, text="还没分类")
    rows, total = figures_of(Council.objects.all(), 2026, "community")
    assert [row.name for row in rows] == ["双合家园社区"]
    assert (total.topics, total.settled, total.meetings, total.middle_days) == (2, 1, 1, 4.0)
    assert (total.attendance, total.carried_out, total.satisfaction) == (67, 100, 100)
    assert "2026 年开会 1 次，办结 1 件" in text_of(cast.street, reverse("council-figures"))
    assert "开会 0 次" in text_of(cast.outsider, reverse("council-figures"))


def test_what_is_short_of_the_promise_shows(cast: Cast, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)
    parties = list(Party.objects.filter(council=council)[:2])
    publishing.agreement_sign(
        council.pk,
        by=cast.head,
        at=NOW,
        party=parties[0],
        title="共建协议",
        promises="义诊",
        signed_on=date(2026, 1, 5),
    )
    publishing.activity_record(
        council.pk, by=cast.head, at=NOW, title="义诊", held_on=date(2026, 11, 20), parties=parties
    )
    promise = promise_of(council, 2026)
    assert (promise.short_meetings, promise.short_activities) == (2, 3)
    words = text_of(cast.head, reverse("council-joint", args=[council.pk]))
    assert "2026 年还差联席会议 2 次、共同活动 3 次" in words


def test_a_day_s_notice_is_counted_as_the_civil_code_counts(cast: Cast) -> None:
    assert days_of_notice(date(2026, 11, 1), date(2026, 11, 16)) == 15
    council = make_council(cast)
    assert make_meeting(cast, council, at=timezone.now()).state == MeetingState.CALLED
    assert make_resolution(cast, council).tasks.count() == 1

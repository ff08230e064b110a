"""Settled among neighbours, in a browser: from the stairway's code to the proposer's answer."""

import io
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect
from pytest_django import Settings

from councils.actions.meetings import seat_code
from councils.actions.topics import household_codes_issue
from councils.codes import spelt
from councils.models import Meeting, Topic
from tests.councils.bodies import make_council
from tests.e2e.browser import check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast


def looked_at(*pages: Page) -> None:
    """Nothing to find fault with on these pages."""
    for page in pages:
        check_axe(page)
        check_width(page)


def test_a_topic_goes_all_the_way(desk: Page, phone: Page, cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_FORM_MIN_SECONDS = 0
    council, now = make_council(cast), timezone.now()
    (letter,) = household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=now)

    phone.goto(f"{reverse('topic-ask', args=[council.pk])}?b={cast.building.pk}")
    looked_at(phone)
    phone.get_by_label("想让大家商量什么事").fill("院里的车怎么停，消防车进不来")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了，这是您的回执")).to_be_visible()
    looked_at(phone)
    receipt = phone.url

    sign_in(desk, "head", PASSWORD)
    desk.goto("/councils/")
    looked_at(desk)
    desk.get_by_role("link", name="院里的车怎么停").click()
    desk.get_by_role("link", name="分类", exact=True).click()
    desk.get_by_label("提交协商").check()
    desk.get_by_label("公示用的标题").fill("院里怎么停车")
    looked_at(desk)
    desk.get_by_role("button", name="分好了").click()
    expect(desk.get_by_text("已分类，时限开始计算")).to_be_visible()
    looked_at(desk)

    topic = Topic.objects.get()
    phone.goto(reverse("topic-public", args=[topic.number]))
    phone.get_by_label("住户码").fill(spelt(letter.code))
    phone.get_by_role("button", name="附议").click()
    expect(phone.get_by_text("1 户附议")).to_be_visible()
    looked_at(phone)

    desk.goto(reverse("meeting-new", args=[council.pk]))
    desk.get_by_label("会议名称").fill("本月议事会")
    start = timezone.localtime(now + timedelta(minutes=5))
    desk.get_by_label("什么时候").fill(f"{start:%Y-%m-%dT%H:%M}")
    looked_at(desk)
    desk.get_by_role("button", name="排好了").click()
    desk.get_by_role("link", name="本月议事会").click()
    desk.get_by_role("link", name="发出通知").click()
    desk.get_by_label("不够提前天数的理由").fill("消防通道当天要定")
    desk.get_by_role("button", name="发出通知").click()
    expect(desk.get_by_text("通知已发出")).to_be_visible()

    meeting = Meeting.objects.get()
    for seat in meeting.attendance.order_by("id")[:2]:
        phone.goto(reverse("meeting-public", args=[meeting.pk]))
        phone.get_by_label("签到码或手机号").fill(seat_code(seat))
        phone.get_by_role("button", name="签到").click()
        expect(phone.get_by_text("签到好了")).to_be_visible()
    looked_at(phone)
    Meeting.objects.update(starts_at=now - timedelta(minutes=1))
    desk.goto(reverse("meeting-detail", args=[meeting.pk]))
    desk.get_by_role("link", name="开会", exact=True).click()
    desk.get_by_role("button", name="开会", exact=True).click()
    desk.get_by_label("议事情况").fill("物业划线，一户一辆")
    expect(desk.get_by_text("已保存").first).to_be_visible()
    desk.get_by_label("结果").select_option(label="形成决议")
    expect(desk.get_by_text("已保存").first).to_be_visible()
    looked_at(desk)
    desk.reload()
    expect(desk.get_by_label("议事情况")).to_have_value("物业划线，一户一辆")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="纪要 Word").click()
    paper = Document(io.BytesIO(download.value.path().read_bytes()))
    assert any("物业划线，一户一辆" in line.text for line in paper.paragraphs)

    desk.get_by_role("link", name="写决议").click()
    desk.get_by_role("button", name="存为拟稿").click()
    expect(desk.get_by_text("已拟稿")).to_be_visible()
    desk.get_by_role("link", name="加一项任务").click()
    desk.get_by_label("做什么").fill("划线")
    desk.get_by_label("责任人").select_option(str(cast.worker.pk))
    desk.get_by_label("期限（含当天）").fill(f"{start.date() + timedelta(days=10):%Y-%m-%d}")
    desk.get_by_role("button", name="交办").click()
    desk.get_by_role("link", name="议定", exact=True).click()
    desk.get_by_role("button", name="议定", exact=True).click()
    expect(desk.get_by_text("已议定，任务时限开始计算")).to_be_visible()
    looked_at(desk)
    desk.get_by_role("link", name="公示", exact=True).click()
    desk.get_by_role("button", name="开始公示").click()
    expect(desk.get_by_text("已公示")).to_be_visible()
    desk.get_by_role("link", name="报告完成").click()
    desk.get_by_label("办了什么").fill("划好了 12 个车位")
    desk.get_by_role("button", name="报告完成").click()
    desk.get_by_role("link", name="验收").click()
    desk.get_by_label("通过").check()
    desk.get_by_role("button", name="记下验收").click()
    expect(desk.get_by_text("已落实").first).to_be_visible()

    phone.goto(receipt)
    expect(phone.get_by_text("已落实").first).to_be_visible()
    phone.get_by_label("满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
    phone.goto(reverse("council-public", args=[council.pk]))
    expect(phone.get_by_role("link", name="院里怎么停车").first).to_be_visible()
    looked_at(phone)
    desk.goto("/councils/figures/")
    looked_at(desk)

"""Ballots as people see them: set-up in plain words, the roll, entering votes, voting by code, receipt, result."""

from datetime import datetime
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from community_portal.privacy.models import AccessLog
from councils.actions.ballots import ballot_annul
from councils.actions.counting import ballot_count
from councils.actions.papers import paper_enter
from councils.actions.voting import vote_at_door, vote_online
from councils.ballot_codes import spelt
from councils.models import Ballot, Participation, VoteRule
from residents import photos
from residents.models import Household
from tests.councils.ballots import AFTER, CLOSES, DURING, OPENS, announced, assembly, draft, owners_assembly, roll
from tests.factories import NOW, Cast, make_resident
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)


def stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M}"


def page(name: str, ballot: Ballot) -> str:
    return reverse(name, args=[ballot.pk])


def picture() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    out.seek(0)
    out.name = "a.jpg"
    return out


def test_the_rule_is_read_before_it_is_chosen(cast: Cast) -> None:
    council = owners_assembly(cast)
    seen = text_of(cast.head, reverse("ballot-new", args=[council.pk]))
    assert "参加表决的业主人数达到全体业主的三分之二，并且参加表决的业主专有部分面积达到全体业主的三分之二" in seen
    assert "同意的专有部分面积达到参加表决的四分之三" in seen
    assert "提前 15 天公告" in seen
    assert "已核对原文：民法典第二百七十八条" in seen
    assert "未核实" in text_of(cast.head, reverse("ballot-new", args=[assembly(cast).pk]))


def test_a_ballot_is_set_up_read_over_and_announced(cast: Cast) -> None:
    council = owners_assembly(cast)
    rule = VoteRule.objects.get(code="owners-grave")
    client = client_of(cast.head)
    said = {
        "name": "换电梯", "text": "更换两部电梯", "how": f"{rule.pk}:owner", "secret": "",
        "channels": ["online", "paper"],
        "opens_at": stamp(OPENS), "closes_at": stamp(OPENS), "topic": "",
    }  # fmt: skip
    address = reverse("ballot-new", args=[council.pk])
    refused = client.post(address, said)
    assert refused.status_code == 422
    assert "截止要晚于开始" in words(refused.content.decode())
    assert "更换两部电梯" in refused.content.decode()
    seen = words(client.post(address, {**said, "closes_at": stamp(CLOSES)}, follow=True).content.decode())
    assert "36 票" in seen
    assert "2,880" in seen
    assert "可以公告" in seen
    ballot = Ballot.objects.get()
    done = client.post(reverse("ballot-act", args=[ballot.pk, "announce"]), {"version": ballot.version}, follow=True)
    assert "已公告，名单已固定" in words(done.content.decode())
    edited = client.get(reverse("ballot-act", args=[ballot.pk, "edit"]), follow=True)
    assert "公告以后不能改" in words(edited.content.decode())


def test_what_stands_in_the_way_is_said(cast: Cast) -> None:
    ballot = draft(cast, owners_assembly(cast), opens_at=NOW)
    Household.objects.filter(pk=cast.household.pk).update(area=None)
    seen = text_of(cast.head, page("ballot-detail", ballot))
    assert "1 处没有登记建筑面积（3号楼2单元302…）" in seen
    assert "要提前 15 天公告，最早 2026-12-08 10:00 开始投票" in seen


def test_owners_of_one_name_are_joined_and_an_entry_is_left_out(cast: Cast) -> None:
    council = owners_assembly(cast)
    one, two = Household.objects.filter(community=cast.community.pk).order_by("pk")[:2]
    Household.objects.filter(pk__in=[one.pk, two.pk]).update(owner_name="赵六")
    ballot, client = draft(cast, council), client_of(cast.head)
    assert "同名的业主" in text_of(cast.head, page("ballot-roll", ballot))
    act = reverse("ballot-roll-act", args=[ballot.pk, "join"])
    seen = words(client.post(act, {"keys": [f"o{one.pk}", f"o{two.pk}"]}, follow=True).content.decode())
    assert "名单：现在 35 票" in seen
    assert "等 2 处" in seen
    out = reverse("ballot-roll-act", args=[ballot.pk, "leave-out"])
    assert "请写明为什么不列入" in words(client.post(out, {"key": f"o{one.pk}"}, follow=True).content.decode())
    seen = words(client.post(out, {"key": f"o{one.pk}", "reason": "没有交房"}, follow=True).content.decode())
    assert "名单：现在 34 票" in seen
    assert "没有交房" in seen


def test_a_voter_votes_by_the_letters_code_and_gets_a_receipt(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    row, browser = roll(ballot)[0], Client()
    letters = client_of(cast.head).post(
        page("ballot-letters", ballot), {"building": row.building_id, "purpose": "发信"}
    )
    assert spelt(row.code) in letters.content.decode()
    assert AccessLog.objects.filter(action="print", detail="12 封投票信").exists()
    early = browser.post(reverse("vote"), {"code": spelt(row.code).lower()}, follow=True)
    assert "已公告，" in words(early.content.decode())
    set_now(monkeypatch, DURING)
    address = reverse("vote-ballot", args=[row.code])
    assert "80" in words(browser.get(address).content.decode())
    assert browser.post(address, {}).status_code == 422
    done = browser.post(address, {"choice": "yes"}, follow=True)
    assert "您的票已计入" in words(done.content.decode())
    assert spelt(row.receipt) in done.content.decode()
    again = browser.post(address, {"choice": "no"}, follow=True)
    assert "您的票已计入" in words(again.content.decode())
    assert Participation.objects.count() == 1
    assert done.headers["Cache-Control"].startswith("max-age=0")


def test_a_receipt_says_what_is_counted_and_later_the_result(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    rows, browser = roll(ballot), Client()
    address = reverse("vote-receipt-of", args=[rows[0].receipt])
    assert "这一票还没有计入" in words(browser.get(address).content.decode())
    for row in rows[:24]:
        vote_online(row.code, at=DURING, choice="yes")
    set_now(monkeypatch, AFTER)
    ballot_count(ballot.pk, by=cast.head, at=AFTER, counted_by="孙丽", supervised_by="张大爷")
    found = browser.post(reverse("vote-receipt"), {"code": spelt(rows[0].receipt)}, follow=True)
    seen = words(found.content.decode())
    assert "您的票已计入" in seen
    assert "通过" in seen
    assert "24 人 / 36 人 = 66.66%" in seen
    assert "至少 24 人" in seen
    assert browser.get(reverse("vote-receipt-of", args=["ABCDEFGHJK"])).status_code == 404


def test_a_passed_ballot_leads_to_its_resolution(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    for row in roll(ballot)[:24]:
        vote_online(row.code, at=DURING, choice="yes")
    set_now(monkeypatch, AFTER)
    ballot_count(ballot.pk, by=cast.head, at=AFTER, counted_by="孙丽", supervised_by="张大爷")
    client = client_of(cast.head)
    address = f"{reverse('resolution-new', args=[ballot.council_id])}?ballot={ballot.pk}"
    assert address in client.get(page("ballot-detail", ballot)).content.decode()
    assert f'<option value="{ballot.pk}" selected>' in client.get(address).content.decode()


def test_wrong_codes_are_told_alike_and_not_too_often(cast: Cast) -> None:
    browser = Client()
    for n in range(20):
        answer = browser.post(reverse("vote"), {"code": f"ABCDEFGH{n + 22}"})
        assert "没有这个投票码" in answer.content.decode()
    assert browser.get(reverse("vote-ballot", args=["ABCDEFGHJK"])).status_code == 429


def test_a_paper_is_entered_twice_and_differences_are_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    set_now(monkeypatch, DURING)
    enter = page("ballot-enter", ballot)
    first, second = client_of(cast.worker), client_of(cast.head)
    assert row.place in words(first.get(enter, {"q": "1号楼1单元101"}).content.decode())
    told = first.post(f"{enter}?who={row.pk}", {"channel": "paper", "choice": "yes"}, follow=True)
    assert "已录第一遍" in words(told.content.decode())
    seen = words(second.get(enter).content.decode())
    assert "等您录第二遍：1 张" in seen
    assert "马雪" not in seen, "who enters second must not see what the first one read"
    second.post(f"{enter}?who={row.pk}", {"channel": "paper", "choice": "no"})
    assert "马雪：同意；林书记：不同意" in words(second.get(enter).content.decode())
    told = second.post(f"{enter}?who={row.pk}", {"channel": "paper", "choice": "yes"}, follow=True)
    assert "两人录入一致，已计入" in words(told.content.decode())
    assert "已经投过了" in words(second.get(f"{enter}?who={row.pk}").content.decode())


def test_the_door_asks_for_evidence_and_a_lost_photo_says_what_holds(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    set_now(monkeypatch, DURING)
    worker, head = client_of(cast.worker), client_of(cast.head)
    address = f"{page('ballot-enter', ballot)}?who={row.pk}"
    refused = worker.post(address, {"channel": "door", "choice": "yes", "proxy": "钱七"})
    assert "上门的票要有凭证" in words(refused.content.decode())
    assert "钱七" in refused.content.decode()
    worker.post(address, {"channel": "door", "choice": "yes", "photo": picture()})
    kept = Participation.objects.get()
    evidence = reverse("ballot-evidence", args=[ballot.pk, row.pk])
    assert "用途" in words(head.post(evidence, {"purpose": ""}, follow=True).content.decode())
    assert head.post(evidence, {"purpose": "核对"}).headers["Content-Type"] == "image/jpeg"
    assert kept.photo
    photos.drop(kept.photo)
    told = words(head.post(evidence, {"purpose": "核对"}, follow=True).content.decode())
    assert "凭证照片的文件已经不在了" in told
    assert "仍然有效" in told


def test_who_did_not_pay_attention_is_told_it_is_not_counted_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    vote_online(row.code, at=DURING, choice="no")
    set_now(monkeypatch, DURING)
    told = client_of(cast.worker).post(
        f"{page('ballot-enter', ballot)}?who={row.pk}", {"channel": "door", "choice": "yes", "note": "当面"}
    )
    assert "已经用“网上”投过了，只算那一次，这次没有计入" in words(told.content.decode())


def test_the_changed_files_are_shown_beside_the_fixed_roll(cast: Cast) -> None:
    ballot = announced(cast)
    Household.objects.filter(pk=cast.household.pk).update(owner_name="新业主")
    seen = text_of(cast.head, page("ballot-roll", ballot))
    assert "公告以后档案有 1 处变化，不影响这次表决" in seen
    assert "3号楼2单元302：姓名有变化" in seen


def test_a_secret_ballot_is_ticked_counted_and_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_resident(cast.household, "李四", relation="配偶")
    ballot = announced(cast, assembly(cast), "assembly", unit="person", secret=True)
    set_now(monkeypatch, DURING)
    worker, head = client_of(cast.worker), client_of(cast.head)
    enter = page("ballot-enter", ballot)
    for row in roll(ballot):
        assert 'name="choice"' not in worker.get(f"{enter}?who={row.pk}").content.decode()
        worker.post(f"{enter}?who={row.pk}", {"channel": "paper"})
    set_now(monkeypatch, AFTER)
    worker, head = client_of(cast.worker), client_of(cast.head)
    box = page("ballot-box", ballot)
    wrong = worker.post(box, {"yes": 3, "no": 0, "abstain": 0, "invalid": 0})
    assert "登记交票 2 张，您清点出 3 张" in words(wrong.content.decode())
    for client in (worker, head):
        client.post(box, {"yes": 2, "no": 0, "abstain": 0, "invalid": 0})
    count = reverse("ballot-act", args=[ballot.pk, "count"])
    ballot.refresh_from_db()
    said = {"version": ballot.version, "counted_by": "孙丽", "supervised_by": "孙丽"}
    assert "不能是同一个人" in words(head.post(count, said).content.decode())
    seen = words(head.post(count, {**said, "supervised_by": "张大爷"}, follow=True).content.decode())
    assert "已计票" in seen
    assert "2 人 / 2 人 = 100.00%" in seen


def test_secret_papers_bear_no_number(cast: Cast) -> None:
    secret = announced(cast, assembly(cast), "assembly", unit="person", secret=True)
    row = roll(secret)[0]
    seen = text_of(cast.head, f"{page('ballot-papers', secret)}?building={row.building_id}")
    assert "第 1 号" not in seen
    assert spelt(row.receipt) in seen


def test_an_annulled_ballot_says_why_to_everybody(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    ballot_annul(ballot.pk, by=cast.head, at=NOW, reason="金额写错")
    assert "金额写错" in text_of(cast.head, page("ballot-detail", ballot))
    assert "金额写错" in Client().get(reverse("vote-ballot", args=[row.code])).content.decode()


def test_every_page_costs_few_queries_whatever_the_roll(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = announced(cast)
    set_now(monkeypatch, DURING)
    rows = roll(ballot)
    for row in rows[:3]:
        paper_enter(ballot.pk, row.pk, by=cast.worker, at=DURING, choice="yes")
    vote_at_door(ballot.pk, rows[3].pk, by=cast.worker, at=DURING, choice="yes", note="当面")
    client = client_of(cast.head)
    addresses = [
        reverse("ballot-list"), reverse("ballot-new", args=[ballot.council_id]),
        *(page(name, ballot) for name in ("ballot-detail", "ballot-turnout", "ballot-roll", "ballot-enter")),
        f"{page('ballot-enter', ballot)}?q=1&who={rows[9].pk}",
        f"{page('ballot-papers', ballot)}?building={rows[0].building_id}",
        reverse("vote-ballot", args=[rows[9].code]), reverse("vote-receipt-of", args=[rows[9].receipt]),
    ]  # fmt: skip
    costs = {address: queries_of(client, address) for address in addresses}
    assert max(costs.values()) <= MOST_QUERIES, costs
    other = draft(cast, ballot.council)
    for name in ("ballot-detail", "ballot-roll"):
        assert queries_of(client, page(name, other)) <= MOST_QUERIES


def test_nobody_outside_sees_a_ballot(cast: Cast) -> None:
    ballot = announced(cast)
    for name in ("ballot-detail", "ballot-roll", "ballot-enter", "ballot-papers"):
        assert client_of(cast.outsider).get(page(name, ballot)).status_code == 404
    assert "没有" in text_of(cast.outsider, reverse("ballot-list"))
    assert settings.LOGIN_URL in Client().get(page("ballot-detail", ballot)).headers["Location"].replace("/", "-")

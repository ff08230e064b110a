"""Ballots in a browser: every page at a desk and on a phone, and a vote from the letter's code to the result."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from councils.actions.ballots import ballot_announce
from councils.actions.counting import ballot_count
from councils.actions.papers import paper_enter
from councils.ballot_codes import spelt
from councils.models import Ballot
from tests.councils.ballots import draft, owners_assembly, roll
from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast

LONG_BEFORE = timedelta(days=20)


@pytest.fixture
def ballot(cast: Cast) -> Ballot:
    """A ballot of 36 owners that is open now, with a paper that two people read differently."""
    now = timezone.now()
    row = draft(
        cast, owners_assembly(cast), at=now - LONG_BEFORE, opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=3),
    )  # fmt: skip
    row = ballot_announce(row.pk, by=cast.head, at=now - LONG_BEFORE)
    paper = roll(row)[5]
    paper_enter(row.pk, paper.pk, by=cast.worker, at=now, choice="yes")
    paper_enter(row.pk, paper.pk, by=cast.head, at=now, choice="no")
    return row


@pytest.mark.parametrize(("size", "theme"), [("desk", "dark"), ("phone", "light")])
def test_every_page_is_sound(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, ballot: Ballot, size: str, theme: str
) -> None:
    page: Page = request.getfixturevalue(size)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    other = draft(cast, ballot.council, at=timezone.now() - LONG_BEFORE)
    rows = roll(ballot)
    sign_in(page, "head", PASSWORD)
    for address in (
        "/ballots/", f"/councils/{ballot.council_id}/ballots/new/",
        f"/ballots/{other.pk}/", f"/ballots/{other.pk}/roll/",
        f"/ballots/{ballot.pk}/", f"/ballots/{ballot.pk}/roll/", f"/ballots/{ballot.pk}/enter/?q=1号楼",
        f"/ballots/{ballot.pk}/enter/?who={rows[5].pk}", f"/ballots/{ballot.pk}/papers/?building={rows[0].building_id}",
        f"/ballots/{ballot.pk}/letters/", f"/ballots/{ballot.pk}/annul/",
    ):  # fmt: skip
        page.goto(address)
        check_axe(page)
        check_width(page)


def test_a_vote_from_the_letters_code_to_the_result(phone: Page, guard: Guard, cast: Cast, ballot: Ballot) -> None:
    row = roll(ballot)[0]
    phone.goto("/vote/")
    phone.get_by_role("button", name="长辈版").click()
    phone.get_by_label("投票码").fill(spelt(row.code).lower())
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_text("同意的人数超过参加表决的半数")).to_be_visible()
    check_axe(phone)
    check_width(phone)
    phone.get_by_label("同意", exact=True).check()
    phone.get_by_role("button", name="投票").click()
    expect(phone.get_by_role("heading", name="您的票已计入")).to_be_visible()
    check_axe(phone)
    paper_enter(ballot.pk, roll(ballot)[5].pk, by=cast.community_worker, at=timezone.now(), choice="no")
    ballot_count(
        ballot.pk, by=cast.head, at=timezone.now() + timedelta(days=4), counted_by="孙丽", supervised_by="张大爷"
    )
    phone.reload()
    expect(phone.get_by_role("heading", name="无效：")).to_be_visible()
    check_axe(phone)
    check_width(phone)

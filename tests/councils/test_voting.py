"""Votes: one for each entitled whatever the channel, papers read twice, secrecy, proxies, and what the count says."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from councils.actions.ballot_base import AlreadyVoted, as_text, figures_of
from councils.actions.ballots import ballot_announce, ballot_annul, code_renew
from councils.actions.base import CouncilRefused
from councils.actions.counting import ballot_count, result_of
from councils.actions.papers import box_count, paper_enter, paper_withdraw
from councils.actions.voting import came, paper_tick, vote_at_door, vote_online
from councils.ballot_querysets import count_of
from councils.ballot_rules import Amount, Choice, Outcome
from councils.ballot_words import headline
from councils.models import Ballot, BallotBox, CouncilEvent, Entitled, Participation, Vote, VoteRule
from councils.vote_rules import RULES
from tests.councils.ballots import AFTER, CLOSES, DURING, OPENS, announced, assembly, draft, owners_assembly, roll
from tests.factories import NOW, Cast, make_resident
from tests.threads import at_once

YES, NO = Choice.YES, Choice.NO
PEOPLE = {"counted_by": "孙丽", "supervised_by": "张大爷"}


def online(row: Entitled, choice: str = YES, at: Any = DURING) -> Participation:
    return vote_online(row.code, at=at, choice=choice)


def counted(cast: Cast, ballot: Ballot, **over: Any) -> Ballot:
    return ballot_count(ballot.pk, by=cast.head, **{"at": AFTER, **PEOPLE, **over})


def said(ballot: Ballot) -> str:
    return headline(result_of(ballot)[0], ballot.unit)


def grown_ups(cast: Cast, count: int) -> None:
    """So many residents of 18 and more in all."""
    for n in range(count - 1):
        make_resident(cast.household, f"居民{n}", relation="同住")


def residents_ballot(cast: Cast, count: int, **over: Any) -> Ballot:
    """Of the assembly, by persons, secret unless said otherwise."""
    grown_ups(cast, count)
    return announced(cast, assembly(cast), "assembly", **{"unit": "person", "secret": True, **over})


def test_the_rules_of_the_field_all_ship_and_say_where_they_come_from(db: None) -> None:
    rows = VoteRule.objects.all()
    assert rows.count() == len(RULES)
    for row in rows:
        row.full_clean()
        assert row.source
        assert row.certainty in ("V", "S", "?")


def test_one_vote_by_each_way(cast: Cast) -> None:
    ballot = announced(cast)
    first, second, third, *_rest = roll(ballot)
    online(first)
    vote_at_door(ballot.pk, second.pk, by=cast.worker, at=DURING, choice=NO, note="本人在家，当面勾选，邻居李某在场")
    paper_enter(ballot.pk, third.pk, by=cast.worker, at=DURING, choice=YES)
    assert count_of(ballot).cast == Amount(2, 16000)
    _entry, vote = paper_enter(ballot.pk, third.pk, by=cast.head, at=DURING, choice=YES)
    assert vote is not None
    assert count_of(ballot).cast == Amount(3, 24000)


@pytest.mark.django_db(transaction=True)
def test_two_channels_at_once_are_one_vote(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    paper_enter(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=NO)

    def at_door() -> Participation:
        return vote_at_door(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=NO, note="当面")

    def on_paper() -> Any:
        return paper_enter(ballot.pk, row.pk, by=cast.head, at=DURING, choice=NO)

    answers = at_once(lambda: online(row), at_door, on_paper, at_door, lambda: online(row, NO), on_paper)
    refused = [str(each) for each in answers if isinstance(each, AlreadyVoted)]
    assert len(refused) == 5, answers
    assert "投过了，只算那一次，这次没有计入" in refused[0]
    assert count_of(ballot).cast.number == 1
    assert sum(amount.number for amount in figures_of(BallotBox.objects.get().figures).values()) == 1


def test_a_paper_counts_when_two_people_read_it_alike(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    for choice in (NO, YES):
        paper_enter(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=choice)
    assert paper_enter(ballot.pk, row.pk, by=cast.head, at=DURING, choice=NO)[1] is None
    with pytest.raises(CouncilRefused, match="还有 1 张纸票"):
        counted(cast, ballot)
    _entry, vote = paper_enter(ballot.pk, row.pk, by=cast.community_worker, at=AFTER, choice=NO)
    assert vote is not None
    assert Vote.objects.get(participation=vote).choice == NO


def test_a_paper_that_was_none_is_taken_back_by_who_entered_it(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    paper_enter(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=NO)
    with pytest.raises(CouncilRefused, match="您没有录过"):
        paper_withdraw(ballot.pk, row.pk, by=cast.head, at=DURING)
    paper_withdraw(ballot.pk, row.pk, by=cast.worker, at=DURING)
    assert counted(cast, ballot).outcome == Outcome.NOT_VALID


def test_one_short_of_the_quorum(cast: Cast) -> None:
    ballot = announced(cast)
    for row in roll(ballot)[:23]:
        online(row)
    ballot = counted(cast, ballot)
    assert ballot.outcome == Outcome.NOT_VALID
    assert (
        said(ballot)
        == "无效：参加表决的业主人数差 1 人、参加表决的业主专有部分面积差 80.00 平方米，没有达到规定，本次表决不算"
    )
    event = CouncilEvent.objects.get(verb="count")
    assert "差 1 人" in event.text


def test_exactly_enough_passes_with_three_quarters_of_both(cast: Cast) -> None:
    ballot = announced(cast, code="owners-grave")
    for nth, row in enumerate(roll(ballot)[:24]):
        online(row, YES if nth < 18 else Choice.ABSTAIN)
    ballot = counted(cast, ballot)
    assert (ballot.outcome, said(ballot)) == (Outcome.PASSED, "通过")
    assert ballot.result["votes"]["yes"] == [18, 144000]
    assert ballot.result["channels"] == {"online": 24}


def test_a_tie_does_not_pass(cast: Cast) -> None:
    ballot = residents_ballot(cast, 4)
    for nth, row in enumerate(roll(ballot)):
        online(row, (YES, NO)[nth % 2])
    ballot = counted(cast, ballot, at=DURING)
    assert (ballot.outcome, said(ballot)) == (Outcome.NOT_PASSED, "不通过：同意的人数差 1 人")


def test_nobody_voted(cast: Cast) -> None:
    assert counted(cast, announced(cast)).outcome == Outcome.NOT_VALID


def test_not_before_not_after_not_before_everybody(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    with pytest.raises(CouncilRefused, match="还没有开始"):
        online(row, at=OPENS - timedelta(seconds=1))
    with pytest.raises(CouncilRefused, match="截止"):
        online(row, at=CLOSES)
    with pytest.raises(CouncilRefused, match="还没有截止"):
        counted(cast, ballot, at=DURING)
    counted(cast, ballot)
    with pytest.raises(CouncilRefused, match="已计票"):
        online(row)


def test_a_code_opens_once_and_a_lost_one_is_replaced(cast: Cast) -> None:
    ballot = announced(cast)
    first, second, *_rest = roll(ballot)
    lost = first.code
    renewed = code_renew(ballot.pk, first.pk, by=cast.head, at=DURING, reason="信件丢失")
    with pytest.raises(Entitled.DoesNotExist):
        vote_online(lost, at=DURING, choice=YES)
    vote_online(f" {renewed.code[:5].lower()} - {renewed.code[5:]}", at=DURING, choice=YES)
    with pytest.raises(AlreadyVoted, match="已经用“网上”投过了"):
        online(renewed, NO)
    with pytest.raises(CouncilRefused, match="投过了，不用换码"):
        code_renew(ballot.pk, first.pk, by=cast.head, at=DURING, reason="信件丢失")
    with pytest.raises(CouncilRefused, match="请选一项"):
        online(second, "maybe")


def test_the_door_needs_evidence(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    with pytest.raises(CouncilRefused, match="凭证"):
        vote_at_door(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=YES)
    kept = vote_at_door(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=YES, picture=b"jpeg")
    assert isinstance(kept.photo, uuid.UUID)


def test_proxies_where_the_rule_allows_and_no_more_than_it_says(cast: Cast) -> None:
    ballot = announced(cast)
    Ballot.objects.filter(pk=ballot.pk).update(proxies=2)
    first, second, third, *_rest = roll(ballot)
    for row in (first, second):
        vote_at_door(ballot.pk, row.pk, by=cast.worker, at=DURING, choice=YES, note="委托书", proxy="钱七")
    with pytest.raises(CouncilRefused, match="钱七 已经代了 2 票"):
        vote_at_door(ballot.pk, third.pk, by=cast.worker, at=DURING, choice=YES, note="委托书", proxy="钱七")
    mine = residents_ballot(cast, 2)
    with pytest.raises(CouncilRefused, match="不能委托"):
        paper_tick(mine.pk, roll(mine)[0].pk, by=cast.worker, at=DURING, proxy="钱七")


def test_who_came_without_voting_counts_as_present_and_may_still_vote(cast: Cast) -> None:
    ballot = residents_ballot(cast, 4, secret=False)
    first, second, third, _fourth = roll(ballot)
    for row in (first, second, third):
        came(ballot.pk, row.pk, by=cast.worker, at=DURING)
    with pytest.raises(AlreadyVoted, match="已经登记到会"):
        came(ballot.pk, first.pk, by=cast.worker, at=DURING)
    online(first)
    count = count_of(ballot)
    assert (count.present.number, count.cast.number) == (3, 1)
    ballot = counted(cast, ballot)
    assert said(ballot) == "不通过：同意的人数差 1 人"


def test_secret_papers_are_ticked_off_and_the_box_is_counted_twice(cast: Cast) -> None:
    ballot = residents_ballot(cast, 5)
    first, second, third, fourth, _fifth = roll(ballot)
    online(first, NO)
    for row in (second, third):
        paper_tick(ballot.pk, row.pk, by=cast.worker, at=DURING)
    vote_at_door(ballot.pk, fourth.pk, by=cast.worker, at=DURING, note="信封交来")
    with pytest.raises(CouncilRefused, match="不能录入意见"):
        vote_at_door(ballot.pk, fourth.pk, by=cast.worker, at=DURING, note="信封", choice=YES)
    with pytest.raises(CouncilRefused, match="截止以后"):
        box_count(ballot.pk, by=cast.worker, at=DURING, figures={YES: Amount(3)})
    with pytest.raises(CouncilRefused, match="登记交票 3 张，您清点出 2 张"):
        box_count(ballot.pk, by=cast.worker, at=AFTER, figures={YES: Amount(2)})
    box_count(ballot.pk, by=cast.worker, at=AFTER, figures={YES: Amount(3)})
    box_count(ballot.pk, by=cast.head, at=AFTER, figures={YES: Amount(2), Choice.INVALID: Amount(1)})
    with pytest.raises(CouncilRefused, match="两个人清点成一样"):
        counted(cast, ballot)
    box_count(ballot.pk, by=cast.head, at=AFTER, figures={YES: Amount(3)})
    ballot = counted(cast, ballot)
    assert ballot.result["votes"] == {"yes": [3, 0], "no": [1, 0], "abstain": [0, 0], "invalid": [0, 0]}
    assert ballot.outcome == Outcome.PASSED


def test_nothing_in_the_database_joins_a_secret_vote_and_its_voter(cast: Cast) -> None:
    """Not a row, not a column, not the size of what is sealed, and no row version but that of whoever voted last."""
    ballot = residents_ballot(cast, 13)
    rows = roll(ballot)
    assert not Vote.objects.exists()
    sizes = set()
    for nth, row in enumerate(rows):
        online(row, (YES, NO, Choice.ABSTAIN)[nth % 3])
        with connection.cursor() as cursor:
            cursor.execute("SELECT length(figures) FROM councils_ballotbox")
            sizes.add(cursor.fetchone()[0])
    assert len(sizes) == 1
    assert not Vote.objects.exists()
    assert BallotBox.objects.count() == 1
    columns = {field.name for field in Participation._meta.get_fields()}
    assert columns == {
        "id", "row_key", "ballot", "entitled", "channel", "at", "by", "proxy", "note", "photo", "photo_key", "vote",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM councils_ballotbox t UNION ALL SELECT t::text FROM councils_participation t"
        )
        stored = "\n".join(row[0] for row in cursor.fetchall())
    assert not any(choice in stored for choice in Choice.values)


def test_sealed_figures_always_have_one_length() -> None:
    few, many = {YES: Amount(1)}, {choice: Amount(999_999, 10**12) for choice in Choice}
    assert len(as_text({})) == len(as_text(few)) == len(as_text(many))
    assert figures_of(as_text(many)) == many
    assert figures_of(as_text(few))[YES] == Amount(1)


def test_counted_by_two_people_with_names(cast: Cast) -> None:
    ballot = announced(cast)
    with pytest.raises(ValidationError, match="不能是同一个人"):
        counted(cast, ballot, supervised_by="孙丽")
    with pytest.raises(ValidationError, match="请写姓名"):
        counted(cast, ballot, counted_by="")


def test_figures_that_do_not_add_up_are_not_counted(cast: Cast) -> None:
    ballot = announced(cast)
    online(roll(ballot)[0])
    Vote.objects.update(choice=NO)
    with pytest.raises(CouncilRefused, match="票数对不上"):
        counted(cast, ballot)


def test_owners_are_told_fifteen_days_before(cast: Cast) -> None:
    ballot = draft(cast, owners_assembly(cast), opens_at=NOW + timedelta(days=14))
    with pytest.raises(CouncilRefused, match="要提前 15 天公告"):
        ballot_announce(ballot.pk, by=cast.head, at=NOW)


def test_a_rule_that_does_not_fit_is_refused_at_its_field(cast: Cast) -> None:
    council = assembly(cast)
    for field, over in {
        "rule": {"rule": VoteRule.objects.get(code="owners")},
        "unit": {"unit": "owner"},
        "closes_at": {"closes_at": OPENS},
        "channels": {"channels": []},
    }.items():
        with pytest.raises(ValidationError) as caught:
            draft(cast, council, "assembly", **{"unit": "person", **over})
        assert field in caught.value.message_dict
    old = VoteRule.objects.get(code="assembly", version=1)
    with pytest.raises(ValidationError, match="不用这一版规则"):
        draft(cast, council, unit="person", rule=old)


def test_an_annulled_ballot_takes_no_votes_and_says_why(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    ballot_annul(ballot.pk, by=cast.head, at=DURING, reason="议案写错了金额")
    with pytest.raises(CouncilRefused, match="已作废"):
        online(row)
    with pytest.raises(CouncilRefused, match="已作废"):
        ballot_count(ballot.pk, by=cast.head, at=AFTER, **PEOPLE)


def test_who_may_do_what(cast: Cast) -> None:
    ballot = announced(cast)
    row = roll(ballot)[0]
    with pytest.raises(Ballot.DoesNotExist):
        vote_at_door(ballot.pk, row.pk, by=cast.outsider, at=DURING, choice=YES, note="当面")
    with pytest.raises(CouncilRefused, match="不能做“录入选票”"):
        vote_at_door(ballot.pk, row.pk, by=cast.street, at=DURING, choice=YES, note="当面")
    with pytest.raises(CouncilRefused, match="不能做“发起表决和计票”"):
        ballot_count(ballot.pk, by=cast.worker, at=AFTER, **PEOPLE)
    with pytest.raises(Ballot.DoesNotExist):
        box_count(ballot.pk, by=cast.outsider, at=AFTER, figures={})

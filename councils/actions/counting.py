"""The count: when everything is in, what the votes come to, with its arithmetic kept for good."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils import ballot_rules
from councils.actions.ballot_base import Figures, State, added, as_pairs, check_state, figures_of, lock_ballot, lock_box
from councils.actions.base import CouncilRefused, check_version, clerks_of, record
from councils.actions.papers import agreed_count, papers_due
from councils.ballot_querysets import by_channel, count_of, unread_papers
from councils.ballot_rules import Amount, Choice, decide, total
from councils.ballot_words import headline
from councils.models import Ballot, BallotBox, Vote
from councils.rights import Task
from councils.rolls import changes
from councils.workflow import Verb
from grid.models import Staff

LONGEST_NAME = 40


@transaction.atomic
def ballot_count(
    ballot_id: int, *, by: Staff, at: datetime, counted_by: str, supervised_by: str, seen: int | None = None
) -> Ballot:
    """Count a ballot whose time is over, or that everybody has voted in, and keep the result.

    Raises Ballot.DoesNotExist, CouncilChanged, CouncilRefused while papers wait, ValidationError by field.
    """
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=(State.OPEN,))
    check_version(seen, ballot.version)
    people = {"counted_by": counted_by.strip()[:LONGEST_NAME], "supervised_by": supervised_by.strip()[:LONGEST_NAME]}
    _two_people(people)
    box, _same = lock_box(ballot_id)
    figures, count = _everything_in(ballot, box, at)
    decision = decide(ballot.counting(), count)
    ballot.state, ballot.ended_at, ballot.outcome = State.CLOSED, at, decision.outcome
    ballot.counted_by, ballot.supervised_by = people["counted_by"], people["supervised_by"]
    ballot.result = {
        "entitled": _pair(count.entitled),
        "present": _pair(count.present),
        "votes": as_pairs(figures),
        "channels": dict(by_channel(ballot)),
        "changes": len(changes(ballot, localtime(at).date())),
    }
    ballot.version += 1
    ballot.save()
    said = _("%(title)s：%(result)s") % {"title": ballot.title, "result": headline(decision, ballot.unit)}
    turn.tell_staff([*clerks_of(ballot.council, at), ballot.created_by_id], _("表决有了结果"), said)
    record(turn, Verb.COUNT, said, topic=ballot.topic, data={"ballot": ballot.pk, "outcome": ballot.outcome})
    return ballot


def _two_people(people: dict[str, str]) -> None:
    wrong = {name: _("请写姓名") for name, said in people.items() if len(said) < 2}
    if not wrong and len(set(people.values())) == 1:
        wrong["supervised_by"] = _("监票人和计票人不能是同一个人")
    if wrong:
        raise ValidationError(wrong)


def _everything_in(ballot: Ballot, box: BallotBox, at: datetime) -> tuple[Figures, ballot_rules.Count]:
    """All votes by choice, and what a decision needs. Raises CouncilRefused while something is missing."""
    check_state(ballot, (State.OPEN,))
    count = count_of(ballot)
    if at < ballot.closes_at and count.cast.number < count.entitled.number:
        raise CouncilRefused(_("投票还没有截止，还有人没投，不能计票"))
    if waiting := unread_papers(ballot).count():
        said = _("还有 %d 张纸票没有由两个人录成一样，请先录完或撤回")
        raise CouncilRefused(said % waiting)
    figures = figures_of(box.figures)
    if ballot.secret and papers_due(ballot, figures).number:
        in_box = agreed_count(ballot)
        if in_box is None:
            raise CouncilRefused(_("票箱里的纸票还没有由两个人清点成一样"))
        figures = added(figures, in_box)
    _adds_up(ballot, figures, count.cast)
    return figures, ballot_rules.Count(count.entitled, count.present, count.cast, figures[Choice.YES])


def _adds_up(ballot: Ballot, figures: Figures, cast: Amount) -> None:
    """Raises CouncilRefused when the box and those who took part, or the open votes, tell different stories."""
    found = total(figures.values())
    same = found.number == cast.number and (not ballot.counting().by_area or found.area == cast.area)
    if not ballot.secret:
        same = same and figures == open_votes(ballot)
    if not same:
        said = _("票数对不上：参加表决 %(cast)d，票箱 %(found)d。没有计票，请联系管理员")
        raise CouncilRefused(said % {"cast": cast.number, "found": found.number})


def open_votes(ballot: Ballot) -> Figures:
    """The votes of an open ballot, one by one: what its box must come to as well."""
    rows = Vote.objects.filter(participation__ballot=ballot).order_by().values("choice")
    summed = rows.annotate(n=Count("pk"), area=Sum("participation__entitled__area"))
    found = {row["choice"]: Amount(row["n"], row["area"]) for row in summed}
    return {choice: found.get(choice, Amount()) for choice in Choice}


def _pair(amount: Amount) -> list[int]:
    return [amount.number, amount.area]


def result_of(ballot: Ballot) -> tuple[ballot_rules.Decision, Figures, ballot_rules.Count]:
    """A counted ballot's decision, votes and count, out of what was kept."""
    votes = {choice: Amount(*pair) for choice, pair in ballot.result["votes"].items()}
    count = ballot_rules.Count(
        Amount(*ballot.result["entitled"]), Amount(*ballot.result["present"]), total(votes.values()), votes[Choice.YES]
    )
    return decide(ballot.counting(), count), votes, count

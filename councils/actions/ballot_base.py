"""What all actions on ballots share: the lock that lets one vote in after the other, and the sealed figures."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.words import moment
from councils.actions.base import CouncilRefused, Turn, require
from councils.ballot_querysets import ballots_visible_to
from councils.ballot_rules import Amount, Choice
from councils.models import Ballot, BallotBox, Participation
from councils.rights import Task
from grid.access import scope_of
from grid.models import Staff

State, Channel = Ballot.State, Ballot.Channel
Figures = dict[str, Amount]


class AlreadyVoted(CouncilRefused):
    """This vote was handed in before, by whatever channel; only the first one counts."""

    def __init__(self, before: Participation, at: datetime) -> None:
        how = _("这一票%(when)s已经用“%(how)s”投过了，只算那一次，这次没有计入")
        words = how if before.channel else _("%(when)s已经登记到会了")
        super().__init__(words % {"when": moment(before.at, at), "how": before.get_channel_display()})
        self.before = before


def lock_ballot(ballot_id: int, task: Task, *, by: Staff, at: datetime, states: tuple[str, ...]) -> tuple[Turn, Ballot]:
    """Lock a ballot in one of these states for a task.

    Raises Ballot.DoesNotExist outside the scope, CouncilRefused for a task that is not theirs or another state. Call
    inside a transaction.
    """
    visible = ballots_visible_to(scope_of(by, localtime(at).date()))
    ballot = (
        visible.select_related("council__community__division__parent", "rule", "topic", "item__meeting")
        .select_for_update(of=("self",))
        .get(pk=ballot_id)
    )
    require(ballot.council, task, by, at)
    check_state(ballot, states)
    return Turn(ballot.council, by, at), ballot


def check_state(ballot: Ballot, states: tuple[str, ...]) -> None:
    """Raises CouncilRefused in any other state."""
    if ballot.state not in states:
        raise CouncilRefused(_("这次表决%s，不能再这样做") % ballot.get_state_display())


def lock_box(ballot_id: int) -> tuple[BallotBox, Ballot]:
    """Lock a ballot and read its box: whoever votes or counts waits here for the one before.

    The box is read after the lock was had, so it holds what the one before put in. Call inside a transaction. Raises
    Ballot.DoesNotExist, CouncilRefused unless votes are taken.
    """
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("council").get(pk=ballot_id)
    check_state(ballot, (State.OPEN,))
    return BallotBox.objects.get(ballot=ballot), ballot


def figures_of(text: str) -> Figures:
    """The amounts by choice out of a sealed text."""
    numbers = list(map(int, text.split()))
    return {choice: Amount(*numbers[2 * n : 2 * n + 2]) for n, choice in enumerate(Choice)}


def as_text(figures: Mapping[str, Amount]) -> str:
    """What `figures_of` reads. Always of one length: the size of what is sealed must not tell what was voted."""
    amounts = (figures.get(choice, Amount()) for choice in Choice)
    return " ".join(f"{amount.number:09} {amount.area:015}" for amount in amounts)


def as_pairs(figures: Mapping[str, Amount]) -> dict[str, list[int]]:
    """Plain numbers for JSON."""
    return {str(choice): [amount.number, amount.area] for choice, amount in figures.items()}


def added(one: Mapping[str, Amount], other: Mapping[str, Amount]) -> Figures:
    """Both together, choice by choice."""
    return {choice: one.get(choice, Amount()) + other.get(choice, Amount()) for choice in Choice}

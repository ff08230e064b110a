"""Papers: read by two people apart from each other, and what the two read differently shown until it agrees."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from councils.actions.ballot_base import AlreadyVoted, Channel, as_text, figures_of
from councils.actions.base import CouncilRefused
from councils.actions.voting import check_choice, check_proxy, open_box, open_for, take_part
from councils.ballot_querysets import count_of
from councils.ballot_rules import Amount, total
from councils.models import Ballot, BoxCount, PaperEntry, Participation
from grid.models import Staff


@transaction.atomic
def paper_enter(
    ballot_id: int, entitled_id: int, *, by: Staff, at: datetime, choice: str, proxy: str = ""
) -> tuple[PaperEntry, Participation | None]:
    """Enter an open ballot's paper as one person reads it; who enters it again corrects their own reading.

    When somebody else read the same, the vote counts and is returned. Papers handed in before the end may be entered
    until the count. Raises Ballot.DoesNotExist, Entitled.DoesNotExist, AlreadyVoted, CouncilRefused.
    """
    box, ballot, entitled = open_for(ballot_id, entitled_id, Channel.PAPER, by=by, at=at)
    if at < ballot.opens_at:
        raise CouncilRefused(_("投票还没有开始，纸票不能录入"))
    if ballot.secret:
        raise CouncilRefused(_("无记名的纸票不录入每一张，只登记谁交了票，再清点票箱"))
    check_choice(ballot, choice)
    if before := Participation.objects.filter(entitled=entitled).exclude(channel="").first():
        raise AlreadyVoted(before, at)
    said = {"choice": choice, "proxy": proxy.strip()}
    row = Participation(channel=Channel.PAPER, at=at, by=by, proxy=check_proxy(ballot, proxy))
    agreed = entitled.papers.exclude(by=by).filter(**said).exists()
    vote = take_part(box, ballot, entitled, row, choice) if agreed else None
    entry, _new = PaperEntry.objects.update_or_create(
        entitled=entitled, by=by, defaults={**said, "ballot": ballot, "at": at}
    )
    return entry, vote


@transaction.atomic
def paper_withdraw(ballot_id: int, entitled_id: int, *, by: Staff, at: datetime) -> None:
    """Take back one's own reading of a paper that does not count yet: there was no such paper.

    Raises Ballot.DoesNotExist, Entitled.DoesNotExist, CouncilRefused.
    """
    _box, _ballot, entitled = open_for(ballot_id, entitled_id, Channel.PAPER, by=by, at=at)
    if Participation.objects.filter(entitled=entitled).exclude(channel="").exists():
        raise CouncilRefused(_("这一票已经计入，不能撤回"))
    if not entitled.papers.filter(by=by).delete()[0]:
        raise CouncilRefused(_("您没有录过这张票"))


@transaction.atomic
def box_count(ballot_id: int, *, by: Staff, at: datetime, figures: Mapping[str, Amount]) -> BoxCount:
    """What one person counted in a secret ballot's box; counting again corrects their own count.

    Raises Ballot.DoesNotExist, CouncilRefused when it is not the number (and area) of papers that were ticked off.
    """
    box, ballot = open_box(ballot_id, by=by, at=at)
    if not ballot.secret:
        raise CouncilRefused(_("记名的票不清点票箱，请按票面录入"))
    if at < ballot.closes_at:
        raise CouncilRefused(_("截止以后才能打开票箱"))
    in_box, counted = papers_due(ballot, box_figures=figures_of(box.figures)), total(figures.values())
    if counted.number != in_box.number:
        said = _("登记交票 %(due)d 张，您清点出 %(found)d 张，请再数一遍")
        raise CouncilRefused(said % {"due": in_box.number, "found": counted.number})
    if ballot.counting().by_area and counted.area != in_box.area:
        said = _("交票的面积合计 %(due)s 平方米，您清点出 %(found)s 平方米，请再核对")
        raise CouncilRefused(said % {"due": in_box.area / 100, "found": counted.area / 100})
    row, _new = BoxCount.objects.update_or_create(
        ballot=ballot, by=by, defaults={"figures": as_text(figures), "at": at}
    )
    return row


def papers_due(ballot: Ballot, box_figures: Mapping[str, Amount]) -> Amount:
    """How many papers a secret ballot's wooden box must hold: all that took part but those who voted online."""
    cast, online = count_of(ballot).cast, total(box_figures.values())
    return Amount(cast.number - online.number, cast.area - online.area)


def agreed_count(ballot: Ballot) -> dict[str, Amount] | None:
    """What two people counted alike in the box; None while no two agree."""
    seen: set[str] = set()
    for text in (row.figures for row in BoxCount.objects.filter(ballot=ballot).order_by("at")):
        if text in seen:
            return figures_of(text)
        seen.add(text)
    return None

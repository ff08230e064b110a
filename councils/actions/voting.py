"""Votes as they come in: one for each entitled, whatever the channel and however many come at once.

The lock on the ballot's box lets one in after the other; the unique participation stands behind it. Of a secret vote
only the sealed sum of the box learns what it says.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.sealing import blind_index
from community_portal.worktime.words import moment
from councils.actions.ballot_base import AlreadyVoted, Channel, added, as_text, figures_of, lock_box
from councils.actions.base import CouncilRefused, require
from councils.ballot_codes import typed
from councils.ballot_querysets import ballots_visible_to
from councils.ballot_rules import Amount, Choice
from councils.models import Ballot, BallotBox, Entitled, Participation, Vote
from councils.rights import Task
from grid.access import scope_of
from grid.models import Staff
from residents import photos

ONLINE_CHOICES = (Choice.YES, Choice.NO, Choice.ABSTAIN)
LONGEST_NAME, LONGEST_NOTE = 40, 200


def coded(code: str) -> QuerySet[Entitled]:
    """Whose code this is, as people type it, with their participation; nobody for what is no code."""
    spelt = typed(code)
    rows = Entitled.objects.filter(code_index=blind_index("code", spelt)) if spelt else Entitled.objects.none()
    return rows.select_related("participation")


@transaction.atomic
def vote_online(code: str, *, at: datetime, choice: str) -> Participation:
    """The vote of whoever holds a code. Raises Entitled.DoesNotExist, AlreadyVoted, CouncilRefused out of time."""
    entitled = coded(code).first()
    if entitled is None:
        raise Entitled.DoesNotExist
    if choice not in ONLINE_CHOICES:
        raise CouncilRefused(_("请选一项"))
    box, ballot = lock_box(entitled.ballot_id)
    check_time(ballot, at)
    return take_part(box, ballot, entitled, Participation(channel=Channel.ONLINE, at=at), choice)


@transaction.atomic
def vote_at_door(
    ballot_id: int,
    entitled_id: int,
    *,
    by: Staff,
    at: datetime,
    choice: str = "",
    proxy: str = "",
    note: str = "",
    picture: bytes | None = None,
) -> Participation:
    """A vote taken at somebody's door, with what proves it: a photo (JPEG from photos.redraw) or a note.

    In a secret ballot there is no `choice`: their paper goes into the box. Raises Ballot.DoesNotExist,
    Entitled.DoesNotExist, AlreadyVoted, CouncilRefused.
    """
    box, ballot, entitled = open_for(ballot_id, entitled_id, Channel.DOOR, by=by, at=at)
    check_time(ballot, at)
    check_choice(ballot, choice)
    note = note.strip()[:LONGEST_NOTE]
    if picture is None and not note:
        raise CouncilRefused(_("上门的票要有凭证：拍一张签字的照片，或者写明谁在场、怎样表示的"))
    row = Participation(channel=Channel.DOOR, at=at, by=by, note=note, proxy=check_proxy(ballot, proxy))
    if picture is not None:
        row.photo, row.photo_key = uuid.uuid4(), photos.new_key()
    kept = take_part(box, ballot, entitled, row, choice)
    if picture is not None and kept.photo is not None:
        photos.keep(kept.photo, kept.photo_key, picture)
    return kept


@transaction.atomic
def paper_tick(ballot_id: int, entitled_id: int, *, by: Staff, at: datetime, proxy: str = "") -> Participation:
    """A secret paper that went into the box: who handed it in is ticked off, what it says is counted with all others.

    Raises Ballot.DoesNotExist, Entitled.DoesNotExist, AlreadyVoted, CouncilRefused.
    """
    box, ballot, entitled = open_for(ballot_id, entitled_id, Channel.PAPER, by=by, at=at)
    check_time(ballot, at)
    if not ballot.secret:
        raise CouncilRefused(_("记名的纸票请按票面录入"))
    row = Participation(channel=Channel.PAPER, at=at, by=by, proxy=check_proxy(ballot, proxy))
    return take_part(box, ballot, entitled, row, "")


@transaction.atomic
def came(ballot_id: int, entitled_id: int, *, by: Staff, at: datetime) -> Participation:
    """Somebody came to the meeting and has not voted (yet): present, by rules that ask for it.

    Raises Ballot.DoesNotExist, Entitled.DoesNotExist, AlreadyVoted, CouncilRefused.
    """
    box, ballot, entitled = open_for(ballot_id, entitled_id, "", by=by, at=at)
    check_time(ballot, at)
    return take_part(box, ballot, entitled, Participation(channel="", at=at, by=by), "")


def open_box(ballot_id: int, *, by: Staff, at: datetime) -> tuple[BallotBox, Ballot]:
    """The box of a ballot that `by` may enter votes for, with the ballot locked.

    Raises Ballot.DoesNotExist outside the scope, CouncilRefused. Call inside a transaction.
    """
    seen = ballots_visible_to(scope_of(by, localtime(at).date())).select_related("council__community__division__parent")
    require(seen.get(pk=ballot_id).council, Task.VOTES, by, at)
    return lock_box(ballot_id)


def open_for(
    ballot_id: int, entitled_id: int, channel: str, *, by: Staff, at: datetime
) -> tuple[BallotBox, Ballot, Entitled]:
    """`open_box` for one entitled and a channel. Raises Entitled.DoesNotExist too."""
    box, ballot = open_box(ballot_id, by=by, at=at)
    if channel and channel not in ballot.channels:
        raise CouncilRefused(_("这次表决没有“%s”这种方式") % Channel(channel).label)
    return box, ballot, Entitled.objects.select_related("participation").get(pk=entitled_id, ballot=ballot_id)


def take_part(box: BallotBox, ballot: Ballot, entitled: Entitled, row: Participation, choice: str) -> Participation:
    """Put the one participation of an entitled one down and, when the choice is known here, the vote into the box.

    Call with the box locked. Raises AlreadyVoted.
    """
    before = Participation.objects.filter(entitled=entitled).first()
    if before is not None and (before.channel or not row.channel):
        raise AlreadyVoted(before, row.at)
    if before is not None:
        row.pk, row.row_key = before.pk, before.row_key
    row.ballot, row.entitled = ballot, entitled
    row.save(force_insert=before is None)
    if choice:
        figures = added(figures_of(box.figures), {choice: Amount(1, entitled.area)})
        box.figures = as_text(figures)
        box.save(update_fields=["figures"])
        if not ballot.secret:
            Vote.objects.create(participation=row, choice=choice)
    return row


def check_time(ballot: Ballot, at: datetime) -> None:
    """Raises CouncilRefused before the opening and from the closing on."""
    if at < ballot.opens_at:
        raise CouncilRefused(_("投票还没有开始，%s 开始") % moment(ballot.opens_at, at))
    if at >= ballot.closes_at:
        raise CouncilRefused(_("投票已经在 %s 截止") % moment(ballot.closes_at, at))


def check_choice(ballot: Ballot, choice: str) -> None:
    """Raises CouncilRefused for a choice where it must stay secret, or none where it is open."""
    if ballot.secret and choice:
        raise CouncilRefused(_("无记名的票不能录入意见，请把票投进票箱"))
    if not ballot.secret and choice not in Choice.values:
        raise CouncilRefused(_("请选票面上的意见"))


def check_proxy(ballot: Ballot, proxy: str) -> str:
    """The proxy's name. Call with the box locked. Raises CouncilRefused where the rule allows none, or no more."""
    name = proxy.strip()[:LONGEST_NAME]
    if not name:
        return ""
    if ballot.proxies == 0:
        raise CouncilRefused(_("这条规则不能委托别人投票"))
    held = Participation.objects.filter(ballot=ballot, proxy=name).count()
    if ballot.proxies is not None and held >= ballot.proxies:
        said = _("%(name)s 已经代了 %(held)d 票，这条规则一人最多代 %(most)d 票")
        raise CouncilRefused(said % {"name": name, "held": held, "most": ballot.proxies})
    return name

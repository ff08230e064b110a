"""What the pages of a ballot show, staff's and residents' alike; reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from community_portal.worktime.words import moment, span
from councils.actions.counting import result_of
from councils.ballot_querysets import by_channel, count_of
from councils.ballot_rules import Amount, Choice, Group, Measure, arithmetic
from councils.ballot_words import Sum, amount_words, headline, percent, rule_words, square_metres, sums
from councils.models import Ballot, Entitled, PaperEntry
from grid.models import Staff

State, Channel = Ballot.State, Ballot.Channel


@dataclass(frozen=True)
class Stand:
    """How far the voting has come: who took part, measured against the quorum."""

    sums: list[Sum]
    channels: list[tuple[str, int]]
    voted: int
    entitled: int
    percent: str

    @property
    def rest(self) -> int:
        """How many have not voted yet."""
        return self.entitled - self.voted


def stand_of(ballot: Ballot) -> Stand:
    """The turnout now; two queries."""
    count = count_of(ballot)
    found = by_channel(ballot)
    labels = {Channel(each).value: str(Channel(each).label) for each in ballot.channels}
    only_came = [(_("到会还没投"), found[""])] if found[""] else []
    return Stand(
        sums=sums(arithmetic(ballot.counting().quorum, count), ballot.unit),
        channels=[(label, found[name]) for name, label in labels.items()] + only_came,
        voted=count.cast.number,
        entitled=count.entitled.number,
        percent=percent(count.cast.number, count.entitled.number),
    )


@dataclass(frozen=True)
class Said:
    """One choice with its votes: the words, and its share of those cast for a bar."""

    label: str
    number: str
    area: str
    percent: str
    fraction: float

    @property
    def bar(self) -> str:
        """Its share in per cent, for a drawing."""
        return f"{self.fraction * 100:.2f}"


@dataclass(frozen=True)
class Result:
    """A counted ballot: the sentence, the votes, every clause's arithmetic."""

    words: str
    outcome: str
    votes: list[Said]
    sums: list[Sum]
    tie: bool
    entitled: str
    present: str
    cast: str


def result_page(ballot: Ballot) -> Result:
    """The result as it was kept."""
    decision, votes, count = result_of(ballot)
    cast, by_area = count.cast.number, ballot.counting().by_area
    said = [
        Said(
            str(choice.label),
            amount_words(Measure.NUMBER, votes[choice].number, ballot.unit),
            f"{square_metres(votes[choice].area):,.2f}" if by_area else "",
            percent(votes[choice].number, cast),
            votes[choice].number / cast if cast else 0.0,
        )
        for choice in Choice
    ]

    def words(amount: Amount) -> str:
        number = amount_words(Measure.NUMBER, amount.number, ballot.unit)
        return f"{number}，{amount_words(Measure.AREA, amount.area, ballot.unit)}" if by_area else number

    return Result(
        words=headline(decision, ballot.unit),
        outcome=ballot.outcome,
        votes=said,
        sums=sums(decision.lines, ballot.unit),
        tie=bool(cast) and votes[Choice.YES].number == votes[Choice.NO].number > 0,
        entitled=words(count.entitled),
        present=words(count.present),
        cast=words(count.cast),
    )


def needs_of(ballot: Ballot) -> list[str]:
    """What the ballot needs, in plain words."""
    return rule_words(ballot.counting(), ballot.unit)


def asks_presence(ballot: Ballot) -> bool:
    """Whether who came and did not vote counts for anything."""
    return any(Group.PRESENT in (clause.part, clause.base) for clause in ballot.counting().clauses)


def moment_words(ballot: Ballot, now: datetime) -> str:
    """Where it stands in time, in one sentence."""
    if ballot.state == State.DRAFT:
        return _("还没有公告，大家看不到")
    if ballot.state == State.OPEN and now < ballot.opens_at:
        return _("已公告，%s 开始投票") % moment(ballot.opens_at, now)
    if ballot.state == State.OPEN and now < ballot.closes_at:
        return _("正在投票，还有 %s 截止") % span(ballot.closes_at - now)
    if ballot.state == State.OPEN:
        return _("投票已截止，等计票")
    return _("%(when)s %(what)s") % {
        "when": moment(ballot.ended_at or ballot.closes_at, now),
        "what": ballot.get_state_display(),
    }


def is_voting(ballot: Ballot, now: datetime) -> bool:
    """Whether votes are taken at this moment."""
    return ballot.state == State.OPEN and ballot.opens_at <= now < ballot.closes_at


@dataclass(frozen=True)
class Differing:
    """A paper that two people read differently: who read what."""

    entitled: Entitled
    readings: list[str]


def papers_waiting(ballot: Ballot, staff: Staff) -> tuple[list[Entitled], list[Differing]]:
    """Papers that wait for this person's reading, and those that were read differently; one query."""
    rows = (
        PaperEntry.objects.filter(ballot=ballot)
        .filter(Q(entitled__participation__isnull=True) | Q(entitled__participation__channel=""))
        .select_related("entitled", "by")
        .order_by("entitled__number", "id")
    )
    by_paper: dict[int, list[PaperEntry]] = {}
    for row in rows:
        by_paper.setdefault(row.entitled_id, []).append(row)
    waiting = [each[0].entitled for each in by_paper.values() if len(each) == 1 and each[0].by_id != staff.pk]
    differing = [
        Differing(each[0].entitled, [_reading(row) for row in each]) for each in by_paper.values() if len(each) > 1
    ]
    return waiting, differing


def _reading(row: PaperEntry) -> str:
    proxy = _("，%s 代") % row.proxy if row.proxy else ""
    return f"{row.by.name}：{row.get_choice_display()}{proxy}"


def found_on_roll(ballot: Ballot, wanted: str) -> QuerySet[Entitled]:
    """Entries by number, place or name, in the roll's order, each with how it took part."""
    rows = Entitled.objects.filter(ballot=ballot).select_related("participation").defer("code").order_by("number")
    wanted = wanted.strip()
    if not wanted:
        return rows
    by_words = Q(place__icontains=wanted) | Q(name__icontains=wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 7:
        return (
            rows.filter(by_words | Q(number=int(wanted)))
            .annotate(exact=Q(number=int(wanted)))
            .order_by("-exact", "number")
        )
    return rows.filter(by_words)


def buildings_of(ballot: Ballot) -> list[Mapping[str, Any]]:
    """The buildings on a roll with how many votes each has, in the roll's order; one query."""
    rows = Entitled.objects.filter(ballot=ballot).order_by().values("building", called=F("building__name"))
    estates = rows.annotate(estate=F("building__estate__name"), n=Count("pk"), position=F("building__position"))
    return sorted(estates, key=lambda row: (row["estate"] or "", row["position"] or 0, row["building"] or 0))

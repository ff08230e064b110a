"""The bodies that councils' tests play with, made by the real actions."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from councils.actions.bodies import council_found, party_join, representative_seat
from councils.actions.meetings import meeting_call, meeting_open, meeting_plan
from councils.actions.publishing import publish
from councils.actions.resolutions import Job, resolution_draft, task_give
from councils.actions.seats import seat_mark
from councils.actions.topics import Proposal, topic_propose
from councils.models import Council, Meeting, MeetingKind, Party, Publication, Representative, Resolution, Topic
from tests.factories import NOW, Cast

FOUNDED = date(2025, 1, 1)
PHONES = ("13800000101", "13800000102", "13800000103")
TEXT = "4 号楼前的车乱停，消防车进不来，想大家商量怎么停"


def make_council(cast: Cast, *, name: str = "双合家园小区议事会", seats: int = 3) -> Council:
    """The council of the cast's estate: the committee, the property company and residents, with representatives."""
    council = council_found(
        cast.community.pk, by=cast.head, at=NOW, kind=Council.Kind.COUNCIL, level=Council.Level.ESTATE, name=name,
        founded_on=FOUNDED, estate=cast.estate, place="3 号楼南侧议事厅",
    )  # fmt: skip
    party_join(council.pk, by=cast.head, at=NOW, kind=Party.Kind.COMMITTEE, name="双合家园居委会", joined_on=FOUNDED)
    party_join(
        council.pk, by=cast.head, at=NOW, kind=Party.Kind.PROPERTY, organisation=cast.property_company,
        joined_on=FOUNDED,
    )  # fmt: skip
    residents = party_join(
        council.pk, by=cast.head, at=NOW, kind=Party.Kind.RESIDENTS, name="居民代表", joined_on=FOUNDED
    )
    for number in range(seats):
        representative_seat(
            council.pk, by=cast.head, at=NOW, party=residents, name=f"代表{'甲乙丙丁戊己庚辛'[number]}",
            how=Representative.How.ELECTED, chosen_on=FOUNDED, starts_on=FOUNDED, leads=number == 0,
            phone=PHONES[number] if number < len(PHONES) else "", votes_for=8, votes_cast=10,
        )  # fmt: skip
    return council


def make_body(cast: Cast, kind: str, name: str) -> Council:
    """A body above: an assembly of the community, or the owners' of the estate."""
    owners = kind == Council.Kind.OWNERS
    return council_found(
        cast.community.pk, by=cast.head, at=NOW, kind=kind, name=name, founded_on=FOUNDED,
        level=Council.Level.ESTATE if owners else Council.Level.COMMUNITY, estate=cast.estate if owners else None,
    )  # fmt: skip


def make_topic(cast: Cast, council: Council, **over: Any) -> Topic:
    """A topic that a worker wrote down from paper."""
    said = {"source": Topic.Source.PAPER, "text": TEXT, "name": "李四", "phone": "13800000201", **over}
    return topic_propose(council.pk, Proposal(**said), by=over.pop("by", cast.worker), at=NOW)


def make_meeting(cast: Cast, council: Council, *, at: datetime = NOW, days: int = 4) -> Meeting:
    """A council's meeting some days ahead, its notice sent."""
    meeting = meeting_plan(
        council.pk, by=cast.head, at=at, kind=MeetingKind.objects.get(code="council"), title="11 月议事会",
        starts_at=at + timedelta(days=days), place="议事厅", items=["上月事项通报"],
    )  # fmt: skip
    return meeting_call(meeting.pk, by=cast.head, at=at)


def make_resolution(cast: Cast, council: Council, *, at: datetime = NOW) -> Resolution:
    """A draft with one task, of a meeting that everybody came to."""
    meeting = make_meeting(cast, council, at=at)
    meeting_open(meeting.pk, by=cast.head, at=meeting.starts_at)
    for seat in meeting.attendance.all():
        seat_mark(seat.pk, by=cast.worker, at=meeting.starts_at, state="present")
    draft = resolution_draft(
        council.pk, by=cast.head, at=meeting.starts_at, title="停车", text="一户一位", item=meeting.agenda.get()
    )
    day = meeting.starts_at.date() + timedelta(days=30)
    task_give(draft.pk, Job("划线", cast.worker, day), by=cast.head, at=meeting.starts_at)
    return draft


def make_publication(cast: Cast, council: Council) -> Publication:
    """A publication that runs in the real present."""
    return publish(council.pk, by=cast.head, at=timezone.now(), kind="money", title="停车收支", text="收 300 元")

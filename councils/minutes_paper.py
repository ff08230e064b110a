"""The minutes as a paper that an office accepts (纪要): what it says, and the same as .docx and as PDF.

时间, 地点, 主持, 记录, 出席/列席/请假, then item by item what was said, the opinions of each party, the result, the
measures with person and deadline, and how those present confirmed it. templates/councils/minutes.docx is the form; an
office may change its look in a word processor.
"""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.ui.paper import pdf
from councils.actions.seats import present_at
from councils.meeting_rules import quorum_of
from councils.models import AgendaItem, Attendance, Meeting, Resolution
from councils.workflow import MeetingState

FORM = Path(settings.BASE_DIR) / "templates" / "councils" / "minutes.docx"
DIGITS = "一二三四五六七八九十"
Role, State = Attendance.Role, Attendance.State


@dataclass(frozen=True)
class Said:
    """One party's opinion."""

    party: str
    text: str


@dataclass(frozen=True)
class Measure:
    """One task: what, who, until when."""

    text: str
    who: str
    due: str


@dataclass(frozen=True)
class Item:
    """One item of the agenda with everything about it; texts as lines."""

    number: str
    title: str
    record: list[str]
    opinions: list[Said]
    outcome: str
    resolution: list[str]
    tasks: list[Measure]


@dataclass(frozen=True)
class Paper:
    """The whole minutes, as text ready to be set."""

    body: str
    number: str
    title: str
    when: str
    place: str
    chair: str
    recorder: str
    present: str
    observers: str
    excused: str
    absent: str
    quorum: str
    items: list[Item]
    closing: list[str]
    objections: list[str]
    confirmed: str
    dated: str


def minutes_of(meeting: Meeting) -> Paper:
    """The minutes of a meeting with its council loaded; six queries."""
    seats = list(meeting.attendance.select_related("party").order_by("party__kind", "id"))
    there = [seat for seat in seats if seat.role == Role.MEMBER and seat.state == State.PRESENT]
    start = localtime(meeting.starts_at)
    end = f"–{localtime(meeting.ends_at):%H:%M}" if meeting.ends_at else ""
    return Paper(
        body=meeting.council.name,
        number=_("%(year)d 年 %(kind)s") % {"year": start.year, "kind": meeting.kind.name},
        title=meeting.title,
        when=f"{start.year} 年 {start.month} 月 {start.day} 日 {start:%H:%M}{end}",
        place=meeting.place,
        chair=meeting.chair or _("未记录"),
        recorder=meeting.recorder.name if meeting.recorder else "",
        present=_names(there),
        observers=_names([seat for seat in seats if seat.role == Role.OBSERVER and seat.state == State.PRESENT]),
        excused=_names([seat for seat in seats if seat.state == State.EXCUSED]),
        absent=_names([seat for seat in seats if seat.state == State.ABSENT]),
        quorum=quorum_of(meeting.rule, meeting.entitled, present_at(meeting)).words,
        items=_items(meeting),
        closing=meeting.closing.splitlines(),
        objections=[f"{seat.name}：{seat.objection}" for seat in seats if seat.objection],
        confirmed=_confirmed(meeting, there),
        dated=f"{start.year} 年 {start.month} 月 {start.day} 日",
    )


def _names(seats: Sequence[Attendance]) -> str:
    """Names in a row, with the party and, where somebody came for them, who."""
    said = []
    for seat in seats:
        notes = [note for note in (seat.party.name if seat.party else "", _proxy(seat), seat.reason) if note]
        said.append(f"{seat.name}（{'，'.join(notes)}）" if notes else seat.name)
    return "、".join(said) or _("无")


def _proxy(seat: Attendance) -> str:
    return _("委托%s到会") % seat.proxy if seat.proxy else ""


def _items(meeting: Meeting) -> list[Item]:
    rows = list(meeting.agenda.prefetch_related("opinions__party").order_by("position"))
    passed = Resolution.objects.filter(item__in=rows).prefetch_related("tasks__staff", "tasks__organisation")
    by_item = {row.item_id: row for row in passed}
    return [_item(row, by_item.get(row.pk)) for row in rows]


def _item(row: AgendaItem, resolution: Resolution | None) -> Item:
    number = DIGITS[row.position - 1] if row.position <= len(DIGITS) else str(row.position)
    text = f"{resolution.number} {resolution.title}：{resolution.text}" if resolution else ""
    return Item(
        number=number,
        title=row.title,
        record=row.record.splitlines(),
        opinions=[Said(each.party.name, each.text) for each in row.opinions.all()],
        outcome=str(row.get_outcome_display()) if row.outcome else "",
        resolution=text.splitlines(),
        tasks=[
            Measure(
                task.text,
                "、".join(
                    part for part in (task.staff.name, task.organisation.name if task.organisation else "", task.who)
                    if part
                ),
                f"{task.due_on.year} 年 {task.due_on.month} 月 {task.due_on.day} 日",
            )
            for task in (resolution.tasks.all() if resolution else [])
        ],
    )  # fmt: skip


def _confirmed(meeting: Meeting, there: Sequence[Attendance]) -> str:
    if meeting.state == MeetingState.CONFIRMED and meeting.confirmed_at:
        when = f"{localtime(meeting.confirmed_at):%Y-%m-%d %H:%M}"
        return _("本纪要经到会 %(count)d 人确认（%(when)s）。") % {"count": len(there), "when": when}
    done = sum(1 for seat in there if seat.confirmed)
    return _("草稿：到会 %(count)d 人，已确认 %(done)d 人。") % {"count": len(there), "done": done}


def as_docx(paper: Paper) -> bytes:
    """The minutes in the office's form."""
    from docxtpl import DocxTemplate

    form = DocxTemplate(FORM)
    form.render(asdict(paper), autoescape=True)
    out = io.BytesIO()
    form.save(out)
    return out.getvalue()


def as_pdf(paper: Paper) -> bytes:
    """The minutes as A4. Raises community_portal.ui.paper.PaperUnavailable on a machine that sets no PDFs."""
    return pdf("councils/minutes_paper.html", {"paper": paper})

"""What the workbench shows one person: what is due in lists, what waits elsewhere, and what was done today."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet, Value
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.words import TimeLeft, greeting, time_left
from grid.access import ORGANISATION, RANK, Role, Scope, scope_of
from grid.models import Staff
from petitions import workflow
from petitions.models import Petition, PetitionEvent
from petitions.numbers import day_prefix
from petitions.querysets import escalated_to, open_by_time, parts_owed, to_decide, undated, visible_to
from petitions.rows import UNSEEN, Row, for_rows, rows_of
from petitions.workflow import State, Verb

ROWS = 12
NOTICES = 5
MOST = 100
"""Counts stop here, so that a district's desk costs what a grid's does."""

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Part:
    """One list of the desk; `query` leads to all of it in the order list."""

    key: str
    title: str
    rows: list[Row]
    query: str


@dataclass(frozen=True)
class Waiting:
    """One thing beside the petitions themselves: an application to decide, or a part that the own unit owes."""

    number: str
    pk: int
    title: str
    words: str
    left: TimeLeft


@dataclass(frozen=True)
class Desk:
    """The whole desk. `counts` are capped at MOST."""

    headline: str
    summary: str
    parts: list[Part]
    counts: dict[str, str]
    notices: list[Notice]
    done: dict[str, int]
    dispatches: bool
    superior: bool
    decides: list[Waiting]
    owes: list[Waiting]

    @property
    def empty(self) -> bool:
        """Whether nothing at all is waiting."""
        return not any(part.rows for part in self.parts)


@dataclass(frozen=True)
class _Reader:
    staff: Staff
    scope: Scope
    now: datetime
    visible: QuerySet[Petition] = field(repr=False)

    @property
    def above(self) -> bool:
        return self.scope.rank >= RANK[Role.STREET_OFFICER]

    @property
    def mine(self) -> QuerySet[Petition]:
        """A grid worker's own and what nobody has taken; the whole community for those who answer for it."""
        if self.scope.rank > RANK[Role.GRID_WORKER]:
            return self.visible
        return self.visible.filter(Q(handler=self.staff) | Q(handler=None))


def desk(staff: Staff, now: datetime) -> Desk:
    """The desk of a person who holds an appointment; ten queries at most, however much there is."""
    scope = scope_of(staff, localtime(now).date())
    reader = _Reader(staff, scope, now, visible_to(scope))
    counts = _counts(reader)
    return Desk(
        headline=_headline(reader, counts),
        summary=_summary(reader, counts),
        parts=_parts(reader),
        counts={name: capped(count) for name, count in counts.items()},
        notices=list(outbox.unread(staff.pk).defer("phone")[: NOTICES + 1]),
        done=_done_today(staff, now),
        dispatches=bool(scope.roles & workflow.ROLES[Verb.DISPATCH]),
        superior=scope.rank >= RANK[Role.COMMUNITY_HEAD],
        decides=_decides(reader) if scope.rank >= RANK[Role.STREET_OFFICER] else [],
        owes=_owes(reader) if scope.ids(ORGANISATION) else [],
    )


def _decides(reader: _Reader) -> list[Waiting]:
    """The applications that the reader decides, the nearest deadline first; one query."""
    due = Min("clocks__due_at", filter=Q(clocks__closed_at__isnull=True))
    rows = to_decide(reader.scope).select_related("petition", "by").annotate(due=due).order_by("due", "id")
    return [
        Waiting(
            row.petition.number,
            row.pk,
            row.petition.title,
            _("%(who)s申请%(kind)s") % {"who": row.by.name if row.by else _("诉求人"), "kind": row.get_kind_display()},
            time_left(row.due, reader.now, row.at),
        )
        for row in rows.defer(*(f"petition__{name}" for name in UNSEEN))[:ROWS]
    ]


def _owes(reader: _Reader) -> list[Waiting]:
    """What the reader's unit was asked to do and has not answered; one query."""
    due = Min("clocks__due_at", filter=Q(clocks__closed_at__isnull=True))
    rows = parts_owed(reader.scope).select_related("petition").annotate(due=due).order_by("due", "id")
    return [
        Waiting(
            row.petition.number,
            row.pk,
            row.petition.title,
            _("吹哨") if row.summons_id else _("联办"),
            time_left(row.due, reader.now, row.asked_at),
        )
        for row in rows.defer(*(f"petition__{name}" for name in UNSEEN))[:ROWS]
    ]


def capped(count: int) -> str:
    """A count as shown: 99+ when the counting stopped."""
    return str(count) if count < MOST else f"{MOST - 1}+"


def _parts(reader: _Reader) -> list[Part]:
    if not reader.above:
        found = [("now", _("按剩余时间"), open_by_time(reader.mine), _query_of(reader))]
    else:
        rest = reader.visible.filter(Q(state=State.REGISTERED) | Q(handler=reader.staff))
        found = [
            ("escalated", _("升级到您这里的"), escalated_to(reader.visible, reader.scope), "escalated=on"),
            ("unassigned", _("待派单和您手上的"), open_by_time(rest), "group=queue"),
        ]
    loaded = [list(for_rows(petitions)[:ROWS]) for _key, _title, petitions, _more in found]
    if not reader.above and len(loaded[0]) < ROWS:
        loaded[0] += for_rows(undated(reader.mine)).order_by("id")[: ROWS - len(loaded[0])]
    rows = iter(rows_of([petition for part in loaded for petition in part], reader.staff, reader.scope, reader.now))
    return [
        Part(key, title, [next(rows) for _petition in part], query)
        for (key, title, _petitions, query), part in zip(found, loaded, strict=True)
    ]


def _query_of(reader: _Reader) -> str:
    return "group=open" if reader.scope.rank > RANK[Role.GRID_WORKER] else "group=open&mine=on"


def _counts(reader: _Reader) -> dict[str, int]:
    """How many there are of each, in one query that stops counting at MOST."""
    due = open_by_time(reader.mine)
    midnight = _midnight(reader.now) + timedelta(days=1)
    wanted = {
        "late": due.filter(due_at__lte=reader.now),
        "today": due.filter(due_at__gt=reader.now, due_at__lt=midnight),
        "unassigned": reader.visible.filter(state=State.REGISTERED),
        "answered": reader.visible.filter(state=State.RESOLVED),
        "escalated": escalated_to(reader.visible, reader.scope),
        "new": reader.visible.filter(number__startswith=day_prefix(reader.now)),
    }
    first, *rest = (
        petitions.order_by().annotate(_of=Value(name)).values_list("_of")[:MOST] for name, petitions in wanted.items()
    )
    found = [name for (name,) in first.union(*rest, all=True)]
    return {name: found.count(name) for name in wanted}


def _headline(reader: _Reader, counts: dict[str, int]) -> str:
    values = {"hello": greeting(reader.now), "late": capped(counts["late"]), "escalated": capped(counts["escalated"])}
    if reader.above:
        said = _("%(hello)s，%(escalated)s 件升级到您这里") if counts["escalated"] else _("%(hello)s，没有升级上来的事")
        return said % values
    urgent = counts["late"] + counts["today"]
    if urgent == 0:
        return _("%(hello)s，今天没有到期的事") % values
    values["urgent"] = capped(min(urgent, MOST))
    if urgent <= ROWS:
        return _("%(hello)s，今天先办这 %(urgent)s 件") % values
    return _("%(hello)s，今天有 %(urgent)s 件要办，先办最急的") % values


def _summary(reader: _Reader, counts: dict[str, int]) -> str:
    """The day, and what the headline leaves out."""
    local = localtime(reader.now)
    day = _("%(month)d 月 %(day)d 日 星期%(weekday)s") % {
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
    }
    words = [
        (counts["late"], _("%s 件已过时限")),
        (counts["today"], _("%s 件今天到期")),
        (counts["unassigned"], _("%s 件待派单")),
    ]
    said = "，".join(text % capped(count) for count, text in words if count)
    return f"{day} · {said}" if said else day


def _done_today(staff: Staff, now: datetime) -> dict[str, int]:
    """What the person has done since midnight, by verb."""
    events = PetitionEvent.objects.filter(by=staff, at__gte=_midnight(now))
    return events.aggregate(
        **{str(verb): Count("id", filter=Q(verb=verb)) for verb in (Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE)}
    )


def _midnight(now: datetime) -> datetime:
    return datetime.combine(localtime(now).date(), time(), ZONE)

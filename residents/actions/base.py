"""What all writes to a household's file share: access, locks, the version that somebody saw, events, tags anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import COMMUNITY, DISTRICT, GRID, STREET, scope_of
from grid.models import Staff
from residents.actions.tags import recompute
from residents.history import Changes, as_json
from residents.models import FileEvent, Household, Resident, Stay
from residents.querysets import households_visible_to
from residents.rights import Task, tasks_for

Verb = FileEvent.Verb


class FileRefused(Exception):
    """The action is not possible; the text says why in the users' words. Nothing was written."""


class FileChanged(FileRefused):
    """Somebody else was faster; `events` are what they did since, the newest first, and `version` is the row's now."""

    def __init__(self, text: str, events: Sequence[FileEvent], version: int) -> None:
        super().__init__(text)
        self.events, self.version = events, version


@dataclass
class Turn:
    """One action on locked files: who, when, on which day it happened, and what the files' history will say."""

    household: Household
    by: Staff
    at: datetime
    day: date
    events: list[FileEvent] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def note(
        self,
        verb: str,
        *,
        household: Household | None = None,
        resident: Resident | None = None,
        text: str = "",
        changes: Changes | None = None,
        day: date | None = None,
    ) -> None:
        """Put one line into a file's history; the turn's own household unless another is named."""
        file = household or self.household
        self.touched.add(file.pk)
        self.events.append(
            FileEvent(
                household=file,
                resident=resident,
                verb=verb,
                at=self.at,
                day=day or self.day,
                by=self.by,
                text=text[:200],
                changes=as_json(changes) if changes else "",
            )
        )


def open_file(
    household_id: int, task: Task, *, by: Staff, at: datetime, day: date | None = None, others: Iterable[int] = ()
) -> tuple[Turn, dict[int, Household]]:
    """Lock a household, and `others` with it, in the order of their ids; check that `by` may do this there.

    Raises Household.DoesNotExist for one outside the scope, FileRefused for a task that is not theirs or a day in the
    future. Call inside a transaction, and `close_file` at its end.
    """
    scope = scope_of(by, localtime(at).date())
    wanted = sorted({household_id, *others})
    visible = (
        households_visible_to(scope).filter(pk__in=wanted).select_related("building", "community__division__parent")
    )
    rows = {row.pk: row for row in visible.select_for_update(of=("self",)).order_by("pk")}
    if len(rows) < len(wanted):
        raise Household.DoesNotExist
    for row in rows.values():
        if task not in tasks_for(scope.roles_over(**ids_of(row))):
            raise FileRefused(_("您的岗位可以看这份档案，不能做“%s”") % task.label)
    today = localtime(at).date()
    if day and day > today:
        raise FileRefused(_("日期还没有到，只能登记已经发生的事"))
    return Turn(rows[household_id], by, at, day or today), rows


def ids_of(household: Household) -> dict[str, int | None]:
    """The grid, community, street and district that a household lies in."""
    division = household.community.division
    return {
        GRID: household.grid_id,
        COMMUNITY: household.community_id,
        STREET: division.parent_id,
        DISTRICT: division.parent.parent_id if division.parent else None,
    }


def close_file(turn: Turn) -> None:
    """Append the events, and work out anew the tags and faults of every file that was touched."""
    FileEvent.objects.bulk_create(turn.events)
    recompute(sorted(turn.touched), day=localtime(turn.at).date(), at=turn.at, by=turn.by)


def stay_in(household: Household, resident_id: int) -> Stay:
    """Somebody's open stay in a locked household, with the person. Raises FileRefused when they are not there now."""
    stays = Stay.objects.current().filter(household=household, resident=resident_id)
    stay = stays.select_related("resident").select_for_update(of=("self", "resident")).first()
    if stay is None:
        raise FileRefused(_("这个人已经不在这一户，请重新打开档案看看"))
    stay.household = household
    return stay


def stays_of(household: Household) -> list[Stay]:
    """Every open stay in a locked household, locked too, with the people."""
    stays = Stay.objects.current().filter(household=household).select_related("resident", "household__building")
    return list(stays.select_for_update(of=("self",)).order_by("id"))


def check_version(row: Household | Resident, seen: int | None) -> None:
    """Raises FileChanged when a household's facts or a person have changed since somebody saw them as `seen`."""
    if seen is None or seen == row.version:
        return
    events = FileEvent.objects.exclude(verb=Verb.TAG).select_related("by").order_by("-id")
    mine = events.filter(resident=row) if isinstance(row, Resident) else events.filter(household=row, resident=None)
    newest = list(mine[: max(row.version - seen, 1)])
    raise FileChanged(_("您填写的时候，别人改了这份档案。您写的都还在"), newest, row.version)


def apply(row: Household | Resident | Stay, values: Mapping[str, Any]) -> Changes:
    """Set these values and return what that changed; what is the same already is left out."""
    changes: Changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = [before, value]
            setattr(row, name, value)
    return changes

"""The signs to look at now, building face by building face, as a worker walks past them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.worktime.words import TimeLeft, time_left
from grid.access import Scope
from residents.models import SignDue, Watch, Watcher
from residents.querysets import signs_visible_to

MOST = 300


@dataclass(frozen=True)
class Window:
    """One household to look at; `alarmed`: it was missed and somebody is to go there."""

    due: SignDue
    room: str
    name: str
    left: TimeLeft

    @property
    def alarmed(self) -> bool:
        """Whether a visit was called for it."""
        return self.due.visit_id is not None


@dataclass(frozen=True)
class Face:
    """The windows of one side of a building that are still to be looked at for one sign."""

    title: str
    sign: str
    windows: Sequence[Window]

    @property
    def ids(self) -> str:
        """The signs of the windows, for the one button that answers them all."""
        return ",".join(str(window.due.pk) for window in self.windows)


def faces_of(scope: Scope, now: datetime) -> list[Face]:
    """What is to be looked at now by everybody in scope; one query."""
    rows = signs_visible_to(scope).filter(opens_at__lte=now).select_related("household__building", "watch__resident")
    dues = sorted(rows[:MOST], key=_place)
    return [_face(list(group), now) for _key, group in groupby(dues, key=lambda due: _place(due)[:4])]


def waiting(scope: Scope, now: datetime) -> int:
    """How many signs wait to be seen now; one query."""
    return signs_visible_to(scope).filter(opens_at__lte=now).count()


def watch_of(household_id: int) -> Watch | None:
    """The watch that a household has now, with the person; one query."""
    return Watch.objects.filter(household=household_id, ended_on__isnull=True).select_related("resident").first()


def watchers_of(watch: Watch) -> list[Watcher]:
    """Those who hold a link; one query."""
    return list(watch.watchers.filter(revoked_at__isnull=True).order_by("id"))


def asked_of(watch: Watch, now: datetime) -> SignDue | None:
    """The sign that a watcher is asked about now; one query."""
    return watch.dues.filter(closed_at__isnull=True, opens_at__lte=now).order_by("-due_at").first()


def _place(due: SignDue) -> tuple[int, int, str, str, int, int, int, int]:
    household = due.household
    building = household.building
    side = (building.position, building.pk, due.watch.face, due.kind)
    return (*side, household.unit, household.floor, household.column, due.pk)


def _face(dues: Sequence[SignDue], now: datetime) -> Face:
    first = dues[0]
    title = f"{first.household.building.name} {first.watch.face}".strip()
    return Face(title, str(first.get_kind_display()), [_window(due, now) for due in dues])


def _window(due: SignDue, now: datetime) -> Window:
    household = due.household
    unit = _("%d 单元 ") % household.unit if household.unit else ""
    name = mask_name(due.watch.resident.name)
    return Window(due, f"{unit}{household.room}", name, time_left(due.due_at, now, due.started_at))

"""Going on patrol: begin a round, bring in what is found, end it. Everything is safe to send twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import scope_of
from grid.models import Staff
from grid.querysets import grids_visible_to
from petitions.actions.base import SYSTEM, ActionRefused, begin
from petitions.actions.drafts import Intake
from petitions.actions.ending import follow_up
from petitions.actions.files import keep_files, register_with_files
from petitions.actions.handling import petition_accept, petition_resolve
from petitions.files import Ready
from petitions.models import Category, Patrol, PatrolFind, Petition, PetitionFile
from petitions.spots import building_near
from petitions.workflow import Verb
from residents.models import Building

SOURCE_SYSTEM = "patrol"
NOBODY_ASKED: dict[str, bool | None] = {"contacted": None, "solved": None, "satisfied": None}


@dataclass(frozen=True)
class Found:
    """What somebody found on a round: what, where, pictures before and after, and what was done about it at once.

    `key` comes from the phone. `measure` "" leaves it to whoever is responsible. `point` is (longitude, latitude).
    """

    key: UUID
    text: str
    category: Category | None = None
    building: Building | None = None
    where: str = ""
    point: tuple[float, float] | None = None
    before: Sequence[Ready] = field(default_factory=list)
    after: Sequence[Ready] = field(default_factory=list)
    measure: str = ""


def patrol_start(*, by: Staff, at: datetime, grid_id: int, key: UUID) -> Patrol:
    """Begin a round in a grid; the same key again gives the same round. Raises ActionRefused.

    A round of an earlier day that nobody ended is ended first.
    """
    if known := Patrol.objects.filter(key=key).first():
        return known
    if not grids_visible_to(scope_of(by, localtime(at).date())).filter(pk=grid_id).exists():
        raise ActionRefused(_("请选自己辖区里的网格"))
    try:
        with transaction.atomic():
            _end_former_days(at, by)
            return Patrol.objects.create(staff=by, grid_id=grid_id, key=key, started_at=at)
    except IntegrityError as error:
        if known := Patrol.objects.filter(key=key).first():
            return known
        raise ActionRefused(_("上一趟巡查还没有结束")) from error


@transaction.atomic
def patrol_end(patrol_id: int, *, by: Staff, at: datetime, note: str = "") -> Patrol:
    """End a round of one's own; one that has ended stays as it is. Raises Patrol.DoesNotExist."""
    patrol = Patrol.objects.select_for_update().get(pk=patrol_id, staff=by)
    if patrol.ended_at is None:
        patrol.ended_at, patrol.note = max(at, patrol.started_at), note.strip()
        patrol.save(update_fields=["ended_at", "note"])
    return patrol


@transaction.atomic
def patrol_find(patrol_id: int, found: Found, *, by: Staff, at: datetime) -> PatrolFind:
    """Bring in what was found as a petition (未诉先办), done at once when a measure is named.

    The same key again gives the same find. Raises Patrol.DoesNotExist for somebody else's round, ActionRefused for one
    that has ended, or when what was put right is somebody else's to answer for.
    """
    patrol = Patrol.objects.select_related("grid__division").get(pk=patrol_id, staff=by)
    building = found.building
    if building is None and found.point is not None:
        building = building_near(*found.point, patrol.grid.division)
    petition, is_new = register_with_files(_intake(patrol, found, building, by, at), found.before, by=by, at=at)
    if not is_new:
        return petition.found_on
    if patrol.ended_at is not None and at > patrol.ended_at:
        raise ActionRefused(_("这趟巡查已经结束，请先开始新的一趟"))
    row = PatrolFind.objects.create(patrol=patrol, petition=petition, fixed=bool(found.measure.strip()), at=at)
    if row.fixed:
        _put_right(petition, found, by, at)
    return row


@transaction.atomic
def patrols_end_forgotten(*, at: datetime) -> int:
    """End the rounds of earlier days that nobody ended, at their last find; returns how many."""
    return _end_former_days(at, None)


def _end_former_days(at: datetime, staff: Staff | None) -> int:
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Patrol.objects.select_for_update(skip_locked=True).filter(ended_at__isnull=True, started_at__lt=today)
    forgotten = list(rows.filter(staff=staff) if staff else rows)
    last = dict(
        PatrolFind.objects.filter(patrol__in=forgotten).values_list("patrol").annotate(Max("at")).order_by("patrol")
    )
    for patrol in forgotten:
        patrol.ended_at, patrol.forgotten = last.get(patrol.pk, patrol.started_at), True
    Patrol.objects.bulk_update(forgotten, ["ended_at", "forgotten"])
    return len(forgotten)


def _intake(patrol: Patrol, found: Found, building: Building | None, by: Staff, at: datetime) -> Intake:
    text = found.text.strip()
    if found.point is not None:
        lon, lat = found.point
        text = _("%(text)s\n位置：北纬 %(lat).5f，东经 %(lon).5f") % {"text": text, "lat": lat, "lon": lon}
    return Intake(
        source=Petition.Source.PATROL,
        home=patrol.grid.division,
        text=text,
        received_at=at,
        category=found.category,
        address=found.where,
        building=building,
        external_system=SOURCE_SYSTEM,
        external_no=str(found.key),
        actor=by.name[:20],
    )


def _put_right(petition: Petition, found: Found, by: Staff, at: datetime) -> None:
    """Signed in, answered and filed in one go: nobody asked, so nobody is asked whether they are content."""
    try:
        petition_accept(petition.pk, by=by, at=at)
    except ActionRefused as refused:
        raise ActionRefused(_("这类事归别的岗位办，请不填“当场怎么办的”，交给他们")) from refused
    keep_files(petition, found.after, by=by, at=at, stage=PetitionFile.Stage.AFTER, shown=False)
    petition_resolve(petition.pk, by=by, at=at, text=found.measure)
    turn = begin(petition.pk, Verb.CLOSE, by=None, at=at, text=_("巡查当场办结，没有诉求人"), actor=SYSTEM)
    follow_up(turn, NOBODY_ASKED)

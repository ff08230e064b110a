"""A season of visits in the home community, through the portal's own rules: most in time, some late, some to nobody."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localtime

from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.querysets import work_calendar
from grid.models import Appointment, Staff
from residents.actions.consents import consent_give
from residents.actions.schedule import assign_classes, schedule
from residents.actions.signs import signs_record
from residents.actions.watches import watch_start
from residents.models import CareClass, Community, Consent, Household, Stay, Visit, VisitDue
from residents.sign_rules import hours
from residents.visit_rules import is_off_hours

SEASON = 90
LATE, MISSED = 0.04, 0.12
WATCHED = 6
NOTES = (
    "精神不错，正在做饭",
    "药在床头，按时吃",
    "燃气软管换过了",
    "说腿疼，让女儿周末带去看",
    "暖气够热",
    "想领老年餐，已告诉食堂",
    "电话没换",
    "合租两人，没有变化",
)
RESULTS = (Visit.Result.SEEN,) * 8 + (Visit.Result.AFAR, Visit.Result.PHONE)


def live_visits(community: Community, rng: Random, now: datetime) -> int:
    """Write the visits of the last season and set the next one of every household; returns how many were made.

    The season is written in one go: what the files' own past had set for visits follows from the last ones instead.
    """
    VisitDue.objects.filter(household__community=community).delete()
    households = Household.objects.filter(community=community)
    assign_classes(list(households.values_list("pk", flat=True)), on=localtime(now).date())
    workers = _workers(community)
    classes = {row.pk: row for row in CareClass.objects.filter(every_days__isnull=False)}
    made: list[Visit] = []
    rows = households.filter(care_class__isnull=False).order_by("pk").values_list("pk", "grid_id", "care_class_id")
    for household, grid, care_class in rows:
        made += _of(household, workers[grid], classes[care_class], rng, now)
    Visit.objects.bulk_create(sorted(made, key=lambda visit: visit.at), batch_size=2000)
    schedule(at=now, household_ids=list(households.values_list("pk", flat=True)))
    return len(made)


def live_watches(community: Community, now: datetime) -> int:
    """Let some solitary elders be looked at from outside, this morning's signs seen of all but the last; how many."""
    elders = Household.objects.filter(community=community, statuses__contains=["solitary_elder"]).order_by("pk")
    workers, begun = _workers(community), now - timedelta(days=1)
    watches = []
    for household in elders[:WATCHED]:
        stay = Stay.objects.current().filter(household=household).order_by("id").first()
        if stay is None:
            continue
        by = workers[household.grid_id]
        purposes = (Consent.Purpose.WATCH, Consent.Purpose.NEIGHBOUR)
        told: dict[str, Any] = {"by": by, "at": begun, "how": Consent.How.SPOKEN}
        for purpose in purposes:
            if not stay.resident.consents.filter(purpose=purpose, withdrawn_on__isnull=True).exists():
                consent_give(household.pk, stay.resident_id, purpose=purpose, **told)
        common = hours()
        watch = watch_start(
            household.pk, stay.resident_id, by=by, at=begun, morning_by=common.morning_by, evening_by=common.evening_by,
            face="南面",
        )  # fmt: skip
        watches.append((watch, by))
    for watch, by in watches[:-1]:
        seen = list(watch.dues.filter(opens_at__lte=now).values_list("pk", flat=True))
        signs_record(seen, fine=True, by=by, at=now)
    return len(watches)


def _workers(community: Community) -> dict[int, Staff]:
    posts = Appointment.objects.filter(grid__division=community.division, ends_on__isnull=True)
    return {post.grid_id: post.staff for post in posts.select_related("staff") if post.grid_id}


def _of(household: int, worker: Staff, care_class: CareClass, rng: Random, now: datetime) -> list[Visit]:
    """One household's visits, each about a cadence after the one before; the last few stay to be made."""
    every = care_class.every_days or SEASON
    found: list[Visit] = []
    day = localtime(now).date() - timedelta(days=SEASON - rng.randrange(every))
    while True:
        late = rng.randint(1, 3) if rng.random() < LATE else 0
        at = datetime(day.year, day.month, day.day, rng.randint(9, 17), rng.randrange(60), tzinfo=ZONE)
        at += timedelta(days=late)
        if at >= now:
            return found
        if rng.random() < MISSED:
            found.append(_visit(household, worker, Visit.Result.NOBODY, "", at - timedelta(hours=20)))
        phone = Visit.Result.PHONE in care_class.counts
        result = rng.choice(RESULTS) if phone else Visit.Result.SEEN
        found.append(_visit(household, worker, result, rng.choice(NOTES) if rng.random() < 0.5 else "", at))
        day = at.date() + timedelta(days=every - rng.randint(0, min(2, care_class.window_days)))


def _visit(household: int, worker: Staff, result: str, note: str, at: datetime) -> Visit:
    return Visit(
        household_id=household,
        by=worker,
        at=at,
        entered_at=at + timedelta(minutes=6),
        result=result,
        note=note,
        fulfils=result != Visit.Result.NOBODY,
        off_hours=is_off_hours(at, work_calendar()),
    )

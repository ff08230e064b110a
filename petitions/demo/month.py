"""Lives the planned month through the portal's own actions and sweep, so that every history is a true one."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.db.models import F, Prefetch
from django.utils.timezone import localtime

from community_portal.notices.models import Notice
from grid.models import Appointment, Staff
from petitions import numbers
from petitions.actions import clocks, ending, handling, pressing, public, triage
from petitions.actions.base import HOTLINE, RESIDENT
from petitions.actions.register import Intake, register
from petitions.catalogue import catalogue
from petitions.demo.cast import HOTLINE_NAME, Home
from petitions.demo.deeds import DEEDS, actor_of
from petitions.demo.plan import DAYS, Case, Step, month
from petitions.demo.stories import place_words
from petitions.models import Category, Petition
from petitions.workflow import Verb
from residents.models import Household, Stay
from residents.places import forget_names

READ_AFTER = timedelta(days=1)
ACTORS = {"hotline": HOTLINE, "web": RESIDENT}
HOLD_HOURS = 4


class Month:
    """The month while it is being lived: the people, the doors, and the simulated time."""

    def __init__(self, home: Home, rng: Random, now: datetime) -> None:
        self.home, self.rng, self.now = home, rng, now
        self.staff = {row.pk: row for row in Staff.objects.filter(is_demo=True)}
        self.by_name = {row.username: row for row in self.staff.values()}
        self.doors = _doors(home)
        self.lived: list[int] = []
        self.rungs = 0
        self.swept = now - timedelta(days=DAYS)

    def live(self, petitions: int) -> int:
        """Play so many petitions in order of time; returns how many ladder rungs the sweep took meanwhile."""
        forget_names()
        lives = [self._life(index, case) for index, case in enumerate(month(self.rng, petitions, self.now), 1)]
        waiting = [(next(life), index) for index, life in enumerate(lives)]
        heapq.heapify(waiting)
        while waiting and waiting[0][0] <= self.now:
            at, index = heapq.heappop(waiting)
            self._sweep_until(at)
            later = next(lives[index], None)
            if later is not None:
                heapq.heappush(waiting, (later, index))
        self._sweep_until(self.now)
        self._name_codes()
        self._deliver()
        return self.rungs

    def _life(self, index: int, case: Case) -> Iterator[datetime]:
        """One petition: yields when its next step is to be taken, and takes it when resumed."""
        yield case.at
        petition, _new = register(self._intake(index, case), by=self._registrar(case), at=case.at)
        self.lived.append(petition.pk)
        for step in case.steps:
            yield step.at
            petition = self._take(petition, step)

    def _intake(self, index: int, case: Case) -> Intake:
        door = self._door(case)
        resident = next((stay.resident for stay in door.stays.all()), None)
        estate = door.building.estate.name
        place = place_words(self.rng, estate, int(door.building.number), door.unit, door.room) if case.named else estate
        from_hotline = case.source == "hotline"
        patrol = case.source == "patrol"
        return Intake(
            source=case.source,
            kind=case.problem.kind,
            home=self.home.street if from_hotline else self.home.community.division,
            text=case.problem.text.format(place=place),
            category=catalogue().category(case.problem.category),
            received_at=case.at,
            address=place if case.named else "",
            caller_name=resident.name if resident and not patrol else "",
            caller_phone=resident.phone if resident and not patrol else "",
            external_system=HOTLINE_NAME if from_hotline else "",
            external_no=f"{localtime(case.at):%Y%m%d}{index:06d}" if from_hotline else "",
            actor=ACTORS.get(case.source, ""),
        )

    def _door(self, case: Case) -> Household:
        doors = self.doors
        if case.building:
            doors = [door for door in doors if door.building.number == str(case.building)] or doors
        return doors[int(case.door * len(doors))]

    def _registrar(self, case: Case) -> Staff | None:
        if case.source == "patrol":
            return self.by_name["maxue"]
        return None if case.source in ACTORS else self.by_name["wangfang"]

    def _take(self, petition: Petition, step: Step) -> Petition:
        """One step, by whoever would take it; the petition as it is afterwards."""
        if step.verb in (Verb.RATE, Verb.SUPPLEMENT):
            return _resident(petition.pk, step)
        if step.verb in DEEDS:
            by = actor_of(step.verb, petition, self.by_name, self.staff.get(petition.handler_id or 0))
            return DEEDS[step.verb](petition, by, step.at, step.text)
        if petition.handler_id is None and step.verb in BY_HANDLER:
            petition = self._dispatch(petition, replace(step, verb=Verb.DISPATCH, text=""))
        if step.verb == Verb.DISPATCH:
            return self._dispatch(petition, step)
        by = self.staff[petition.handler_id or 0] if step.verb in BY_HANDLER else self._officer(petition)
        words = {} if step.verb in WORDLESS else {"text": step.text}
        return _ACTIONS[step.verb](petition.pk, by=by, at=step.at, **words, **_details(step))

    def _officer(self, petition: Petition) -> Staff:
        """Who oversees it: the community for what lies inside the walls, the street for the rest."""
        inside = petition.jurisdiction == Category.Jurisdiction.INNER
        return self.by_name["linwei" if inside else "gaoyuan"]

    def _dispatch(self, petition: Petition, step: Step) -> Petition:
        """To the worker of its grid; the first grid takes what has none."""
        grid = petition.grid_id or self.home.grids[1].pk
        post = Appointment.objects.filter(role=Appointment.Role.GRID_WORKER, grid=grid).earliest("id")
        return handling.petition_dispatch(
            petition.pk, by=self._officer(petition), at=step.at, appointment_id=post.pk, text=step.text
        )

    def _sweep_until(self, at: datetime) -> None:
        """Take each rung when it comes due, as the beat would have; one due in the past is taken at once."""
        while (due := _next_check()) is not None and due <= at:
            self.swept = max(due, self.swept)
            self.rungs += clocks.sweep(at=self.swept)

    def _name_codes(self) -> None:
        """Query codes by the seed too, so that the same seed gives the same demo."""
        rows = [Petition(pk=pk) for pk in self.lived]
        for row in rows:
            row.query_code = "".join(self.rng.choices(numbers.ALPHABET, k=numbers.CODE_LENGTH))
        Petition.objects.bulk_update(rows, ["query_code"], batch_size=500)

    def _deliver(self) -> None:
        """What residents were told in the past is not sent now; what staff were told before yesterday has been read."""
        Notice.objects.filter(sent_at__isnull=True).update(sent_at=F("not_before"))
        Notice.objects.filter(staff__isnull=False, created_at__lt=self.now - READ_AFTER).update(read_at=F("created_at"))


def _resident(pk: int, step: Step) -> Petition:
    if step.verb == Verb.SUPPLEMENT:
        return public.petition_supplement(pk, at=step.at, text=step.text)
    return public.petition_rate(pk, at=step.at, text=step.text, **_details(step))


def _details(step: Step) -> dict[str, Any]:
    """What some verbs want besides the words."""
    if step.ratings is not None:
        return dict(zip(("contacted", "solved", "satisfied"), step.ratings, strict=True))
    if step.verb == Verb.REFUSE:
        return {"ground": step.ground}
    if step.verb == Verb.CLASSIFY:
        category = catalogue().category(CORRECTED)
        assert category is not None
        return {"category_id": category.pk}
    return {"hours": HOLD_HOURS} if step.verb == Verb.ACKNOWLEDGE else {}


BY_HANDLER = {Verb.ACCEPT, Verb.CONTACT, Verb.NOTE, Verb.RESOLVE, Verb.RETURN, Verb.CLASSIFY}
WORDLESS = {Verb.ACCEPT, Verb.CLASSIFY}
CORRECTED = "dispute"
_ACTIONS: dict[str, Callable[..., Petition]] = {
    Verb.ACCEPT: handling.petition_accept,
    Verb.CONTACT: handling.petition_contact,
    Verb.NOTE: handling.petition_note,
    Verb.RESOLVE: handling.petition_resolve,
    Verb.RETURN: triage.petition_return,
    Verb.REFUSE: ending.petition_refuse,
    Verb.CLASSIFY: handling.petition_classify,
    Verb.CLOSE: ending.petition_close,
    Verb.SUPERVISE: pressing.petition_supervise,
    Verb.ACKNOWLEDGE: pressing.petition_acknowledge,
}


def _doors(home: Home) -> list[Household]:
    """Households with somebody to talk to, each with the people who have a phone, the head first."""
    callable_people = (
        Stay.objects.current().exclude(resident__phone_index=None).select_related("resident").order_by("id")
    )
    found = Household.objects.filter(community=home.community, stays__relation=Stay.HEAD)
    return list(
        found.select_related("building__estate")
        .prefetch_related(Prefetch("stays", callable_people))
        .order_by("building__position", "unit", "floor", "column")
    )


def _next_check() -> datetime | None:
    """When the next rung of any clock comes due; plain SQL, since it is asked before every step."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(next_check_at) FROM petitions_petitionclock WHERE next_check_at IS NOT NULL")
        due: datetime | None = cursor.fetchone()[0]
    return due

"""Lives the planned month through the portal's own actions and sweep, so that every history is a true one."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F, Min
from django.utils.timezone import localtime

from community_portal.notices.models import Notice
from grid.models import Appointment, Staff
from petitions import numbers
from petitions.actions import clocks, handling, public
from petitions.actions.base import HOTLINE, RESIDENT
from petitions.actions.register import Intake, register
from petitions.catalogue import catalogue
from petitions.demo.cast import Home
from petitions.demo.plan import Case, Step, month
from petitions.demo.stories import place_words
from petitions.models import Petition, PetitionClock
from petitions.workflow import Verb
from residents.models import Household, Resident
from residents.places import forget_names

MINUTE = timedelta(minutes=1)
READ_AFTER = timedelta(days=1)
ACTORS = {"hotline": HOTLINE, "web": RESIDENT}
HOTLINE_NAME = "北京12345（演示）"
HOLD_HOURS = 4


class Month:
    """The month while it is being lived: the people, the doors, and the simulated time."""

    def __init__(self, home: Home, rng: Random, now: datetime) -> None:
        self.home, self.rng, self.now = home, rng, now
        self.staff = {row.pk: row for row in Staff.objects.filter(is_demo=True)}
        self.by_name = {row.username: row for row in self.staff.values()}
        self.doors = _doors(home)
        self.rungs = 0

    def live(self, petitions: int, report: Callable[[int], None]) -> int:
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
            report(len(waiting))
        self._sweep_until(self.now)
        self._name_codes()
        self._deliver()
        return self.rungs

    def _life(self, index: int, case: Case) -> Iterator[datetime]:
        """One petition: yields when its next step is to be taken, and takes it when resumed."""
        yield case.at
        petition, _new = register(self._intake(index, case), by=self._registrar(case), at=case.at)
        for step in case.steps:
            yield step.at
            self._take(petition.pk, step)

    def _intake(self, index: int, case: Case) -> Intake:
        door = self._door(case)
        resident = door.residents.all()[0] if door.residents.all() else None
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

    def _take(self, pk: int, step: Step) -> None:
        petition = Petition.objects.only("state", "handler_id", "grid_id", "community_id").get(pk=pk)
        if step.verb in (Verb.ACCEPT, Verb.RETURN) and petition.handler_id is None:
            self._dispatch(petition, Step(step.at - MINUTE, Verb.DISPATCH))
            petition.refresh_from_db(fields=["handler_id"])
        handler = self.staff.get(petition.handler_id or 0)
        if step.verb == Verb.DISPATCH:
            self._dispatch(petition, step)
        elif step.verb in (Verb.RATE, Verb.SUPPLEMENT):
            self._resident(pk, step)
        else:
            self._officer(pk, step, handler)

    def _dispatch(self, petition: Petition, step: Step) -> None:
        """The street gives outer matters to the outer grid, the community the rest to the building's worker."""
        place = {"grid": petition.grid_id or self.home.grids[1].pk}
        appointment = Appointment.objects.filter(role=Appointment.Role.GRID_WORKER, **place).earliest("id")
        by = self.by_name["gaoyuan"]
        handling.petition_dispatch(petition.pk, by=by, at=step.at, appointment_id=appointment.pk, text=step.text)

    def _resident(self, pk: int, step: Step) -> None:
        if step.verb == Verb.SUPPLEMENT:
            public.petition_supplement(pk, at=step.at, text=step.text)
            return
        contacted, solved, satisfied = step.ratings or (True, True, True)
        public.petition_rate(pk, at=step.at, contacted=contacted, solved=solved, satisfied=satisfied, text=step.text)

    def _officer(self, pk: int, step: Step, handler: Staff | None) -> None:
        street, words = self.by_name["gaoyuan"], {"at": step.at, "text": step.text}
        match step.verb:
            case Verb.ACCEPT:
                handling.petition_accept(pk, by=handler or street, at=step.at)
            case Verb.REFUSE:
                handling.petition_refuse(pk, by=street, ground=step.ground, **words)
            case Verb.CLOSE:
                contacted, solved, satisfied = step.ratings or (True, True, True)
                handling.petition_close(pk, by=street, contacted=contacted, solved=solved, satisfied=satisfied, **words)
            case Verb.SUPERVISE:
                handling.petition_supervise(pk, by=street, **words)
            case Verb.ACKNOWLEDGE:
                handling.petition_acknowledge(pk, by=street, hours=HOLD_HOURS, **words)
            case _:
                _HANDLER_ACTIONS[step.verb](pk, by=handler or street, **words)

    def _sweep_until(self, at: datetime) -> None:
        """Take each rung in the minute in which it came due, as the beat would have."""
        while (due := _next_check()) is not None and due <= at:
            moment = max(due, self._swept) if hasattr(self, "_swept") else due
            self.rungs += clocks.sweep(at=moment)
            self._swept = moment

    def _name_codes(self) -> None:
        """Query codes by the seed too, so that the same seed gives the same demo."""
        rows = list(Petition.objects.only("pk").order_by("pk"))
        for row in rows:
            row.query_code = "".join(self.rng.choice(numbers.ALPHABET) for _ in range(numbers.CODE_LENGTH))
        Petition.objects.bulk_update(rows, ["query_code"], batch_size=500)

    def _deliver(self) -> None:
        """What was said to residents of the past is not sent now; what staff were told before yesterday has been read."""
        Notice.objects.filter(sent_at__isnull=True).update(sent_at=F("not_before"))
        Notice.objects.filter(staff__isnull=False, created_at__lt=self.now - READ_AFTER).update(read_at=F("created_at"))


_HANDLER_ACTIONS: dict[str, Callable[..., Any]] = {
    Verb.CONTACT: handling.petition_contact,
    Verb.NOTE: handling.petition_note,
    Verb.RESOLVE: handling.petition_resolve,
    Verb.RETURN: handling.petition_return,
}


def _doors(home: Home) -> list[Household]:
    """Households with people who can be called, with their first adult."""
    adults = Resident.objects.exclude(phone_index=None).order_by("id")
    from django.db.models import Prefetch

    rows = (
        Household.objects.filter(community=home.community, residents__relation="户主")
        .select_related("building__estate")
        .prefetch_related(Prefetch("residents", adults))
        .order_by("building__position", "unit", "floor", "column")
    )
    return list(rows)


def _next_check() -> datetime | None:
    return PetitionClock.objects.filter(next_check_at__isnull=False).aggregate(first=Min("next_check_at"))["first"]

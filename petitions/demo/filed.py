"""Some families' last months, lived through the real actions, and a few plausible faults in the files."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localtime

from grid.models import Staff
from petitions.demo import names
from petitions.demo.cast import Home
from residents.actions.facts import household_edit
from residents.actions.life import birth_record, death_record
from residents.actions.moves import residents_move
from residents.actions.tags import recompute
from residents.models import Household, Resident, Stay

WORKER = "maxue"
MOVES, LETTINGS, BIRTHS = 4, 6, 2
NEWBORN_IDS = 4_000_000


class Filed:
    """The first grid's families: moves, lettings, births, a death; then what was written down wrongly."""

    def __init__(self, home: Home, rng: Random, now: datetime) -> None:
        self.home, self.rng, self.now = home, rng, now
        self.by = Staff.objects.get(username=WORKER)
        rows = Household.objects.filter(grid=home.grids[1]).order_by("id").prefetch_related("stays__resident")
        self.families = [row for row in rows if len(row.stays.all()) > 1]
        self.empty = [row for row in rows if row.living == Household.Living.VACANT]
        rng.shuffle(self.families)

    def live(self) -> int:
        """Everything, the oldest first; returns how many events of life there were."""
        acts: list[Callable[[datetime], Any]] = [
            *([self._move] * min(MOVES, len(self.empty))),
            *([self._let] * LETTINGS),
            *([self._birth] * BIRTHS),
            self._death,
        ]
        acts = acts[: max(len(self.families) - 5, 0)]
        days = sorted(self.rng.sample(range(3, 330), len(acts)), reverse=True)
        for act, ago in zip(acts, days, strict=True):
            act(self.now - timedelta(days=ago, hours=self.rng.randrange(5)))
        self._faults()
        ids = list(Household.objects.filter(community=self.home.community).values_list("pk", flat=True))
        recompute(ids, day=localtime(self.now).date(), at=self.now, by=None)
        return len(acts)

    def _family(self) -> Household:
        return self.families.pop()

    def _move(self, at: datetime) -> None:
        """A whole family moves into an empty dwelling of the grid; its own stands empty."""
        old, new = self._family(), self.empty.pop()
        people = [stay.resident_id for stay in old.stays.all()]
        _settled_before(old, at)
        facts: dict[str, Any] = {"living": old.living, "lease_ends_on": old.lease_ends_on, "utilities_off": []}
        residents_move(old.pk, by=self.by, at=at, people=people, to=new.pk, registered=True)
        household_edit(new.pk, by=self.by, at=at, facts=facts)
        household_edit(old.pk, by=self.by, at=at, facts={"living": Household.Living.VACANT})

    def _let(self, at: datetime) -> None:
        """The lease was made longer, or somebody got a dog."""
        family = self._family()
        facts: dict[str, Any] = {"pets": self.rng.choice(("一只狗", "一只猫"))}
        if family.lease_ends_on:
            facts = {"lease_ends_on": family.lease_ends_on + timedelta(days=365)}
        household_edit(family.pk, by=self.by, at=at, facts=facts)

    def _birth(self, at: datetime) -> None:
        family = self._family()
        surname, sex = family.stays.all()[0].resident.name[0], self.rng.choice(("male", "female"))
        born = localtime(at).date()
        number = names.id_number(NEWBORN_IDS + len(self.families), born, sex)
        child = {"name": surname + names.given_name(self.rng, sex, born.year), "sex": sex, "birth_date": born}
        birth_record(family.pk, by=self.by, at=at, child={**child, "id_number": number, "relation": "子女"})

    def _death(self, at: datetime) -> None:
        """The eldest of a couple; the other is head from then on."""
        family = self._family()
        eldest, *others = sorted(family.stays.all(), key=lambda stay: stay.resident.birth_date)
        _settled_before(family, at)
        head = others[0].resident_id if eldest.relation == Stay.HEAD else None
        death_record(family.pk, eldest.resident_id, by=self.by, at=at, head=head)

    def _faults(self) -> None:
        """A wrong check digit, a wrong birthday, two heads, too few beds, one person in two households."""
        if len(self.families) < 5:
            return
        digit, birthday, heads, beds, double = (list(self._family().stays.order_by("id")) for _number in range(5))
        person = Resident.objects.get(pk=digit[0].resident_id)
        person.id_number = person.id_number[:-1] + ("1" if person.id_number[-1] != "1" else "2")
        person.save()
        other = Resident.objects.get(pk=birthday[0].resident_id)
        other.birth_date += timedelta(days=10)
        other.save()
        Stay.objects.filter(pk=heads[1].pk).update(relation=Stay.HEAD)
        Household.objects.filter(pk=beds[0].household_id).update(beds=1)
        Stay.objects.create(household_id=heads[0].household_id, resident_id=double[1].resident_id, relation="同住")


def _settled_before(family: Household, at: datetime) -> None:
    """Nobody leaves before they came."""
    family.stays.filter(moved_in__gt=localtime(at).date()).update(moved_in=localtime(at).date() - timedelta(days=90))

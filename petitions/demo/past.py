"""One petition of the large demo as rows for COPY: what the actions would have written, computed without them."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from community_portal.privacy.normal import PHONE
from community_portal.privacy.sealing import blind_index, seal
from community_portal.worktime import ladder
from community_portal.worktime.actions import RETRY
from community_portal.worktime.deadlines import CalendarNotCovered, WorkCalendar
from community_portal.worktime.ladder import StepAction
from grid.models import Organisation
from petitions import numbers, search
from petitions.actions.base import HOTLINE, RESIDENT, SYSTEM
from petitions.actions.clocks import RUNGS
from petitions.catalogue import Catalogue
from petitions.demo import names, stories
from petitions.demo.cast import HOTLINE_NAME
from petitions.demo.facts import Deed, Facts, Row, Rows, Rule, Running, clock_row, event_rows, rule_of, rung_deed
from petitions.demo.layout import HOME_HOUSEHOLDS, doors_of
from petitions.demo.served import Served
from petitions.models import HANDLING, Category, Ground, Petition
from petitions.titles import title_of

LATE, REFUSED, BY_COMMUNITY = 0.04, 0.03, 0.35
SOURCES = ("hotline",) * 45 + ("web",) * 30 + ("phone",) * 15 + ("desk",) * 10
ACTORS = {"hotline": HOTLINE, "web": RESIDENT}
UNKNOWN_PACE = timedelta(days=3)
CALLERS = 10_000_000
GROUND = "no_new_facts"
ADVICE = "请按上述渠道反映。"


class Past:
    """Makes petitions as they stand at `now`, each with the clocks and events that its life has had so far."""

    def __init__(self, known: Catalogue, calendar: WorkCalendar, rng: Random, now: datetime) -> None:
        self.calendar, self.rng, self.now = calendar, rng, now
        self.categories = known.categories
        self.ground = known.grounds[Ground.Use.REFUSE][GROUND]
        self.rules = {
            level: [rule_of(kind, by[kind]) for kind in HANDLING if kind in by] for level, by in known.rules.items()
        }
        self.doors = doors_of(HOME_HOUSEHOLDS)
        self.levels = {row.pk: row.name for row in known.levels.values()}
        self.sources = {source.value: str(source.label) for source in Petition.Source}

    def add(self, rows: Rows, serial: int, at: datetime, served: Served) -> None:
        """One petition registered at an instant in a community."""
        facts = self._facts(serial, at, served)
        clocks = [Running(rule, self._due(rule, at)) for rule in self.rules[facts.category.level_id]]
        life = [deed for deed in self._life(facts, {clock.rule.kind: clock for clock in clocks}) if deed.at <= self.now]
        for clock in clocks:
            self._run(clock, at)
        rungs = [rung for clock in clocks for rung in clock.rungs]
        deeds = sorted([*self._beginning(facts), *life, *rungs], key=lambda deed: deed.at)
        rows.petitions.append(self._petition(facts, clocks, life))
        rows.clocks += [clock_row(serial, clock, at) for clock in clocks]
        rows.events += event_rows(serial, deeds)

    def _facts(self, serial: int, at: datetime, served: Served) -> Facts:
        rng = self.rng
        problem = rng.choice(stories.PROBLEMS[rng.choice(stories.COMMON)])
        category = self.categories[problem.category]
        index = rng.randrange(len(served.built.households))
        house, room = self.doors[index]
        outer = category.jurisdiction == Category.Jurisdiction.OUTER
        place = f"{served.estates[house.is_tower]}{house.number}号楼{room.unit}单元{room.room}"
        text = problem.text.format(place=place)
        return Facts(
            serial,
            at,
            rng.choice(SOURCES),
            problem,
            category,
            place,
            served,
            served.workers[0 if outer else house.grid],
            house.number,
            served.built.households[index],
            text,
            title_of(text),
        )

    def _due(self, rule: Rule, at: datetime) -> datetime | None:
        try:
            return ladder.due_of(rule.snapshot, at, self.calendar)
        except CalendarNotCovered:
            return None

    def _beginning(self, facts: Facts) -> Iterator[Deed]:
        worker, source = facts.worker, self.sources[facts.source]
        by = None if facts.source in ACTORS else facts.served.head
        text = f"{source}来单，{self.levels[facts.category.level_id]}"
        yield Deed(facts.at, "register", by, ACTORS.get(facts.source, ""), "registered", text)
        inner = f"按地址 {facts.house}号楼 到{worker.grid_name}"
        way = f"墙外事项，归{worker.grid_name}" if facts.outer else inner
        yield Deed(facts.at, "dispatch", None, SYSTEM, "dispatched", way, {"handler": worker.name})

    def _life(self, facts: Facts, clocks: dict[str, Running]) -> Iterator[Deed]:
        """What is done about it, also beyond now; ends the clocks on the way."""
        rng, at, worker = self.rng, facts.at, facts.worker.staff
        if rng.random() < REFUSED:
            refused = self._within(at, clocks["sign_in"], 0.2, 0.6)
            _end(clocks.values(), refused, "cancelled", self.now)
            words = f"{self.ground}。{ADVICE}"
            yield Deed(refused, "refuse", facts.served.head, "", "refused", words, {"ground": GROUND})
            return
        signed = self._within(at, clocks["sign_in"], 0.05, 0.5)
        contacted = max(signed + timedelta(minutes=1), self._within(at, clocks["contact"], 0.2, 0.7))
        late = rng.random() < LATE
        planned = self._within(at, clocks["resolve"], *((1.02, 1.3) if late else (0.2, 0.7)))
        answered = max(contacted + timedelta(minutes=2), planned)
        for kind, end in (("sign_in", signed), ("contact", contacted), ("resolve", answered)):
            _end([clocks[kind]], end, "met", self.now)
        yield Deed(signed, "accept", worker, "", "accepted")
        yield Deed(contacted, "contact", worker, "", "accepted", facts.problem.contact)
        yield Deed(answered, "resolve", worker, "", "resolved", facts.problem.answer)
        yield self._ending(facts, answered)

    def _ending(self, facts: Facts, answered: datetime) -> Deed:
        rng = self.rng
        at = answered + timedelta(hours=rng.uniform(1, 60))
        if rng.random() < BY_COMMUNITY:
            answers = {"contacted": True, "solved": rng.random() < 0.95, "satisfied": rng.random() < 0.92}
            return Deed(at, "close", facts.served.head, "", "closed", "", answers)
        answers = {"contacted": True, "solved": True, "satisfied": True}
        return Deed(at, "rate", None, RESIDENT, "closed", rng.choice(stories.THANKS), answers)

    def _within(self, at: datetime, clock: Running, low: float, high: float) -> datetime:
        """A moment at such a share of a clock's time."""
        span = clock.due_at - at if clock.due_at else UNKNOWN_PACE
        return at + span * self.rng.uniform(low, high)

    def _run(self, clock: Running, at: datetime) -> None:
        """Take the rungs that come before the clock's end or now; point an open clock at its next one."""
        end = clock.ends_at or self.now
        moment = at
        if clock.due_at is None:
            clock.next_check_at = None if clock.ends_at else at + RETRY
            return
        for number, step in enumerate(clock.rule.steps):
            try:
                moment = max(moment, step.instant(at, clock.due_at, self.calendar))
            except CalendarNotCovered:
                moment = self.now + RETRY
            if moment > end:
                clock.next_check_at = None if clock.ends_at else moment
                return
            clock.rungs.append(rung_deed(clock.rule, number, step, clock.due_at, moment))
            if step.action == StepAction.ESCALATE:
                clock.reached = max(clock.reached, RUNGS[step.to])

    def _petition(self, facts: Facts, clocks: list[Running], life: list[Deed]) -> Row:
        done = {deed.verb: deed for deed in life}
        running = [clock for clock in clocks if clock.ends_at is None]
        answer, refusal = done.get("resolve"), done.get("refuse")
        ending = done.get("rate") or done.get("close")
        asked = ending.data if ending else {}
        closing = ending or refusal
        state = life[-1].state if life else "dispatched"
        answered = answer or refusal
        return (
            *self._intake(facts),
            state,
            max((clock.reached for clock in running), default=0),
            facts.at,
            facts.at,
            min((clock.due_at for clock in running if clock.due_at), default=None),
            answer.at if answer else None,
            closing.at if closing else None,
            answered.text if answered else "",
            asked.get("contacted"),
            asked.get("solved"),
            asked.get("satisfied"),
            1 + len(life),
            search.vector(facts.title, facts.place),
        )

    def _intake(self, facts: Facts) -> Row:
        rng, served, key = self.rng, facts.served, uuid.uuid4()
        phone = names.phone(CALLERS + facts.serial)
        name = names.surname(rng) + names.given_name(rng, "female", 1980)
        hotline = facts.source == "hotline"
        helped = facts.category.helper == Organisation.Kind.PROPERTY
        return (
            facts.serial, key, numbers.number_of(facts.serial, facts.at),
            "".join(rng.choices(numbers.ALPHABET, k=numbers.CODE_LENGTH)), facts.source, facts.problem.kind,
            HOTLINE_NAME if hotline else "", f"{facts.at:%Y%m%d}-{facts.serial}" if hotline else "",
            facts.title, facts.text, facts.category.pk, facts.category.level_id, False,
            seal(Petition, "caller_name", key, name), seal(Petition, "caller_phone", key, phone),
            blind_index(PHONE, phone), facts.place, facts.category.jurisdiction,
            served.district, served.street, served.community, facts.worker.grid, facts.building, facts.household,
            facts.worker.staff, served.property_company if helped else None,
        )  # fmt: skip


def _end(clocks: Iterable[Running], at: datetime, outcome: str, now: datetime) -> None:
    """A clock that ends beyond now is still open."""
    for clock in clocks:
        if at <= now:
            clock.ends_at, clock.outcome = at, outcome

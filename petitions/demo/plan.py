"""The demo's month of petitions as a plan: who asks what, when, and what is done about it and when; pure."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from community_portal.worktime.deadlines import ZONE
from petitions.demo import stories
from petitions.demo.scenes import SCENES, Scene
from petitions.demo.stories import PROBLEMS, Problem
from petitions.workflow import Verb

DAYS = 30
LIVE_HOURS = 6
HOURS = (0, 0, 0, 0, 0, 1, 3, 8, 16, 22, 22, 16, 9, 12, 18, 18, 15, 12, 9, 8, 7, 4, 2, 1)
SOURCES = ("hotline",) * 36 + ("web",) * 26 + ("phone",) * 14 + ("desk",) * 12 + ("patrol",) * 9 + ("file",) * 3
OPENS, CLOSES = time(8, 30), time(18)
URGENT = {"safety", "utility", "ebike"}
# Hours after registration of sign-in, first contact and answer: (earliest, latest) by category, else ORDINARY.
PACE = {
    "safety": ((0.05, 0.22), (0.3, 0.9), (1.0, 1.9)),
    "utility": ((0.05, 0.45), (0.8, 3.5), (4, 22)),
    "ebike": ((0.05, 0.45), (0.8, 3.5), (4, 22)),
}
ORDINARY = ((0.2, 5), (3, 9), (20, 130))
LATE_PACE = {"safety": 2.4, "utility": 30.0, "ebike": 33.0}
LATE_ORDINARY = 196.0
FATES = (
    "rated", "closed", "refused", "reopened", "returned", "late",
    *("rated",) * 20, *("closed",) * 11, "returned", "late", "late",
)  # fmt: skip
OLDEST_NEEDED = {"reopened": 240, "late": 260, "returned": 190}


@dataclass(frozen=True)
class Step:
    """One thing done to a petition: when, what, and the words."""

    at: datetime
    verb: str
    text: str = ""
    ratings: tuple[bool, bool, bool] | None = None
    ground: str = ""


@dataclass(frozen=True)
class Case:
    """One petition from its registration to as far as it has come. `door` picks the household, `place` its words."""

    at: datetime
    source: str
    problem: Problem
    door: float
    building: int | None = None
    named: bool = True
    steps: list[Step] = field(default_factory=list)


def month(rng: Random, petitions: int, now: datetime) -> list[Case]:
    """So many petitions of the last 30 days up to `now` (aware), in the order of registration."""
    now = now.astimezone(ZONE).replace(second=0, microsecond=0)
    scenes = SCENES[: petitions // 2] if petitions < 2 * len(SCENES) else SCENES
    cases = [_staged(rng, scene, now) for scene in scenes]
    cases += [_lived(rng, FATES[n % len(FATES)], now) for n in range(petitions - len(cases))]
    return sorted(cases, key=lambda case: case.at)


def _staged(rng: Random, scene: Scene, now: datetime) -> Case:
    """A case of the present: registered so long ago that its clock shows what the scene wants."""
    at = now - timedelta(hours=scene.hours)
    if scene.vague is not None:
        text, category = stories.VAGUE[scene.vague]
        problem = Problem(category, "help", text, "", "")
        return Case(at, scene.source, problem, rng.random(), named=False)
    problem = PROBLEMS[scene.category][scene.problem]
    steps = [_scene_step(rng, at, hours, verb, problem) for hours, verb in scene.steps]
    return Case(at, scene.source, problem, rng.random(), scene.building, steps=steps)


def _scene_step(rng: Random, at: datetime, hours: float, verb: str, problem: Problem) -> Step:
    return Step(at + timedelta(hours=hours), verb, _words(rng, verb, problem))


def _words(rng: Random, verb: str, problem: Problem) -> str:
    said = {
        Verb.CONTACT: (problem.contact,),
        Verb.RESOLVE: (problem.answer,),
        Verb.NOTE: stories.NOTES,
        Verb.RETURN: stories.RETURNS,
        Verb.DISPATCH: stories.REDISPATCHES,
        Verb.REOPEN: stories.REOPENS,
        Verb.SUPPLEMENT: stories.SUPPLEMENTS,
        Verb.SUPERVISE: stories.SUPERVISIONS,
        Verb.ACKNOWLEDGE: stories.HOLDS,
        Verb.ON_SPOT: (problem.answer,),
        **{verb: (words,) for verb, words in stories.DEEDS.items()},
    }
    return rng.choice(said.get(Verb(verb), ("",)))


def _lived(rng: Random, fate: str, now: datetime) -> Case:
    """A case of the past month that has been answered by now."""
    problem = rng.choice(PROBLEMS[rng.choice(stories.COMMON)])
    at = moment(rng, now - timedelta(days=DAYS), now - timedelta(hours=OLDEST_NEEDED.get(fate, LIVE_HOURS)))
    source = rng.choice(SOURCES)
    steps = list(_life(rng, fate, at, now, problem))
    return Case(at, source, problem, rng.random(), steps=steps)


def moment(rng: Random, first: datetime, last: datetime) -> datetime:
    """An instant between two others as people get in touch: by day rather than at night, less at weekends."""
    days = (last.date() - first.date()).days
    while True:
        day = first.date() + timedelta(days=rng.randint(0, days))
        if day.weekday() >= 5 and rng.random() < 0.45:
            continue
        hour = rng.choices(range(24), HOURS)[0]
        at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), ZONE)
        if first <= at <= last:
            return at


def _life(rng: Random, fate: str, at: datetime, now: datetime, problem: Problem) -> Iterator[Step]:
    if fate == "refused":
        yield Step(_soon(rng, at, now, 2, 8), Verb.REFUSE, "请按上述渠道反映。", ground="no_new_facts")
        return
    start = at
    if fate == "returned":
        start = _soon(rng, at, now, 0.2, 1)
        yield Step(start, Verb.RETURN, _words(rng, Verb.RETURN, problem))
        start = _soon(rng, start, now, 0.1, 1)
        yield Step(start, Verb.DISPATCH, _words(rng, Verb.DISPATCH, problem))
    answered = yield from _handled(rng, start, now, problem, late=fate == "late")
    if fate == "reopened":
        asked = _working(rng, answered + timedelta(hours=rng.uniform(10, 30)))
        yield Step(asked, Verb.RATE, rng.choice(stories.COMPLAINTS), (True, False, False))
        answered = yield from _handled(rng, asked, now, problem, late=False)
    yield _ending(rng, fate, answered)


def _handled(
    rng: Random, at: datetime, now: datetime, problem: Problem, *, late: bool
) -> Generator[Step, None, datetime]:
    """Sign-in, first contact, perhaps a note, and the answer; returns when it was answered."""
    urgent = problem.category in URGENT
    hours = [rng.uniform(*span) for span in PACE.get(problem.category, ORDINARY)]
    if late:
        hours[2] = LATE_PACE.get(problem.category, LATE_ORDINARY) * rng.uniform(1.0, 1.15)
    available = (now - at).total_seconds() / 3600 * 0.9
    squeeze = min(1.0, available / hours[2])
    moments = [at + timedelta(hours=each * squeeze) for each in hours]
    if not urgent and squeeze == 1.0:
        moments = [_working(rng, each) for each in moments]
    signed, contacted, answered = (min(each, now - timedelta(minutes=5)) for each in sorted(moments))
    yield Step(signed, Verb.ACCEPT)
    yield Step(contacted, Verb.CONTACT, problem.contact)
    if rng.random() < 0.3:
        yield Step(contacted + (answered - contacted) / 2, Verb.NOTE, _words(rng, Verb.NOTE, problem))
    yield Step(answered, Verb.RESOLVE, problem.answer)
    return answered


def _ending(rng: Random, fate: str, answered: datetime) -> Step:
    solved, satisfied = rng.random() < 0.96, rng.random() < 0.93
    asked = _working(rng, answered + timedelta(hours=rng.uniform(2, 40)))
    if fate == "closed":
        return Step(asked, Verb.CLOSE, "", (True, solved, solved and satisfied))
    return Step(asked, Verb.RATE, rng.choice(stories.THANKS), (True, True, True))


def _soon(rng: Random, at: datetime, now: datetime, low: float, high: float) -> datetime:
    return min(at + timedelta(hours=rng.uniform(low, high)), at + (now - at) * 0.6)


def _working(rng: Random, at: datetime) -> datetime:
    """The instant itself, or one soon after work begins when it lies outside the working day."""
    clock = at.timetz().replace(tzinfo=None)
    if OPENS <= clock <= CLOSES and at.weekday() < 6:
        return at
    day = at.date() + timedelta(days=0 if clock < OPENS and at.weekday() < 6 else 1)
    while day.weekday() >= 6:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, ZONE) + timedelta(minutes=rng.uniform(0, 90))

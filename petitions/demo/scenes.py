"""The petitions that are open when the demo is loaded, so that every kind of clock can be seen; data."""

from dataclasses import dataclass

from petitions.workflow import Verb

V = Verb
A, C, N, R = Verb.ACCEPT, Verb.CONTACT, Verb.NOTE, Verb.RESOLVE
HANDLED = ((0.3, A), (0.7, C))
SLOWLY = ((3.0, A), (5.0, C))
WEEK = 7 * 24


@dataclass(frozen=True)
class Scene:
    """One open petition: registered `hours` ago in a building, with steps so many hours after that."""

    hours: float
    category: str
    building: int | None
    steps: tuple[tuple[float, str], ...] = ()
    problem: int = 0
    source: str = "hotline"
    vague: int | None = None


# Ordered so that the first few already show every state; a 24-hour petition of 22 hours has two hours left, and so on.
SCENES = (
    Scene(24 + 0.2, "utility", 3, HANDLED, problem=5),
    Scene(0.7, "facility", None, vague=0, source="web"),
    Scene(0.15, "safety", 2, problem=2, source="phone"),
    Scene(30, "sanitation", 6, ((1.0, A), (2.0, C), (20.0, R)), source="web"),
    Scene(1.6, "safety", 3, ((0.1, A), (0.4, C))),
    Scene(3.3, "utility", 7, ((0.2, A),), problem=2, source="phone"),
    Scene(22.2, "utility", 11, HANDLED, problem=1),
    Scene(28, "utility", 5, ((*HANDLED, (20.0, N))), problem=3),
    Scene(50, "utility", 18, HANDLED, problem=1),
    Scene(76, "ebike", 21, ((*HANDLED, (60.0, Verb.SUPERVISE)))),
    Scene(2.0, "safety", 27, problem=4),
    Scene(2.4, "safety", 33, ((0.1, A), (0.5, C)), problem=3, source="phone"),
    Scene(4, "facility", 4, ((0.5, Verb.RETURN),), problem=1, source="web"),
    Scene(WEEK - 5, "facility", 8, (*SLOWLY, (90.0, V.ASK_EXTEND)), problem=3, source="web"),
    Scene(WEEK - 22, "property", 13, SLOWLY),
    Scene(WEEK + 96, "sanitation", 20, (*SLOWLY, (WEEK + 80.0, V.EXCLUDE)), problem=2),
    Scene(WEEK + 216, "facility", 30, (*SLOWLY, (300.0, V.EXCLUDE), (310.0, V.INCLUDE), (330.0, V.SUPERVISE)),
          problem=4),
    Scene(29, "utility", 34, ((*HANDLED, (27.5, Verb.ACKNOWLEDGE))), problem=4),
    Scene(26, "noise", 1, (*SLOWLY, (6.0, V.CLASSIFY)), source="web"),
    Scene(51, "facility", 36, (*SLOWLY, (6.0, V.MERGE), (8.0, V.SPLIT), (22.0, V.JOIN), (24.0, V.CHECK_IN)), problem=2),
    Scene(75, "sanitation", 10, SLOWLY, problem=3, source="patrol"),
    Scene(98, "dispute", 15, (*SLOWLY, (60.0, V.ASK_SUSPEND), (70.0, V.SUSPEND)), source="desk"),
    Scene(27, "document", 23, SLOWLY, source="desk"),
    Scene(73, "road", 29, SLOWLY),
    Scene(1.5, "street", 16, ()),
    Scene(0.4, "property", 1, ((0.2, V.MERGE),), source="web"),
    Scene(5.5, "sanitation", None, vague=2, source="web"),
    Scene(120, "illegal_build", 25, (*SLOWLY, (50.0, V.SUPPLEMENT), (80.0, V.REPORT))),
    Scene(31, "illegal_build", 14, (*SLOWLY, (8.0, V.SUMMON), (12.0, V.CHECK_IN), (28.0, V.ANSWER))),
    Scene(125, "property", 24, (*SLOWLY, (60.0, V.ASK_EXTEND), (70.0, V.EXTEND), (110.0, R)), problem=1),
    Scene(9, "sanitation", 28, ((1.0, V.DISPATCH), (2.0, V.DISPATCH), (4.0, V.ASK_RETURN)), problem=1),
    Scene(WEEK, "noise", 9, (*SLOWLY, (6.0, V.LEVEL), (7.0, V.JOIN), (9.0, V.RELEASE), (20.0, V.ASK_SUSPEND),
          (22.0, V.SUSPEND), (30.0, V.RESUME), (40.0, V.ASK_EXTEND), (42.0, V.DENY), (60.0, R))),
    Scene(WEEK, "sanitation", 12, (*SLOWLY, (6.0, V.PRESS), (7.0, V.PLEDGE), (30.0, R), (60.0, V.REVIEW),
          (80.0, V.UPHOLD))),
    Scene(60, "facility", 17, ((1.0, A), (2.0, V.ASK_RETURN), (4.0, V.TAKE_BACK), (5.0, V.DISPATCH), (8.0, A),
          (9.0, C), (50.0, R)), problem=2),
    Scene(50, "document", 7, ((1.0, V.ON_SPOT),), source="desk"),
)  # fmt: skip

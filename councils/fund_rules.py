"""The way of an item that a fund pays for, as data, and which uses are forbidden; no ORM.

Agreed by the council → filed with the street → paid → done → accepted → published (Beichen [V]); not for office, staff
or debt.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from councils.money_rights import Deed

PROPOSED, AGREED, FILED, PAID, DONE, ACCEPTED, PUBLISHED, DROPPED = (
    "proposed", "agreed", "filed", "paid", "done", "accepted", "published", "dropped",
)  # fmt: skip
WAY = (PROPOSED, AGREED, FILED, PAID, DONE, ACCEPTED, PUBLISHED)
"""The states in their order, when nothing goes wrong."""

PLANNED = (AGREED, FILED)
"""States in which an item's budget is spoken for and not yet paid."""


class Step(TextChoices):
    """What moves an item; its value stands in addresses."""

    AGREE = "agree", _("记下议事会同意")
    FILE = "file", _("备案")
    RETURN = "return", _("退回")
    PAY = "pay", _("登记付款")
    TAKE_BACK = "take-back", _("冲销付款")
    FINISH = "finish", _("报告办完")
    REDO = "redo", _("验收不通过")
    ACCEPT = "accept", _("验收")
    PUBLISH = "publish", _("公示")
    DROP = "drop", _("不办了")


TRANSITIONS: dict[tuple[Step, str], str] = {
    (Step.AGREE, PROPOSED): AGREED,
    (Step.FILE, AGREED): FILED,
    (Step.RETURN, AGREED): PROPOSED,
    (Step.PAY, FILED): PAID,
    (Step.TAKE_BACK, PAID): FILED,
    (Step.FINISH, PAID): DONE,
    (Step.REDO, DONE): PAID,
    (Step.ACCEPT, DONE): ACCEPTED,
    (Step.PUBLISH, ACCEPTED): PUBLISHED,
    **{(Step.DROP, state): DROPPED for state in (PROPOSED, AGREED, FILED)},
}
"""Which step leads from which state to which."""

DEEDS: dict[Step, Deed] = {
    **dict.fromkeys(Step, Deed.CARRY),
    Step.FILE: Deed.FILE,
    Step.RETURN: Deed.FILE,
    Step.TAKE_BACK: Deed.REVERSE,
}
"""Who may take which step (councils.money_rights)."""

FORWARD = (Step.AGREE, Step.FILE, Step.PAY, Step.FINISH, Step.ACCEPT, Step.PUBLISH)


def steps_from(state: str, deeds: Iterable[Deed]) -> list[Step]:
    """What people with these deeds may do to an item in this state, the way forward first."""
    held = set(deeds)
    open_to = [step for step, before in TRANSITIONS if before == state and DEEDS[step] in held]
    return sorted(open_to, key=lambda step: step not in FORWARD)


class Use(Protocol):
    """A use as the rules name it."""

    allowed: bool
    words: list[str]


AnyUse = TypeVar("AnyUse", bound=Use)


def forbidden(chosen: AnyUse, uses: Iterable[AnyUse], *texts: str) -> AnyUse | None:
    """The forbidden use that an item is for, by what was chosen or by the words in its texts; None for none."""
    if not chosen.allowed:
        return chosen
    said = "\n".join(texts)
    return next((use for use in uses if not use.allowed and any(word in said for word in use.words)), None)

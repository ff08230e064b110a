"""What a person's appointment leaves behind lives in the apps above, which register here when they start.

Imports go down only, so the grid asks whatever is registered: what is there to hand over, who takes it, and, each
night, what still belongs to somebody who has left.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from grid.models import Appointment, Staff


@dataclass(frozen=True)
class Belonging:
    """One thing to be handed over, of a HandoverItem.Kind; `path` is its page."""

    kind: str
    subject: str
    title: str
    path: str = ""
    said: str = ""


@dataclass(frozen=True)
class Owner:
    """How one app hands over: what an appointment holds, what a signature does, and what nobody present owns.

    `take(subject, by, at)` gives a thing to its signer. `release(at)` gives everything that belongs to people who have
    left to whoever is there, or back to the queue, and returns how many things that were.
    """

    kind: str
    held: Callable[[Appointment, datetime], Iterable[Belonging]]
    take: Callable[[str, Staff, datetime], None] | None = None
    release: Callable[[datetime], int] | None = None


_owners: dict[str, Owner] = {}


def register_owner(owner: Owner) -> None:
    """Have an app's things handed over; twice counts once."""
    _owners[owner.kind] = owner


def held_by(appointment: Appointment, at: datetime) -> list[Belonging]:
    """Everything that an appointment leaves behind."""
    return [thing for owner in _owners.values() for thing in owner.held(appointment, at)]


def take(kind: str, subject: str, *, by: Staff, at: datetime) -> None:
    """Give one thing to whoever signed for it."""
    owner = _owners.get(kind)
    if owner and owner.take and subject:
        owner.take(subject, by, at)


def release_all(*, at: datetime) -> int:
    """Give away what belongs to people who have left; returns how many things that were."""
    return sum(owner.release(at) for owner in _owners.values() if owner.release)

"""What runs beside the handling, the parts of other units and applications to the level above: who owes what."""

from collections.abc import Sequence
from datetime import datetime

from petitions.actions.timing import CANCELLED, close_beside
from petitions.models import Application, Part, Petition, Summons


def owing(petitions: Sequence[Petition]) -> list[str]:
    """The names of the units that still owe their answer."""
    parts = Part.objects.filter(petition__in=petitions, answered_at__isnull=True, released_at__isnull=True)
    return list(parts.order_by("id").values_list("organisation__name", flat=True))


def drop_all(petition: Petition, at: datetime) -> None:
    """The handling is over or begins anew: pending applications lapse, units that have not answered are released."""
    lapse([petition], at)
    for part in petition.parts.filter(answered_at__isnull=True, released_at__isnull=True):
        release(part, at)


def lapse(petitions: Sequence[Petition], at: datetime) -> None:
    """Applications that nobody needs to decide any more."""
    for application in Application.objects.filter(petition__in=petitions, state=Application.State.PENDING):
        application.state, application.decided_at = Application.State.LAPSED, at
        application.save(update_fields=["state", "decided_at"])
        close_beside(application.clocks.all(), at, CANCELLED)


def release(part: Part, at: datetime) -> None:
    """The unit need not do its part any more."""
    part.released_at = at
    part.save(update_fields=["released_at"])
    close_beside(part.clocks.all(), at, CANCELLED)
    close_summons(part, at)


def close_summons(part: Part, at: datetime) -> bool:
    """Close the part's summons when no unit owes an answer any more; whether that was so."""
    if part.summons_id is None:
        return False
    if Part.objects.filter(summons=part.summons_id, answered_at__isnull=True, released_at__isnull=True).exists():
        return False
    return bool(Summons.objects.filter(pk=part.summons_id, closed_at__isnull=True).update(closed_at=at))

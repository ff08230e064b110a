"""Why petitions were escalated: each with the rungs it reached and what its people said about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from petitions.figures.drill import address
from petitions.figures.page import Cell
from petitions.figures.places import View
from petitions.figures.rates import Sums
from petitions.models import Petition, PetitionEvent
from petitions.rows import UNSEEN
from petitions.workflow import Verb

RUNGS = (("up_community", _("到社区书记")), ("up_street", _("到街道")), ("up_district", _("到区级")))
SAID = (Verb.ESCALATE, Verb.ACKNOWLEDGE, Verb.SUPERVISE)


@dataclass(frozen=True)
class Said:
    """One line about an escalation: when, who, what."""

    at: datetime
    who: str
    text: str
    is_rung: bool


@dataclass(frozen=True)
class Climb:
    """One petition that was escalated."""

    petition: Petition
    lines: list[Said] = field(default_factory=list)


def climbs(petition_ids: Sequence[int]) -> list[Climb]:
    """These petitions in this order, each with its rungs and the words of those who took note; two queries."""
    petitions = (
        Petition.objects.filter(pk__in=petition_ids)
        .select_related("handler", "community", "grid", "category")
        .defer(*UNSEEN)
    )
    found = {row.pk: Climb(row) for row in petitions}
    events = PetitionEvent.objects.filter(petition__in=found, verb__in=SAID).select_related("by").order_by("id")
    for event in events:
        who = event.by.name if event.by else event.actor
        line = Said(event.at, who, event.text, event.verb == Verb.ESCALATE)
        found[event.petition_id].lines.append(line)
    return [found[pk] for pk in petition_ids if pk in found]


def rung_counts(view: View, sums: Sums) -> list[tuple[Any, Cell]]:
    """How many reached each rung, with their orders."""
    return [
        (words, Cell(str(sums.get(what, 0)), address(view.place.pk, view.month, what) if sums.get(what) else ""))
        for what, words in RUNGS
    ]

"""What workers have decided, as examples to learn from."""

from petitions.classifying.training import Example, TrainingRefused
from petitions.models import Petition, PetitionEvent
from petitions.workflow import State, Verb

CORRECTED = 3.0
FEWEST = 200
MOST = 20_000
"""The newest ones are enough, and a district's whole past need not fit into memory."""


def history() -> list[Example]:
    """Answered petitions with their final category; where a person corrected it, they count CORRECTED times.

    Raises TrainingRefused when there are too few to learn from.
    """
    answered = Petition.objects.filter(state__in=(State.RESOLVED, State.CLOSED), category__isnull=False)
    rows = list(answered.order_by("-id").values_list("pk", "title", "text", "category__name")[:MOST])
    if len(rows) < FEWEST:
        raise TrainingRefused(
            f"已办结、有类别的工单只有 {len(rows)} 件，不足 {FEWEST} 件：先用文件训练，或过些时候再来"
        )
    corrected = _corrected()
    return [Example(title, text, label, CORRECTED if pk in corrected else 1.0) for pk, title, text, label in rows]


def _corrected() -> set[int]:
    """The petitions whose category a person chose against the proposal, at intake or later."""
    later = PetitionEvent.objects.filter(verb=Verb.CLASSIFY)
    at_intake = PetitionEvent.objects.filter(verb=Verb.REGISTER, data__has_key="chosen")
    return set(later.values_list("petition", flat=True)) | set(at_intake.values_list("petition", flat=True))

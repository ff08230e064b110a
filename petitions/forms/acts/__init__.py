"""One form for each thing that staff do to a petition. Each knows its action and decides nothing itself."""

from petitions.forms.acts.base import ActForm
from petitions.forms.acts.loop import LOOP, PlaceForm
from petitions.forms.acts.sameness import SAMENESS
from petitions.forms.acts.terms import TERMS, AcknowledgeForm
from petitions.forms.acts.together import PART_ACTIONS, TOGETHER, DecideForm, PartForm
from petitions.workflow import Verb

__all__ = ["FORMS", "PART_ACTIONS", "AcknowledgeForm", "ActForm", "DecideForm", "PartForm", "PlaceForm"]

FORMS: dict[Verb, type[ActForm]] = {form.verb: form for form in (*LOOP, *TERMS, *TOGETHER, *SAMENESS)}

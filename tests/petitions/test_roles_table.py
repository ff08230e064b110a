"""docs/roles.md says what petitions/workflow.py says, and every verb of staff has a button or a place of its own."""

from pathlib import Path

from petitions.forms.acts import FORMS, PART_ACTIONS
from petitions.next_steps import INTENTS, LABELS
from petitions.roles_table import markdown
from petitions.workflow import DECISIONS, PARTS, ROLES, Verb

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def test_the_document_is_made_from_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()


def test_every_verb_of_staff_has_its_place() -> None:
    buttons = [verb for _intent, verbs in INTENTS for verb in verbs]
    assert len(buttons) == len(set(buttons))
    assert set(buttons) == set(FORMS) == set(LABELS)
    assert set(ROLES) == {*buttons, *DECISIONS, *PARTS, Verb.REGISTER, Verb.DELIBERATE}
    assert set(PART_ACTIONS) == PARTS

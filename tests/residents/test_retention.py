"""Household files are kept no longer than the rules say; who still lives here keeps everything."""

from datetime import date, timedelta
from io import StringIO

from django.core.management import call_command

from community_portal.privacy.models import Tombstone
from community_portal.privacy.retention import apply_rule, due
from grid.access import scope_of
from residents.actions.care import tag_end, tag_give
from residents.actions.consents import contact_save
from residents.actions.moves import residents_move
from residents.actions.persons import resident_edit
from residents.care import Said
from residents.file_page import file_on, file_page
from residents.models import CareTag, EmergencyContact, FileEvent, Resident, Visit
from residents.retention import GONE, HISTORY, RULES, TAGS, VISIT_NOTES
from tests.factories import NOW, PHONE, TODAY, Cast

DAY = timedelta(days=1)


def leave(cast: Cast) -> Resident:
    """The head moves away, with somebody to call and a new phone in the history."""
    home, who = cast.household.pk, {"by": cast.worker, "at": NOW}
    contact_save(home, cast.resident.pk, name="张老四", relation="弟弟", phone="13800000066", **who)
    resident_edit(home, cast.resident.pk, values={"other_phone": "13800000077"}, **who)
    residents_move(home, people=[cast.resident.pk], place="天津", **who)
    return cast.resident


def test_five_years_after_somebody_left_only_that_they_were_here_stays(cast: Cast) -> None:
    gone = leave(cast)
    assert not due(GONE, NOW + 1825 * DAY)
    assert apply_rule(GONE, at=NOW + 1826 * DAY) == 1
    gone.refresh_from_db()
    assert (gone.name, gone.name_key, gone.phone, gone.phone_index, gone.other_phone) == ("", "", "", None, "")
    assert gone.birth_date == date(1980, 1, 1)
    assert not EmergencyContact.objects.filter(resident=gone).exists()
    assert not any(event.changes for event in FileEvent.objects.filter(resident=gone))
    child = Resident.objects.get(name="张小明")
    assert child.stays.current().exists()
    assert Tombstone.objects.get().row_id == gone.pk
    assert not due(GONE, NOW + 9999 * DAY)


def test_somebody_who_came_back_is_not_forgotten(cast: Cast) -> None:
    gone = leave(cast)
    gone.stays.create(household=cast.household, relation="同住", moved_in=TODAY + DAY)
    assert not due(GONE, NOW + 4000 * DAY)


def test_ended_tags_go_and_the_words_of_old_visits(cast: Cast) -> None:
    home, who = cast.household, {"by": cast.worker, "at": NOW}
    ended = tag_give(home.pk, said=Said("disabled", "肢体", 2), resident=cast.resident.pk, **who)
    kept = tag_give(home.pk, said=Said("aid"), resident=None, **who)
    tag_end(home.pk, ended.pk, reason="复评", **who)
    Visit.objects.create(
        household=home, by=cast.worker, at=NOW, entered_at=NOW, result="seen", note="腿疼", fulfils=False
    )
    at = NOW + 1096 * DAY
    assert [apply_rule(rule, at=at) for rule in (TAGS, VISIT_NOTES)] == [1, 1]
    assert list(CareTag.objects.values_list("pk", flat=True)) == [kept.pk]
    assert (Visit.objects.get().note, Visit.objects.get().result) == ("", "seen")


def test_a_day_before_the_history_ends_is_said_to_be_uncertain(cast: Cast) -> None:
    leave(cast)
    assert apply_rule(HISTORY, at=NOW + 3651 * DAY) > 0
    assert not any(event.changes for event in FileEvent.objects.all())
    assert file_on(cast.household, scope_of(cast.head, TODAY), TODAY - DAY).people


def test_the_dry_run_names_every_rule_and_touches_nothing(cast: Cast) -> None:
    gone, out = leave(cast), StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    for rule in RULES:
        assert f"{rule.code}：{rule.words}" in out.getvalue()
    gone.refresh_from_db()
    assert gone.phone == PHONE
    assert file_page(cast.household, scope_of(cast.head, TODAY), NOW).left

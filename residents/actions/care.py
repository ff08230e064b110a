"""Care tags given by hand, and overrides of those that follow from the facts."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, close_file, open_file, stay_in
from residents.care import Said, said_of
from residents.catalogue import tags
from residents.models import CareTag, TagRule
from residents.rights import Task


@transaction.atomic
def tag_give(
    household_id: int,
    *,
    by: Staff,
    at: datetime,
    said: Said,
    resident: int | None = None,
    holds: bool = True,
    until: date | None = None,
    day: date | None = None,
) -> CareTag:
    """Give a tag to a household or one of its people from `day` to `until`; `holds` false switches a derived one off.

    A derived tag set by hand, on or off, needs a reason and an end. Raises Household.DoesNotExist, FileRefused, and
    ValidationError by field for what the tag's rule does not allow.
    """
    turn, _rows = open_file(household_id, Task.TAG, by=by, at=at, day=day)
    rule = tags().rows.get(said.code)
    if rule is None:
        raise FileRefused(_("没有这个标签"))
    _check(rule, said, holds, until, turn)
    person = stay_in(turn.household, resident).resident if resident else None
    tag = CareTag.objects.create(
        household=turn.household,
        resident=person,
        said=said.as_json(),
        holds=holds,
        since=turn.day,
        until=until,
        given_at=at,
        given_by=by,
    )
    turn.note(Verb.TAG, resident=person, changes={"given" if holds else "off": [None, said.code]})
    close_file(turn)
    return tag


@transaction.atomic
def tag_end(household_id: int, tag_id: int, *, by: Staff, at: datetime, reason: str) -> CareTag:
    """Take back a tag or an override that still runs. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.END_TAG, by=by, at=at)
    tag = CareTag.objects.select_for_update(of=("self",)).filter(pk=tag_id, ended_at__isnull=True).first()
    if tag is None or not _belongs(tag, turn):
        raise FileRefused(_("这个标签已经撤销了"))
    if len(reason.strip()) < MIN_REASON:
        raise FileRefused(_("请写明理由"))
    tag.ended_at = at
    tag.save(update_fields=["ended_at"])
    turn.note(
        Verb.TAG,
        resident=tag.resident,
        changes={"ended": [said_of(tag.said).code, None], "reason": ["", reason.strip()]},
    )
    close_file(turn)
    return tag


MIN_REASON = 2


def _belongs(tag: CareTag, turn: Turn) -> bool:
    """A person's tag goes where they go."""
    if tag.resident_id is None:
        return tag.household_id == turn.household.pk
    return turn.household.stays.filter(moved_out__isnull=True, resident=tag.resident_id).exists()


def _check(rule: TagRule, said: Said, holds: bool, until: date | None, turn: Turn) -> None:
    wrong: dict[str, str] = {}
    if rule.condition:
        if len(said.reason.strip()) < MIN_REASON:
            wrong["reason"] = _("“%s”由系统推算，改动要写明理由") % rule.name
        if until is None:
            wrong["until"] = _("“%s”由系统推算，改动要写明到哪一天为止") % rule.name
    elif not holds:
        wrong["code"] = _("“%s”不是推算出来的，没有可停用的；请撤销登记") % rule.name
    if rule.kinds and said.kind not in rule.kinds:
        wrong["kind"] = _("请选“%s”的种类") % rule.name
    if rule.grades and not 1 <= said.grade <= rule.grades:
        wrong["grade"] = _("请选 1 到 %d 级") % rule.grades
    if until and until < turn.day:
        wrong["until"] = _("止日不能早于起日")
    if wrong:
        raise ValidationError(wrong)

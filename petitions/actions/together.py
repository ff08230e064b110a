"""Several units on one petition: co-handling 联办 beside the lead, and the street's summons 吹哨报到."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import ORGANISATION, Role, scope_of
from grid.models import Organisation, Staff
from petitions.actions.base import ActionRefused, Changed, Turn, begin, finish, tell_members, tell_staff
from petitions.actions.beside import close_summons, release
from petitions.actions.files import evidence
from petitions.actions.timing import MET, Kind, close_beside, start_clock
from petitions.files import Ready
from petitions.models import Part, Petition, Summons
from petitions.querysets import organisations_for
from petitions.workflow import Verb


@transaction.atomic
def petition_join(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    organisations: Sequence[int],
    text: str,
    version: int | None = None,
) -> Petition:
    """Ask units to do their part 联办; the handler stays the lead. Each gets clocks of its own for checking in and for
    its answer. Raises ActionRefused for a unit that is out of reach, asked already, or complained about.
    """
    turn = begin(petition_id, Verb.JOIN, by=by, at=at, text=text, version=version)
    names = _ask(turn, by, organisations, None)
    finish(turn, data={"units": names})
    return turn.petition


@transaction.atomic
def petition_summon(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    organisations: Sequence[int],
    text: str,
    version: int | None = None,
) -> Petition:
    """Summon units 吹哨: as joining, and the summons closes when each of them has answered."""
    turn = begin(petition_id, Verb.SUMMON, by=by, at=at, text=text, version=version)
    summons = Summons.objects.create(petition=turn.petition, by=by, at=at, text=turn.text)
    names = _ask(turn, by, organisations, summons)
    tell_staff(turn, turn.petition.handler_id, _("街道吹哨：%s") % turn.petition.title, "、".join(names))
    finish(turn, data={"units": names, "summons": summons.pk})
    return turn.petition


@transaction.atomic
def part_check_in(part_id: int, *, by: Staff, at: datetime, text: str = "") -> Petition:
    """A unit has come 报到; somebody of the place may write it down for a unit without accounts.

    Raises Changed when it has checked in, answered or been released meanwhile.
    """
    turn, part = _begin(part_id, Verb.CHECK_IN, by, at, text)
    if part.checked_in_at:
        raise Changed(_("%s 已经报到了") % part.organisation.name)
    _check_in(part, at)
    tell_staff(turn, turn.petition.handler_id, _("%(unit)s 已报到：%(title)s") % _named(part, turn.petition))
    finish(turn, data={"unit": part.organisation.name, "part": part.pk})
    return turn.petition


@transaction.atomic
def part_answer(part_id: int, *, by: Staff, at: datetime, text: str, attached: Sequence[Ready] = ()) -> Petition:
    """A unit's answer to the lead; the last one closes the summons. Raises Changed as checking in does."""
    turn, part = _begin(part_id, Verb.ANSWER, by, at, text)
    if not part.checked_in_at:
        _check_in(part, at)
    close_beside(part.clocks.all(), at, MET)
    part.answered_at, part.answer = at, turn.text
    part.save(update_fields=["answered_at", "answer"])
    tell_staff(turn, turn.petition.handler_id, _("%(unit)s 已答复：%(title)s") % _named(part, turn.petition), turn.text)
    if close_summons(part, at) and part.summons:
        tell_staff(turn, part.summons.by_id, _("吹哨的单位都已答复：%s") % turn.petition.title)
    shows = evidence(turn, attached, shown=False)
    finish(turn, data={"unit": part.organisation.name, "part": part.pk, **shows})
    return turn.petition


@transaction.atomic
def part_release(part_id: int, *, by: Staff, at: datetime, text: str) -> Petition:
    """The unit is not needed after all; the reason goes to it. Raises Changed when it has answered meanwhile."""
    turn, part = _begin(part_id, Verb.RELEASE, by, at, text)
    release(part, at)
    tell_members(turn, part.organisation_id, _("不用再联办：%s") % turn.petition.title, turn.text)
    finish(turn, data={"unit": part.organisation.name, "part": part.pk})
    return turn.petition


def _ask(turn: Turn, by: Staff, organisations: Sequence[int], summons: Summons | None) -> list[str]:
    petition, at = turn.petition, turn.at
    reach = organisations_for(scope_of(by, localtime(at).date()), wide=summons is not None)
    units = [unit for unit in reach.filter(pk__in=organisations) if unit.pk != petition.about_organisation_id]
    if not units or len(units) != len(set(organisations)):
        raise ActionRefused(_("请选择够得着的单位；被投诉的单位不能选"))
    asked = petition.parts.filter(organisation__in=units, answered_at__isnull=True, released_at__isnull=True)
    if name := asked.values_list("organisation__name", flat=True).first():
        raise ActionRefused(_("%s 已经在联办了") % name)
    for unit in units:
        _start(turn, unit, summons)
    return [unit.name for unit in units]


def _start(turn: Turn, unit: Organisation, summons: Summons | None) -> None:
    petition, at = turn.petition, turn.at
    part = Part.objects.create(petition=petition, summons=summons, organisation=unit, asked_at=at, text=turn.text)
    for kind in (Kind.CHECK_IN, Kind.ANSWER):
        start_clock(petition, kind, at, part=part)
    title = _("吹哨报到：%s") if summons else _("请您联办：%s")
    tell_members(turn, unit.pk, title % petition.title, turn.text)


def _begin(part_id: int, verb: Verb, by: Staff, at: datetime, text: str) -> tuple[Turn, Part]:
    """Lock the petition, then look whether the part still waits."""
    found = Part.objects.get(pk=part_id)
    ours = found.organisation_id in scope_of(by, localtime(at).date()).ids(ORGANISATION)
    also = frozenset({Role.ORGANISATION_MEMBER}) if ours else frozenset()
    turn = begin(found.petition_id, verb, by=by, at=at, text=text, also=also)
    part = Part.objects.select_related("organisation", "summons").get(pk=part_id)
    if not part.is_open:
        raise Changed(_("%s 的联办已经结束") % part.organisation.name)
    return turn, part


def _check_in(part: Part, at: datetime) -> None:
    close_beside(part.clocks.filter(kind=Kind.CHECK_IN), at, MET)
    part.checked_in_at = at
    part.save(update_fields=["checked_in_at"])


def _named(part: Part, petition: Petition) -> dict[str, str]:
    return {"unit": part.organisation.name, "title": petition.title}

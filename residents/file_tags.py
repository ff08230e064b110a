"""The tags of a file on its page: the household's and each person's, as far as a scope sees them."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import Scope
from residents.care import Given, said_of, standing, words
from residents.catalogue import Tags, tags
from residents.file_parts import FilePerson, TagLine
from residents.models import CareTag, Household, Stay


def care_tags(household: Household, people: Collection[int]) -> list[CareTag]:
    """Every tag ever given to the household or to these people."""
    rows = CareTag.objects.filter(Q(household=household, resident__isnull=True) | Q(resident__in=people))
    return list(rows.select_related("given_by").order_by("id"))


def tag_lines(
    household: Household, stays: Sequence[Stay], care: Sequence[CareTag], scope: Scope, day: date
) -> list[TagLine]:
    """The household's tags: the derived ones, those given to all of them, and the overrides."""
    known = tags()
    births = {stay.resident_id: stay.resident.birth_date for stay in stays}
    given = [_given(tag, births.get(tag.resident_id) if tag.resident_id else None) for tag in care]
    found = standing(known.conditions, known.limits, list(births.values()), household.living, given, day)
    seen = _seen(known, scope)
    by_hand = {
        each.said.code for each in given if each.holds and each.in_force(day, known.limits.below.get(each.said.code))
    }
    lines = [
        TagLine(str(known.rows[code].name), reason, _("推算"))
        for code, reason in found.tags.items()
        if code in seen and code not in by_hand
    ]
    for tag, each in zip(care, given, strict=True):
        row = known.rows.get(each.said.code)
        if row and row.code in seen and tag.resident_id is None and each.in_force(day):
            lines.append(TagLine(str(row.name), words(each.said), _origin(tag), tag.pk, not tag.holds))
    return lines


def attach_tags(people: Sequence[FilePerson], care: Sequence[CareTag], scope: Scope, day: date) -> None:
    """The tags that each person has on a day, as far as the scope may see them."""
    known = tags()
    seen = _seen(known, scope)
    for person in people:
        for tag in care:
            each = _given(tag, person.birth_date)
            rule = known.rows.get(each.said.code)
            if rule and rule.code in seen and tag.resident_id == person.pk and each.in_force(day, rule.below_age):
                person.tags.append(TagLine(str(rule), words(each.said), _origin(tag), tag.pk, not tag.holds))


def _given(tag: CareTag, birth_date: date | None) -> Given:
    ended_on = localtime(tag.ended_at).date() if tag.ended_at else None
    return Given(said_of(tag.said), tag.holds, tag.since, tag.until, ended_on, birth_date)


def _origin(tag: CareTag) -> str:
    by = _("%s 登记") % tag.given_by.name if tag.given_by else _("登记")
    return _("%(by)s，到 %(until)s") % {"by": by, "until": tag.until} if tag.until else by


def _seen(known: Tags, scope: Scope) -> frozenset[str]:
    return known.seen_by(scope) | (frozenset(known.rows) - known.sealed)

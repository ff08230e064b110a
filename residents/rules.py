"""Statuses that follow from who lives in a household. Pure; ages in full years."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

ELDER_AGE = 60
SENIOR_AGE = 80

STATUS_LABELS = {
    "solitary_elder": _("独居老人"),
    "empty_nest": _("空巢老人"),
    "senior": _("高龄"),
    "aid": _("低保"),
    "disabled": _("残疾"),
    "focus": _("重点关注"),
}


def age_on(birth_date: date, day: date) -> int:
    """Full years on a day; someone born on 29 February turns a year older on 1 March in common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def care_tags(birth_dates: Sequence[date], day: date) -> list[str]:
    """Derived care tags of a household: one resident of 60 or more lives alone, or all are 60 or more (DOMAIN.md)."""
    ages = [age_on(birth, day) for birth in birth_dates]
    tags = []
    if ages and min(ages) >= ELDER_AGE:
        tags.append("solitary_elder" if len(ages) == 1 else "empty_nest")
    if any(age >= SENIOR_AGE for age in ages):
        tags.append("senior")
    return tags

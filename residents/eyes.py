"""How one reader sees the people and the owner of a household: by their roles there, and what a purpose opened."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from community_portal.privacy.disclosure import (
    BIRTH_DATE,
    FAMILY,
    GROUPS,
    ID_NUMBER,
    NAME,
    PHONE,
    Shown,
    may_open,
    show,
    shown,
)
from community_portal.privacy.purposes import EMERGENCY, IDENTITY, OTHER, PETITION, PURPOSES, SUBJECT, VISIT

QUICK = (NAME, PHONE, FAMILY)
"""What the panel beside the wall shows of a person; the full file has ID number and date of birth too."""
WHOLE = (*QUICK, ID_NUMBER, BIRTH_DATE)
OWNER = (NAME, PHONE)
PAPER = (ID_NUMBER,)
LISTED = (VISIT, PETITION, EMERGENCY, IDENTITY, SUBJECT)


@dataclass(frozen=True)
class Eyes:
    """The reader's roles over one household; `groups` are open of the person `whose`, for this one look."""

    roles: frozenset[str] = frozenset()
    whose: int | None = None
    groups: frozenset[str] = frozenset()

    def show(self, group: str, text: str, whose: int) -> str:
        """A value of a person as this reader sees it: plain, masked, or nothing at all."""
        return text if self.sees(group, whose) else show(self.roles, group, text)

    def sees(self, group: str, whose: int) -> bool:
        """Whether a group of a person is open."""
        return whose == self.whose and group in self.groups

    def born(self, day: date, whose: int) -> str:
        """1943 年 5 月 1 日 as this reader sees it, or its year alone."""
        if self.sees(BIRTH_DATE, whose) or shown(self.roles, BIRTH_DATE) is Shown.PLAIN:
            return _("%(year)d 年 %(month)d 月 %(day)d 日") % {"year": day.year, "month": day.month, "day": day.day}
        return show(self.roles, BIRTH_DATE, day.isoformat())

    def hides(self, group: str) -> bool:
        """Whether nothing at all of a group is shown unasked."""
        return shown(self.roles, group) is Shown.HIDDEN


def opened(roles: Iterable[str], groups: Collection[str], purpose: str) -> list[str]:
    """Which of these groups the roles may see for a purpose (as purposes.said_in says it), in their order.

    Raises ValidationError (on "purpose") when it opens nothing that they do not see anyway.
    """
    held = frozenset(roles)
    plain = [group for group in groups if shown(held, group) is Shown.PLAIN]
    found = [group for group in groups if group in plain or may_open(held, group, purpose)]
    if purpose and len(found) == len(plain):
        words = "、".join(GROUPS[group] for group in groups if group not in plain)
        raise ValidationError({"purpose": _("您的岗位不能为这个用途查看%s。") % words})
    return found


def offered(roles: Iterable[str], groups: Collection[str]) -> list[tuple[str, str]]:
    """The purposes that open something of these groups for the roles, one's own words last: code and word."""
    held = frozenset(roles)
    veiled = [group for group in groups if shown(held, group) is not Shown.PLAIN]
    codes = [code for code in (*LISTED, OTHER) if any(may_open(held, group, code) for group in veiled)]
    return [(code, str(PURPOSES[code])) for code in codes]

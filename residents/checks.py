"""What is odd about facts of people and dwellings, in words; the same at entry, at import and in the data-quality page.

Pure, on plain values. "" and an empty dict mean that nothing is odd. None of it forbids anything: callers decide what
keeps a fact out and what is only told. What a file is held against later has a kind (residents.models.Fault.Kind).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from community_portal.privacy.id_number import birth_date_of, sex_in
from community_portal.privacy.normal import ID_NUMBER, PHONE, normalise

DOUBLE, ID, BIRTH, SEX, HEADS, HEADLESS, BEDS = "double", "id_number", "birth", "sex", "heads", "headless", "beds"
OF_PEOPLE = (ID, BIRTH, SEX)
HEAD = "户主"
MAX_NAME, OLDEST, LENGTH = 40, 130, 18
SEXES = {"male": "男", "female": "女"}
_CITIZEN = re.compile(r"[0-9]{9,}[0-9X]")
"""A citizen's number, whole or not; fewer digits, or letters, are a passport or a permit of Hong Kong or Taiwan."""
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[2-9][0-9]{6,7}|[48]00[0-9]{7}")
_NAME = re.compile(r"[^\W\d_]+(?:[·•.\s'’\-][^\W\d_]+)*", re.UNICODE)


def name_problem(name: str) -> str:
    """A name that no person has: empty, too long, with digits."""
    if not name:
        return _("没有姓名")
    if len(name) > MAX_NAME:
        return _("姓名超过 %d 个字，多半是列错位了") % MAX_NAME
    return "" if _NAME.fullmatch(name) else _("姓名“%s”里有数字或符号") % name


def person_problems(id_number: str, birth_date: date | None = None, sex: str = "") -> dict[str, str]:
    """A broken ID number (GB 11643: 18 characters, a real date, the check digit), or what a whole one contradicts.

    By kind: ID, or BIRTH and SEX ("male", "female"), as far as they are given. Other documents pass.
    """
    number = normalise(ID_NUMBER, id_number)
    if not _CITIZEN.fullmatch(number):
        return {}
    born = birth_date_of(number)
    if born is None:
        whole = _("身份证号校验位不对，多半抄错了一位")
        return {ID: whole if len(number) == LENGTH else _("身份证号应为 18 位，这里是 %d 位") % len(number)}
    found = {}
    if birth_date and born != birth_date:
        told = {"said": birth_date.isoformat(), "born": born.isoformat()}
        found[BIRTH] = _("出生日期 %(said)s 与身份证号（%(born)s）不符") % told
    if sex and sex != sex_in(number):
        found[SEX] = _("性别与身份证号（%s）不符") % SEXES[sex_in(number)]
    return found


def phone_problem(text: str) -> str:
    """A number that nobody can call."""
    number = normalise(PHONE, text)
    if not number or _PHONE.fullmatch(number):
        return ""
    return _("电话号码位数不对（%d 位）") % len(number) if number.isdecimal() else _("电话号码里有别的字")


def birth_problem(birth_date: date, day: date) -> str:
    """A birth date after that day, or longer ago than anybody lives."""
    if birth_date > day:
        return _("出生日期 %s 在未来") % birth_date.isoformat()
    return _("出生日期 %s 太早") % birth_date.isoformat() if day.year - birth_date.year > OLDEST else ""


def household_problems(relations: Sequence[str], beds: int | None) -> dict[str, str]:
    """The people of one household together, by their relations to the head and the bed space: HEADS, HEADLESS, BEDS."""
    if not relations:
        return {}
    found, heads = {}, relations.count(HEAD)
    if heads > 1:
        found[HEADS] = _("一户有 %d 个户主") % heads
    elif not heads:
        found[HEADLESS] = _("没有户主")
    if beds is not None and len(relations) > beds:
        found[BEDS] = _("住了 %(people)d 人，可住 %(beds)d 人") % {"people": len(relations), "beds": beds}
    return found


def twice(entries: Iterable[tuple[int, int, int, int]]) -> set[tuple[int, int, int]]:
    """(household, person, other household) from pairs (household, person, other household, person there), both ways."""
    found: set[tuple[int, int, int]] = set()
    for here, person, there, person_there in entries:
        found |= {(here, person, there), (there, person_there, here)}
    return found

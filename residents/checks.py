"""What is odd about facts of people and dwellings, in words; the same at entry, at import and in the data-quality page.

Pure, on plain values. "" and [] mean that nothing is odd. None of it forbids anything: callers decide what keeps a fact
out and what is only told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from community_portal.privacy.id_number import birth_date_of, sex_of, valid_id
from community_portal.privacy.normal import ID_NUMBER, PHONE, normalise

HEAD = "户主"
MAX_NAME, OLDEST = 40, 130
SEXES = {"male": "男", "female": "女"}
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[2-9][0-9]{6,7}|[48]00[0-9]{7}")
_NAME = re.compile(r"[^\W\d_]+(?:[·•.\s'’\-][^\W\d_]+)*", re.UNICODE)


def name_problem(name: str) -> str:
    """A name that no person has: empty, too long, with digits."""
    if not name:
        return _("没有姓名")
    if len(name) > MAX_NAME:
        return _("姓名超过 %d 个字，多半是列错位了") % MAX_NAME
    return "" if _NAME.fullmatch(name) else _("姓名“%s”里有数字或符号") % name


def id_number_problem(text: str) -> str:
    """A broken identity number (GB 11643: 18 characters, a real date, the check digit); other documents pass."""
    number = normalise(ID_NUMBER, text)
    if not number or valid_id(number):
        return ""
    if _EIGHTEEN.fullmatch(number):
        return _("身份证号校验位不对，多半抄错了一位")
    if number.isdecimal():
        return _("身份证号应为 18 位，这里是 %d 位") % len(number)
    return ""


def id_against(id_number: str, birth_date: date | None, sex: str = "") -> list[str]:
    """Where a birth date or sex ("male", "female") contradicts a valid identity number."""
    born, said = birth_date_of(id_number), sex_of(id_number)
    found = []
    if born and birth_date and born != birth_date:
        found.append(
            _("出生日期 %(said)s 与身份证号（%(born)s）不符")
            % {"said": birth_date.isoformat(), "born": born.isoformat()}
        )
    if said and sex and said != sex:
        found.append(_("性别与身份证号（%s）不符") % SEXES[said])
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


def heads_problem(relations: Sequence[str]) -> str:
    """More than one head in a household."""
    heads = Counter(relations)[HEAD]
    return _("一户有 %d 个户主") % heads if heads > 1 else ""


def beds_problem(people: int, beds: int | None) -> str:
    """More people than the dwelling has beds for."""
    if beds is None or people <= beds:
        return ""
    return _("住了 %(people)d 人，可住 %(beds)d 人") % {"people": people, "beds": beds}


def repeated(numbers: Iterable[str]) -> set[str]:
    """Identity numbers that stand more than once, in one spelling."""
    counts = Counter(normalise(ID_NUMBER, each) for each in numbers)
    return {number for number, count in counts.items() if number and count > 1}

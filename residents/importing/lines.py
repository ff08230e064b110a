"""From a row of cells to what it says: a place, facts of the dwelling, a person. Pure; what is amiss is said by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import gettext as _

from community_portal.privacy.id_number import birth_date_of, sex_in
from community_portal.privacy.normal import ID_NUMBER, PHONE, half_width, normalise
from community_portal.privacy.sealing import blind_index
from residents import checks
from residents.importing import values
from residents.importing.book import Cells
from residents.importing.fields import FIELDS, TAG, TagWord
from residents.importing.spots import MAX_SHOWN, NOWHERE, RowRefused, Spot, is_zero, shown, spot_of
from residents.importing.values import said

LIMITS = {"registered_at": 120, "relation": 20, "owner_name": 40, "landlord_name": 40, "pets": 60, "note": 120}
MAX_PHONE, MAX_ID, MAX_PLATE = 30, 40, 12
READERS: dict[str, Callable[[str], Any]] = {
    "living": values.living_of,
    "area": values.area_of,
    "beds": values.count_of,
    "people_count": values.count_of,
    "lease_ends_on": values.last_date_of,
}
TEXTS = ("owner_name", "landlord_name", "pets", "note")
OWNERS = ("owner_phone", "landlord_phone")
Given = tuple[str, str, int]
"""A care tag: code, kind, grade."""


@dataclass(slots=True)
class Person:
    """A person as the file says; None and "" where it says nothing."""

    row: int
    name: str
    sex: str
    birth_date: date
    id_number: str = ""
    phone: str = ""
    other_phone: str = ""
    relation: str = ""
    registered_at: str = ""
    registered_here: bool | None = None
    moved_in: date | None = None
    tags: list[Given] = field(default_factory=list)
    _indexes: dict[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False, compare=False)

    def indexes(self, name: str) -> tuple[bytes, ...]:
        """The blind indexes of a number ("id_number", "phone", "other_phone"), worked out once: the newest key's first.

        While index keys are being replaced a row may still hold an older one; no number has none.
        """
        if name not in self._indexes:
            kind, text = ID_NUMBER if name == "id_number" else PHONE, getattr(self, name)
            found = blind_index(kind, text) if normalise(kind, text) else None
            self._indexes[name] = () if found is None else (bytes(found), *found.older)
        return self._indexes[name]

    def index(self, name: str) -> bytes | None:
        """The one to store."""
        return next(iter(self.indexes(name)), None)


@dataclass(slots=True)
class Line:
    """One row: `error` keeps it out, `warnings` are told and it goes in all the same."""

    row: int
    spot: Spot = NOWHERE
    floor: int | None = None
    grid: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    person: Person | None = None
    error: str = ""
    warnings: list[str] = field(default_factory=list)


class Reader:
    """Reads the rows of one file; `tags` are the care tags that can be given, `known` names those that follow."""

    def __init__(self, tags: Sequence[TagWord], derived: Iterable[str], day: date) -> None:
        self._tags = {tag.code: tag for tag in tags}
        self._by_name = {tag.name: tag for tag in tags}
        self._derived = frozenset(derived)
        self._day = day
        self._above = Spot()

    def line(self, cells: Cells) -> Line:
        """What a row says."""
        if cells.problem:
            return Line(cells.number, error=cells.problem)
        line, given = Line(cells.number), cells.by_field
        try:
            line.spot, line.floor = self._from_above(line, given) or spot_of(given)
            self._above = line.spot
            line.grid = said(given.get("grid"))
            self._facts(line, given)
            self._person(line, given)
        except RowRefused as refused:
            line.error = str(refused)
        return line

    def _from_above(self, line: Line, given: Mapping[str, Any]) -> tuple[Spot, int | None] | None:
        """A family member without a place lives with the row above; anybody else without one is an error."""
        placed = any(
            said(given.get(name)) or is_zero(given.get(name)) for name in ("building", "unit", "room", "address")
        )
        relation = values.relation_of(said(given.get("relation")))
        if placed or not self._above.room or relation in ("", checks.HEAD):
            return None
        line.warnings.append(_("没写楼栋房号，按上一行的户登记"))
        return self._above, None

    def _facts(self, line: Line, given: Mapping[str, Any]) -> None:
        for name in given.keys() & READERS.keys():
            text = said(given[name])
            if not text:
                continue
            try:
                line.facts[name] = READERS[name](given[name] if name == "lease_ends_on" else text)
            except (ValueError, OverflowError):
                line.warnings.append(_("%(field)s“%(text)s”认不出，没有登记") % shown(name, text))
        for name in TEXTS:
            if name in given and (text := said(given[name])):
                line.facts[name] = _within(name, text, line)
        for name in OWNERS:
            if name in given and (text := said(given[name])):
                line.facts[name] = _phone(name, text, line)
        if text := said(given.get("vehicles")):
            line.facts["vehicles"] = [word[:MAX_PLATE].upper() for word in values.words_of(text)]

    def _person(self, line: Line, given: Mapping[str, Any]) -> None:
        head, name = said(given.get("head")), said(given.get("name"))
        if not name and "name" in given:
            if said(given.get("id_number")):
                raise RowRefused(checks.name_problem(""))
            return
        name = "".join(name.split()) if name.isascii() is False else name
        name = name or head
        if not name:
            return
        if problem := checks.name_problem(name):
            raise RowRefused(problem)
        number = self._id_number(line, given.get("id_number"))
        relation = values.relation_of(said(given.get("relation")))
        if not relation and (head == name or "name" not in given):
            relation = checks.HEAD
        born, sex = self._birth(line, given, number), self._sex(line, given, number)
        line.person = Person(line.row, name, sex, born, number, relation=_within("relation", relation, line))
        self._rest(line, line.person, given)

    def _rest(self, line: Line, person: Person, given: Mapping[str, Any]) -> None:
        for name in ("phone", "other_phone"):
            if text := said(given.get(name)):
                setattr(person, name, _phone(name, text, line))
        if text := said(given.get("registered_at")):
            person.registered_at = _within("registered_at", text, line)
        if text := said(given.get("registered_here")):
            person.registered_here = self._try(line, "registered_here", values.here_of, text)
        if text := said(given.get("moved_in")):
            person.moved_in = self._try(line, "moved_in", values.date_of, given["moved_in"])
        person.tags = self._given(line, given)

    def _try(self, line: Line, name: str, read: Callable[[Any], Any], value: Any) -> Any:
        try:
            return read(value)
        except (ValueError, OverflowError):
            line.warnings.append(_("%(field)s“%(text)s”认不出，没有登记") % shown(name, said(value)))
            return None

    def _id_number(self, line: Line, value: Any) -> str:
        if values.lost_digits(value):
            raise RowRefused(_("身份证号在 Excel 里存成了数字，后几位已经丢失；请把这一列改成文本，重新填写"))
        number = normalise(ID_NUMBER, said(value))
        if len(number) > MAX_ID:
            raise RowRefused(_("身份证号超过 %d 个字，多半是列错位了") % MAX_ID)
        if _in_number(number) == (None, None) and (problems := checks.person_problems(number)):
            line.warnings += problems.values()
        return number

    def _birth(self, line: Line, given: Mapping[str, Any], number: str) -> date:
        """From the ID number when it is whole, else from the column."""
        from_number, told, value = _in_number(number)[0], None, given.get("birth_date")
        if said(value):
            told = self._try(line, "birth_date", lambda each: values.date_of(each, day_known=False), value)
        if from_number and told and (from_number.year, from_number.month) != (told.year, told.month):
            line.warnings += [f"{each}，按身份证号登记" for each in checks.person_problems(number, told).values()]
        born: date | None = from_number or told
        if born is None:
            raise RowRefused(_("没有出生日期，身份证号也看不出"))
        if problem := checks.birth_problem(born, self._day):
            raise RowRefused(problem)
        return born

    def _sex(self, line: Line, given: Mapping[str, Any], number: str) -> str:
        from_number, told, text = _in_number(number)[1], None, said(given.get("sex"))
        if text:
            told = self._try(line, "sex", values.sex_of, text)
        if from_number and told and from_number != told:
            line.warnings += [f"{each}，按身份证号登记" for each in checks.person_problems(number, None, told).values()]
        sex: str | None = from_number or told
        if sex is None:
            raise RowRefused(_("没有性别，身份证号也看不出"))
        return sex

    def _given(self, line: Line, given: Mapping[str, Any]) -> list[Given]:
        found: dict[str, Given] = {}
        for name in (each for each in given if each.startswith(TAG)):
            tag = self._tags.get(name.removeprefix(TAG))
            if tag is None:
                continue
            held = self._try(line, name, partial(values.tag_of, tag=tag), said(given[name]))
            if held:
                found[tag.code] = (tag.code, *held)
        for word in values.words_of(said(given.get("tags"))):
            tag = next((each for name, each in self._by_name.items() if name in word or word in each.kinds), None)
            if tag:
                found.setdefault(tag.code, (tag.code, *(values.tag_of(word, tag) or ("", 0))))
            elif not any(name in word for name in self._derived):
                line.warnings.append(_("人群类别“%s”没有对应的标签，没有登记") % word[:MAX_SHOWN])
        return list(found.values())


@lru_cache(maxsize=1024)
def _in_number(number: str) -> tuple[date | None, str | None]:
    """The birth date and sex that a whole identity number tells; each person's is asked for several times."""
    born = birth_date_of(number)
    return (born, sex_in(number)) if born else (None, None)


def _phone(name: str, text: str, line: Line) -> str:
    if len(text) > MAX_PHONE:
        line.warnings.append(_("%(field)s“%(text)s”太长，没有登记") % shown(name, text))
        return ""
    if problem := checks.phone_problem(text):
        line.warnings.append(problem)
    return half_width(text)


def _within(name: str, text: str, line: Line) -> str:
    if len(text) > LIMITS[name]:
        line.warnings.append(
            _("%(field)s超过 %(most)d 个字，只取前面") % {"field": FIELDS[name].label, "most": LIMITS[name]}
        )
    return text[: LIMITS[name]]

"""A community of every kind of building, and the many ways in which people write one of its households."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from residents.models import Building, Estate, Household
from tests.factories import Cast, make_estate

NUMERALS = "零一二三四五六七八九"
FULL = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True)
class Home:
    """A household as it is written: the estate's name, building's number, unit, floor and room."""

    estate: str
    building: str
    unit: int
    floor: int
    room: str

    @property
    def numeral(self) -> str:
        """The building's number in numerals; a letter stays."""
        return _numeral(int(self.building)) if self.building.isdecimal() else self.building

    @property
    def padded(self) -> str:
        """The building's number in two digits."""
        return self.building.zfill(2) if self.building.isdecimal() else self.building

    @property
    def spoken(self) -> str:
        """The room digit by digit: 五零一."""
        return "".join(NUMERALS[int(char)] if char.isdecimal() else char for char in self.room)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{NUMERALS[tens]}十"
    return head + (NUMERALS[ones] if ones or not tens else "")


Way = Callable[[Home], str]

IN_FULL: dict[str, Way] = {
    "号楼 单元": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}",
    "with 室": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}室",
    "with 号": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}号",
    "with 房": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}房",
    "栋": lambda h: f"{h.estate}{h.building}栋{h.unit}单元{h.room}",
    "幢": lambda h: f"{h.estate}{h.building}幢{h.unit}单元{h.room}室",
    "座": lambda h: f"{h.estate}{h.building}座{h.unit}单元{h.room}",
    "号": lambda h: f"{h.estate}{h.building}号{h.unit}单元{h.room}",
    "楼": lambda h: f"{h.estate}{h.building}楼{h.unit}单元{h.room}",
    "#": lambda h: f"{h.estate}{h.building}#{h.unit}单元{h.room}",
    "#楼": lambda h: f"{h.estate}{h.building}#楼{h.unit}单元{h.room}",
    "# #": lambda h: f"{h.estate}{h.building}#楼{h.unit}#单元{h.room}",
    "号栋": lambda h: f"{h.estate}{h.building}号栋{h.unit}单元{h.room}",
    "numerals": lambda h: f"{h.estate}{h.numeral}号楼{_numeral(h.unit)}单元{h.room}",
    "numerals 幢": lambda h: f"{h.estate}{h.numeral}幢{_numeral(h.unit)}单元{h.room}室",
    "numerals spoken": lambda h: f"{h.estate}{h.numeral}号楼{_numeral(h.unit)}单元{h.spoken}" if h.floor > 0 else "",
    "第": lambda h: f"{h.estate}第{h.building}号楼第{h.unit}单元{h.room}",
    "门": lambda h: f"{h.estate}{h.building}号楼{h.unit}门{h.room}",
    "numeral 门": lambda h: f"{h.estate}{h.building}号楼{_numeral(h.unit)}门{h.room}室",
    "dashes": lambda h: f"{h.estate}{h.building}-{h.unit}-{h.room}",
    "dashes 室": lambda h: f"{h.estate}{h.building}-{h.unit}-{h.room}室",
    "long dashes": lambda h: f"{h.estate}{h.building}—{h.unit}—{h.room}",
    "double dashes": lambda h: f"{h.estate}{h.building}--{h.unit}--{h.room}",
    "full width dashes": lambda h: f"{h.estate}{h.building}－{h.unit}－{h.room}".translate(FULL),
    "spaced dashes": lambda h: f"{h.estate} {h.building} - {h.unit} - {h.room}",
    "underscores": lambda h: f"{h.estate}{h.building}_{h.unit}_{h.room}",
    "slashes": lambda h: f"{h.estate}{h.building}/{h.unit}/{h.room}",
    "dots": lambda h: f"{h.estate}{h.building}.{h.unit}.{h.room}",
    "enumeration": lambda h: f"{h.estate}{h.building}、{h.unit}、{h.room}",
    "dash 单元": lambda h: f"{h.estate}{h.building}-{h.unit}单元{h.room}",
    "号楼 dash": lambda h: f"{h.estate}{h.building}号楼{h.unit}-{h.room}",
    "号楼 dashes": lambda h: f"{h.estate}{h.building}号楼-{h.unit}-{h.room}",
    "栋 dash": lambda h: f"{h.estate}{h.building}栋{h.unit}-{h.room}",
    "full width": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}".translate(FULL),
    "spaces": lambda h: f"{h.estate} {h.building} 号楼 {h.unit} 单元 {h.room} 室",
    "commas": lambda h: f"{h.estate}，{h.building}号楼，{h.unit}单元，{h.room}",
    "的": lambda h: f"{h.estate}的{h.building}号楼的{h.unit}单元{h.room}",
    "traditional": lambda h: f"{h.estate}{h.building}號樓{h.unit}單元{h.room}",
    "leading zeros": lambda h: f"{h.estate}{h.padded}号楼{h.unit}单元{h.room}",
    "with floor": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.floor}层{h.room}" if h.floor > 0 else "",
    "with floor 楼": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.floor}楼{h.room}室" if h.floor > 0 else "",
    "complaint": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room}漏水三天了，电话13812345678",
    "I live": lambda h: f"我住{h.estate}{h.building}号楼{h.unit}单元{h.room}，楼上太吵",
    "whole address": lambda h: f"北京市朝阳区垡头街道{h.estate}{h.building}号楼{h.unit}单元{h.room}",
    "road number": lambda h: f"化工路甲59号院{h.estate}{h.building}号楼{h.unit}单元{h.room}",
    "brackets": lambda h: f"{h.estate}（{h.building}号楼{h.unit}单元{h.room}）",
}
"""Ways that say estate, building, unit and room."""

SLIPS: dict[str, Way] = {
    "搂": lambda h: f"{h.estate}{h.building}号搂{h.unit}单元{h.room}",
    "娄": lambda h: f"{h.estate}{h.building}号娄{h.unit}单元{h.room}",
    "单园": lambda h: f"{h.estate}{h.building}号楼{h.unit}单园{h.room}",
    "但元": lambda h: f"{h.estate}{h.building}号楼{h.unit}但元{h.room}",
    "单": lambda h: f"{h.estate}{h.building}号楼{h.unit}单{h.room}",
    "号号楼": lambda h: f"{h.estate}{h.building}号号楼{h.unit}单元{h.room}",
    "号楼楼": lambda h: f"{h.estate}{h.building}号楼楼{h.unit}单元{h.room}",
    "单元元": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元元{h.room}",
    "O for 0": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room.replace('0', 'O')}",
    "l for 1": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room[:-1]}{h.room[-1].replace('1', 'l')}",
    "I for unit 1": lambda h: f"{h.estate}{h.building}号楼{str(h.unit).replace('1', 'I')}单元{h.room}",
    "一 for a dash": lambda h: f"{h.estate}{h.building}一{h.unit}一{h.room}",
    "double space": lambda h: f"{h.estate}  {h.building}号楼  {h.unit}单元  {h.room}",
}
"""Ways with a slip of the finger that changes no number."""

WITHOUT_UNIT: dict[str, Way] = {
    "no unit": lambda h: f"{h.estate}{h.building}号楼{h.room}",
    "no unit 室": lambda h: f"{h.estate}{h.numeral}幢{h.room}室",
    "no unit dash": lambda h: f"{h.estate}{h.building}-{h.room}",
    "no unit 号": lambda h: f"{h.estate}{h.building}号{h.room}室",
}
"""Ways that leave the unit out."""

IN_PART: dict[str, Way] = {
    "no estate": lambda h: f"{h.building}号楼{h.unit}单元{h.room}",
    "no estate dashes": lambda h: f"{h.building}-{h.unit}-{h.room}",
    "estate mistyped": lambda h: f"{h.estate[:-2]}佳{h.estate[-1]}{h.building}号楼{h.unit}单元{h.room}",
    "floor for room": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.floor}楼" if h.floor > 0 else "",
    "room doubled": lambda h: f"{h.estate}{h.building}号楼{h.unit}单元{h.room[0]}{h.room}",
    "building doubled": lambda h: f"{h.estate}{h.building}{h.building[-1]}号楼{h.unit}单元{h.room}",
    "wrong unit": lambda h: f"{h.estate}{h.building}号楼{h.unit + 7}单元{h.room}",
    "unit only": lambda h: f"{h.estate}{h.unit}单元{h.room}",
    "date": lambda h: f"{h.building}号{h.unit}单元{h.room}停水",
}
"""Ways that do not say enough: the household may be found where it is the only one, another never."""


def make_homes(cast: Cast) -> None:
    """Two more estates beside the cast's: towers, letters, buildings without units, basements, duplexes."""
    lake = make_estate(cast.community, "翠湖花园")
    _build(cast, lake, "1", units=3, floors=range(1, 7), doors=2)
    _build(cast, lake, "2", units=1, floors=range(1, 25), doors=4)
    _build(cast, lake, "12", units=2, floors=range(-1, 12), doors=2)
    _build(cast, lake, "A", units=2, floors=range(1, 19, 2), doors=3)
    court = make_estate(cast.community, "安和庭院")
    _build(cast, court, "21", units=4, floors=range(1, 7), doors=3)
    _build(cast, court, "B", units=0, floors=range(1, 12), doors=2)
    _build(cast, court, "5", units=1, floors=range(1, 9, 2), doors=2, storeys=2)


def _build(
    cast: Cast, estate: Estate, number: str, *, units: int, floors: range, doors: int, storeys: int = 1
) -> Building:
    building = Building.objects.create(
        estate=estate,
        community_id=cast.community.pk,
        grid=cast.grid,
        name=f"{number}号楼" if number.isdecimal() else f"{number}座",
        number=number,
        position=Building.objects.count() + 1,
    )
    Household.objects.bulk_create(
        Household(
            building=building,
            community_id=cast.community.pk,
            grid=cast.grid,
            unit=unit,
            floor=floor,
            room=f"{floor}{door:02}" if floor > 0 else f"B{-floor}{door:02}",
            column=door,
            storeys=storeys,
        )
        for unit in range(min(units, 1), units + 1)
        for floor in floors
        if floor
        for door in range(1, doors + 1)
    )
    return building


def homes() -> Iterator[tuple[Household, Home]]:
    """Every household and how it is written; where there are no units people say the first."""
    for row in Household.objects.select_related("building__estate"):
        yield row, Home(row.building.estate.name, row.building.number, row.unit or 1, row.floor, row.room)

"""The wall as plain values: which colour a household has, and where its cell stands."""

import pytest
from django.http import QueryDict

from residents.asked import Asked, asked_of
from residents.marks import Kind, Mark, gathered, together
from residents.palette import Palette
from residents.templatetags.wall import cells, said
from residents.wall import Block, BuildingRow, Cell, Gap, HouseholdRow, Unit, Wall, build

TIANJIN = (
    (["solitary_elder"], "独居老人", "独", "purple"),
    (["rented", "borrowed"], "出租户", "租", "pink"),
    ([], "自住", "", "white"),
)
PETITION, VISIT = Kind("petition", "在办诉求", "%d 件在办"), Kind("visit", "待走访", "%d 次走访", "diamond")
HOUSE = BuildingRow(1, "1号楼", "双合家园", 7, "第一网格", "001")


def row(pk: int, floor: int, column: int, *, unit: int = 1, living: str = "owner", tags: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    return HouseholdRow(pk, 1, unit, floor, column, f"{floor}{column:02}", living, tags)


def drawn(*rows: HouseholdRow) -> list[Unit]:
    return build([HOUSE], rows, Palette(TIANJIN), {}).estates["双合家园"][0].units


def built(rows, **more) -> Wall:  # type: ignore[no-untyped-def]
    return build([HOUSE], rows, Palette(TIANJIN), **{"marks": {}, **more})


def block(rows, **more) -> Block:  # type: ignore[no-untyped-def]
    return built(rows, **more).estates["双合家园"][0]


def rooms(unit: Unit) -> dict[int, list[str]]:
    return {
        floor.number: [cell.room if isinstance(cell, Cell) else "" for cell in floor.cells] for floor in unit.floors
    }


class TestColours:
    def test_the_first_rule_that_fits_gives_the_colour(self) -> None:
        palette = Palette(TIANJIN)
        assert palette.of("rented", ["solitary_elder"]).label == "独居老人"
        assert palette.of("borrowed", []).label == "出租户"
        assert palette.of("owner", ["unknown"]).label == "自住"

    def test_a_scheme_without_an_open_rule_gets_one(self) -> None:
        palette = Palette(TIANJIN[:2])
        assert [colour.label for colour in palette.colours] == ["独居老人", "出租户", "其他"]
        assert palette.of("owner", []).label == "其他"

    def test_what_comes_after_an_open_rule_colours_nothing(self) -> None:
        palette = Palette((([], "都一样", "", "blue"), *TIANJIN))
        assert palette.of("rented", ["solitary_elder"]).label == "都一样"
        assert "自住" not in [colour.label for colour in palette.colours]

    def test_a_colour_is_named_by_any_of_its_statuses(self) -> None:
        palette = Palette(TIANJIN)
        assert palette.named("borrowed") == palette.named("rented")
        assert palette.named("other") is not None
        assert palette.named("nothing") is None
        assert palette.named("") is None

    def test_counts_by_colour_add_up_to_all_households(self) -> None:
        living = ("owner", "rented", "vacant")
        rows = [row(pk, pk // 3 + 1, pk % 3 + 1, living=living[pk % 3]) for pk in range(30)]
        wall = build([HOUSE], rows, Palette(TIANJIN), {})
        assert wall.households == sum(count for _colour, count in wall.counts) == 30
        assert {colour.label: count for colour, count in wall.counts} == {"独居老人": 0, "出租户": 10, "自住": 20}


class TestPlaces:
    def test_floors_go_downwards_and_rooms_from_the_west(self) -> None:
        [unit] = drawn(row(1, 1, 1), row(2, 1, 2), row(4, 2, 2), row(3, 2, 1))
        assert rooms(unit) == {2: ["201", "202"], 1: ["101", "102"]}
        assert list(rooms(unit)) == [2, 1]

    def test_a_missing_room_leaves_a_gap(self) -> None:
        [unit] = drawn(row(1, 1, 1), row(2, 1, 3), row(3, 2, 2))
        assert rooms(unit) == {2: ["", "202", ""], 1: ["101", "", "103"]}

    def test_over_shops_the_ground_stays_empty(self) -> None:
        [unit] = drawn(row(1, 3, 1), row(2, 4, 1))
        assert rooms(unit) == {4: ["401"], 3: ["301"], 2: [""], 1: [""]}

    def test_a_basement_lies_under_the_first_floor(self) -> None:
        [unit] = drawn(row(1, 1, 1), row(2, -1, 1))
        assert list(rooms(unit)) == [1, -1]

    def test_units_of_a_building_have_the_same_storeys(self) -> None:
        first, second = drawn(row(1, 3, 1), row(2, 1, 1), row(3, 1, 1, unit=2))
        assert list(rooms(first)) == list(rooms(second))
        assert rooms(second)[3] == [""]

    def test_a_wide_building_takes_more_room(self) -> None:
        narrow = build([HOUSE], [row(n, 1, n) for n in range(1, 5)], Palette(TIANJIN), {})
        wide = build([HOUSE], [row(n, 1, n) for n in range(1, 13)], Palette(TIANJIN), {})
        full = build([HOUSE], [row(n, 1, n) for n in range(1, 25)], Palette(TIANJIN), {})
        assert [each.estates["双合家园"][0].span for each in (narrow, wide, full)] == [1, 2, 3]

    def test_a_building_without_households_and_a_household_without_building(self) -> None:
        lost = HouseholdRow(9, 99, 1, 1, 1, "101", "owner", ())
        wall = build([HOUSE], [lost], Palette(TIANJIN), {})
        assert (wall.households, wall.estates["双合家园"][0].units) == (0, [])


class TestCells:
    def test_a_cell_says_in_words_what_it_shows(self) -> None:
        colour = Palette(TIANJIN).of("rented", [])
        assert said(Cell(1, 2, "501", colour)) == "2 单元 501，出租户"
        assert said(Cell(1, 0, "501", colour, (Mark(PETITION, 2),))) == "501，出租户，2 件在办"
        assert (
            said(Cell(1, 2, "501", colour, (Mark(PETITION, 1, late=True),))) == "2 单元 501，出租户，1 件在办，已过时限"
        )

    def test_colour_is_never_the_only_cue(self) -> None:
        [unit] = drawn(row(1, 1, 1, living="rented"))
        html = cells(unit.floors)
        assert '<a class="cell w-pink" id="h1" href="/households/1/"' in html
        assert "<b>101</b><i>租</i>" in html

    def test_one_colour_picked_out_leaves_the_others_plain(self) -> None:
        rows = [row(1, 1, 1, living="rented"), row(2, 1, 2)]
        [unit] = block(rows, asked=Asked(show="rented")).units
        html = cells(unit.floors)
        assert 'class="cell w-pink" id="h1"' in html
        assert 'class="cell off" id="h2"' in html

    def test_what_people_typed_is_escaped(self) -> None:
        palette = Palette(((["rented"], "<b>", "<i>", "pink"),))
        rows = [HouseholdRow(1, 1, 1, 1, 1, "<script>", "rented", ())]
        html = cells(build([HOUSE], rows, palette, {}).estates["双合家园"][0].units[0].floors)
        assert "<script>" not in html
        assert "&lt;i&gt;" in html


def test_marks_of_one_kind_are_one_and_those_of_several_stand_beside_each_other() -> None:
    petitions = gathered([(1, Mark(PETITION)), (1, Mark(PETITION, 2, late=True)), (2, Mark(PETITION))])
    assert petitions == {1: Mark(PETITION, 3, late=True), 2: Mark(PETITION)}
    both = together([petitions, {2: Mark(VISIT)}])
    assert both == {1: (Mark(PETITION, 3, late=True),), 2: (Mark(PETITION), Mark(VISIT))}
    [unit] = build([HOUSE], [row(2, 1, 1)], Palette(TIANJIN), both).estates["双合家园"][0].units
    assert '<u class="m dot"></u><u class="m diamond"></u>' in cells(unit.floors)


class TestShapes:
    def test_shops_and_a_basement_of_the_whole_building_run_under_its_units(self) -> None:
        shop = HouseholdRow(8, 1, 0, 1, 1, "S1", "rented", (), use="shop")
        store = HouseholdRow(9, 1, 0, -1, 1, "B1", "owner", (), use="basement")
        house = block([row(1, 2, 1), row(2, 2, 1, unit=2), shop, store])
        assert [unit.number for unit in house.units] == [1, 2]
        assert [floor.number for floor in house.units[0].floors] == [2]
        assert [(floor.number, floor.cells[0].room) for floor in house.base] == [(1, "S1"), (-1, "B1")]
        assert house.households == 4
        assert 'class="floor under ground"' in cells(house.base)

    def test_dwellings_without_a_unit_number_are_a_unit(self) -> None:
        house = block([row(1, 1, 1, unit=0), row(2, 1, 1)])
        assert ([unit.number for unit in house.units], house.base) == ([0, 1], [])

    def test_a_duplex_reaches_down_from_its_upper_storey(self) -> None:
        flat = HouseholdRow(3, 1, 1, 1, 2, "102", "owner", (), storeys=2)
        [unit] = drawn(row(1, 1, 1), row(2, 2, 1), flat)
        assert [cell if isinstance(cell, Gap) else cell.pk for cell in unit.floors[0].cells] == [2, 3]
        assert unit.floors[1].cells[1] is Gap.COVERED
        assert 'class="cell w-white d2" id="h3"' in cells(unit.floors)
        assert "占 2 层" in cells(unit.floors)

    def test_a_duplex_on_top_makes_the_storey_it_needs(self) -> None:
        flat = HouseholdRow(3, 1, 1, 2, 1, "201", "owner", (), storeys=2)
        [unit] = drawn(row(1, 1, 1), flat)
        assert [floor.number for floor in unit.floors] == [3, 2, 1]

    def test_a_duplex_stops_at_a_neighbour(self) -> None:
        flat = HouseholdRow(3, 1, 1, 1, 1, "101", "owner", (), storeys=3)
        [unit] = drawn(flat, row(2, 2, 1), row(1, 3, 1))
        assert unit.floors[2].cells[0].storeys == 1

    def test_places_where_nobody_lives_have_a_look_of_their_own(self) -> None:
        palette = Palette(TIANJIN)
        assert palette.of("rented", ["rented"], "shop").label == "商铺"
        assert palette.of("rented", ["rented"], "basement").label == "出租户"
        assert palette.of("owner", ["solitary_elder"], "public").label == "独居老人"
        wall = built([row(1, 2, 1), HouseholdRow(8, 1, 0, 1, 1, "S1", "owner", (), use="shop")])
        assert [(colour.label, count) for colour, count in wall.counts][2:] == [("自住", 1), ("商铺", 1)]
        assert palette.named("use-shop") is palette.premises["shop"]


class TestFilters:
    ROWS = (
        row(1, 1, 1, living="rented", tags=("rented", "senior")),
        row(2, 1, 2, living="owner", tags=("senior", "aid")),
        row(3, 1, 3, living="vacant"),
    )
    MARKS = {1: (Mark(PETITION, late=True),), 2: (Mark(VISIT),)}

    @pytest.mark.parametrize(
        ("asked", "lit"),
        [
            (Asked(), {1, 2, 3}),
            (Asked(living=frozenset({"rented", "vacant"})), {1, 3}),
            (Asked(tags=frozenset({"senior"})), {1, 2}),
            (Asked(tags=frozenset({"senior", "aid"})), {2}),
            (Asked(living=frozenset({"rented"}), tags=frozenset({"aid"})), set()),
            (Asked(open=frozenset({"petition"})), {1}),
            (Asked(open=frozenset({"petition", "visit"})), {1, 2}),
            (Asked(late=True), {1}),
            (Asked(open=frozenset({"visit"}), late=True), set()),
        ],
    )
    def test_what_is_asked_for_stays_and_the_counts_add_up(self, asked: Asked, lit: set[int]) -> None:
        wall = built(self.ROWS, asked=asked, marks=self.MARKS)
        [unit] = wall.estates["双合家园"][0].units
        assert {cell.pk for cell in unit.floors[0].cells if isinstance(cell, Cell) and cell.lit} == lit
        assert wall.found == len(lit)
        assert wall.households == 3
        assert (wall.tags["senior"], wall.tags["vacant"], wall.late) == (2, 1, 1)
        assert wall.open == {"petition": 1, "visit": 1}

    def test_the_address_is_read_with_care(self) -> None:
        query = QueryDict("tag=rented&tag=senior&tag=nonsense&open=visit&open=x&late=1&grid=²&worker=7&zoom=far")
        asked = asked_of(query, ["rented"], ["rented", "senior"], ["petition", "visit"])
        assert asked == Asked(frozenset({"rented"}), frozenset({"senior"}), frozenset({"visit"}), True, None, 7)
        assert asked_of(QueryDict("zoom=unit"), [], [], []).zoom == "unit"

    def test_a_building_elsewhere_recedes_and_does_not_count(self) -> None:
        wall = build([HOUSE], self.ROWS, Palette(TIANJIN), {}, near=())
        assert wall.estates["双合家园"][0].away
        assert (wall.households, wall.found) == (0, 0)

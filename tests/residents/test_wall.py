"""The wall as plain values: which colour a household has, and where its cell stands."""

from residents.marks import Mark, gathered
from residents.templatetags.wall import cells, said
from residents.wall import BuildingRow, Cell, HouseholdRow, Palette, Unit, build

TIANJIN = (
    (["solitary_elder"], "独居老人", "独", "purple"),
    (["rented", "borrowed"], "出租户", "租", "pink"),
    ([], "自住", "", "white"),
)
HOUSE = BuildingRow(1, "1号楼", "双合家园", 7, "第一网格", "001")


def row(pk: int, floor: int, column: int, *, unit: int = 1, living: str = "owner", tags: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    return HouseholdRow(pk, 1, unit, floor, column, f"{floor}{column:02}", living, tags)


def drawn(*rows: HouseholdRow) -> list[Unit]:
    return build([HOUSE], rows, Palette(TIANJIN), {}).estates["双合家园"][0].units


def rooms(unit: Unit) -> dict[int, list[str]]:
    return {floor.number: [cell.room if cell else "" for cell in floor.cells] for floor in unit.floors}


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
        assert said(Cell(1, 2, "501", colour, None)) == "2 单元 501，出租户"
        assert said(Cell(1, 0, "501", colour, Mark(2))) == "501，出租户，2 件在办"
        assert said(Cell(1, 2, "501", colour, Mark(1, late=True))) == "2 单元 501，出租户，1 件在办，已过时限"

    def test_colour_is_never_the_only_cue(self) -> None:
        [unit] = drawn(row(1, 1, 1, living="rented"))
        html = cells(unit)
        assert '<a class="cell w-pink" id="h1" href="/households/1/"' in html
        assert "<b>101</b><i>租</i>" in html

    def test_one_colour_picked_out_leaves_the_others_plain(self) -> None:
        palette = Palette(TIANJIN)
        [unit] = drawn(row(1, 1, 1, living="rented"), row(2, 1, 2))
        html = cells(unit, palette.named("rented"))
        assert 'class="cell w-pink" id="h1"' in html
        assert 'class="cell off" id="h2"' in html

    def test_what_people_typed_is_escaped(self) -> None:
        palette = Palette(((["rented"], "<b>", "<i>", "pink"),))
        rows = [HouseholdRow(1, 1, 1, 1, 1, "<script>", "rented", ())]
        html = cells(build([HOUSE], rows, palette, {}).estates["双合家园"][0].units[0])
        assert "<script>" not in html
        assert "&lt;i&gt;" in html


def test_marks_of_several_sources_are_one() -> None:
    assert gathered([{1: Mark(1)}, {1: Mark(2, late=True), 2: Mark()}]) == {1: Mark(3, late=True), 2: Mark()}

"""The small drawing of a building."""

from petitions.floor_plan import CELL_HEIGHT, CELL_WIDTH, GAP, UNIT_GAP, floor_plan

HOUSE = [(1, 1, 1, 1), (2, 1, 1, 2), (3, 1, 2, 1), (4, 2, 1, 1), (5, 2, -1, 1)]


def test_no_households_no_drawing() -> None:
    assert floor_plan([], None) is None


def test_units_from_left_to_right_and_floors_from_the_bottom_up() -> None:
    corners = {}
    for pk, *_place in HOUSE:
        plan = floor_plan(HOUSE, pk)
        assert plan is not None
        corners[pk] = plan.here
    row = CELL_HEIGHT + GAP
    column = CELL_WIDTH + GAP
    second = 2 * column + UNIT_GAP
    assert corners == {3: (0, 0), 1: (0, row), 2: (column, row), 4: (second, row), 5: (second, 2 * row)}


def test_everything_lies_inside_the_picture() -> None:
    plan = floor_plan(HOUSE, 4)
    assert plan is not None
    assert plan.here is not None
    assert plan.width == plan.here[0] + CELL_WIDTH
    assert plan.height == 3 * (CELL_HEIGHT + GAP) - GAP
    assert plan.path.count("z") == len(HOUSE)


def test_a_household_of_elsewhere_is_not_marked() -> None:
    plan = floor_plan(HOUSE, 99)
    assert plan is not None
    assert plan.here is None

"""Where the demo community's buildings stand and how its grids lie: four grids of blocks, and the towers south of them.

The places are made up: a block of ground in the street that the community's name belongs to.
"""

from petitions.demo.cast import Home
from petitions.demo.layout import BLOCKS, BLOCKS_IN_GRID, GRID_OF_TOWERS
from residents.models import Building

WEST, NORTH = 116.4902, 39.8742
WIDE, HIGH, TOWERS_HIGH = 0.0042, 0.0026, 0.0019
SLANT, TILT = 0.16, 0.06
"""The streets there do not run exactly north."""

Place = tuple[float, float]


def point_of(number: int) -> Place:
    """Longitude and latitude of a building: two rows of four in a grid, the towers in one row."""
    if number > BLOCKS:
        return _at(0.0012 + (number - BLOCKS - 1) * 0.0015, 2 * HIGH + TOWERS_HIGH / 2)
    grid, place = divmod(number - 1, BLOCKS_IN_GRID)
    row, column = divmod(place, 4)
    return _at(grid % 2 * WIDE + 0.0006 + column * 0.001, grid // 2 * HIGH + 0.0007 + row * 0.0012)


def outline_of(grid: int) -> list[Place]:
    """The corners of a grid's boundary, the first one again at the end."""
    if grid == GRID_OF_TOWERS:
        left, top, wide, high = 0.0, 2 * HIGH, 2 * WIDE, TOWERS_HIGH
    else:
        left, top, wide, high = (grid - 1) % 2 * WIDE, (grid - 1) // 2 * HIGH, WIDE, HIGH
    ring = [(left, top), (left, top + high), (left + wide, top + high), (left + wide, top)]
    return [_at(*corner) for corner in (*ring, ring[0])]


def lay_out(home: Home) -> None:
    """Give the home community's buildings their points and its grids their boundaries."""
    buildings = list(Building.objects.filter(community=home.community))
    for building in buildings:
        building.lon, building.lat = point_of(building.position)
    Building.objects.bulk_update(buildings, ["lon", "lat"])
    for number, grid in home.grids.items():
        grid.boundary = {"type": "Polygon", "coordinates": [[list(corner) for corner in outline_of(number)]]}
        grid.save(update_fields=["boundary"])


def _at(east: float, south: float) -> Place:
    """Degrees east and south of the north-west corner, slanted, to 10 cm."""
    return round(WEST + east - south * SLANT, 6), round(NORTH - south - east * TILT, 6)

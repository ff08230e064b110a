"""Grid boundaries and building points as plain values: read, checked, and asked which grid holds a point. No ORM.

Coordinates are WGS 84 degrees, longitude first, as GeoJSON (RFC 7946) has them. Distances need no projection here: all
questions are inside and overlap.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely import MultiPoint, Point
from shapely.affinity import scale
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

Geometry = dict[str, Any]
Key = TypeVar("Key")

POLYGONS = ("Polygon", "MultiPolygon")
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""Where China lies, in whole degrees; swapped axes fall outside."""
WIDEST = 0.3
"""Degrees, about 30 km: no community is wider."""
SMALLEST = 1e-9
"""Square degrees, about 10 square metres."""
MOST_CORNERS = 2000
MOST_FEATURES = 200
MOST_TEXT = 2_000_000
SHARED = 0.01
"""Neighbours may share so much of the smaller one: lines drawn by hand do not meet exactly."""
DIGITS = 6
LOOKS = 13
"""Odd: the middle is among them."""
WIDE = 5
"""A grid's name and number are four to five times as wide as high; degrees of longitude are shorter, too."""
CODE_NAMES = ("code", "网格编号", "编号", "网格编码")
NAME_NAMES = ("name", "网格名称", "名称", "网格")


@dataclass(frozen=True)
class Feature:
    """One feature of a collection: what it says of its grid, and its boundary."""

    number: int
    code: str
    name: str
    geometry: Geometry

    @property
    def words(self) -> str:
        """How messages call it."""
        return _("第 %(number)d 个要素（%(name)s）") % {
            "number": self.number,
            "name": self.name or self.code or _("没有名称"),
        }


def read_features(text: str) -> list[Feature]:
    """The features of a GeoJSON FeatureCollection (or of one Feature), each sound; ValidationError by feature."""
    content = read_json(text)
    rows = content.get("features") if content.get("type") == "FeatureCollection" else [content]
    if not isinstance(rows, list) or not rows:
        raise ValidationError(_("这里没有要素：应是 FeatureCollection，每个网格一个 Feature"))
    if len(rows) > MOST_FEATURES:
        raise ValidationError(
            _("要素太多：%(number)d 个，最多 %(most)d 个") % {"number": len(rows), "most": MOST_FEATURES}
        )
    found, problems = [], []
    for number, row in enumerate(rows, 1):
        said = row.get("properties") if isinstance(row, dict) else None
        said = said if isinstance(said, dict) else {}
        feature = Feature(number, _first(said, CODE_NAMES), _first(said, NAME_NAMES), {})
        try:
            geometry = sound(row.get("geometry") if isinstance(row, dict) else None)
        except ValidationError as error:
            problems.append(f"{feature.words}：{error.messages[0]}")
        else:
            found.append(Feature(number, feature.code, feature.name, geometry))
    if problems:
        raise ValidationError(problems)
    return found


def read_json(text: str) -> dict[str, Any]:
    """The object in a text. Raises ValidationError that says where it breaks."""
    if len(text) > MOST_TEXT:
        raise ValidationError(_("内容太大，最多 2 MB"))
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise ValidationError(_("不是有效的 JSON：第 %(line)d 行第 %(column)d 个字符处断了") % where) from error
    except (RecursionError, ValueError) as error:
        raise ValidationError(_("不是有效的 JSON")) from error
    if not isinstance(content, dict):
        raise ValidationError(_("不是 GeoJSON：最外层应是一个对象"))
    return content


def sound(geometry: object) -> Geometry:
    """A boundary that can be stored, its corners rounded to 10 cm. Raises ValidationError that says what is wrong."""
    if not isinstance(geometry, dict) or geometry.get("type") not in POLYGONS:
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        raise ValidationError(_("图形应是 Polygon 或 MultiPolygon，这里是 %s") % (kind or _("空的")))
    try:
        corners = list(_corners(geometry["coordinates"]))
        drawn = shape(geometry)
    except (KeyError, TypeError, ValueError, IndexError, RecursionError, ShapelyError) as error:
        raise ValidationError(_("坐标读不出来：每个角是 [经度, 纬度]，每圈至少四个角，首尾相同")) from error
    if len(corners) > MOST_CORNERS:
        raise ValidationError(
            _("角太多：%(number)d 个，最多 %(most)d 个") % {"number": len(corners), "most": MOST_CORNERS}
        )
    _check_extent(corners, drawn)
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _check_extent(corners: list[tuple[float, float]], drawn: BaseGeometry) -> None:
    if not all(WEST <= lon <= EAST and SOUTH <= lat <= NORTH for lon, lat in corners):
        raise ValidationError(_("坐标不在中国境内；应是经度在前、纬度在后的度数，如 [116.49, 39.87]"))
    if not drawn.is_valid:
        # 自相交: the one fault people draw; the rest is named by the library.
        reason = explain_validity(drawn)
        crossing = "Self-intersection" in reason
        raise ValidationError(_("边界自己交叉了") if crossing else _("边界不成形：%s") % reason)
    west, south, east, north = drawn.bounds
    if max(east - west, north - south) > WIDEST:
        raise ValidationError(_("范围太大：一个网格不会宽过 30 公里"))
    if drawn.area < SMALLEST:
        raise ValidationError(_("范围太小：看起来是一个点或一条线"))


def overlaps(boundaries: Mapping[Key, Geometry]) -> list[tuple[Key, Key]]:
    """The pairs of grids that share more than a hundredth of the smaller one."""
    drawn = {key: shape(each) for key, each in boundaries.items()}
    return [
        (one, other)
        for one, other in combinations(drawn, 2)
        if drawn[one].intersection(drawn[other]).area > SHARED * min(drawn[one].area, drawn[other].area)
    ]


class Areas:
    """Boundaries by key, made ready to ask about many points."""

    def __init__(self, boundaries: Mapping[int, Geometry]) -> None:
        self._drawn = {key: shape(each) for key, each in boundaries.items()}

    def holding(self, lon: float, lat: float) -> int | None:
        """The first boundary that a point is in, its edge included; None outside of all."""
        point = Point(lon, lat)
        return next((key for key, drawn in self._drawn.items() if drawn.covers(point)), None)


def rings(geometry: Geometry) -> Iterable[list[list[float]]]:
    """Every ring of a boundary, the holes too."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for part in parts:
        yield from part


def label_point(geometry: Geometry, points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A place inside a boundary for its name, as far from its edge and from these points as a coarse look finds.

    Words are wide: edges and points beside them are looked at as if they were `WIDE` times as near.
    """
    inside = shape(geometry).representative_point()
    drawn = scale(shape(geometry), xfact=1 / WIDE, origin=(0, 0))
    taken = MultiPoint([(lon / WIDE, lat) for lon, lat in points])
    west, south, east, north = drawn.bounds
    best, room = (inside.x, inside.y), 0.0
    for step in range(LOOKS * LOOKS):
        row, column = divmod(step, LOOKS)
        spot = Point(west + (east - west) * (column + 0.5) / LOOKS, south + (north - south) * (row + 0.5) / LOOKS)
        if not drawn.contains(spot):
            continue
        found = drawn.boundary.distance(spot)
        found = found if taken.is_empty else min(found, taken.distance(spot))
        if found > room:
            best, room = (spot.x * WIDE, spot.y), found
    return best


def _first(said: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(said[name]).strip() for name in names if said.get(name) not in (None, "")), "")


def _corners(coordinates: Any) -> Iterable[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        lon, lat = float(coordinates[0]), float(coordinates[1])
        yield lon, lat
        return
    for each in coordinates:
        yield from _corners(each)


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates[0], int | float):
        return [round(float(value), DIGITS) for value in coordinates[:2]]
    return [_rounded(each) for each in coordinates]

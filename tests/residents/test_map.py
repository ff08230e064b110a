"""The community's map: who draws it, what is checked, how it is coloured, and what does not fit is reported."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grid.models import GridUnit
from residents.geo import Areas, overlaps, read_features, sound
from residents.models import Building, CommunityEvent, Household
from residents.plan import level_of, steps_of
from tests.factories import NOW, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

LON, LAT = 116.49, 39.87


def square(east: float = 0, north: float = 0, side: float = 0.01) -> dict[str, Any]:
    """A square, so many degrees east and north of the corner."""
    west, south = LON + east, LAT + north
    corners = ((west, south), (west + side, south), (west + side, south + side), (west, south + side), (west, south))
    ring = [[round(lon, 6), round(lat, 6)] for lon, lat in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(**shapes: Any) -> str:
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name, shape in shapes.items()]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


BOTH = collection(第一网格=square(), 第二网格=square(0.01))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW + timedelta(minutes=5))


@pytest.fixture
def edit(cast: Cast) -> str:
    return reverse("map-edit", args=[cast.community.code])


def place(building: Building, east: float, north: float) -> None:
    Building.objects.filter(pk=building.pk).update(lon=LON + east, lat=LAT + north)


class TestGeometry:
    @pytest.mark.parametrize(
        ("geometry", "message"),
        [
            (None, "图形应是 Polygon 或 MultiPolygon，这里是 空的"),
            ({"type": "Point", "coordinates": [LON, LAT]}, "这里是 Point"),
            ({"type": "Polygon"}, "坐标读不出来"),
            ({"type": "Polygon", "coordinates": []}, "坐标读不出来"),
            ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "坐标读不出来"),
            ({"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 1e-3, LAT]]]}, "坐标读不出来"),
            (square(-100), "坐标不在中国境内"),
            (square(side=0.5), "范围太大"),
            (square(side=1e-6), "范围太小"),
            (
                {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 0.01, LAT + 0.01], [LON + 0.01, LAT],
                 [LON, LAT + 0.01], [LON, LAT]]]},
                "边界自己交叉了",
            ),
        ],
    )  # fmt: skip
    def test_what_is_no_boundary_says_why(self, geometry: Any, message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            sound(geometry)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "不是有效的 JSON：第 1 行"),
            ('{"type": ', "不是有效的 JSON"),
            ("[1]", "最外层应是一个对象"),
            ("[" * 5000, "不是"),
            ('{"type": "FeatureCollection", "features": []}', "没有要素"),
            ('{"type": "FeatureCollection", "features": [5, {"properties": 7}]}', "第 2 个要素（没有名称）"),
        ],
    )
    def test_what_is_no_collection_says_where(self, text: str, message: str) -> None:
        with pytest.raises(ValidationError) as caught:
            read_features(text)
        assert message in "；".join(caught.value.messages)

    def test_neighbours_touch_and_others_overlap(self) -> None:
        assert overlaps({1: square(), 2: square(0.01), 3: square(0.00995)}) == [(2, 3)]

    def test_a_point_on_the_edge_is_inside(self) -> None:
        areas = Areas({1: square(), 2: square(0.01)})
        assert areas.holding(LON + 0.005, LAT + 0.005) == 1
        assert areas.holding(LON + 0.01, LAT) == 1
        assert areas.holding(LON + 0.015, LAT + 0.005) == 2
        assert areas.holding(LON - 0.001, LAT) is None


class TestImport:
    def test_boundaries_come_in_by_name_or_code(self, cast: Cast, edit: str) -> None:
        text = BOTH.replace('"name": "第二网格"', f'"code": "{cast.second_grid.code}"')
        assert client_of(cast.community_worker).post(edit, {"change": "import", "geojson": text}).status_code == 302
        assert GridUnit.objects.get(pk=cast.grid.pk).boundary == square()
        assert GridUnit.objects.get(pk=cast.second_grid.pk).boundary["type"] == "Polygon"
        assert CommunityEvent.objects.get().text == "导入边界：第一网格、第二网格"

    def test_a_file_with_a_byte_order_mark_comes_in(self, cast: Cast, edit: str) -> None:
        upload = SimpleUploadedFile("grids.geojson", b"\xef\xbb\xbf" + BOTH.encode())
        assert client_of(cast.head).post(edit, {"change": "import", "file": upload}).status_code == 302
        assert GridUnit.objects.exclude(boundary=None).count() == 2

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (collection(第一网格=square(), 第九网格=square(0.01)), "第 2 个要素（第九网格）：本社区没有这个网格"),
            (collection(第一网格=square(), 第二网格=square(0.005)), "第一网格和第二网格重叠"),
            (collection(第一网格=square(), 第二网格={"type": "Point"}), "第 2 个要素（第二网格）：图形应是"),
            ("不是 JSON", "不是有效的 JSON"),
        ],
    )
    def test_one_that_is_wrong_keeps_all_out(self, cast: Cast, edit: str, text: str, message: str) -> None:
        response = client_of(cast.head).post(edit, {"change": "import", "geojson": text})
        html = response.content.decode()
        assert response.status_code == 422
        assert message in html
        assert not GridUnit.objects.exclude(boundary=None).exists()
        assert not CommunityEvent.objects.exists()

    def test_a_file_of_another_coding_is_refused(self, cast: Cast, edit: str) -> None:
        upload = SimpleUploadedFile("grids.geojson", BOTH.encode("gb18030"))
        html = client_of(cast.head).post(edit, {"change": "import", "file": upload}).content.decode()
        assert "不是 UTF-8" in html


class TestDraw:
    def test_one_boundary_is_drawn_and_taken_away(self, cast: Cast, edit: str) -> None:
        client = client_of(cast.head)
        client.post(edit, {"change": "draw", "grid": cast.grid.pk, "geojson": json.dumps(square())})
        assert GridUnit.objects.get(pk=cast.grid.pk).boundary == square()
        client.post(edit, {"change": "draw", "grid": cast.grid.pk, "geojson": " "})
        assert GridUnit.objects.get(pk=cast.grid.pk).boundary is None

    def test_what_was_typed_is_kept(self, cast: Cast, edit: str) -> None:
        response = client_of(cast.head).post(edit, {"change": "draw", "grid": cast.grid.pk, "geojson": '{"type":1'})
        assert response.status_code == 422
        assert "{&quot;type&quot;:1</textarea>" in response.content.decode()

    def test_a_building_gets_its_point(self, cast: Cast, edit: str) -> None:
        client = client_of(cast.head)
        values = {"change": "point", "building": cast.building.pk}
        assert client.post(edit, {**values, "lon": "116.495", "lat": "39.875"}).status_code == 302
        row = Building.objects.get(pk=cast.building.pk)
        assert (row.lon, row.lat) == (116.495, 39.875)
        for lon, lat, message in (("1", "", "都填"), ("x", "1", "应是数字"), ("39.8", "116.4", "不在中国境内")):
            response = client.post(edit, {**values, "lon": lon, "lat": lat})
            assert message in response.content.decode()
        client.post(edit, {**values, "lon": "", "lat": ""})
        assert Building.objects.get(pk=cast.building.pk).lon is None

    @pytest.mark.parametrize(
        "values",
        [
            {"change": "nothing"},
            {"change": "draw", "grid": "x"},
            {"change": "draw", "grid": "999999"},
            {"change": "point", "building": "999999", "lon": "", "lat": ""},
        ],
    )
    def test_what_is_not_there_is_not_found(self, cast: Cast, edit: str, values: dict[str, str]) -> None:
        assert client_of(cast.head).post(edit, values).status_code == 404

    def test_another_communitys_grid_and_building_are_not_there(self, cast: Cast, edit: str) -> None:
        client = client_of(cast.head)
        for values in (
            {"change": "draw", "grid": cast.next_grid.pk, "geojson": ""},
            {"change": "point", "building": cast.next_building.pk, "lon": "", "lat": ""},
            {"change": "regrid", "building": cast.building.pk, "grid": cast.next_grid.pk},
        ):
            assert client.post(edit, values).status_code == 404

    @pytest.mark.parametrize(("name", "status"), [("worker", 403), ("street", 403), ("outsider", 404)])
    def test_nobody_else_draws(self, cast: Cast, edit: str, name: str, status: int) -> None:
        response = client_of(getattr(cast, name)).post(edit, {"change": "import", "geojson": BOTH})
        assert response.status_code == status
        assert not GridUnit.objects.exclude(boundary=None).exists()


def test_only_nothing_looks_like_nothing() -> None:
    assert [steps_of([0, 16, 2]), steps_of([2, 1]), steps_of([1]), steps_of([0]), steps_of([])] == [
        [1, 4, 8, 12], [1, 2], [1], [], [],
    ]  # fmt: skip
    assert [level_of(count, [1, 4, 8, 12]) for count in (0, 1, 3, 4, 16)] == [0, 1, 1, 2, 4]


class TestMap:
    def draw(self, cast: Cast) -> None:
        GridUnit.objects.filter(pk=cast.grid.pk).update(boundary=square())
        GridUnit.objects.filter(pk=cast.second_grid.pk).update(boundary=square(0.01))
        for building, east in zip(cast.buildings, (0.002, 0.015, 0.006), strict=True):
            place(building, east, 0.005)

    def test_an_empty_map_says_what_would_be_here(self, cast: Cast) -> None:
        assert "地图还没有画" in text_of(cast.head, reverse("map"))

    def test_it_is_coloured_by_what_the_reader_asks(self, cast: Cast) -> None:
        self.draw(cast)
        make_petition(cast, at=NOW - timedelta(days=10))
        make_petition(cast, text="3号楼楼道灯不亮")
        Household.objects.filter(pk=cast.household.pk).update(statuses=["senior"])
        assert "在办诉求 2，分在 3 栋楼、2 个网格里" in text_of(cast.head, reverse("map"))
        assert "已过时限 1，" in text_of(cast.head, f"{reverse('map')}?by=late")
        assert "高龄 1，" in text_of(cast.head, f"{reverse('map')}?by=senior")
        assert "在办诉求 2" in text_of(cast.head, f"{reverse('map')}?by=nonsense")
        html = client_of(cast.head).get(reverse("map")).content.decode()
        assert html.count('<path class="area') == 2
        assert html.count('<circle class="point') == 3
        assert '<text class="count l2"' in html

    def test_a_worker_sees_only_their_own_grid(self, cast: Cast) -> None:
        self.draw(cast)
        html = client_of(cast.colleague).get(reverse("map")).content.decode()
        assert html.count('<path class="area') == 1
        assert "第一网格" not in html
        assert "2号楼" in html
        assert "3号楼" not in html

    def test_a_building_elsewhere_is_reported_and_mended_with_one_press(self, cast: Cast, edit: str) -> None:
        self.draw(cast)
        place(cast.building, 0.016, 0.004)
        place(cast.buildings[0], -0.005, 0)
        words = text_of(cast.head, reverse("map"))
        assert "2 栋楼的位置要核对" in words
        assert "3号楼 登记在第一网格，位置在第二网格里" in words
        assert "1号楼 登记在第一网格，位置不在任何网格里" in words
        assert "改属第二网格" not in text_of(cast.worker, reverse("map"))
        values = {"change": "regrid", "building": cast.building.pk, "grid": cast.second_grid.pk}
        assert client_of(cast.head).post(edit, values).status_code == 302
        assert Building.objects.get(pk=cast.building.pk).grid == cast.second_grid
        assert set(cast.building.households.values_list("grid", flat=True)) == {cast.second_grid.pk}
        assert "3号楼 登记在" not in text_of(cast.head, reverse("map"))

    def test_what_has_no_place_is_named(self, cast: Cast) -> None:
        GridUnit.objects.filter(pk=cast.grid.pk).update(boundary=square())
        words = text_of(cast.head, reverse("map"))
        assert "3 栋楼还没有位置 1号楼、2号楼、3号楼" in words
        assert "1 个网格还没有边界 第二网格" in words

    def test_the_drawing_has_a_table_beside_it(self, cast: Cast) -> None:
        self.draw(cast)
        words = text_of(cast.head, reverse("map"))
        assert "第一网格 24 0" in words
        assert "2号楼 12 0" in words

    def test_pages_cost_few_queries(self, cast: Cast, edit: str) -> None:
        self.draw(cast)
        assert queries_of(client_of(cast.head), reverse("map")) <= MOST_QUERIES
        assert queries_of(client_of(cast.head), edit) <= MOST_QUERIES

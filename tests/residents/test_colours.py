"""The colours of a community's wall: who may change them, what is checked, and that other walls stay as they are."""

from typing import Any

import pytest
from django.urls import reverse

from residents.contrast import contrast, problems_of
from residents.models import ColourRule, ColourScheme, Community, CommunityEvent
from tests.factories import Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, text_of

READABLE_PAIR = {"ground": "#ffe0e0", "ink": "#400000", "dark_ground": "#400000", "dark_ink": "#ffe0e0"}


@pytest.fixture
def address(cast: Cast) -> str:
    return reverse("colours", args=[cast.community.code])


def scheme(cast: Cast) -> ColourScheme:
    return Community.objects.select_related("scheme").get(pk=cast.community.pk).scheme


def filled(cast: Cast, **over: Any) -> dict[str, Any]:
    """The page's form as it stands, with changes by field (c-0-label)."""
    current = scheme(cast)
    rules = list(current.rules.order_by("rank"))
    values: dict[str, Any] = {
        "seen": f"{current.pk}-{current.version}",
        "c-TOTAL_FORMS": len(rules),
        "c-INITIAL_FORMS": len(rules),
    }
    for number, rule in enumerate(rules):
        for name in ("label", "symbol", "swatch", "statuses"):
            values[f"c-{number}-{name}"] = getattr(rule, name)
        for name, value in READABLE_PAIR.items():
            values[f"c-{number}-{name}"] = getattr(rule, name) or value
    return {**values, **{name.replace("__", "-"): value for name, value in over.items()}}


def labels(cast: Cast) -> list[str]:
    return [rule.label for rule in scheme(cast).rules.order_by("rank")]


class TestContrast:
    def test_known_ratios(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)

    def test_the_message_names_theme_and_ratio(self) -> None:
        found = problems_of("#ffffff", "#777777", "#000000", "#ffffff")
        assert found == {"ink": "浅色主题的字看不清：对比度 4.4:1，至少 4.5:1"}
        assert set(problems_of("", "", "#000000", "#111111")) == {"ink", "dark_ink"}
        assert problems_of(*READABLE_PAIR.values()) == {}


class TestPick:
    def test_the_head_picks_a_scheme(self, cast: Cast, address: str) -> None:
        other = ColourScheme.objects.get(code="qindu")
        assert client_of(cast.head).post(address, {"pick": other.pk}).status_code == 302
        assert scheme(cast) == other
        event = CommunityEvent.objects.get()
        assert (event.by, event.text) == (cast.head, "配色由“粉紫”改为“红黄蓝”")
        assert "配色由“粉紫”改为“红黄蓝”" in text_of(cast.head, address)

    @pytest.mark.parametrize("pick", ["0", "x", "999999", "²"])
    def test_what_is_not_there_is_not_found(self, cast: Cast, address: str, pick: str) -> None:
        assert client_of(cast.head).post(address, {"pick": pick}).status_code == 404

    def test_another_communitys_own_scheme_is_not_there(self, cast: Cast, address: str) -> None:
        theirs = ColourScheme.objects.create(code="theirs", name="别人的", community_id=cast.next_community.pk)
        assert client_of(cast.head).post(address, {"pick": theirs.pk}).status_code == 404
        assert "别人的" not in text_of(cast.head, address)

    @pytest.mark.parametrize(("name", "status"), [("worker", 403), ("community_worker", 403), ("outsider", 404)])
    def test_nobody_else_decides(self, cast: Cast, address: str, name: str, status: int) -> None:
        other = ColourScheme.objects.get(code="qindu")
        assert client_of(getattr(cast, name)).post(address, {"pick": other.pk}).status_code == status
        assert scheme(cast).code == "tianjin"


class TestSave:
    def test_a_change_makes_the_communitys_own_copy(self, cast: Cast, address: str) -> None:
        shared = scheme(cast)
        before = list(shared.rules.values("label", "symbol", "rank"))
        response = client_of(cast.head).post(address, filled(cast, **{"c-0-symbol": "老", "c-3-label": "租住户"}))
        assert response.status_code == 302
        own = scheme(cast)
        assert own.community_id == cast.community.pk
        assert own.rules.get(rank=1).symbol == "老"
        assert list(shared.rules.values("label", "symbol", "rank")) == before
        assert Community.objects.get(pk=cast.next_community.pk).scheme == shared
        assert CommunityEvent.objects.get().text == "改配色：加 租住户；去掉 出租户；改 独居老人"

    def test_colours_change_places(self, cast: Cast, address: str) -> None:
        first, second, *rest = labels(cast)
        client_of(cast.head).post(address, filled(cast, up="1"))
        assert labels(cast) == [second, first, *rest]
        client_of(cast.head).post(address, filled(cast, down="0"))
        assert labels(cast) == [first, second, *rest]
        assert scheme(cast).version == 2

    def test_a_colour_is_added_and_another_dropped(self, cast: Cast, address: str) -> None:
        number = len(labels(cast))
        new = {f"c-{number}-{name}": value for name, value in READABLE_PAIR.items()}
        new |= {f"c-{number}-label": "高龄", f"c-{number}-symbol": "高", f"c-{number}-swatch": "green"}
        new |= {f"c-{number}-statuses": ["senior"], "c-TOTAL_FORMS": number + 1, "c-1-drop": "on"}
        client_of(cast.head).post(address, filled(cast, **new))
        assert labels(cast) == ["独居老人", "空巢老人", "出租户", "空置", "自住", "高龄"]

    def test_own_colours_get_a_stylesheet_of_their_own(self, cast: Cast, address: str) -> None:
        own = {f"c-5-{name}": value for name, value in READABLE_PAIR.items()} | {"c-5-swatch": "own"}
        client_of(cast.head).post(address, filled(cast, **own))
        rule = ColourRule.objects.get(swatch="own")
        sheet = reverse("colours-css", args=[rule.scheme_id, rule.scheme.version])
        html = client_of(cast.worker).get(reverse("wall")).content.decode()
        assert f'href="{sheet}"' in html
        assert f'class="cell w-c{rule.pk}"' in html
        response = client_of(cast.worker).get(sheet)
        assert response["Content-Type"] == "text/css; charset=utf-8"
        assert f".w-c{rule.pk} {{ background: light-dark(#ffe0e0, #400000); color: light-dark(#400000, #ffe0e0);" in (
            response.content.decode()
        )
        assert "immutable" in response["Cache-Control"]
        assert client_of(cast.outsider).get(sheet).status_code == 404

    @pytest.mark.parametrize(
        ("over", "message"),
        [
            ({"c-0-swatch": "own", "c-0-ink": "#ffd0d0"}, "浅色主题的字看不清：对比度 1.1:1，至少 4.5:1"),
            ({"c-0-swatch": "own", "c-0-ground": "red"}, "底色和字色都要填，写作 # 加六位"),
            ({"c-0-label": ""}, "该字段是必填项"),
            ({"c-0-statuses": ["nonsense"]}, "nonsense"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_kept(
        self, cast: Cast, address: str, over: dict[str, Any], message: str
    ) -> None:
        response = client_of(cast.head).post(address, filled(cast, **{"c-1-symbol": "新", **over}))
        html = response.content.decode()
        assert response.status_code == 422
        assert message in html
        assert 'value="新"' in html
        assert scheme(cast).code == "tianjin"

    def test_two_alike_are_refused(self, cast: Cast, address: str) -> None:
        response = client_of(cast.head).post(address, filled(cast, **{"c-0-label": "自住"}))
        assert response.status_code == 409
        assert "两种颜色的文字一样" in response.content.decode()

    def test_the_second_of_two_sees_that_it_changed(self, cast: Cast, address: str) -> None:
        late = filled(cast, **{"c-0-symbol": "晚"})
        client_of(cast.head).post(address, filled(cast, **{"c-0-symbol": "早"}))
        response = client_of(cast.head).post(address, late)
        assert response.status_code == 409
        assert "配色刚被别人改过" in response.content.decode()
        assert 'value="晚"' in response.content.decode()
        assert scheme(cast).rules.get(rank=1).symbol == "早"

    def test_a_page_costs_few_queries(self, cast: Cast, address: str) -> None:
        assert queries_of(client_of(cast.head), address) <= MOST_QUERIES

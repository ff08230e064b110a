"""Routing rules: the first that fits decides; the page says which, and what the others asked for in vain."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from grid.models import Appointment
from petitions.actions.rerouting import reroute_ownerless
from petitions.catalogue import catalogue, forget_catalogue
from petitions.models import Petition, RoutingRule
from petitions.rules import Facts, Rule, missed, within
from petitions.workflow import State, Verb
from tests.conftest import forget
from tests.factories import NOW, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, text_of

FACTS = Facts("noise", "help", "web", "inner", "inner", "110105019029", "楼上装修太吵", time(22, 30))


def add_rule(name: str, target: str, **conditions: object) -> RoutingRule:
    """A rule before those that are shipped."""
    rule = RoutingRule.objects.create(name=name, rank=5, target=target, **conditions)
    forget_catalogue()
    return rule


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "fits"),
        [
            ({}, True),
            ({"categories": frozenset({"noise", "road"})}, True),
            ({"categories": frozenset({"road"})}, False),
            ({"kinds": frozenset({"complaint"})}, False),
            ({"sources": frozenset({"web"})}, True),
            ({"jurisdiction": "outer"}, False),
            ({"grid_kind": "inner"}, True),
            ({"prefix": "110105019"}, True),
            ({"prefix": "110105020"}, False),
            ({"words": ("装修", "狗")}, True),
            ({"words": ("狗",)}, False),
            ({"hours": (time(22), time(6))}, True),
            ({"hours": (time(9), time(18))}, False),
            ({"words": ("装修",), "jurisdiction": "outer"}, False),
        ],
    )
    def test_each_is_asked(self, condition: dict[str, object], fits: bool) -> None:
        rule = Rule(1, "试", "grid", **condition)  # type: ignore[arg-type]
        assert (missed(rule, FACTS) == ()) == fits

    def test_what_was_missed_is_said(self) -> None:
        rule = Rule(1, "试", "grid", jurisdiction="outer", words=("狗",))
        assert missed(rule, FACTS) == ("管辖不同", "文字里没有这些词")

    @pytest.mark.parametrize(("hour", "inside"), [(21, True), (3, True), (8, False), (12, False)])
    def test_hours_go_over_midnight(self, hour: int, inside: bool) -> None:
        assert within(time(hour), time(21), time(8)) == inside


class TestRouting:
    def test_the_shipped_rules_do_what_they_did(self, cast: Cast) -> None:
        inner, outer = make_petition(cast), make_petition(cast, text="3号楼旁边的烧烤摊油烟很大")
        assert (inner.handler, outer.handler) == (cast.worker, cast.outer_worker)
        names = {row.pk: row.name for row in RoutingRule.objects.all()}
        assert [names[each.routing_rule_id or 0] for each in (inner, outer)] == ["墙内事项", "墙外事项"]
        assert inner.events.get(verb=Verb.DISPATCH).data["rule"] == "墙内事项"

    @pytest.mark.parametrize(
        ("target", "handler", "unit"),
        [
            ("grid", "worker", None),
            ("outer", "outer_worker", None),
            ("property", "member", "property_company"),
            ("community", "community_worker", None),
            ("street", "street", None),
            ("queue", None, None),
        ],
    )
    def test_each_target_leads_to_its_people(
        self, cast: Cast, target: str, handler: str | None, unit: str | None
    ) -> None:
        add_rule("先看这条", target)
        petition = make_petition(cast, category=catalogue().category("noise"))
        assert petition.handler == (getattr(cast, handler) if handler else None)
        assert petition.organisation == (getattr(cast, unit) if unit else None)
        assert petition.state == (State.DISPATCHED if handler else State.REGISTERED)

    def test_a_named_unit_gets_it(self, cast: Cast) -> None:
        add_rule("噪音归部门", "organisation", organisation=cast.department)
        petition = make_petition(cast, category=catalogue().category("noise"))
        assert (petition.handler, petition.organisation) == (cast.other_member, cast.department)

    def test_a_unit_without_accounts_has_the_grid_worker_beside_it(self, cast: Cast) -> None:
        Appointment.objects.filter(staff=cast.member).delete()
        add_rule("先到物业", "property")
        petition = make_petition(cast)
        assert (petition.handler, petition.organisation) == (cast.worker, cast.property_company)
        assert "没有账号，由网格员联系" in petition.events.get(verb=Verb.DISPATCH).text

    def test_a_rule_that_is_not_in_use_is_not_asked(self, cast: Cast) -> None:
        add_rule("停用", "queue", is_active=False)
        assert make_petition(cast).handler == cast.worker

    def test_without_any_rule_it_waits_for_somebody(self, cast: Cast) -> None:
        RoutingRule.objects.all().delete()
        forget_catalogue()
        petition = make_petition(cast)
        assert (petition.state, petition.handler, petition.grid) == (State.REGISTERED, None, cast.grid)


class TestPage:
    def test_it_says_which_rule_decides_and_why_not_the_others(self, cast: Cast) -> None:
        add_rule("狗归街道", "street", words=["狗"])
        address = reverse("routing") + f"?text=3号楼烧烤摊油烟&home={cast.community.pk}&kind=help&source=web"
        said = text_of(cast.head, address)
        assert "会派给吴刚" in said
        assert "狗归街道 不符合：文字里没有这些词" in said
        assert "墙外事项 符合，就按它派" in said
        assert "墙内事项 也符合，排在后面" in said

    def test_it_registers_nothing_and_asks_little(self, cast: Cast) -> None:
        address = reverse("routing") + f"?text=3号楼灯不亮&home={cast.community.pk}&kind=help&source=web"
        assert queries_of(client_of(cast.head), address) <= MOST_QUERIES
        assert not Petition.objects.exists()


class TestNobodyLeft:
    def test_the_grids_other_worker_gets_what_somebody_left_behind(self, cast: Cast) -> None:
        petition = make_petition(cast)
        Appointment.objects.filter(staff=cast.worker).update(ends_on=NOW.date() - timedelta(days=1))
        forget()
        assert reroute_ownerless(at=NOW) == 1
        petition.refresh_from_db()
        assert (petition.handler, petition.state) == (cast.deputy, State.DISPATCHED)
        assert reroute_ownerless(at=NOW) == 0

    def test_without_a_successor_it_waits_in_the_queue(self, cast: Cast) -> None:
        petition = make_petition(cast)
        Appointment.objects.filter(grid=cast.grid).update(ends_on=NOW.date() - timedelta(days=1))
        forget()
        reroute_ownerless(at=NOW)
        petition.refresh_from_db()
        assert (petition.handler, petition.state) == (None, State.REGISTERED)

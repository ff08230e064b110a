"""Levies from draft to settled: who pays what, exemptions by decision, what changes under one's eyes, reminders."""

from datetime import timedelta
from decimal import Decimal

import pytest

from community_portal.notices.models import Notice
from councils.actions.books import MoneyRefused
from councils.actions.levies import (
    levy_change,
    levy_draft,
    levy_issue,
    levy_remind,
    levy_settle,
    levy_withdraw,
    line_set,
)
from councils.actions.payments import bill_waive, payment_refund, payment_reverse
from councils.bills import tally
from councils.levy_shares import rule_in_words, sharing
from councils.models import Bill, Council, CouncilEvent, Levy, Resolution
from residents.models import Household
from tests.councils.money import DUE_ON, bill_of, issue, issued, make_council, make_levy, take
from tests.factories import NOW, TODAY, Cast, make_building


class TestShares:
    def test_the_stairway_lamps(self, cast: Cast) -> None:
        """959.75 yuan over 256 households: the estate of the cast with 220 more."""
        make_building(cast.estate, cast.grid, 9, units=2, floors=22, per_floor=5)
        levy = make_levy(cast, make_council(cast), total=959_75)
        shared = sharing(levy)
        assert len(shared.parts) == 256
        assert shared.sum_in_words == "959.75 元 = 231 户 × 3.75 元 + 25 户 × 3.74 元"
        assert rule_in_words(levy) == (
            "959.75 元每户一样多；先算到分，分不尽的一分一分补给舍去最多的户，舍去一样多的从楼号、单元、房号小的开始"
        )
        issue(cast, levy)
        assert sum(bill.amount for bill in Bill.objects.all()) == 959_75
        assert Bill.objects.order_by("id").values_list("amount", flat=True)[230] == 3_75
        assert Bill.objects.order_by("id").values_list("amount", flat=True)[231] == 3_74

    def test_the_parking_barrier(self, cast: Cast) -> None:
        """300 yuan a car for 41 cars, as the households' files have them."""
        homes = list(Household.objects.filter(building__estate=cast.estate).order_by("pk"))
        for place, home in enumerate(homes):
            home.vehicles = ["京A0000"] * (3 if place < 5 else 0 if place > 30 else 1)
        Household.objects.bulk_update(homes, ["vehicles"])
        levy = make_levy(
            cast, make_council(cast), way="price", count="vehicles", share_word="车", total=None, price=300_00
        )
        shared = sharing(levy)
        assert sum(part.weight for part in shared.parts) == 41_00
        assert (shared.total, len(shared.paying)) == (12_300_00, 31)
        assert rule_in_words(levy) == "每车 300.00 元，按档案里登记的车辆数"
        assert shared.sum_in_words == "12,300.00 元 = 5 户 × 900.00 元 + 26 户 × 300.00 元"

    def test_by_area_every_file_must_have_one(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast), way="area")
        assert len(sharing(levy).lacking) == 36
        with pytest.raises(MoneyRefused, match="有 36 户档案里没有建筑面积"):
            issue(cast, levy)
        Household.objects.update(area=Decimal("50.25"))
        Household.objects.filter(pk=cast.household.pk).update(area=Decimal("100.50"))
        shared = sharing(levy)
        assert not shared.lacking
        ours = next(part for part in shared.parts if part.household == cast.household)
        assert (ours.amount, ours.shares) == (5_41, "100.5")
        assert shared.total == 100_00

    def test_people_who_live_there(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast), way="weights", count="people", share_word="人")
        assert [part.shares for part in sharing(levy).paying] == ["2"]
        line_set(levy.pk, first(cast).pk, by=cast.head, at=NOW, weight=50)
        assert {part.amount for part in sharing(levy).paying} == {80_00, 20_00}

    def test_only_some_buildings(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast), buildings=[cast.building.pk])
        assert {part.household.building_id for part in sharing(levy).parts} == {cast.building.pk}
        assert len(sharing(levy).parts) == 12

    def test_a_courtyard_is_its_buildings(self, cast: Cast) -> None:
        council = make_council(cast, level="courtyard", name="三号楼楼院议事会")
        council.buildings.set([cast.building])
        assert len(sharing(make_levy(cast, council)).parts) == 12

    def test_exempt_by_decision(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast), total=35_00)
        line_set(levy.pk, cast.household.pk, by=cast.head, at=NOW, exempt="低保户，议事会同意免缴")
        shared = sharing(levy)
        assert {part.amount for part in shared.paying} == {1_00}
        assert [(part.household, part.exempt) for part in shared.exempt] == [(cast.household, "低保户，议事会同意免缴")]
        issue(cast, levy)
        assert not Bill.objects.filter(household=cast.household).exists()
        assert CouncilEvent.objects.filter(text__contains="免缴：低保户").exists()

    def test_an_exception_is_taken_back(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        line_set(levy.pk, cast.household.pk, by=cast.head, at=NOW, exempt="空置")
        line_set(levy.pk, cast.household.pk, by=cast.head, at=NOW)
        assert not sharing(levy).exempt

    def test_a_household_elsewhere_is_not_there(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        elsewhere = Household.objects.filter(building=cast.next_building).first()
        assert elsewhere
        with pytest.raises(Household.DoesNotExist):
            line_set(levy.pk, elsewhere.pk, by=cast.head, at=NOW, exempt="x")


class TestIssue:
    def test_what_changed_since_is_looked_at_again(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        seen = sharing(levy).fingerprint
        line_set(levy.pk, cast.household.pk, by=cast.community_worker, at=NOW, exempt="空置")
        with pytest.raises(MoneyRefused, match="下面是现在的，请再看一遍"):
            levy_issue(levy.pk, by=cast.head, at=NOW, seen=seen)
        assert not Bill.objects.exists()

    def test_is_the_heads_and_once(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        seen = sharing(levy).fingerprint
        with pytest.raises(MoneyRefused, match="您的岗位不能做"):
            levy_issue(levy.pk, by=cast.community_worker, at=NOW, seen=seen)
        issue(cast, levy)
        with pytest.raises(MoneyRefused, match="这份分摊收缴中，不能这样做了"):
            levy_issue(levy.pk, by=cast.head, at=NOW, seen=seen)
        assert tally(levy).asked == 100_00

    def test_outside_it_does_not_exist(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        with pytest.raises(Levy.DoesNotExist):
            levy_issue(levy.pk, by=cast.outsider, at=NOW, seen="")
        with pytest.raises(Council.DoesNotExist):
            levy_draft(levy.council_id, by=cast.outsider, at=NOW)


class TestBasis:
    def test_a_resolution_in_force(self, cast: Cast) -> None:
        council = make_council(cast)
        row = Resolution.objects.create(council=council, year=2026, serial=3, title="更换楼道灯", text="……")
        with pytest.raises(MoneyRefused, match="还没有通过"):
            make_levy(cast, council, resolution=row, basis="")
        row.state, row.decided_on = "passed", TODAY
        row.save()
        assert make_levy(cast, council, resolution=row, basis="").basis == "〔2026〕3 号决议《更换楼道灯》"

    def test_nothing_to_rest_on(self, cast: Cast) -> None:
        with pytest.raises(MoneyRefused, match="请选决议，或写明依据") as said:
            make_levy(cast, make_council(cast), basis=" ")
        assert said.value.field == "basis"

    def test_the_second_of_two_sees_that_it_changed(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        facts = {"due_on": DUE_ON, "basis": "会议", "purpose": "换灯和线"}
        levy_change(levy.pk, by=cast.head, at=NOW, seen=1, **facts)
        with pytest.raises(MoneyRefused, match="别人改了这份分摊"):
            levy_change(levy.pk, by=cast.community_worker, at=NOW, seen=1, **facts)


class TestEnd:
    def test_an_issued_levy_is_withdrawn_while_nobodys_money_is_in_it(self, cast: Cast) -> None:
        levy = issued(cast)
        payment = take(cast, bill_of(levy, cast))
        with pytest.raises(MoneyRefused, match=r"已经收了 2\.77 元"):
            levy_withdraw(levy.pk, by=cast.head, at=NOW, reason="议事会改主意")
        payment_reverse(payment.pk, by=cast.head, at=NOW, reason="分摊撤回")
        assert levy_withdraw(levy.pk, by=cast.head, at=NOW, reason="议事会改主意").state == "withdrawn"
        assert (tally(levy).asked, tally(levy).due) == (0, 0)

    def test_settled_when_nothing_is_open(self, cast: Cast) -> None:
        levy = issued(cast, buildings=[cast.building.pk], total=12_00)
        bills = list(levy.bills.all())
        for bill in bills[:11]:
            take(cast, bill)
        with pytest.raises(MoneyRefused, match="还有 1 户没有结清"):
            levy_settle(levy.pk, by=cast.head, at=NOW)
        bill_waive(bills[11].pk, by=cast.head, at=NOW, amount=1_00, decision="议事会同意减免")
        assert levy_settle(levy.pk, by=cast.head, at=NOW).state == "settled"
        with pytest.raises(MoneyRefused, match="已结项"):
            take(cast, bills[11])

    def test_waived_after_paying_is_given_back(self, cast: Cast) -> None:
        levy = issued(cast)
        bill = bill_of(levy, cast)
        take(cast, bill)
        with pytest.raises(MoneyRefused, match="没有多缴"):
            payment_refund(bill.pk, by=cast.community_worker, at=NOW, amount=1, way="cash", day=TODAY, text="")
        bill_waive(bill.pk, by=cast.head, at=NOW, amount=1_00, decision="卖了车")
        with pytest.raises(MoneyRefused, match=r"最多退这么多"):
            payment_refund(bill.pk, by=cast.community_worker, at=NOW, amount=1_01, way="cash", day=TODAY, text="")
        back = payment_refund(bill.pk, by=cast.community_worker, at=NOW, amount=1_00, way="cash", day=TODAY, text="退")
        assert (back.receipt, back.amount) == ("2026-0002", -1_00)
        assert (tally(levy).paid, tally(levy).waived) == (bill.amount - 1_00, 1_00)


class TestReminders:
    def test_those_who_owe_are_written_to_once_a_week(self, cast: Cast) -> None:
        levy = issued(cast, buildings=[cast.building.pk])
        assert levy_remind(levy.pk, by=cast.community_worker, at=NOW) == (1, 11)
        told = Notice.objects.get(event__startswith="bill:")
        assert told.body == "双合家园社区：3号楼2单元302 “更换楼道灯”还有 8.33 元未缴，请在 12-31 前缴纳。"
        levy_remind(levy.pk, by=cast.community_worker, at=NOW + timedelta(days=1))
        assert Notice.objects.filter(event__startswith="bill:").count() == 1
        levy_remind(levy.pk, by=cast.community_worker, at=NOW + timedelta(days=7))
        assert Notice.objects.filter(event__startswith="bill:").count() == 2

    def test_those_who_paid_are_left_in_peace(self, cast: Cast) -> None:
        levy = issued(cast, buildings=[cast.building.pk])
        for bill in levy.bills.all():
            take(cast, bill)
        with pytest.raises(MoneyRefused, match="都提醒过了"):
            levy_remind(levy.pk, by=cast.community_worker, at=NOW)


def first(cast: Cast) -> Household:
    return Household.objects.filter(building=cast.building).order_by("pk")[0]

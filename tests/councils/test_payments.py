"""Taking money: part by part, twice, at once, too much, wrong; the receipts have no gap."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from councils.actions.books import MoneyRefused
from councils.actions.payments import bill_waive, payment_refund, payment_reverse, payment_take, waiver_reverse
from councils.bills import standing, tally
from councils.models import Bill, Payment, Waiver
from councils.money_words import capital, yuan
from tests.councils.money import bill_of, issued, take
from tests.factories import NOW, TODAY, Cast, make_cast


def due(bill: Bill) -> int:
    return int(standing(Bill.objects.filter(pk=bill.pk)).get().due)


class TestTaking:
    def test_in_parts(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        first, second = take(cast, bill, amount=1_00), take(cast, bill, amount=bill.amount - 1_00, way="bank")
        assert (first.receipt, second.receipt) == ("2026-0001", "2026-0002")
        assert due(bill) == 0
        assert (tally(bill.levy).cash, tally(bill.levy).bank) == (1_00, bill.amount - 1_00)

    def test_what_is_paid_is_not_taken_again(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        take(cast, bill)
        with pytest.raises(MoneyRefused, match=r"这一户已经缴清：孙丽 11-23 10:00 收了 2\.77 元，收据 2026-0001"):
            take(cast, bill, by=cast.head)

    def test_the_same_form_twice_is_one_payment(self, cast: Cast) -> None:
        levy = issued(cast)
        bill = bill_of(levy, cast)
        given = {"by": cast.head, "at": NOW, "amount": 1_00, "way": "cash", "day": TODAY, "once": "form-1"}
        first, new = payment_take(bill.pk, **given)
        again, newer = payment_take(bill.pk, **given)
        assert (first, new, newer) == (again, True, False)
        assert due(bill) == bill.amount - 1_00
        other = levy.bills.exclude(pk=bill.pk)[0]
        with pytest.raises(MoneyRefused, match="这一页已经用过了"):
            payment_take(other.pk, **given)

    def test_the_same_slip_twice_is_refused_with_where_it_is(self, cast: Cast) -> None:
        levy = issued(cast)
        bill, other = bill_of(levy, cast), levy.bills.exclude(household=cast.household)[0]
        wrong = take(cast, other, amount=1_00, way="bank", reference="工行 8812")
        said = "这张单子（工行 8812）孙丽 2026-11-23 已经登记在1号楼1单元101，收据 2026-0001"
        with pytest.raises(MoneyRefused) as refused:
            take(cast, bill, amount=1_00, way="bank", reference="工行 8812")
        assert (str(refused.value), refused.value.field) == (said, "reference")
        payment_reverse(wrong.pk, by=cast.head, at=NOW, reason="记错了户")
        assert take(cast, bill, amount=1_00, way="bank", reference="工行 8812").receipt == "2026-0003"

    def test_too_much_in_cash_is_change_and_by_transfer_is_given_back(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        with pytest.raises(MoneyRefused, match=r"只欠 2\.77 元，请找零 2\.23 元，按 2\.77 元收"):
            take(cast, bill, amount=5_00)
        take(cast, bill, amount=5_00, way="bank")
        assert due(bill) == -2_23
        payment_refund(bill.pk, by=cast.head, at=NOW, amount=2_23, way="bank", day=TODAY, text="多转了")
        assert due(bill) == 0

    def test_no_more_is_given_back_than_is_there(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        take(cast, bill, amount=5_00, way="bank")
        with pytest.raises(MoneyRefused, match=r"现金里只有 0\.00 元"):
            payment_refund(bill.pk, by=cast.head, at=NOW, amount=2_23, way="cash", day=TODAY, text="多转了")

    def test_outside_it_does_not_exist(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        with pytest.raises(Bill.DoesNotExist):
            take(cast, bill, by=cast.outsider)
        with pytest.raises(MoneyRefused, match="您的岗位不能做“收款”"):
            take(cast, bill, by=cast.street)


class TestReversing:
    def test_a_wrong_payment(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        wrong = take(cast, bill)
        back = payment_reverse(wrong.pk, by=cast.head, at=NOW, reason="收错了户")
        assert (back.receipt, back.amount, back.reverses) == ("2026-0002", -bill.amount, wrong)
        assert back.journal.reverses == wrong.journal
        assert due(bill) == bill.amount
        assert take(cast, bill).receipt == "2026-0003"

    def test_once_and_not_a_reversal(self, cast: Cast) -> None:
        wrong = take(cast, bill_of(issued(cast), cast))
        back = payment_reverse(wrong.pk, by=cast.head, at=NOW, reason="收错了户")
        with pytest.raises(MoneyRefused, match="已经冲销过"):
            payment_reverse(wrong.pk, by=cast.head, at=NOW, reason="再来")
        with pytest.raises(MoneyRefused, match="不能再冲销"):
            payment_reverse(back.pk, by=cast.head, at=NOW, reason="再来")

    def test_is_the_heads(self, cast: Cast) -> None:
        wrong = take(cast, bill_of(issued(cast), cast))
        with pytest.raises(MoneyRefused, match="您的岗位不能做“冲销”"):
            payment_reverse(wrong.pk, by=cast.community_worker, at=NOW, reason="收错了户")
        with pytest.raises(Payment.DoesNotExist):
            payment_reverse(wrong.pk, by=cast.outsider, at=NOW, reason="收错了户")

    def test_a_waiver(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        with pytest.raises(MoneyRefused, match=r"不能超过账单的 2\.77 元"):
            bill_waive(bill.pk, by=cast.head, at=NOW, amount=2_78, decision="同意")
        wrong = bill_waive(bill.pk, by=cast.head, at=NOW, amount=2_77, decision="同意")
        assert due(bill) == 0
        with pytest.raises(Waiver.DoesNotExist):
            waiver_reverse(wrong.pk, by=cast.outsider, at=NOW, reason="错")
        waiver_reverse(wrong.pk, by=cast.head, at=NOW, reason="登记错了户")
        assert due(bill) == 2_77


@pytest.mark.django_db(transaction=True)
class TestTwoCashiersAtOnce:
    def test_one_bill(self) -> None:
        """Both press at once: one receipt, and the other reads that it is paid."""
        cast = make_cast()
        bill = bill_of(issued(cast), cast)
        answers = at_once([partial(take, cast, bill), partial(take, cast, bill, by=cast.head)])
        assert sorted(answer.startswith("这一户已经缴清") for answer in answers) == [False, True]
        assert Payment.objects.get().receipt == "2026-0001"

    def test_many_bills(self) -> None:
        cast = make_cast()
        bills = list(issued(cast).bills.all()[:12])
        answers = at_once([partial(take, cast, bill) for bill in bills])
        assert sorted(answers) == [f"2026-{number:04}" for number in range(1, 13)]

    def test_the_same_form(self) -> None:
        cast = make_cast()
        bill = bill_of(issued(cast), cast)

        def press() -> str:
            return str(take(cast, bill, amount=1_00, once="form"))

        assert at_once([press, press, press]) == ["2026-0001"] * 3


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each act, begun together in a thread of its own, returns or is refused with."""
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        together.wait(20)
        try:
            return str(act())
        except MoneyRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class TestWords:
    @pytest.mark.parametrize(
        ("cents", "written", "said"),
        [
            (0, "0.00", "零元整"),
            (5, "0.05", "伍分"),
            (50, "0.50", "伍角整"),
            (3_75, "3.75", "叁元柒角伍分"),
            (10_05, "10.05", "壹拾元零伍分"),
            (959_75, "959.75", "玖佰伍拾玖元柒角伍分"),
            (1_000_00, "1,000.00", "壹仟元整"),
            (10_500_00, "10,500.00", "壹万零伍佰元整"),
            (100_000_00, "100,000.00", "壹拾万元整"),
            (1_0001_0000_01, "100,010,000.01", "壹亿零壹万元零壹分"),
            (-12_300_00, "-12,300.00", "负壹万贰仟叁佰元整"),
        ],
    )
    def test_amounts(self, cents: int, written: str, said: str) -> None:
        assert (yuan(cents), capital(cents)) == (written, said)

"""The books: what the database itself refuses, months that are closed, and that everything adds up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from community_portal.worktime.deadlines import ZONE
from councils.actions.books import MoneyRefused, money_move, month_close
from councils.actions.payments import payment_reverse
from councils.actions.spendings import spending_reverse, spending_sign
from councils.bills import standing, tally
from councils.ledger import balances, lines
from councils.models import Council, Entry, Journal, MonthClose, Payment, SignOff, Spending, Waiver
from tests.councils.money import bill_of, issued, spend, take
from tests.factories import NOW, TODAY, Cast

DECEMBER = datetime(2026, 12, 2, 9, 0, tzinfo=ZONE)


def refused(sql: str, *values: object) -> str:
    """What the database says to a statement that it does not take."""
    with pytest.raises(IntegrityError) as said, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(said.value)


class TestTheDatabase:
    def test_nothing_is_changed_or_deleted(self, cast: Cast) -> None:
        levy = issued(cast)
        payment = take(cast, bill_of(levy, cast))
        spending = spend(cast, levy, 1_00)
        spending_sign(levy.code, spending.pk, at=NOW, agrees=True)
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        for model in (Journal, Entry, Payment, Spending, SignOff, MonthClose):
            table = model._meta.db_table
            assert model._default_manager.exists()
            assert "账目只能追加" in refused(f"DELETE FROM {table}")
            assert "账目只能追加" in refused(f"UPDATE {table} SET id = id")
        assert "账目只能追加" in refused("UPDATE councils_bill SET amount = 1 WHERE id = %s", payment.bill_id)
        assert "账目只能追加" in refused("DELETE FROM councils_voucher")
        assert not Waiver.objects.exists()

    def test_a_journal_balances_and_is_written_at_once(self, cast: Cast) -> None:
        journal = issued(cast).journals.get()
        said = "借贷不平"
        insert = "INSERT INTO councils_entry (journal_id, account, amount) VALUES (%s, 'cash', %s), (%s, 'bank', %s)"
        assert said in refused(insert, journal.pk, 5, journal.pk, -4)
        assert said in refused(insert, journal.pk, 5, journal.pk, -5)

    def test_numbers_leave_no_gap(self, cast: Cast) -> None:
        levy = issued(cast)
        journal = levy.journals.get()
        assert (journal.number, str(journal)) == (1, "记 2026-0001")
        journal.pk, journal.number = None, 3
        with pytest.raises(IntegrityError, match="编号应为 2"), transaction.atomic():
            journal.save()
        journal.number, journal.year = 2, 2025
        with pytest.raises(IntegrityError, match="年份和日期对不上"), transaction.atomic():
            journal.save()

    def test_a_closed_month_takes_nothing(self, cast: Cast) -> None:
        levy = issued(cast)
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        journal = levy.journals.get()
        journal.pk, journal.number = None, 2
        with pytest.raises(IntegrityError, match="已经结账"), transaction.atomic():
            journal.save()


class TestClosing:
    def test_a_payment_after_its_month_was_closed(self, cast: Cast) -> None:
        levy = issued(cast)
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        with pytest.raises(MoneyRefused) as said:
            take(cast, bill_of(levy, cast), at=DECEMBER, day=TODAY)
        assert str(said.value).startswith("2026 年 11 月已经结账，请把日期写成 2026-12-01 以后")
        assert said.value.field == "day"
        assert not Payment.objects.exists()
        assert take(cast, bill_of(levy, cast), at=DECEMBER, day=date(2026, 12, 1)).receipt == "2026-0001"

    def test_a_wrong_payment_of_a_closed_month_is_reversed_today(self, cast: Cast) -> None:
        levy = issued(cast)
        wrong = take(cast, bill_of(levy, cast))
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        back = payment_reverse(wrong.pk, by=cast.head, at=DECEMBER, reason="收错了户")
        assert (back.day, back.amount) == (DECEMBER.date(), -wrong.amount)
        assert tally(levy).paid == 0

    def test_a_month_that_runs_stays_open(self, cast: Cast) -> None:
        levy = issued(cast)
        with pytest.raises(MoneyRefused, match="还没有过完"):
            month_close(levy.council_id, by=cast.head, at=NOW, year=2026, month=11)
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        with pytest.raises(MoneyRefused, match="已经结过账"):
            month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=10)

    def test_december_closes_in_january(self, cast: Cast) -> None:
        levy = issued(cast)
        closed = month_close(levy.council_id, by=cast.head, at=datetime(2027, 1, 1, 1, tzinfo=UTC), year=2026, month=12)
        assert closed.last_day == date(2026, 12, 31)

    def test_not_before_the_supervisor_has_agreed(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        spending = spend(cast, levy, 1_00)
        with pytest.raises(MoneyRefused, match=r"1 笔支出监督人还没有签字：买灯 1\.00 元"):
            month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        spending_sign(levy.code, spending.pk, at=NOW, agrees=False, text="发票抬头不对")
        with pytest.raises(MoneyRefused, match="还没有签字"):
            month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)
        spending_sign(levy.code, spending.pk, at=NOW, agrees=True)
        month_close(levy.council_id, by=cast.head, at=DECEMBER, year=2026, month=11)

    @pytest.mark.parametrize("who", ["community_worker", "worker", "street"])
    def test_is_the_heads(self, cast: Cast, who: str) -> None:
        levy = issued(cast)
        with pytest.raises(MoneyRefused, match="您的岗位不能做“月度结账”"):
            month_close(levy.council_id, by=getattr(cast, who), at=DECEMBER, year=2026, month=11)

    def test_is_nobodys_outside(self, cast: Cast) -> None:
        levy = issued(cast)
        with pytest.raises(Council.DoesNotExist):
            month_close(levy.council_id, by=cast.outsider, at=DECEMBER, year=2026, month=11)


class TestMoneyThatIsThere:
    def test_no_more_is_spent_than_a_levy_has_there(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast), way="bank")
        with pytest.raises(MoneyRefused, match=r"现金里只有 0\.00 元"):
            spend(cast, levy, 1)
        money_move(levy.council_id, by=cast.head, at=NOW, levy_id=levy.pk, amount=1_00, to="cash", day=TODAY)
        with pytest.raises(MoneyRefused, match=r"现金里只有 1\.00 元"):
            spend(cast, levy, 1_01)
        spend(cast, levy, 1_00)
        assert (tally(levy).cash, tally(levy).spent) == (0, 1_00)

    def test_a_reversed_spending_is_there_again(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        wrong = spend(cast, levy, 1_00)
        spending_reverse(wrong.pk, by=cast.head, at=NOW, reason="记重了")
        assert (tally(levy).spent, tally(levy).cash) == (0, bill_of(levy, cast).amount)
        assert not Spending.objects.unsigned().exists()
        with pytest.raises(MoneyRefused, match="已经冲销过"):
            spending_reverse(wrong.pk, by=cast.head, at=NOW, reason="再来")
        with pytest.raises(MoneyRefused, match="不用签"):
            spending_sign(levy.code, wrong.pk, at=NOW, agrees=True)


def test_bills_and_ledger_say_the_same(cast: Cast) -> None:
    levy = issued(cast)
    for bill in levy.bills.all()[:7]:
        take(cast, bill, amount=bill.amount - 1)
    stands = tally(levy)
    assert (stands.asked, stands.due) == (100_00, sum(bill.due for bill in standing(levy.bills.all())))
    assert sum(balances(levy.council_id).values()) == 0
    month = lines(levy.council_id, TODAY.replace(day=1), TODAY)
    assert sum(line.debit for line in month) == sum(line.credit for line in month)
    later = lines(levy.council_id, TODAY + timedelta(days=1), TODAY + timedelta(days=30))
    assert [(line.before, line.after) for line in later] == [(line.after, line.after) for line in month]

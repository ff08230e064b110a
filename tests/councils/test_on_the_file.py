"""What self-government adds to a household's file: ballots, bills, payments; in scope, and up to the day asked for."""

from datetime import timedelta

from councils.models import Ballot, Council, Participation, VoteRule
from councils.models.rolls import Entitled, EntitledDwelling
from councils.on_the_file import council_lines
from grid.access import scope_of
from residents.file_page import file_on, file_page
from residents.models import Household
from tests.councils.money import bill_of, issued, take
from tests.factories import NOW, TODAY, Cast

DAY = timedelta(days=1)


def lines(cast: Cast, by: str, days: int = 1) -> list[str]:
    home = Household.objects.select_related("building", "community__division__parent").get(pk=cast.household.pk)
    page = file_page(home, scope_of(getattr(cast, by), TODAY), NOW + days * DAY)
    return [f"{line.label} {line.text}" for line in page.lines]


def test_a_bill_and_its_payment_are_told(cast: Cast) -> None:
    bill = bill_of(issued(cast), cast)
    take(cast, bill)
    found = lines(cast, "worker")
    assert "账单 更换楼道灯 2.77 元" in found
    assert "缴费 更换楼道灯 2.77 元" in found
    assert not [line for line in lines(cast, "worker", days=-1) if "更换楼道灯" in line]
    assert not [line for line in file_on(cast.household, scope_of(cast.worker, TODAY), TODAY - DAY).lines if line.text]


def test_who_sees_no_council_sees_none_of_it(cast: Cast) -> None:
    issued(cast)
    assert not council_lines(scope_of(cast.outsider, TODAY), cast.household.pk, NOW + DAY)
    assert not [line for line in lines(cast, "outsider") if "更换楼道灯" in line]


def test_that_somebody_voted_is_told_and_never_how(cast: Cast, council: Council) -> None:
    ballot = Ballot.objects.create(
        council=council, title="停车位怎样分", text="议案", rule=rule_of(), unit="household", channels=["paper"],
        opens_at=NOW, closes_at=NOW + DAY, created_by=cast.head, created_at=NOW,
    )  # fmt: skip
    entitled = Entitled.objects.create(ballot=ballot, number=1, key="h1", name="张**")
    EntitledDwelling.objects.create(ballot=ballot, entitled=entitled, household=cast.household)
    Participation.objects.create(ballot=ballot, entitled=entitled, channel="paper", at=NOW)
    assert "表决 停车位怎样分，纸票" in lines(cast, "head")


def rule_of() -> VoteRule:
    return VoteRule.objects.order_by("pk")[0]

"""Splitting an amount: every cent is somebody's, nobody is a cent off, and it is clear who pays the odd one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils.shares import DOWN, NoShares, priced, split

YUAN = 100
MOST_CENTS, MOST_SHARES = 10_000 * YUAN, 500
weights_of_many = st.lists(st.integers(0, 20_000_00), min_size=1, max_size=MOST_SHARES).filter(any)


def test_every_total_over_every_number_of_equal_shares() -> None:
    """All 500 million pairs of 0.01 … 10,000.00 yuan and 1 … 500 shares, by the remainder that they leave.

    `test_a_whole_round_more_is_a_weight_more` says why the remainder is enough: total + count gives everybody one more.
    """
    for count in range(1, MOST_SHARES + 1):
        ones = [1] * count
        for left in range(count):
            assert split(left, ones) == [1] * left + [0] * (count - left)


@given(st.integers(0, MOST_CENTS), st.integers(1, MOST_SHARES))
def test_a_whole_round_more_is_a_weight_more(total: int, count: int) -> None:
    ones = [1] * count
    each, left = divmod(total, count)
    assert split(total, ones) == [each + 1] * left + [each] * (count - left)


@given(st.integers(0, MOST_CENTS), weights_of_many, st.sampled_from(["up", "down"]))
def test_any_weights(total: int, weights: list[int], ties: str) -> None:
    amounts, whole = split(total, weights, ties), sum(weights)
    assert sum(amounts) == total
    for amount, weight in zip(amounts, weights, strict=True):
        assert abs(amount * whole - total * weight) < whole
        assert weight or not amount


@given(st.integers(0, MOST_CENTS), weights_of_many)
def test_those_who_lost_most_pay_the_odd_cents(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for ties, sign in (("up", 1), ("down", -1)):
        odd = [
            amount - total * weight // whole
            for amount, weight in zip(split(total, weights, ties), weights, strict=True)
        ]
        ranked = [(-(total * weight % whole), sign * place) for place, weight in enumerate(weights)]
        paying = [rank for rank, extra in zip(ranked, odd, strict=True) if extra]
        spared = [rank for rank, extra in zip(ranked, odd, strict=True) if not extra]
        assert set(odd) <= {0, 1}
        assert not paying or not spared or max(paying) < min(spared)


@given(st.integers(0, MOST_CENTS), weights_of_many, st.integers(1, 1000))
def test_the_unit_of_the_weights_does_not_matter(total: int, weights: list[int], unit: int) -> None:
    assert split(total, [weight * unit for weight in weights]) == split(total, weights)


class TestRealLevies:
    def test_the_stairway_lamps(self) -> None:
        """256 lamps owed 959.75 yuan: 3.74 or 3.75 for a household, and not a cent is left."""
        amounts = split(959_75, [1] * 256)
        assert sum(amounts) == 959_75
        assert amounts == [3_75] * 231 + [3_74] * 25
        assert split(959_75, [1] * 256, DOWN) == amounts[::-1]

    def test_the_parking_barrier(self) -> None:
        """300 yuan a car for 41 cars; one household has two of them and one has none."""
        cars = [1] * 39 + [2, 0]
        amounts = priced(300 * YUAN, cars)
        assert sum(amounts) == 12_300 * YUAN
        assert amounts[-2:] == [600_00, 0]

    def test_by_area(self) -> None:
        """民法典 283: areas to the hundredth of a square metre."""
        amounts = split(10_000_00, [89_55, 120_07, 60_00])
        assert amounts == [332134, 445331, 222535]
        assert sum(amounts) == 10_000_00


def test_half_a_share_at_a_price_rounds_half_a_cent_up() -> None:
    assert priced(1, [50, 100, 149, 150], 100) == [1, 1, 1, 2]


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_nobody_to_share_with(weights: list[int]) -> None:
    with pytest.raises(NoShares):
        split(100, weights)
    with pytest.raises(NoShares):
        priced(100, weights)


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [2, -1])])
def test_below_zero_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        split(total, weights)
    with pytest.raises(ValueError, match="below zero"):
        priced(total, weights)

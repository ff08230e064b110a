"""An amount of money split over shares, exact to the cent; pure, integers only.

Amounts are integer cents. Weights are non-negative integers in any unit that all shares have in common: 1 for equal
shares, square centimetres for areas, hundredths of a share where somebody counts for half a car.
"""

from collections.abc import Sequence

UP, DOWN = "up", "down"


class NoShares(ValueError):
    """There is nobody to share with: no weights, or all of them zero."""


def split(total: int, weights: Sequence[int], ties: str = UP) -> list[int]:
    """The amount of each share, in the order of the weights; together exactly `total`.

    Largest remainder: everybody pays the whole cents of their part, and the cents that are left go one by one to those
    whose part lost most by that; of equals the first in order goes first, with `ties` DOWN the last. So nobody is a
    cent or more away from their exact part, and a weight of zero pays nothing.
    Raises NoShares, and ValueError for a negative total or weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a total or a weight below zero")
    whole = sum(weights)
    if not whole:
        raise NoShares
    parts = [divmod(total * weight, whole) for weight in weights]
    amounts = [amount for amount, _lost in parts]
    left = total - sum(amounts)
    if left:
        lost = [lost for _amount, lost in parts]
        order = range(len(weights)) if ties == UP else range(len(weights) - 1, -1, -1)
        for place in sorted(order, key=lost.__getitem__, reverse=True)[:left]:
            amounts[place] += 1
    return amounts


def priced(price: int, weights: Sequence[int], unit: int = 1) -> list[int]:
    """What each share pays at a price in cents for every `unit` of weight; half a cent and more is rounded up.

    Nothing remains here: the total is what the shares come to. Raises NoShares, and ValueError as `split` does.
    """
    if price < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a price or a weight below zero")
    if not sum(weights):
        raise NoShares
    return [(price * weight * 2 + unit) // (2 * unit) for weight in weights]

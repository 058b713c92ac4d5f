"""Amounts shared over debts and components, to the minor unit: what rounding leaves goes by a fixed order."""

from __future__ import annotations

from collections.abc import Sequence


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Return an amount in proportion to weights, summing exactly to it; what is left over goes to the first ones.

    Each share differs from `engine.finance.budget.pro_rata_offers` by one minor unit at most.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    by_rest = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index))
    for index in by_rest[:left]:
        parts[index] += 1
    return parts


def instalments_over_debts(budget: int, wanted: Sequence[int], rest: Sequence[int]) -> list[int]:
    """Return what each debt gets of one month's budget: its share, never more than its rest.

    What a debt doesn't need goes to the others in their order, so that the month pays min(budget, all that is left).
    """
    paid = list(map(min, wanted, rest))
    left = budget - sum(paid)
    if left == 0:
        return paid
    for index, owed in enumerate(rest):
        more = min(left, owed - paid[index])
        paid[index] += more
        left -= more
    return paid

"""Ratios over a portfolio: roll rates, transitions with cures, vintages. All in per cent, unrounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

ZERO = Fraction(0)


def roll_rates(
    order: Sequence[str], previous: Mapping[str, Fraction], current: Mapping[str, Fraction]
) -> dict[tuple[str, str], Fraction]:
    """Return current[b] ÷ previous[a] for neighbouring buckets a, b of which both are known."""
    return {
        (worse, worst): current[worst] * 100 / previous[worse]
        for worse, worst in pairwise(order)
        if previous.get(worse) and worst in current
    }


def transitions(
    order: Sequence[str], counts: Mapping[str, Mapping[str, Fraction]]
) -> dict[str, dict[str, Fraction]]:
    """Return, per bucket, the share that is now cured, better, the same and worse.

    `order` is from best to worst; cured means now in the first bucket, which itself cannot be cured.
    """
    place = {bucket: index for index, bucket in enumerate(order)}
    rows = {}
    for bucket, targets in counts.items():
        total = sum(targets.values(), ZERO)
        here = place[bucket]
        rows[bucket] = {
            "cured": _share(targets.get(order[0], ZERO) if here else ZERO, total),
            "better": _share(sum((n for to, n in targets.items() if place[to] < here), ZERO), total),
            "stay": _share(targets.get(bucket, ZERO), total),
            "worse": _share(sum((n for to, n in targets.items() if place[to] > here), ZERO), total),
        }
    return rows


def vintages(cohorts: Mapping[str, tuple[Fraction, Sequence[Fraction]]]) -> dict[str, list[Fraction]]:
    """Return, per cohort of (size, defaults per period), the running share that has defaulted."""
    return {
        name: [_share(total, size) for total in accumulate(defaults)]
        for name, (size, defaults) in cohorts.items()
    }


def _share(part: Fraction, total: Fraction) -> Fraction:
    return part * 100 / total if total else ZERO

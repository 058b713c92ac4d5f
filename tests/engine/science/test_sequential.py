"""Intervals that may be looked at every day hold the truth on all days."""

from __future__ import annotations

import numpy as np
import pytest

from fairdue.engine.science.sequential import FEW, Sample, boundary, difference


def sample(values: list[float]) -> Sample:
    return Sample(count=len(values), total=sum(values), squares=sum(value**2 for value in values))


def test_mean_and_variance_are_those_of_the_values() -> None:
    one = sample([1.0, 2.0, 4.0])
    assert (one.mean, one.variance) == (pytest.approx(7 / 3), pytest.approx(7 / 3))
    assert sample([]).mean == sample([3.0]).variance == 0.0


def test_of_few_persons_nothing_is_said() -> None:
    many, few = sample([0.0, 1.0] * FEW), sample([1.0] * (FEW - 1))
    assert difference(many, few) is None is difference(few, many)


def test_the_interval_is_wider_than_a_usual_one_and_narrows_with_the_number_of_persons() -> None:
    assert boundary(5_000) == pytest.approx(3.0, abs=0.35)
    small, large = sample([0.0, 1.0] * 500), sample([0.0, 1.0] * 50_000)
    narrow, wide = difference(large, large), difference(small, small)
    assert wide is not None and narrow is not None
    assert narrow.estimate == 0 and narrow.high - narrow.low < (wide.high - wide.low) / 5
    assert not narrow.is_clear


def test_a_clear_difference_is_clear() -> None:
    found = difference(sample([0.0, 1.0] * 5_000), sample([0.0, 0.0, 0.0, 1.0] * 2_500))
    assert found is not None and found.is_clear
    assert found.estimate == pytest.approx(0.25) and found.low > 0.2


def test_who_looks_every_day_is_misled_at_most_once_in_twenty_where_usual_intervals_mislead_often() -> None:
    rng = np.random.default_rng(20251122)
    looks, a_day, runs = 60, 200, 400
    misled = misled_usually = 0
    for _ in range(runs):
        arms = [np.cumsum(rng.binomial(a_day, 0.3, looks)) for _ in range(2)]
        counts = np.arange(1, looks + 1) * a_day
        clear = usually = False
        for day in range(looks):
            one, two = (
                Sample(count=int(counts[day]), total=float(arm[day]), squares=float(arm[day])) for arm in arms
            )
            found = difference(one, two)
            if found is None:
                continue
            clear |= found.is_clear
            wide = 1.96 * (one.variance / one.count + two.variance / two.count) ** 0.5
            usually |= abs(found.estimate) > wide
        misled += clear
        misled_usually += usually
    assert misled / runs <= 0.05 < 0.2 < misled_usually / runs

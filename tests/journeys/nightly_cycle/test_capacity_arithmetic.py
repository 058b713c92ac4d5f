"""Values of ways by hand, sums of hours, and calls laid into hours: pure parts of the stage capacity."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.contexts.cases.facade import CapacityOn
from fairdue.engine.science.allocation import Allocation
from fairdue.journeys.nightly_cycle import sharing
from fairdue.journeys.nightly_cycle.action_values import action_values, with_values
from fairdue.journeys.nightly_cycle.scarcity import Scarcity, spread


def ways(**columns):
    said = {
        "person_id": [1], "position": [0], "channel": ["call"], "bucket": ["M1"], "currency": ["CNY"],
        "overdue_minor": [100_000], "next_due_minor": [0], "nights": [None], "kind": ["call"],
    }  # fmt: skip
    return pl.DataFrame({**said, **columns}, schema_overrides={"nights": pl.Int64})


def value_of(**columns):
    return with_values(ways(**columns), action_values())["value"].to_list()


class TestValues:
    def test_a_call_is_worth_its_share_of_what_is_overdue_less_its_cost(self):
        assert value_of() == [pytest.approx(0.03 * 100_000 - 400)]

    def test_who_is_not_overdue_counts_with_what_is_due_next(self):
        columns = {"channel": ["sms"], "bucket": ["M0"], "overdue_minor": [0], "next_due_minor": [50_000]}
        assert value_of(**columns) == [pytest.approx(0.02 * 50_000 - 5)]

    def test_a_night_of_waiting_adds_a_quarter_and_ten_put_the_person_first(self):
        assert value_of(nights=[2]) == [pytest.approx((0.03 * 100_000 - 400) * 1.5)]
        firsts = [with_values(ways(nights=[nights]), action_values())["is_first"][0] for nights in (9, 10)]
        assert firsts == [False, True]

    def test_what_costs_more_than_it_brings_is_still_worth_a_little(self):
        assert value_of(overdue_minor=[100]) == [1.0]

    def test_a_way_that_the_strategy_likes_less_is_worth_less_though_it_is_cheaper(self):
        both = {"person_id": [1, 1], "position": [0, 1], "channel": ["email", "sms"], "nights": [None, None]}
        rest = {
            name: ways()[name].to_list() * 2
            for name in ("bucket", "currency", "overdue_minor", "next_due_minor", "kind")
        }
        preferred, other = value_of(**both, **rest)
        assert other < preferred == pytest.approx(0.01 * 100_000 - 1)

    def test_a_promise_that_is_due_goes_first(self):
        assert with_values(ways(kind=["promise_due"]), action_values())["is_first"].to_list() == [True]


def calls(hour, amount):
    return CapacityOn(kind="calls", name="m1", creditor_id=None, hour=hour, amount=amount)


class TestHours:
    def test_calls_that_begin_later_fit_into_fewer_hours(self):
        scarcity = Scarcity((calls(9, 5), calls(11, 3)))
        scarcity.number_of([("call", "m1", 9, frozenset()), ("call", "m1", 10, frozenset())])
        assert [(line.from_hour, line.amount) for line in scarcity.lines()] == [(9, 8), (10, 3)]

    def test_an_hour_takes_the_earlier_ones_first_and_spreads_them_evenly(self):
        group = ("m1", None)
        placed = spread([9, 10, 9], [(group,)] * 3, {group: {9: 1, 10: 2}})
        assert placed == [(9, 0.0), (10, 0.0), (10, 0.5)]

    @given(
        st.lists(st.integers(8, 12), max_size=20),
        st.dictionaries(st.integers(8, 12), st.integers(0, 5), min_size=1),
    )
    def test_as_many_find_an_hour_as_the_sums_allow(self, begins, by_hour):
        group = ("m1", None)
        placed = spread(begins, [(group,)] * len(begins), {group: by_hour})
        used = [place[0] for place in placed if place]
        assert all(used.count(hour) <= amount for hour, amount in by_hour.items())
        assert all(place is None or place[0] >= begin for place, begin in zip(placed, begins, strict=True))
        fits = all(
            sum(begin >= hour for begin in begins) <= sum(n for at, n in by_hour.items() if at >= hour)
            for hour in range(8, 13)
        )
        assert not fits or len(used) == len(begins)


def test_a_group_shares_by_the_largest_value_first_where_that_is_worth_more_and_fits(monkeypatch):
    lines = pl.DataFrame(
        {"person_id": [1, 2, 3], "position": [0, 0, 0], "sort": [0, 0, 0], "value": [5.0, 9.0, 7.0]}
    )
    uses = np.array([[1.0]])

    def poor(values, kinds, uses, room):
        return Allocation(np.array([0, -1, -1]), np.zeros(1), np.array([1.0]), 5.0, 16.0)

    monkeypatch.setattr(sharing, "allocate", poor)
    for room, chosen, by in ((2.0, [-1, 0, 0], "largest_first"), (0.0, [0, -1, -1], "prices")):
        sums = sharing._Sums()
        tier, left = sharing._tier(lines, uses, np.array([room]), np.array([2.0]), sums)
        assert (tier.choice["position"].to_list(), sums.by) == (chosen, [by])
        assert (sums.usual, sums.bound, left.tolist()) == (16.0, 16.0, [0.0])

"""Sharing what is scarce: never more than there is, never above the bound, next to the optimum that HiGHS finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from fairdue.engine.science.allocation import AllocationRefused, Problem, allocate, greedy

INF = np.inf


def share(values, uses, capacities, kinds=None):
    values = np.array(values, dtype=float)
    kinds = np.arange(len(values), dtype=np.int32) if kinds is None else np.array(kinds, dtype=np.int32)
    return allocate(values, kinds, np.array(uses, dtype=float), np.array(capacities, dtype=float))


def as_programme(values, uses, capacities):
    ways, persons = values.shape
    once = np.zeros((persons, ways * persons))
    for person in range(persons):
        once[person, person::persons] = 1
    shared = np.kron(uses.T, np.ones((1, persons)))
    finite = np.where(np.isfinite(values), values, 0).ravel()
    highest = np.isfinite(values).ravel().astype(float)
    return finite, np.vstack([once, shared]), np.concatenate([np.ones(persons), capacities]), highest


def best_plan(values, uses, capacities):
    finite, rows, limits, highest = as_programme(values, uses, capacities)
    found = milp(
        -finite, constraints=LinearConstraint(rows, ub=limits), bounds=Bounds(0, highest),
        integrality=np.ones(finite.size),
    )  # fmt: skip
    return -found.fun


def best_mix(values, uses, capacities):
    finite, rows, limits, highest = as_programme(values, uses, capacities)
    found = linprog(
        -finite, A_ub=rows, b_ub=limits, bounds=list(zip(np.zeros(finite.size), highest, strict=True))
    )
    return -found.fun


def check_sound(plan, values, uses, capacities):
    """Recount the plan from its choice alone."""
    used, value = np.zeros(len(capacities)), 0.0
    for person, way in enumerate(plan.choice):
        if way >= 0:
            assert values[way, person] > 0
            used += uses[way]
            value += values[way, person]
    assert (used <= capacities + 1e-9).all()
    assert used == pytest.approx(plan.used)
    assert value == pytest.approx(plan.value)
    assert plan.value <= plan.bound * (1 + 1e-12) + 1e-9
    assert (plan.prices >= 0).all()


@st.composite
def questions(draw):
    ways, persons, size = draw(st.integers(1, 4)), draw(st.integers(1, 12)), draw(st.integers(1, 3))
    seed = draw(st.integers(0, 2**32 - 1))
    chance = np.random.default_rng(seed)
    values = chance.integers(-20, 100, (ways, persons)).astype(float)
    values[chance.random((ways, persons)) < 0.1] = -INF
    uses = chance.integers(0, 3, (ways, size)).astype(float)
    capacities = chance.integers(0, 2 * persons, size).astype(float)
    return values, uses, capacities


class TestSmallQuestions:
    @settings(max_examples=30, deadline=None)
    @given(questions())
    def test_no_plan_is_unsound_and_the_bound_lies_above_the_optimum(self, question):
        values, uses, capacities = question
        plan = share(values, uses, capacities)
        check_sound(plan, values, uses, capacities)
        optimum = best_plan(values, uses, capacities)
        assert plan.value <= optimum + 1e-6 <= plan.bound + 2e-6

    @settings(max_examples=30, deadline=None)
    @given(questions())
    def test_the_plan_is_never_worth_less_than_the_usual_one(self, question):
        values, uses, capacities = question
        kinds = np.arange(len(values), dtype=np.int32)
        usual = greedy(Problem(values, kinds, uses, capacities))
        usual_value = sum(values[way, person] for person, way in enumerate(usual) if way >= 0)
        assert share(values, uses, capacities).value >= usual_value - 1e-9

    @pytest.mark.parametrize("seed", range(8))
    def test_the_plan_misses_the_optimum_of_one_unit_a_way_by_less_than_a_person_a_capacity(self, seed):
        chance = np.random.default_rng(seed)
        values = chance.random((4, 60)) * 100
        uses = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]], dtype=float)
        capacities = np.array([12.0, 9.0, 14.0])
        plan = share(values, uses, capacities)
        check_sound(plan, values, uses, capacities)
        optimum = best_plan(values, uses, capacities)
        assert optimum - plan.value <= 0.01 * optimum
        assert plan.bound - best_mix(values, uses, capacities) <= 0.001 * optimum


class TestManyPersons:
    def test_the_gap_is_below_a_hundredth_of_a_percent_and_the_bound_is_that_of_the_linear_programme(self):
        chance = np.random.default_rng(5)
        values = chance.lognormal(3, 1, 2_000) * chance.random((4, 2_000)) - np.array([[0.1], [1], [5], [20]])
        uses = np.array([[0, 0], [1, 0], [0, 1], [0, 3]], dtype=float)
        capacities = np.array([250.0, 200.0])
        plan = share(values, uses, capacities)
        check_sound(plan, values, uses, capacities)
        assert plan.gap <= 1e-4
        rows = np.kron(uses.T, np.ones((1, 2_000)))
        from scipy.sparse import coo_array, vstack

        columns = np.arange(8_000)
        once = coo_array((np.ones(8_000), (columns % 2_000, columns)))
        found = linprog(
            -values.ravel(), A_ub=vstack([once, coo_array(rows)]),
            b_ub=np.concatenate([np.ones(2_000), capacities]), bounds=(0, 1),
        )  # fmt: skip
        assert plan.bound == pytest.approx(-found.fun, rel=1e-5)
        assert plan.bound >= -found.fun * (1 - 1e-12)

    def test_a_sample_first_gives_the_same_quality(self):
        chance = np.random.default_rng(6)
        persons = 80_000
        values = chance.lognormal(3, 1, persons) * chance.random((3, persons))
        uses = np.array([[1, 0], [0, 1], [1, 1]], dtype=float)
        capacities = np.array([9_000.0, 5_000.0])
        plan = share(values, uses, capacities)
        assert plan.gap <= 1e-6
        assert (plan.used <= capacities).all()
        again = share(values, uses, capacities)
        assert (plan.choice == again.choice).all()

    def test_many_equal_persons_with_several_kinds_each_leave_no_gap(self):
        chance = np.random.default_rng(7)
        worth = chance.choice([10.0, 20.0, 40.0], 30_000)
        values = np.stack([worth, worth * 0.5])
        kinds = np.stack([chance.integers(0, 3, 30_000), np.full(30_000, 3)]).astype(np.int32)
        uses = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=float)
        capacities = np.array([4_000.0, 5_000.0, 7_000.0])
        plan = share(values, uses, capacities, kinds)
        assert plan.gap <= 1e-4
        assert (plan.used <= capacities).all()


class TestEdges:
    def test_without_any_capacity_nobody_gets_it_and_its_price_is_what_the_first_unit_would_be_worth(self):
        plan = share([[5, 9, 7]], [[1]], [0])
        assert plan.choice.tolist() == [-1, -1, -1]
        assert (plan.value, plan.bound, plan.gap) == (0, 0, 0)
        assert plan.prices.tolist() == [9]

    def test_with_more_than_is_wanted_everybody_gets_the_best_and_nothing_has_a_price(self):
        plan = share([[5, 9, 7], [6, 1, 7]], [[1], [1]], [3])
        assert plan.choice.tolist() == [1, 0, 0]
        assert plan.prices.tolist() == [0]
        assert plan.value == plan.bound == 22

    def test_what_is_worth_nothing_or_less_is_nobodys(self):
        plan = share([[-5, 0, 3]], [[1]], [INF])
        assert plan.choice.tolist() == [-1, -1, 0]

    def test_one_person_gets_the_one_way_that_fits(self):
        plan = share([[10], [9]], [[2], [1]], [1])
        assert plan.choice.tolist() == [1]
        assert plan.value == plan.bound == 9

    def test_of_equal_persons_the_earlier_ones_are_served(self):
        plan = share([[4] * 10], [[1]], [3])
        assert plan.choice.tolist() == [0, 0, 0] + [-1] * 7
        assert plan.value == pytest.approx(plan.bound, rel=1e-6)

    def test_of_equal_persons_with_two_equal_ways_as_many_are_served_as_there_is_of_both(self):
        plan = share([[4] * 10, [4] * 10], [[1, 0], [0, 1]], [3, 2])
        assert sorted(plan.choice.tolist()) == [-1] * 5 + [0] * 3 + [1] * 2
        assert plan.choice.tolist()[5:] == [-1] * 5
        assert plan.value == pytest.approx(plan.bound, rel=1e-6)

    def test_the_scarce_way_goes_where_the_other_way_is_least_good(self):
        plan = share([[10, 9], [9, 1]], [[1, 0], [0, 1]], [1, 1])
        assert plan.choice.tolist() == [1, 0]
        usual = greedy(
            Problem(np.array([[10.0, 9], [9, 1]]), np.array([0, 1], np.int32), np.eye(2), np.ones(2))
        )
        assert usual.tolist() == [0, 1]

    def test_nobody_at_all_is_an_answer(self):
        plan = share(np.zeros((2, 0)), [[1], [1]], [3])
        assert plan.choice.tolist() == []
        assert plan.gap == 0

    @pytest.mark.parametrize(
        ("values", "uses", "capacities"),
        [
            ([[np.nan]], [[1]], [1]),
            ([[INF]], [[1]], [1]),
            ([[1]], [[np.nan]], [1]),
            ([[1]], [[-1]], [1]),
            ([[1]], [[1]], [np.nan]),
            ([[1]], [[1]], [-1]),
            ([[1]], [[1, 1]], [1]),
            ([[1], [1]], [[1]], [1]),
        ],
    )
    def test_what_is_no_question_is_refused(self, values, uses, capacities):
        with pytest.raises(AllocationRefused):
            share(values, uses, capacities)

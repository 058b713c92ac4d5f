from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairdue.contexts.arrangements.judging import is_settled, plan_state, state_of

DUE = date(2026, 12, 7)


@pytest.mark.parametrize(
    ("amount", "paid", "tolerance", "settled"),
    [
        (20_000, 20_000, 0, True),
        (20_000, 19_000, 1_000, True),
        (20_000, 18_999, 1_000, False),
        (20_000, 100, 1_000, False),  # one yuan
        (500, 100, 1_000, False),  # never more than a tenth may be missing
        (500, 450, 1_000, True),
    ],
)
def test_up_to_the_tolerance_and_a_tenth_may_be_missing(amount, paid, tolerance, settled):
    assert is_settled(amount, paid, tolerance) is settled


@pytest.mark.parametrize(
    ("settled", "as_of", "state"),
    [
        (None, DUE, "due"),
        (None, DUE + timedelta(days=3), "late"),
        (None, DUE + timedelta(days=4), "missed"),
        (DUE - timedelta(days=1), DUE, "early"),
        (DUE, DUE, "paid"),
        (DUE + timedelta(days=3), DUE + timedelta(days=9), "paid"),
        (DUE + timedelta(days=4), DUE + timedelta(days=9), "late"),
    ],
)
def test_an_instalment_is_in_time_up_to_its_days_of_grace(settled, as_of, state):
    assert state_of(DUE, settled, as_of, 3) == state


def days(*states):
    return [
        (DUE + timedelta(days=30 * number), state, state in ("paid", "early"))
        for number, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "plan"),
    [
        (("paid", "early", "paid"), "kept"),
        (("missed", "due", "due"), "running"),
        (("missed", "missed", "due"), "breached"),
        (("missed", "paid", "missed", "due"), "running"),
        (("paid", "paid", "missed"), "breached"),
    ],
)
def test_two_in_a_row_or_the_last_one_break_a_plan(states, plan):
    assert plan_state(days(*states), 2) == plan

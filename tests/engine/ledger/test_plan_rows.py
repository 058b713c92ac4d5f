"""The rows of an even plan come to exactly what is owed, component by component."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.ledger.plan_rows import equal_rows

OWED = st.dictionaries(st.sampled_from(["principal", "interest", "fee"]), st.integers(0, 10**9), max_size=3)


def test_what_does_not_divide_goes_to_the_last_instalment():
    rows = equal_rows({"principal": 150_050}, instalments=3, first_due_date=date(2026, 12, 10))
    assert [(row["due_date"], row["amount"]) for row in rows] == [
        ("2026-12-10", 50_016), ("2027-01-10", 50_016), ("2027-02-10", 50_018),
    ]  # fmt: skip


def test_a_day_that_a_month_lacks_becomes_its_last_day_and_comes_back():
    rows = equal_rows({"principal": 300}, instalments=3, first_due_date=date(2027, 1, 31))
    assert [row["due_date"] for row in rows] == ["2027-01-31", "2027-02-28", "2027-03-31"]


@given(OWED, st.integers(1, 60), st.integers(1, 12))
def test_rows_come_to_what_is_owed_and_ask_for_nothing_never(owed, instalments, every_months):
    rows = equal_rows(
        owed, instalments=instalments, first_due_date=date(2026, 12, 31), every_months=every_months
    )
    sums = Counter()
    for row in rows:
        assert row["amount"] > 0
        sums[row["component"]] += row["amount"]
    assert sums == Counter({code: amount for code, amount in owed.items() if amount})


@pytest.mark.parametrize(("instalments", "every_months"), [(0, 1), (1, 0), (-1, 1)])
def test_no_instalment_or_no_month_is_no_plan(instalments, every_months):
    with pytest.raises(ValueError, match="at least one"):
        equal_rows(
            {"principal": 1},
            instalments=instalments,
            first_due_date=date(2026, 1, 1),
            every_months=every_months,
        )

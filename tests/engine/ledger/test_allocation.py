"""Allocation: exact to the cent, the same for one account and for many."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.allocation import (
    ITEM_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    Allocation,
    ComponentUnknown,
    allocate,
)
from fairdue.engine.ledger.policies import PolicyInvalid, load_policies, parse_policy

POLICIES = load_policies(Path(__file__).resolve().parents[3] / "packs/reference/allocation")
DAY = date(2026, 1, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def frame(rows, schema):
    return pl.DataFrame(rows, schema=schema, orient="row")


def run(items, receipts, receivables, code) -> Allocation:
    return allocate(
        frame(items, ITEM_SCHEMA),
        frame(receipts, RECEIPT_SCHEMA),
        frame(receivables, RECEIVABLE_SCHEMA),
        POLICIES[code],
    )


def parts(result: Allocation):
    return sorted(
        result.parts.select("receipt_id", "due_item_id", "component", "amount_minor").rows(),
        key=lambda row: (row[0], row[1] or 10**9, row[2]),
    )


ITEMS = [
    (1, 11, day(10), "interest", 30),
    (1, 12, day(10), "principal", 100),
    (1, 13, day(40), "interest", 20),
    (1, 14, day(40), "principal", 100),
]
OWED = [(1, "principal", 1000), (1, "interest", 50)]


def test_horizontal_finishes_a_due_date_before_the_next():
    result = run(ITEMS, [(1, 1, "payment", "", day(45), 140)], OWED, "cn-card-early")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, 13, "interest", 10)]


def test_vertical_finishes_a_component_before_the_next():
    result = run(ITEMS, [(1, 1, "payment", "", day(45), 60)], OWED, "cn-civil-default")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 10), (1, 13, "interest", 20)]


def test_vertical_leaves_instalments_of_later_days_for_last():
    result = run(ITEMS, [(1, 1, "payment", "", day(20), 140)], OWED, "cn-civil-default")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, 13, "interest", 10)]


def test_principal_comes_first_from_day_91():
    result = run(ITEMS, [(1, 1, "payment", "", day(200), 210)], OWED, "cn-card-late")
    assert parts(result) == [(1, 11, "interest", 10), (1, 12, "principal", 100), (1, 14, "principal", 100)]


def test_a_receipt_lowers_the_balance_rather_than_paying_a_statement_out_of_reach():
    result = run(ITEMS, [(1, 1, "payment", "", day(5), 500)], OWED, "cn-card-early")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, None, "principal", 370)]


def test_an_earlier_excess_does_not_pay_the_next_statement_but_a_later_receipt_does():
    receipts = [(1, 1, "payment", "", day(5), 500), (1, 2, "payment", "", day(15), 60)]
    result = run(ITEMS, receipts, OWED, "cn-card-early")
    assert parts(result)[3:] == [(2, 13, "interest", 20), (2, 14, "principal", 40)]


def test_paying_everything_settles_items_out_of_reach_and_leaves_a_credit_balance():
    result = run(ITEMS, [(1, 1, "payment", "", day(5), 1060)], OWED, "cn-card-early")
    assert parts(result) == [
        (1, 11, "interest", 30),
        (1, 12, "principal", 100),
        (1, 13, "interest", 20),
        (1, 14, "principal", 100),
        (1, None, "credit_balance", 10),
        (1, None, "principal", 800),
    ]
    assert result.asked["paid_minor"].sum() == 250


def test_a_credit_lowers_its_component_and_the_newest_item_asks_for_less():
    result = run(ITEMS, [(1, 1, "credit", "interest", day(12), 35)], OWED, "cn-card-early")
    assert parts(result) == [(1, None, "interest", 35)]
    asked = dict(result.asked.select("due_item_id", "asked_minor").rows())
    assert asked == {11: 15, 12: 100, 13: 0, 14: 100}


def test_a_credit_beyond_its_component_is_money_like_a_payment():
    result = run(ITEMS, [(1, 1, "credit", "interest", day(12), 120)], OWED, "cn-card-early")
    assert parts(result) == [(1, 12, "principal", 70), (1, None, "interest", 50)]


def test_a_component_that_the_policy_does_not_order_is_refused():
    with pytest.raises(ComponentUnknown, match="insurance"):
        run([(1, 1, day(1), "insurance", 5)], [], [], "cn-card-early")


def test_a_policy_whose_orders_differ_is_refused():
    with pytest.raises(PolicyInvalid, match="in_advance"):
        parse_policy(
            {"code": "x", "components": ["fee", "principal"], "in_advance": ["fee"], "style": "vertical"}
        )


COMPONENTS = ("principal", "interest", "penalty", "fee")
amounts = st.integers(1, 500)


@st.composite
def books(draw):
    """Return items, receipts and receivables of one to four accounts."""
    items, receipts, receivables = [], [], []
    for account in range(1, draw(st.integers(1, 4)) + 1):
        for number in range(draw(st.integers(0, 6))):
            items.append(
                (
                    account,
                    account * 100 + number,
                    day(draw(st.integers(0, 90))),
                    draw(st.sampled_from(COMPONENTS)),
                    draw(amounts),
                )
            )
        for number in range(draw(st.integers(0, 6))):
            kind = draw(st.sampled_from(["payment", "payment", "credit"]))
            component = draw(st.sampled_from(COMPONENTS)) if kind == "credit" else ""
            receipts.append(
                (
                    account,
                    account * 100 + number,
                    kind,
                    component,
                    day(draw(st.integers(0, 90))),
                    draw(amounts),
                )
            )
        for component in draw(st.sets(st.sampled_from(COMPONENTS))):
            receivables.append((account, component, draw(st.integers(0, 1500))))
    return items, receipts, receivables


@settings(max_examples=120, deadline=None)
@given(book=books(), code=st.sampled_from(sorted(POLICIES)))
def test_money_is_conserved_and_nothing_goes_below_zero(book, code):
    items, receipts, receivables = book
    result = run(items, receipts, receivables, code)
    by_receipt = dict(result.parts.group_by("receipt_id").agg(pl.col("amount_minor").sum()).rows())
    assert by_receipt == {row[1]: row[5] for row in receipts}
    assert result.parts.is_empty() or result.parts["amount_minor"].min() > 0
    assert result.asked.filter(
        (pl.col("paid_minor") > pl.col("asked_minor")) | (pl.col("asked_minor") > pl.col("amount_minor"))
    ).is_empty()
    owed = {(account, component): amount for account, component, amount in receivables}
    for account, component, amount in (
        result.parts.group_by("account_id", "component").agg(pl.col("amount_minor").sum()).rows()
    ):
        if component != "credit_balance":
            assert amount <= owed.get((account, component), 0)
    for account in {row[0] for row in receipts}:
        paid = sum(row[5] for row in receipts if row[0] == account)
        debt = sum(row[2] for row in receivables if row[0] == account)
        credit = result.parts.filter(
            (pl.col("account_id") == account) & (pl.col("component") == "credit_balance")
        )
        assert credit["amount_minor"].sum() == max(0, paid - debt)


@settings(max_examples=60, deadline=None)
@given(book=books(), code=st.sampled_from(sorted(POLICIES)))
def test_many_accounts_at_once_give_what_each_gives_alone(book, code):
    together = parts(run(*book, code))
    alone = []
    for account in range(1, 5):
        alone += parts(run(*[[row for row in rows if row[0] == account] for rows in book], code))
    assert sorted(alone, key=str) == sorted(together, key=str)


@settings(max_examples=60, deadline=None)
@given(book=books(), code=st.sampled_from(sorted(POLICIES)), seed=st.randoms())
def test_the_order_of_landing_does_not_matter(book, code, seed):
    shuffled = [seed.sample(rows, len(rows)) for rows in book]
    assert parts(run(*shuffled, code)) == parts(run(*book, code))

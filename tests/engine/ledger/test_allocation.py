"""Allocation: exact to the cent, the same for one account and for many."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.allocation import (
    ACCOUNT_SCHEMA,
    ITEM_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    Allocation,
    ComponentUnknown,
    allocate,
)
from fairdue.engine.ledger.policies import load_policies

POLICIES = load_policies(Path(__file__).resolve().parents[3] / "packs/reference/allocation")
DAY = date(2026, 1, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def frame(rows, schema):
    return pl.DataFrame(rows, schema=schema, orient="row")


def run(items, receipts, receivables, code, accounts=None) -> Allocation:
    return allocate(
        frame(items, ITEM_SCHEMA),
        frame(receipts, RECEIPT_SCHEMA),
        frame(receivables, RECEIVABLE_SCHEMA),
        POLICIES[code],
        accounts=accounts,
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
    result = run(ITEMS, [(1, 1, "payment", "", day(45), 140)], OWED, "cn-loan-instalment")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, 13, "interest", 10)]


def test_a_card_pays_the_interest_of_all_that_has_fallen_due_before_any_principal():
    result = run(ITEMS, [(1, 1, "payment", "", day(45), 140)], OWED, "cn-card")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 90), (1, 13, "interest", 20)]


def test_vertical_finishes_a_component_before_the_next():
    result = run(ITEMS, [(1, 1, "payment", "", day(45), 60)], OWED, "cn-civil-default")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 10), (1, 13, "interest", 20)]


def test_vertical_leaves_instalments_of_later_days_for_last():
    result = run(ITEMS, [(1, 1, "payment", "", day(20), 140)], OWED, "cn-civil-default")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, 13, "interest", 10)]


def test_principal_comes_first_from_day_91():
    result = run(ITEMS, [(1, 1, "payment", "", day(200), 210)], OWED, "cn-card")
    assert parts(result) == [(1, 11, "interest", 10), (1, 12, "principal", 100), (1, 14, "principal", 100)]


def test_a_receipt_lowers_the_balance_rather_than_paying_a_statement_out_of_reach():
    result = run(ITEMS, [(1, 1, "payment", "", day(5), 500)], OWED, "cn-card")
    assert parts(result) == [(1, 11, "interest", 30), (1, 12, "principal", 100), (1, None, "principal", 370)]


def test_an_earlier_excess_does_not_pay_the_next_statement_but_a_later_receipt_does():
    receipts = [(1, 1, "payment", "", day(5), 500), (1, 2, "payment", "", day(15), 60)]
    result = run(ITEMS, receipts, OWED, "cn-card")
    assert parts(result)[3:] == [(2, 13, "interest", 20), (2, 14, "principal", 40)]


def test_paying_everything_settles_items_out_of_reach_and_leaves_a_credit_balance():
    result = run(ITEMS, [(1, 1, "payment", "", day(5), 1060)], OWED, "cn-card")
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
    result = run(ITEMS, [(1, 1, "credit", "interest", day(12), 35)], OWED, "cn-card")
    assert parts(result) == [(1, None, "interest", 35)]
    asked = dict(result.asked.select("due_item_id", "asked_minor").rows())
    assert asked == {11: 15, 12: 100, 13: 0, 14: 100}


def test_a_credit_beyond_its_component_is_money_like_a_payment():
    result = run(ITEMS, [(1, 1, "credit", "interest", day(12), 120)], OWED, "cn-card")
    assert parts(result) == [(1, 12, "principal", 70), (1, None, "interest", 50)]


def test_a_component_that_the_policy_does_not_order_is_refused():
    with pytest.raises(ComponentUnknown, match="postage"):
        run([(1, 1, day(1), "postage", 5)], [], [], "cn-card")


def test_the_order_switches_on_the_day_that_the_account_reaches_91_days():
    for number, first in (
        (100, "interest"),
        (101, "principal"),
    ):  # 90 and 91 days after the due date of day 10
        result = run(ITEMS, [(1, 1, "payment", "", day(number), 25)], OWED, "cn-card")
        assert [part[2] for part in parts(result)] == [first]


def test_a_late_receipt_does_not_change_how_an_earlier_one_was_split():
    early, late = (1, 1, "payment", "", day(20), 40), (1, 2, "payment", "", day(200), 50)
    alone = parts(run(ITEMS, [early], OWED, "cn-card"))
    assert alone == [(1, 11, "interest", 30), (1, 12, "principal", 10)]
    assert parts(run(ITEMS, [early, late], OWED, "cn-card")) == [*alone, (2, 12, "principal", 50)]


def test_a_judgment_puts_the_doubled_part_last_from_its_day_on():
    items = [(1, 11, day(10), "doubled_interest", 30), (1, 12, day(10), "principal", 100)]
    owed = [(1, "principal", 100), (1, "doubled_interest", 30)]
    receipts = [(1, 1, "payment", "", day(20), 20), (1, 2, "payment", "", day(60), 110)]
    accounts = frame([(1, "due_plus_1", day(60))], ACCOUNT_SCHEMA)
    result = run(items, receipts, owed, "cn-card", accounts=accounts)
    assert parts(result) == [
        (1, 12, "principal", 20),
        (2, 11, "doubled_interest", 30),
        (2, 12, "principal", 80),
    ]
    result = run(items, [(1, 2, "payment", "", day(60), 110)], owed, "cn-card", accounts=accounts)
    assert parts(result) == [(2, 11, "doubled_interest", 10), (2, 12, "principal", 100)]


def test_the_balance_with_the_highest_rate_comes_first_above_the_minimum():
    owed = pl.DataFrame(
        {
            "account_id": [1, 1],
            "component": ["principal", "cash_advance"],
            "amount_minor": [1000, 500],
            "annual_rate": [0.1899, 0.2999],
        }
    )
    items = frame([(1, 11, day(10), "principal", 40)], ITEM_SCHEMA)
    money = frame([(1, 1, "payment", "", day(5), 600)], RECEIPT_SCHEMA)
    result = allocate(items, money, owed, POLICIES["us-card-reg-z"])
    assert parts(result) == [
        (1, 11, "principal", 40),
        (1, None, "cash_advance", 500),
        (1, None, "principal", 60),
    ]


def test_credit_balance_pays_a_later_charge_on_its_day():
    owed = frame(
        [(1, "principal", 100, None, None), (1, "fee", 30, day(50), 2)],
        RECEIVABLE_SCHEMA | {"effective_date": pl.Date, "transaction_id": pl.Int64},
    )
    money = frame([(1, 1, "payment", "", day(5), 150)], RECEIPT_SCHEMA)
    result = allocate(frame([], ITEM_SCHEMA), money, owed, POLICIES["cn-card"])
    found = result.parts.sort("amount_minor").select("component", "amount_minor", "effective_date").rows()
    assert found == [("credit_balance", 20, day(5)), ("fee", 30, day(50)), ("principal", 100, day(5))]


def test_an_item_knows_the_day_on_which_the_last_of_it_was_settled():
    receipts = [(1, 1, "payment", "", day(12), 100), (1, 2, "payment", "", day(30), 60)]
    result = run(ITEMS, receipts, OWED, "cn-loan-instalment")
    settled = dict(result.asked.select("due_item_id", "settled_date").rows())
    assert settled == {11: day(12), 12: day(30), 13: day(30), 14: None}


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

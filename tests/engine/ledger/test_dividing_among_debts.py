"""One payment for several debts of a person: Civil Code of the PRC art. 560, step by step."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.ledger.allocation.debts import DebtsUnordered, OpenDebt, divide

RATE = Fraction(1, 10)


def debt(name, amount, **facts):
    return OpenDebt(
        id=name, amount_minor=amount, **({"annual_rate": RATE, "due_date": date(2026, 1, 1)} | facts)
    )


def shares(*arguments, **named):
    return [(share.debt_id, share.amount_minor, share.reason) for share in divide(*arguments, **named)]


def test_the_debt_that_the_payer_names_comes_first_even_if_it_is_not_due():
    debts = [debt("a", 100), debt("b", 100, is_due=False)]
    assert shares(130, debts, designated="b") == [("b", 100, "designated"), ("a", 30, "due")]


def test_an_agreed_order_comes_after_the_payers_word_and_before_the_law():
    debts = [debt("a", 100), debt("b", 100), debt("c", 100)]
    found = shares(250, debts, designated="c", agreed_order=["b"])
    assert found == [("c", 100, "designated"), ("b", 100, "agreed"), ("a", 50, "due")]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_due": False}, "due"),
        ({"is_secured": True}, "least_secured"),
        ({"annual_rate": Fraction(1, 20)}, "heaviest"),
        ({"due_date": date(2026, 2, 1)}, "earliest"),
    ],
)
def test_each_test_of_the_law_puts_the_other_debt_first_and_is_named(facts, reason):
    found = divide(150, [debt("later", 100, **facts), debt("first", 100)])
    assert [(share.debt_id, share.amount_minor) for share in found] == [("first", 100), ("later", 50)]
    assert found[0].reason == reason
    assert all("560" in share.citation for share in found)


def test_debts_alike_in_everything_share_in_proportion_to_the_cent():
    assert shares(100, [debt("a", 100), debt("b", 200)]) == [("a", 33, "pro_rata"), ("b", 67, "pro_rata")]


def test_only_the_due_part_of_a_debt_comes_before_other_debts():
    debts = [debt("a", 100, due_minor=40), debt("b", 50, annual_rate=Fraction(1, 50))]
    assert shares(120, debts) == [("a", 40, "heaviest"), ("b", 50, "due"), ("a", 30, "not_due")]


def test_a_debt_in_dispute_gets_nothing_and_the_rest_is_nobodys():
    assert shares(150, [debt("a", 100, is_disputed=True), debt("b", 80)]) == [
        ("b", 80, "due"),
        ("", 70, "excess"),
    ]


def test_a_debt_that_is_none_of_these_is_refused():
    with pytest.raises(DebtsUnordered, match="z is none"):
        divide(10, [debt("a", 100)], designated="z")


def test_debts_that_cannot_be_compared_are_refused():
    with pytest.raises(DebtsUnordered, match="annual_rate"):
        divide(10, [debt("a", 100), debt("b", 100, annual_rate=None)])


@given(
    amounts=st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500), st.booleans()), min_size=1, max_size=6
    ),
    money=st.integers(0, 3000),
)
def test_shares_sum_to_the_payment_and_no_debt_gets_more_than_it_is(amounts, money):
    debts = [
        debt(str(place), amount, due_minor=due, is_secured=secured)
        for place, (amount, due, secured) in enumerate(amounts)
    ]
    found = divide(money, debts)
    assert sum(share.amount_minor for share in found) == money
    for one in debts:
        assert sum(share.amount_minor for share in found if share.debt_id == one.id) <= one.amount_minor

"""Grounds add up to a rank; only a ground that names the account makes it certain."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.matching.scoring import GROUNDS, Owed, certain_account, rank

DAY = date(2026, 11, 20)


def owed(account_id=1, **values):
    fields = {
        "person_id": account_id,
        "currency": "CNY",
        "balance": 100_000,
        "overdue": 40_000,
        "next_due": 0,
    }
    return Owed(account_id=account_id, **(fields | values))


def ranked(accounts, named, amount=40_000):
    return rank(accounts, named, amount_minor=amount, currency="CNY", paid_date=DAY)


def test_the_amount_alone_brings_no_candidate():
    assert ranked([owed()], {}) == ()


def test_a_promised_amount_does():
    (best,) = ranked([owed(overdue=1, promises=((40_000, DAY),))], {})
    assert [ground.code for ground in best.grounds] == ["promised", "promised_date"]
    assert (best.score, best.is_certain) == (40, False)


def test_another_currency_is_never_a_candidate():
    assert ranked([owed(currency="USD")], {1: ["code"]}) == ()


def test_a_structured_reference_is_certain_only_when_the_amount_fits():
    assert ranked([owed()], {1: ["structured"]}, 100_000)[0].is_certain
    assert not ranked([owed()], {1: ["structured"]}, 100_001)[0].is_certain


def test_two_certain_accounts_are_no_certainty():
    both = ranked([owed(1), owed(2)], {1: ["code"], 2: ["code"]})
    assert certain_account(both) is None and certain_account(both[:1]) == 1


weak = [code for code, ground in GROUNDS.items() if not ground.is_certain]


@given(st.lists(st.sampled_from(weak), min_size=1, unique=True), st.integers(1, 10**9))
def test_no_sum_of_weak_grounds_is_ever_certain(grounds, amount):
    found = ranked([owed(next_due=amount, promises=((amount, DAY),))], {1: grounds}, amount)
    assert certain_account(found) is None
    assert all(each.score == sum(ground.weight for ground in each.grounds) for each in found)


@given(
    st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from(sorted(GROUNDS)), unique=True), max_size=6)
)
def test_a_certain_account_stands_before_all_others_and_the_order_is_the_scores(named):
    found = ranked([owed(number) for number in range(1, 7)], named)
    assert [(not each.is_certain, -each.score) for each in found] == sorted(
        (not each.is_certain, -each.score) for each in found
    )

"""Money beyond the next instalment repays principal; interest is counted on what is left, by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.life.events import Reage, Receipt, Reversal
from fairdue.engine.ledger.products.reading import load_products, load_rates

PRODUCTS, RATES = load_products(), load_rates()
LENT = date(2026, 1, 10)
INSTALMENT = 105_946
"""12,000.00 at 10.8 % over twelve months, 0.9 % of what is left each month by 30/360."""


def contract(partial="lower_instalment", product="cn-loan-equal-instalment", **details):
    terms = PRODUCTS[product]
    terms = replace(terms, prepayment=replace(terms.prepayment, partial=partial))
    agreed = {"rate": "0.108", "instalments": 12, "first_due_date": "2026-02-10"} | details
    return Contract(
        terms=terms, principal=1_200_000, currency="CNY", disbursed_date=LENT, details=agreed, rates=RATES
    )


def paid(day, amount, name=""):
    return Receipt(id=name or f"r{day}", entered_date=day, effective_date=day, amount=amount)


def items_of(found):
    return {(item.ref, item.component): item.amount for item in found.items}


def test_on_a_due_date_the_excess_repays_principal_and_the_instalments_become_lower():
    found = derive(contract(), [paid(date(2026, 2, 10), INSTALMENT + 500_000)], date(2026, 3, 1))
    items = items_of(found)
    # of the first period nothing is saved; the second instalment is the next one and is paid with it
    assert (items["i:1", "interest"], items["i:1", "principal"]) == (10_800, 95_146)
    saved = items["x:2026-02-10", "principal"]
    left = 1_200_000 - 95_146
    interest = round(left * 0.009) - round(saved * 0.009)
    assert items["i:2", "interest"] == pytest.approx(interest, abs=1)
    second = items["i:2", "interest"] + items["i:2", "principal"]
    assert saved == 500_000 - second
    rest = left - saved - items["i:2", "principal"]
    assert items["i:3", "interest"] == round(rest * 0.009)
    later = {items[f"i:{n}", "interest"] + items[f"i:{n}", "principal"] for n in range(3, 12)}
    assert len(later) == 1
    assert later.pop() < INSTALMENT
    assert sum(amount for (_, component), amount in items.items() if component == "principal") == 1_200_000


def test_the_term_is_shortened_where_the_product_says_so():
    found = derive(
        contract("shorten_term"), [paid(date(2026, 2, 10), INSTALMENT + 500_000)], date(2026, 3, 1)
    )
    items = items_of(found)
    numbers = sorted({int(ref[2:]) for ref, _ in items if ref.startswith("i:")})
    assert numbers == list(range(1, 9))
    assert {items[f"i:{n}", "interest"] + items[f"i:{n}", "principal"] for n in range(3, 8)} == {INSTALMENT}
    assert items["i:8", "interest"] + items["i:8", "principal"] < INSTALMENT


def test_within_a_period_interest_runs_on_what_is_left_from_the_day_of_the_money():
    day = date(2026, 2, 25)
    found = derive(contract(), [paid(date(2026, 2, 10), INSTALMENT), paid(day, 400_000)], date(2026, 3, 1))
    items = items_of(found)
    repaid = items["x:2026-02-25", "principal"]
    (why,) = (item.why for item in found.items if item.ref == "i:2" and item.component == "interest")
    assert [(one["base_minor"], one["days"]) for one in why.segments] == [
        (1_104_854, 15),
        (1_104_854 - repaid, 13),
    ]
    full = round(1_104_854 * 0.009)
    # from 25 February to 10 March are fifteen days of 30/360
    assert items["i:2", "interest"] == full - round(repaid * 0.108 * 15 / 360)
    assert repaid == 400_000 - items["i:2", "interest"] - items["i:2", "principal"]


def test_equal_principal_keeps_its_part_where_the_term_is_shortened():
    made = contract("shorten_term", "cn-loan-equal-principal", rate="0.02")
    found = derive(made, [paid(date(2026, 2, 10), 500_000)], date(2026, 3, 1))
    items = items_of(found)
    parts = [items[f"i:{n}", "principal"] for n in range(1, 13) if (f"i:{n}", "principal") in items]
    assert set(parts[:-1]) == {100_000}
    assert parts[-1] <= 100_000
    assert len(parts) < 12


def test_less_than_the_product_asks_changes_no_schedule():
    plain = items_of(derive(contract(), [paid(date(2026, 2, 10), INSTALMENT)], date(2026, 3, 1)))
    more = paid(date(2026, 2, 10), 2 * INSTALMENT + 9_999)
    assert items_of(derive(contract(), [more], date(2026, 3, 1))) == plain


def test_the_next_instalment_paid_early_is_no_prepayment():
    early = paid(date(2026, 2, 7), INSTALMENT)
    assert items_of(derive(contract(), [early], date(2026, 3, 1))) == items_of(
        derive(contract(), [], date(2026, 3, 1))
    )


def test_a_prepayment_taken_back_never_was():
    big = paid(date(2026, 2, 10), 600_000, "a")
    back = Reversal(id="b", entered_date=date(2026, 2, 20), of="a")
    assert derive(contract(), [big, back], date(2026, 3, 1)) == derive(contract(), [], date(2026, 3, 1))


def test_after_a_rescheduling_money_pays_the_new_due_dates_in_advance():
    aged = Reage(
        id="e", entered_date=date(2026, 2, 11), first_due_date=date(2026, 3, 11), every=1, unit="months",
        instalments=6,
    )  # fmt: skip
    found = derive(contract(), [aged, paid(date(2026, 2, 12), 900_000)], date(2026, 3, 1))
    assert not [item for item in found.items if item.ref.startswith("x:")]


def test_what_is_left_can_be_settled_early_and_costs_only_the_days_used():
    first = paid(date(2026, 2, 10), INSTALMENT + 500_000)
    owed = derive(contract(), [first], date(2026, 4, 25)).payoff
    found = derive(contract(), [first, paid(date(2026, 4, 25), owed)], date(2026, 6, 1))
    assert found.payoff == 0
    assert found.facts["settled_date"] == date(2026, 4, 25)
    interest = sum(item.amount for item in found.items if item.component == "interest")
    assert interest < sum(
        item.amount
        for item in derive(contract(), [first], date(2026, 4, 25)).items
        if item.component == "interest"
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 700_000)), max_size=6, unique_by=lambda pair: pair[0]
    ),
    st.sampled_from(["shorten_term", "lower_instalment"]),
)
def test_all_principal_lent_is_asked_for_once_and_interest_never_grows(life, partial):
    receipts = [paid(LENT + timedelta(days=day), amount) for day, amount in sorted(life)]
    until = LENT + timedelta(days=430)
    items = derive(contract(partial), receipts, until).items
    assert sum(item.amount for item in items if item.component == "principal") == 1_200_000
    assert all(item.amount > 0 for item in items)
    plain = derive(contract(partial), [], until).items
    asked = [sum(item.amount for item in given if item.component == "interest") for given in (items, plain)]
    assert asked[0] <= asked[1]

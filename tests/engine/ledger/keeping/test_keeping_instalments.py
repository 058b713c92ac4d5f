"""Kept instalment contracts: what lateness costs, to the cent, in whatever order things become known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.keeping.derived import Derived
from fairdue.engine.ledger.keeping.walk import charge_event, month_ends
from fairdue.engine.ledger.life.events import ChargeOff, Event, Pause, Receipt, Reversal, Waiver, WriteOff
from fairdue.engine.ledger.life.replaying import replay
from fairdue.engine.ledger.life.terms import DebtTerms, Instalment
from fairdue.engine.ledger.products.reading import load_products, load_rates
from fairdue.engine.ledger.products.terms import LateFeeTerms, ProductTerms

PRODUCTS, RATES = load_products(), load_rates()
LENT = date(2026, 1, 10)
INSTALMENT = 105_946
TEXT = {"zh": "合同约定", "en": "By contract"}


def contract(product: ProductTerms | str = "cn-loan-equal-instalment", **details: object) -> Contract:
    terms = PRODUCTS[product] if isinstance(product, str) else product
    agreed = {"rate": "0.108", "instalments": 12, "first_due_date": "2026-02-10"} | details
    return Contract(
        terms=terms, principal=1_200_000, currency="CNY", disbursed_date=LENT, details=agreed, rates=RATES
    )


def paid(day: date, amount: int = INSTALMENT, name: str = "", entered: date | None = None) -> Receipt:
    return Receipt(id=name or f"r{day}", entered_date=entered or day, effective_date=day, amount=amount)


def amounts(found: Derived) -> dict[str, int]:
    return {charge.key: charge.amount for charge in found.charges}


def with_late_fee(**changed: object) -> ProductTerms:
    fee = LateFeeTerms(share=Fraction("0.05"), citation=TEXT)
    return replace(PRODUCTS["cn-loan-equal-instalment"], late_fee=replace(fee, **changed), penalty=None)


def test_who_pays_in_time_owes_nothing_but_the_schedule() -> None:
    events = [paid(date(2026, month, 10)) for month in range(2, 6)]
    found = derive(contract(), events, date(2026, 5, 20))
    assert found.charges == ()
    assert sum(item.amount for item in found.items) == 1_271_355


def test_money_within_the_days_of_grace_is_in_time() -> None:
    assert derive(contract(), [paid(date(2026, 2, 13))], date(2026, 2, 28)).charges == ()
    late = derive(contract(), [paid(date(2026, 2, 14), INSTALMENT + 171)], date(2026, 2, 28))
    assert amounts(late) == {"p:i:1:2026-02-14": 171}  # 951.46 × 16.2 % × 4/360 = 1.712628


def test_penalty_interest_is_paid_before_the_principal_of_its_instalment_unless_it_falls_due_by_itself() -> (
    None
):
    plain = PRODUCTS["cn-loan-equal-instalment"]
    alone = replace(plain, penalty=replace(plain.penalty, falls_due="own_day"))
    events = [paid(date(2026, 2, 14))]
    left = [
        [
            (charge.due_date, charge.why.base_minor)
            for charge in derive(contract(terms), events, date(2026, 2, 28)).charges
        ]
        for terms in (plain, alone)
    ]
    assert left == [[(date(2026, 2, 10), 95_146), (date(2026, 2, 10), 171)], [(None, 95_146)]]


def test_penalty_interest_is_cut_at_events_and_month_ends_and_the_open_rest_is_accrued() -> None:
    found = derive(contract(), [paid(date(2026, 3, 5), 50_000)], date(2026, 3, 8))
    assert amounts(found) == {"p:i:1:2026-02-28": 771, "p:i:1:2026-03-05": 214}
    # of 500.00: 9.85 penalty, 108.00 interest, 382.15 principal; 951.46 − 382.15 = 569.31 × 16.2 % × 3/360
    open_penalty = [charge for charge in found.accrued if charge.component == "penalty_interest"]
    assert [(charge.amount, charge.why.base_minor, charge.why.days) for charge in open_penalty] == [
        (77, 56_931, 3)
    ]


def test_the_sum_of_segments_is_what_the_days_come_to() -> None:
    found = derive(contract(), [], date(2026, 4, 30))
    first = [charge for charge in found.charges if charge.key.startswith("p:i:1:")]
    assert sum(charge.why.days for charge in first) == (date(2026, 4, 30) - date(2026, 2, 10)).days
    exact = sum(Fraction(charge.why.unrounded) for charge in first)
    assert exact == Fraction(95_146) * Fraction("0.162") * Fraction(79, 360)


def test_accrual_on_any_day_plus_what_is_posted_never_falls_while_nothing_happens() -> None:
    totals = []
    for offset in range(100):
        found = derive(contract(), [], date(2026, 2, 10) + timedelta(days=offset))
        penalty = [
            charge.amount
            for charge in (*found.charges, *found.accrued)
            if charge.component == "penalty_interest"
        ]
        totals.append(sum(penalty))
    assert totals == sorted(totals)


def test_compound_interest_bears_on_unpaid_penalty_interest_only_if_so_agreed() -> None:
    plain = PRODUCTS["cn-loan-equal-instalment"]
    compound = replace(plain, penalty=replace(plain.penalty, is_compound=True))
    bases = [
        [charge.why.base_minor for charge in derive(contract(terms), [], date(2026, 4, 30)).charges if ":i:1:" in charge.key]
        for terms in (plain, compound)
    ]  # fmt: skip
    assert bases == [[95_146, 95_146, 95_146], [95_146, 95_146 + 771, 95_146 + 771 + 1_338]]


def test_interest_bears_penalty_interest_only_if_so_agreed() -> None:
    plain = PRODUCTS["cn-loan-equal-instalment"]
    both = replace(plain, penalty=replace(plain.penalty, on="principal_and_interest"))
    found = derive(contract(both), [], date(2026, 2, 28))
    assert found.charges[0].why.base_minor == INSTALMENT


def test_days_of_a_pause_bear_no_penalty_interest_whenever_it_is_entered() -> None:
    pause = Pause(
        id="p", entered_date=date(2026, 4, 1), from_date=date(2026, 2, 15), to_date=date(2026, 2, 25)
    )
    found = derive(contract(), [pause], date(2026, 2, 28))
    assert amounts(found) == {"p:i:1:2026-02-28": 343}  # 8 of 18 days
    assert found.charges[0].why.days == 8


def test_a_late_fee_is_charged_once_after_the_grace_between_floor_and_cap() -> None:
    cases = [({}, 5_297), ({"cap": 5_000}, 5_000), ({"floor": 6_000}, 6_000)]
    for changed, amount in cases:
        found = derive(contract(with_late_fee(**changed)), [], date(2026, 3, 10))
        assert amounts(found) == {"f:i:1:1": amount}
        assert found.charges[0].effective_date == date(2026, 2, 14)


def test_a_monthly_late_fee_comes_again_while_the_instalment_is_unpaid() -> None:
    events = [paid(date(2026, 3, 20), 120_000)]
    found = derive(contract(with_late_fee(every="monthly")), events, date(2026, 5, 5))
    mine = {key: amount for key, amount in amounts(found).items() if ":i:1:" in key}
    assert mine == {"f:i:1:1": 5_297, "f:i:1:2": 5_297}


def test_no_interest_is_charged_on_fees() -> None:
    terms = replace(with_late_fee(), penalty=PRODUCTS["cn-loan-equal-instalment"].penalty)
    found = derive(contract(terms), [], date(2026, 3, 31))
    assert {charge.why.base_minor for charge in found.charges if charge.key.startswith("p:i:1")} == {95_146}


def test_a_cap_cuts_what_exceeds_it_and_says_so() -> None:
    cap = {"code": "all-in", "rate": "0.11", "citation": TEXT}
    found = derive(contract(with_late_fee(), caps=[cap]), [], date(2026, 2, 20))
    charge = found.charges[0]
    # by 2026-02-14: 12,000.00 × 11 % × 35/365 = 126.57 less interest earned 108.00 + 99.44 × 4/28 = 122.21
    assert (charge.amount, charge.why.cap, charge.why.cut_minor) == (436, "all-in", 5_297 - 436)
    nothing = derive(contract(with_late_fee(), caps=[cap | {"rate": "0.10"}]), [], date(2026, 2, 20))
    assert nothing.charges == ()
    assert [(cut.amount, cut.why.cut_minor) for cut in nothing.cut] == [(0, 5_297)]


def test_an_early_settlement_pays_interest_for_the_time_used_only() -> None:
    events: list[Event] = [paid(date(2026, 2, 10))]
    asked = derive(contract(), events, date(2026, 2, 25))
    assert asked.payoff == 1_104_854 + 5_327
    settled = derive(contract(), [*events, paid(date(2026, 2, 25), asked.payoff, "s")], date(2026, 12, 31))
    interest = [item for item in settled.items if item.component == "interest"]
    assert [(item.ref, item.due_date, item.amount) for item in interest] == [
        ("i:1", date(2026, 2, 10), 10_800),
        ("e:2", date(2026, 2, 25), 5_327),
    ]
    assert (settled.charges, settled.accrued, settled.payoff) == ((), (), 0)


def test_one_cent_less_than_the_payoff_settles_nothing_early() -> None:
    asked = derive(contract(), [], date(2026, 1, 25)).payoff
    found = derive(contract(), [paid(date(2026, 1, 25), asked - 1)], date(2026, 1, 25))
    assert len([item for item in found.items if item.component == "interest"]) == 12


def test_the_product_may_ask_all_interest_of_who_settles_early() -> None:
    plain = PRODUCTS["cn-loan-equal-instalment"]
    terms = replace(plain, prepayment=replace(plain.prepayment, unearned_interest="due"))
    assert derive(contract(terms), [], date(2026, 1, 25)).payoff == 1_271_355


@pytest.mark.parametrize("ending", [ChargeOff, WriteOff])
def test_nothing_is_charged_after_the_debt_left_the_books(ending) -> None:
    end = ending(id="x", entered_date=date(2026, 3, 15))
    found = derive(contract(), [end], date(2026, 8, 31))
    assert max(charge.effective_date for charge in found.charges) == date(2026, 3, 15)
    assert found.accrued == ()


def test_a_reversed_payment_never_was() -> None:
    events = [paid(date(2026, 2, 10), name="a"), Reversal(id="b", entered_date=date(2026, 4, 1), of="a")]
    assert derive(contract(), events, date(2026, 4, 2)) == derive(contract(), [], date(2026, 4, 2))


def test_a_waiver_of_a_stored_charge_is_understood_by_its_key() -> None:
    waiver = Waiver(id="w", entered_date=date(2026, 3, 1), of="17")
    compound = PRODUCTS["cn-loan-equal-instalment"]
    compound = replace(compound, penalty=replace(compound.penalty, is_compound=True))
    found = derive(contract(compound), [waiver], date(2026, 3, 31), names={"17": "p:i:1:2026-02-28"})
    bases = [charge.why.base_minor for charge in found.charges if ":i:1:" in charge.key]
    assert bases == [95_146, 95_146 + 771, 95_146 + 43]  # 43 for the one day before the waiver counts


def test_month_ends_are_the_last_days_of_months_after_the_start() -> None:
    assert month_ends(date(2026, 1, 31), date(2026, 3, 31)) == [date(2026, 2, 28), date(2026, 3, 31)]


events_of_a_life = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 300_000)), max_size=8, unique_by=lambda pair: pair[0]
)
kinds = st.sampled_from(
    ["cn-loan-equal-instalment", "cn-loan-equal-principal", "cn-loan-flat", "cn-loan-interest-only"]
)


@given(events_of_a_life, st.permutations(range(8)), kinds, st.integers(0, 430))
@settings(max_examples=60)
def test_the_order_in_which_payments_become_known_changes_nothing(life, order, product, span) -> None:
    details = {"rate": "0.02"} if product == "cn-loan-equal-principal" else {"rate": "0.1"}
    receipts = [paid(LENT + timedelta(days=day), amount, f"r{day}") for day, amount in life]
    shuffled = [receipts[place] for place in order if place < len(receipts)]
    until = LENT + timedelta(days=span)
    assert derive(contract(product, **details), shuffled, until) == derive(
        contract(product, **details), receipts, until
    )


def landed_terms(made: Contract, found: Derived) -> DebtTerms:
    """Return the debt that the ledger reads from the derived items."""
    rows: dict[tuple[date, str], dict[str, int]] = {}
    for item in found.items:
        rows.setdefault((item.due_date, item.ref), {})[item.component] = item.amount
    return DebtTerms(
        disbursed_date=LENT,
        instalments=tuple(
            Instalment(day, parts.get("principal", 0), parts.get("interest", 0), ref=ref)
            for (day, ref), parts in rows.items()
        ),
        allocation=made.allocation,
    )


@given(events_of_a_life, kinds)
@settings(max_examples=40)
def test_the_ledger_replays_what_keeping_derived_to_the_same_debt(life, product) -> None:
    """Items and charges, entered in any order after the payments, leave just what the walk left."""
    details = {"rate": "0.02"} if product == "cn-loan-equal-principal" else {"rate": "0.1"}
    until = LENT + timedelta(days=430)
    receipts = [paid(LENT + timedelta(days=day), amount, f"r{day}", until) for day, amount in sorted(life)]
    made = contract(product, **details)
    found = derive(made, receipts, until)
    if found.facts["settled_date"] is not None:
        return
    late_entered = [charge_event(charge, until) for charge in reversed(found.charges)]
    terms = landed_terms(made, found)
    state = replay(terms, [*receipts, *late_entered], until)
    early_entered = sorted([*receipts, *late_entered], key=lambda event: (event.counts_on, event.id))
    again = replay(terms, early_entered, until)
    assert state.totals == again.totals
    charged = sum(charge.amount for charge in found.charges)
    assert state.totals.due == sum(item.amount for item in found.items) + charged
    assert state.totals.paid + state.totals.overpaid == sum(receipt.amount for receipt in receipts)


@given(events_of_a_life)
@settings(max_examples=40)
def test_keeping_later_only_adds_what_came_later(life) -> None:
    receipts = [paid(LENT + timedelta(days=day), amount, f"r{day}") for day, amount in sorted(life)]
    early, late = LENT + timedelta(days=200), LENT + timedelta(days=430)
    before = derive(contract(), [event for event in receipts if event.counts_on <= early], early)
    after = derive(contract(), receipts, late)
    kept = {key: amount for key, amount in amounts(after).items() if key in amounts(before)}
    assert kept == amounts(before)

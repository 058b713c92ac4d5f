"""Cards kept by ourselves, against figures computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.keeping.derived import Derived
from fairdue.engine.ledger.life.events import (
    Charge,
    ChargeOff,
    Credit,
    Event,
    Plan,
    PlanRow,
    Receipt,
    Reversal,
    Waiver,
)
from fairdue.engine.ledger.policies import load_policies
from fairdue.engine.ledger.products.agreement import AgreementInvalid
from fairdue.engine.ledger.products.card import agreed_details, read_card_agreement
from fairdue.engine.ledger.products.reading import ProductInvalid, load_products, parse_product

PRODUCTS = load_products()
PACKS = Path(__file__).resolve().parents[4] / "packs"
POLICY = load_policies(PACKS / "reference" / "allocation")["cn-card"]
AGREED = {"statement_day": 5, "due_day": 23, "daily_rate": "0.0005"}
OPENED = date(2026, 1, 10)


def card(
    code: str = "cn-card", *, limit: int = 5_000_000, details: dict | None = None, **section
) -> Contract:
    terms = PRODUCTS[code]
    if section:
        terms = replace(terms, card=dict(terms.card) | section)
    agreed = agreed_details(terms, AGREED | (details or {}))
    return Contract(
        terms=terms, principal=limit, currency="CNY", disbursed_date=OPENED, details=agreed, allocation=POLICY
    )


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def spent(name: str, day: date, amount: int, component: str = "principal") -> Charge:
    return Charge(id=name, entered_date=day, amount=amount, component=component, due_date=None)


def paid(name: str, day: date, amount: int, entered: date | None = None) -> Receipt:
    return Receipt(id=name, entered_date=entered or day, effective_date=day, amount=amount)


def charges(derived: Derived) -> dict[str, int]:
    return {charge.key: charge.amount for charge in derived.charges}


def asked(derived: Derived, ref: str) -> dict[str, int]:
    return {item.component: item.amount for item in derived.items if item.ref == ref}


def statement(derived: Derived, ref: str) -> dict:
    return next(one for one in derived.facts["statements"] if one["ref"] == ref)


PURCHASE = spent("t1", on(3, 30), 100_000)


def test_paying_only_the_minimum_costs_full_interest_as_the_published_example_says():
    """1000 yuan on 30 March, 100 paid on 23 April: 1000 x 0.05 % x 24 + 900 x 0.05 % x 12 = 17.40 (bank's example)."""
    derived = derive(card(), [PURCHASE, paid("p", on(4, 23), 10_000)], on(5, 5))
    first = statement(derived, "s:2026-04-05")
    assert (first["balance_minor"], first["minimum_minor"]) == (100_000, 10_000)
    assert asked(derived, "s:2026-04-05") == {"principal": 10_000}
    assert charges(derived) == {"int:s:2026-05-05": 1740}


def test_the_arithmetic_of_full_interest_is_kept_stretch_by_stretch():
    derived = derive(card(), [PURCHASE, paid("p", on(4, 23), 10_000)], on(5, 5))
    why = derived.charges[0].why
    assert (why.rule, why.rate, why.unrounded, why.rounding) == ("full_interest", "73/400", "1740", "half_up")
    assert [
        (one["of"], one["base_minor"], one["from_date"], one["to_date"], one["days"], one["unrounded"])
        for one in why.segments
    ] == [
        ("t1", 100_000, "2026-03-30", "2026-04-23", 24, "1200"),
        ("t1", 90_000, "2026-04-23", "2026-05-05", 12, "540"),
    ]


def test_on_the_unpaid_part_alone_the_same_minimum_costs_less():
    """900 x 0.05 % x 36 days = 16.20."""
    derived = derive(card("cn-card-unpaid-part"), [PURCHASE, paid("p", on(4, 23), 10_000)], on(5, 5))
    assert charges(derived) == {"int:s:2026-05-05": 1620}


def test_paying_in_full_by_the_due_date_costs_nothing():
    derived = derive(card(), [PURCHASE, paid("p", on(4, 23), 100_000)], on(6, 5))
    assert charges(derived) == {}
    assert statement(derived, "s:2026-04-05")["is_paid_in_full"] is True
    assert asked(derived, "s:2026-05-05") == {}


@pytest.mark.parametrize(
    ("day", "amount", "is_in_full"),
    [(26, 99_000, True), (26, 98_999, False), (27, 100_000, False)],
)
def test_the_third_day_of_grace_and_ten_yuan_are_the_last_that_are_tolerated(day, amount, is_in_full):
    derived = derive(card(), [PURCHASE, paid("p", on(4, day), amount)], on(5, 5))
    assert statement(derived, "s:2026-04-05")["is_paid_in_full"] is is_in_full
    assert ("int:s:2026-05-05" in charges(derived)) is not is_in_full


def test_what_was_short_is_asked_for_by_the_next_statement_and_bears_interest_from_then_only():
    """10.00 is short: next statement 10.00; unpaid again it is tolerated again."""
    derived = derive(card(), [PURCHASE, paid("p", on(4, 23), 99_000)], on(6, 5))
    assert statement(derived, "s:2026-05-05")["balance_minor"] == 1000
    assert charges(derived) == {}


def test_a_statement_within_the_tolerance_that_nobody_pays_asks_for_nothing_after_its_grace():
    derived = derive(card(), [spent("t", on(3, 30), 900)], on(4, 26))
    assert asked(derived, "s:2026-04-05") == {"principal": 90}
    derived = derive(card(), [spent("t", on(3, 30), 900)], on(4, 27))
    assert asked(derived, "s:2026-04-05") == {}
    assert charges(derived) == {}


def test_the_late_fee_is_a_share_of_the_unpaid_minimum_on_the_day_after_grace():
    """10 000 yuan, minimum 1000, 400 paid: 5 % of 600 = 30.00."""
    derived = derive(card(), [spent("t", on(3, 30), 1_000_000), paid("p", on(4, 20), 40_000)], on(4, 30))
    assert charges(derived) == {"late:s:2026-04-05": 3000}
    fee = derived.charges[0]
    assert (fee.component, fee.effective_date, fee.is_due_at_once) == ("penalty", on(4, 27), False)
    assert (fee.why.base_minor, fee.why.rate, fee.why.unrounded) == (60_000, "1/20", "3000")


def test_the_late_fee_is_not_below_its_floor():
    derived = derive(card(), [PURCHASE], on(4, 27))
    assert charges(derived) == {"late:s:2026-04-05": 1000}
    assert derived.charges[0].why.rounding == "floor"


def test_the_next_minimum_adds_what_is_past_due_fees_and_interest_but_asks_only_for_what_is_new():
    """1000 unpaid: interest 1000 x 0.05 % x 36 = 18.00, late fee 10.00; 10 % of 900 + 100 + 18 + 10 = 218."""
    derived = derive(card(), [PURCHASE], on(5, 5))
    second = statement(derived, "s:2026-05-05")
    assert (second["balance_minor"], second["minimum_minor"], second["past_due_minor"]) == (
        102_800,
        21_800,
        10_000,
    )
    assert asked(derived, "s:2026-05-05") == {"penalty": 1000, "interest": 1800, "principal": 9000}
    assert asked(derived, "s:2026-04-05") == {"principal": 10_000}


def test_neither_fees_nor_late_fees_nor_interest_bear_interest_where_nothing_compounds():
    """900 x 0.05 % x 31 = 13.95, though 17.40 interest, a fee of 30.00 and later late fees stand beside it."""
    events = [PURCHASE, paid("p", on(4, 23), 10_000), spent("f", on(4, 24), 3000, "fee")]
    assert charges(derive(card(), events, on(6, 5)))["int:s:2026-06-05"] == 1395


def test_posted_interest_bears_interest_from_its_statement_where_it_compounds_by_statement():
    """(900 + 17.40) x 0.05 % x 31 = 14.2197."""
    events = [PURCHASE, paid("p", on(4, 23), 10_000)]
    assert charges(derive(card(compounding="statement"), events, on(6, 5)))["int:s:2026-06-05"] == 1422


def test_interest_compounds_daily_where_the_terms_say_so():
    """1000 x (1.0005^10 - 1) = 5.0113; simple 5.00."""
    events = [spent("c", on(4, 25), 100_000, "cash_advance")]
    derived = derive(card(compounding="daily"), events, on(5, 5))
    assert charges(derived) == {"int:s:2026-05-05": 501}
    assert charges(derive(card(), events, on(5, 5))) == {"int:s:2026-05-05": 500}


def test_a_cash_advance_bears_interest_from_its_own_day_and_is_asked_for_whole():
    """2000 x 0.05 % x 25 days = 25.00."""
    derived = derive(card(), [spent("c", on(4, 10), 200_000, "cash_advance")], on(5, 5))
    assert charges(derived) == {"int:s:2026-05-05": 2500}
    assert asked(derived, "s:2026-05-05") == {"interest": 2500, "cash_advance": 200_000}


def test_a_cash_advance_paid_before_the_statement_bears_interest_until_its_payment():
    """2000 x 0.05 % x 5 days = 5.00, though all is paid before the statement."""
    events = [spent("c", on(4, 10), 200_000, "cash_advance"), paid("p", on(4, 15), 200_000)]
    assert charges(derive(card(), events, on(5, 5))) == {"int:s:2026-05-05": 500}


def test_a_component_may_have_its_own_daily_rate():
    events = [spent("c", on(4, 25), 100_000, "cash_advance")]
    contract = card(details={"daily_rate": "0.0003", "daily_rates": {"cash_advance": "0.0004"}})
    assert charges(derive(contract, events, on(5, 5))) == {"int:s:2026-05-05": 400}


def test_what_exceeds_the_limit_is_asked_for_whole():
    """Limit 1000, spent 1200: 10 % of 1000 and 200."""
    derived = derive(card(limit=100_000), [spent("t", on(3, 30), 120_000)], on(4, 5))
    assert statement(derived, "s:2026-04-05")["minimum_minor"] == 30_000


def test_purchases_of_a_month_that_is_paid_in_full_stay_free_while_older_ones_bear_until_paid():
    """180.00 in May pay 17.40 interest and 162.60 of the purchase; 737.40 x 0.05 % x 15 days trails: 5.53."""
    events = [
        PURCHASE,
        paid("p", on(4, 23), 10_000),
        paid("q", on(5, 23), 18_000),
        spent("t2", on(5, 24), 50_000),
    ]
    before = derive(card(), events, on(6, 5))
    balance = statement(before, "s:2026-06-05")["balance_minor"]
    assert balance == 100_000 - 10_000 + 1740 - 18_000 + 50_000 + charges(before)["int:s:2026-06-05"]
    after = derive(card(), [*events, paid("r", on(6, 20), balance)], on(7, 5))
    assert statement(after, "s:2026-06-05")["is_paid_in_full"] is True
    assert (after.charges[-1].key, after.charges[-1].amount) == ("int:s:2026-07-05", 553)
    stretches = after.charges[-1].why.segments
    assert [(one["of"], one["base_minor"], one["days"]) for one in stretches] == [("t1", 73_740, 15)]


def test_after_a_statement_not_paid_in_full_new_purchases_bear_at_once_where_the_terms_say_so():
    """The purchase of 25 May bears 500 x 0.05 % x 11 days = 2.75 on top of 900 x 0.05 % x 31 = 13.95."""
    events = [PURCHASE, paid("p", on(4, 23), 10_000), spent("t2", on(5, 25), 50_000)]
    assert charges(derive(card(is_free_period_lost=True), events, on(6, 5)))["int:s:2026-06-05"] == 1670
    assert charges(derive(card(), events, on(6, 5)))["int:s:2026-06-05"] == 1395


def test_from_ninety_one_days_past_due_on_a_payment_lowers_principal_first():
    """Due 23 April. On 22 July, day 90, 130 pay the fees and interest of both later statements, 10 + 18 and
    10.90 + 15.50, before 75.60 of principal; on 23 July, day 91, all 130 are principal."""

    def bases(*events: Event) -> list[tuple[int, int]]:
        segments = derive(card(), [PURCHASE, *events], on(8, 5)).charges[-1].why.segments
        return [(one["base_minor"], one["days"]) for one in segments]

    assert bases() == [(100_000, 31)]
    assert bases(paid("p", on(7, 22), 13_000)) == [(100_000, 17), (92_440, 14)]
    assert bases(paid("p", on(7, 23), 13_000)) == [(100_000, 18), (87_000, 13)]


def test_a_cap_cuts_interest_and_late_fees_to_what_it_allows():
    """5 % a year of 1000 yuan for the 28 days from 30 March to 27 April allows 3.83 of the late fee of 10.00."""
    contract = card(
        details={"caps": [{"code": "house", "rate": "0.05", "citation": {"zh": "约", "en": "By contract"}}]}
    )
    derived = derive(contract, [PURCHASE], on(4, 27))
    assert charges(derived) == {"late:s:2026-04-05": 383}
    assert (derived.charges[0].why.cap, derived.charges[0].why.cut_minor) == ("house", 617)


def test_a_charge_off_ends_statements_and_charges():
    events = [PURCHASE, ChargeOff(id="co", entered_date=on(5, 1))]
    derived = derive(card(), events, on(9, 5))
    assert charges(derived) == {"late:s:2026-04-05": 1000}
    assert [one["ref"] for one in derived.facts["statements"]] == [
        "s:2026-02-05",
        "s:2026-03-05",
        "s:2026-04-05",
    ]


def test_a_waiver_of_a_late_fee_keeps_it_out_of_the_next_minimum():
    waiver = Waiver(id="w", entered_date=on(4, 28), of="late:s:2026-04-05")
    derived = derive(card(), [PURCHASE, waiver], on(5, 5))
    assert asked(derived, "s:2026-05-05") == {"interest": 1800, "principal": 9000}


def test_interest_of_the_running_cycle_is_accrued_and_in_the_payoff():
    """From 5 to 15 May: 900 x 0.05 % x 10 = 4.50 beside 917.40."""
    derived = derive(card(), [PURCHASE, paid("p", on(4, 23), 10_000)], on(5, 15))
    assert derived.accrued_minor == 450
    assert derived.payoff == 90_000 + 1740 + 450


def test_money_that_comes_before_the_statement_lowers_it_and_pays_no_minimum():
    derived = derive(card(), [PURCHASE, paid("p", on(4, 1), 60_000)], on(4, 27))
    first = statement(derived, "s:2026-04-05")
    assert (first["balance_minor"], first["minimum_minor"]) == (40_000, 4000)
    assert charges(derived) == {"late:s:2026-04-05": 1000}
    assert {item.asked_date for item in derived.items} == {on(4, 5)}


def test_days_after_the_statement_and_days_that_a_month_lacks():
    contract = card(details={"statement_day": 31, "due_day": None, "due_days": 20})
    derived = derive(contract, [PURCHASE], on(5, 1))
    assert [(one["statement_date"], one["due_date"]) for one in derived.facts["statements"]] == [
        (on(1, 31), on(2, 20)),
        (on(2, 28), on(3, 20)),
        (on(3, 31), on(4, 20)),
        (on(4, 30), on(5, 20)),
    ]


def test_a_due_date_that_is_no_working_day_moves_and_the_grace_with_it():
    """23 May 2026 is a Saturday."""
    contract = card()
    moved = replace(
        contract,
        terms=replace(contract.terms, holidays=replace(contract.terms.holidays, convention="following")),
    )
    derived = derive(moved, [spent("t", on(4, 30), 100_000)], on(5, 5))
    assert (
        statement(derived, "s:2026-05-05")["due_date"],
        statement(derived, "s:2026-05-05")["final_date"],
    ) == (
        on(5, 25),
        on(5, 28),
    )


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"statement_day": 0}, "statement_day"),
        ({"statement_day": None}, "statement_day"),
        ({"due_days": 20}, "due_day"),
        ({"due_day": None}, "due_day"),
        ({"daily_rate": "0.0006"}, "daily_rate"),
        ({"daily_rate": "much"}, "daily_rate"),
        ({"daily_rates": {"cash_advance": "-0.1"}}, "daily_rates.cash_advance"),
        ({"rate": "0.1"}, "rate"),
    ],
)
def test_an_agreement_that_contradicts_the_card_is_refused_with_its_field(details, field):
    with pytest.raises(AgreementInvalid) as caught:
        read_card_agreement(PRODUCTS["cn-card"], AGREED | details)
    assert caught.value.field == field


def test_a_card_section_that_frees_what_bears_no_interest_is_refused():
    document = dict(PRODUCTS["cn-card"].document)
    document["card"] = document["card"] | {"bears": ["principal"]}
    with pytest.raises(ProductInvalid) as caught:
        parse_product(document)
    assert caught.value.faults == (
        "cn-card: card.without_free_period: cash_advance bears no interest at all",
    )


DAYS = st.integers(0, 200).map(lambda days: on(2, 1) + timedelta(days=days))
COMPONENTS = st.sampled_from(["principal", "principal", "cash_advance", "fee"])
MOVES = st.lists(st.tuples(st.booleans(), DAYS, st.integers(1, 300_000), COMPONENTS), min_size=1, max_size=12)


def events_of(moves: list) -> list[Event]:
    return [
        paid(f"e{number}", day, amount) if is_payment else spent(f"e{number}", day, amount, component)
        for number, (is_payment, day, amount, component) in enumerate(moves)
    ]


@settings(max_examples=60, deadline=None)
@given(MOVES, st.sampled_from(["cn-card", "cn-card-unpaid-part"]))
def test_a_receipt_entered_late_gives_the_same_as_one_entered_in_time(moves, code):
    ordered = sorted(events_of(moves), key=lambda event: (event.counts_on, event.id))
    late = [
        replace(event, entered_date=on(9, 1), effective_date=event.counts_on)
        if isinstance(event, Receipt)
        else event
        for event in ordered
    ]
    entered = sorted(late, key=lambda event: event.entered_date)
    wrong = paid("wrong", on(3, 3), 12_345)
    reversed_too = [wrong, *entered, Reversal(id="r", entered_date=on(9, 2), of="wrong")]
    until = on(9, 30)
    by_day = [event for event in ordered if isinstance(event, Charge)] + [
        event for event in ordered if isinstance(event, Receipt)
    ]
    expected = derive(card(code), sorted(by_day, key=lambda event: event.counts_on), until)
    for told in (entered, reversed_too):
        found = derive(card(code), told, until)
        assert (found.items, found.charges, found.payoff) == (
            expected.items,
            expected.charges,
            expected.payoff,
        )


@settings(max_examples=60, deadline=None)
@given(MOVES, st.booleans())
def test_a_card_owes_what_was_spent_and_charged_less_what_was_paid_and_asks_for_no_more(moves, is_full):
    events = sorted(events_of(moves), key=lambda event: event.counts_on)
    derived = derive(card("cn-card" if is_full else "cn-card-unpaid-part"), events, on(9, 30))
    owed = sum(event.amount if isinstance(event, Charge) else -event.amount for event in events)
    owed += sum(charge.amount for charge in derived.charges) + derived.accrued_minor
    assert derived.payoff == max(owed, 0)
    for one in derived.facts["statements"]:
        assert 0 <= one["past_due_minor"] <= one["minimum_minor"] <= one["balance_minor"]
    asked_for = sum(item.amount for item in derived.items)
    made = sum(event.amount for event in events if isinstance(event, Charge)) + sum(charges(derived).values())
    assert 0 <= asked_for <= made


def test_the_late_fee_is_not_above_its_cap():
    """5 % of 10 000 would be 500.00; agreed are at most 200.00."""
    contract = card()
    fee = replace(contract.terms.late_fee, cap=20_000)
    derived = derive(
        replace(contract, terms=replace(contract.terms, late_fee=fee)),
        [spent("c", on(3, 30), 1_000_000, "cash_advance")],
        on(4, 27),
    )
    assert charges(derived)["late:s:2026-04-05"] == 20_000
    assert derived.charges[-1].why.rounding == "cap"


def test_a_plan_stops_the_card_from_charging_what_the_plan_asks_for_and_leaves_new_purchases_alone():
    """June: 1000 x 0.05 % x 5 days until the plan = 2.50; July's statement is paid in full beside the plan's part."""
    plan = Plan(
        id="plan",
        entered_date=on(6, 10),
        rows=tuple(PlanRow(day, "principal", 50_000) for day in (on(7, 10), on(8, 10))),
    )
    events = [PURCHASE, plan, spent("t2", on(6, 20), 30_000)]
    before = derive(card(), events, on(7, 5))
    assert charges(before)["int:s:2026-07-05"] == 250
    balance = statement(before, "s:2026-07-05")["balance_minor"]
    assert balance == before.payoff - 100_000
    later = derive(card(), [*events, paid("p", on(7, 9), 50_000 + balance)], on(8, 5))
    assert statement(later, "s:2026-07-05")["is_paid_in_full"] is True
    assert charges(later) == charges(before)
    assert later.payoff == 50_000


def test_a_refund_by_the_merchant_pays_the_oldest_purchase():
    """1000 spent, 1000 refunded before the due date: paid in full."""
    refund = Credit(id="c", entered_date=on(4, 20), amount=100_000, component="principal")
    derived = derive(card(), [PURCHASE, refund], on(6, 5))
    assert charges(derived) == {}
    assert statement(derived, "s:2026-04-05")["is_paid_in_full"] is True

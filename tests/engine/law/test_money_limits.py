"""Fees, interest and the order of payment: the law's own examples, their edges, and what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.deadlines.united_kingdom import BreathingSpace
from fairdue.engine.law.money_limits.bill_charges import Bill, BillPayment, charge_faults
from fairdue.engine.law.money_limits.claims import (
    Assignment,
    ClaimPayment,
    claim_after_assignment,
    claim_against_heir,
)
from fairdue.engine.law.money_limits.grace_interest import Charge, CycleUnclear, ExcessPayment, interest_base
from fairdue.engine.law.money_limits.interest import (
    CapUnknown,
    Contract,
    Paid,
    Stay,
    annual_rate,
    highest_charges,
    late_performance_interest,
    moratorium_faults,
    rate_faults,
)
from fairdue.engine.law.money_limits.payment_order import (
    Balance,
    CardTerms,
    Debt,
    OrderUnknown,
    allocate_cn,
    allocate_excess,
    allocate_several_us,
)
from fairdue.engine.law.money_limits.penalty_fees import (
    BasisUnknown,
    CardAccount,
    Charged,
    Item,
    MinimumPayment,
    Payment,
    charge_card_late_fee,
    fee_faults,
    highest_fee,
    is_repeated,
    is_rounding_allowed,
)
from fairdue.engine.law.numbers import RuleNotInForce, rule_ids, shipped_numbers

NUMBERS = shipped_numbers()
ON = date(2026, 5, 12)


# --- the order of payment


def balances(**amounts):
    return tuple(Balance(id=name, component=name, amount_minor=amount) for name, amount in amounts.items())


def debt(name, *parts, product="private_loan", **facts):
    return Debt(id=name, product=product, balances=parts, **facts)


def one(name, amount, **facts):
    return debt(name, Balance(id=f"{name}-p", component="principal", amount_minor=amount), **facts)


@pytest.mark.parametrize(
    ("days", "principal", "rule"),
    [(1, 800, "CN-ALLOC-01"), (90, 800, "CN-ALLOC-01"), (91, 1000, "CN-ALLOC-02")],
)
def test_a_card_switches_to_principal_first_on_day_ninety_one(days, principal, rule):
    parts = balances(interest=120, fee=80, principal=5000)
    found = allocate_cn(
        [debt("d", *parts, product="credit_card", days_past_due=days)], 1000, on=ON, numbers=NUMBERS
    )
    assert found.parts["principal"] == principal
    assert rule_ids(found.rules) == [rule]


def test_a_card_that_is_not_overdue_falls_under_the_general_order():
    card = debt("d", *balances(interest=20, principal=100), product="credit_card")
    found = allocate_cn([card], 30, on=ON, numbers=NUMBERS)
    assert found.parts == {"interest": 20, "principal": 10}
    assert rule_ids(found.rules) == ["CN-ALLOC-03"]


def test_a_fee_on_a_loan_has_no_order_here():
    with pytest.raises(OrderUnknown):
        allocate_cn([debt("d", *balances(fee=1, principal=2))], 1, on=ON, numbers=NUMBERS)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"due_date": date(2026, 6, 1)}, {"due_date": date(2026, 3, 1)}),
        ({"is_secured": True}, {}),
        ({"annual_rate": Fraction("0.1")}, {"annual_rate": Fraction("0.2")}),
        ({"due_date": date(2026, 3, 2)}, {"due_date": date(2026, 3, 1)}),
    ],
)
def test_among_debts_the_due_the_unsecured_the_heavier_the_earlier_goes_first(first, second):
    found = allocate_cn([one("a", 1000, **first), one("b", 1000, **second)], 600, on=ON, numbers=NUMBERS)
    assert found.parts == {"a-p": 0, "b-p": 600}
    assert rule_ids(found.rules) == ["CN-ALLOC-04"]


def test_equal_debts_share_in_proportion_and_cents_by_largest_fraction():
    found = allocate_cn([one("a", 1000), one("b", 1000), one("c", 2000)], 101, on=ON, numbers=NUMBERS)
    assert found.parts == {"a-p": 25, "b-p": 25, "c-p": 51}


def test_the_debt_that_the_debtor_names_goes_first_and_the_rest_follows_the_law():
    debts = [one("a", 300), one("b", 300, is_secured=True)]
    found = allocate_cn(debts, 500, on=ON, directed="b", numbers=NUMBERS)
    assert found.parts == {"b-p": 300, "a-p": 200}


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.booleans(), st.integers(0, 2)), min_size=1, max_size=5),
    st.integers(0, 60_000),
)
def test_no_cent_of_a_payment_is_lost_or_invented(facts, amount):
    debts = [
        one(f"d{i}", owed, is_secured=is_secured, annual_rate=Fraction(rate, 10))
        for i, (owed, is_secured, rate) in enumerate(facts)
    ]
    found = allocate_cn(debts, amount, on=ON, numbers=NUMBERS)
    assert sum(found.parts.values()) + found.rest_minor == amount
    assert sum(found.parts.values()) == min(amount, sum(owed for owed, _, _ in facts))
    assert all(0 <= found.parts[f"d{i}-p"] <= owed for i, (owed, _, _) in enumerate(facts))


def test_a_us_payment_never_goes_to_a_disputed_debt_even_when_it_is_named():
    disputed = debt("a", Balance(id="a-p", component="principal", amount_minor=300, is_disputed=True))
    found = allocate_several_us([disputed, one("b", 100)], 200, on=ON, directed="a", numbers=NUMBERS)
    assert (found.parts, found.rest_minor) == ({"a-p": 0, "b-p": 100}, 100)


CARD = CardTerms(due_day=25, is_previous_cycle_end=False, accepts_requests=False)


def rated(name, amount, rate, **facts):
    rates = ((date(2020, 1, 1), Fraction(rate)),)
    return Balance(id=name, component="principal", amount_minor=amount, rates=rates, **facts)


@pytest.mark.parametrize(
    ("ends", "paid", "is_first"),
    [
        (date(2026, 6, 30), date(2026, 4, 30), False),
        (date(2026, 6, 30), date(2026, 5, 1), True),
        (date(2026, 6, 25), date(2026, 4, 30), False),
        (date(2026, 6, 24), date(2026, 3, 31), False),
        (date(2026, 6, 24), date(2026, 4, 1), True),
        (date(2026, 6, 24), date(2026, 6, 24), True),
        (date(2026, 6, 24), date(2026, 6, 25), False),
    ],
)
def test_a_deferred_balance_comes_first_in_its_last_two_cycles_only(ends, paid, is_first):
    parts = [rated("deferred", 500, "0.15", deferred_interest_until=ends), rated("cash", 500, "0.25")]
    found = allocate_excess(parts, 500, card=CARD, on=paid, numbers=NUMBERS)
    assert (found.parts["deferred"] == 500) is is_first


def test_a_request_is_followed_only_by_an_issuer_that_accepts_requests():
    parts = [rated("low", 100, "0.10"), rated("high", 100, "0.20")]
    asked = {"on": ON, "directed": "low", "numbers": NUMBERS}
    assert allocate_excess(parts, 100, card=CARD, **asked).parts == {"high": 100, "low": 0}
    open_card = CardTerms(due_day=25, is_previous_cycle_end=False, accepts_requests=True)
    assert allocate_excess(parts, 100, card=open_card, **asked).parts == {"low": 100, "high": 0}


# --- penalty fees


MIN_07 = MinimumPayment(id="min-07", due_date=date(2026, 7, 25), amount_minor=10_000)
LIFTED = CardAccount(
    credit_limit_minor=500_000,
    opening=Item(id="", on_date=date(2026, 7, 23), amount_minor=495_000),
    minimum_payments=(MIN_07,),
    transactions=(Item(id="tx", on_date=date(2026, 7, 26), amount_minor=7_500),),
    payments=(
        Payment(
            id="p", on_date=date(2026, 7, 24), amount_minor=10_000, toward="min-07",
            returned_dates=(date(2026, 7, 27),),
        ),
    ),
)  # fmt: skip


def faults(account, kind, basis, on, **facts):
    return rule_ids(fee_faults(account, kind=kind, basis=basis, on=on, numbers=NUMBERS, **facts))


@pytest.mark.parametrize(
    ("kind", "basis"), [("late", "min-07"), ("returned_payment", "p"), ("over_limit", "tx")]
)
def test_a_returned_payment_that_lifts_the_account_over_its_limit_bears_one_fee_of_any_kind(kind, basis):
    on = date(2026, 7, 28)
    assert faults(LIFTED, kind, basis, on) == []
    others = [("late", "min-07"), ("returned_payment", "p"), ("over_limit", "tx")]
    for other, other_basis in others:
        fee = Charged(kind=other, on_date=date(2026, 7, 28), basis=other_basis)
        charged = CardAccount(
            **{name: getattr(LIFTED, name) for name in LIFTED.__slots__ if name != "fees"}, fees=(fee,)
        )
        assert faults(charged, kind, basis, on) == ["US-Z-52b2"]


def test_no_late_fee_before_the_due_date_has_passed_or_on_a_covered_minimum():
    bare = CardAccount(minimum_payments=(MIN_07,))
    assert faults(bare, "late", "min-07", date(2026, 7, 25)) == ["US-Z-52b2"]
    assert faults(bare, "late", "min-07", date(2026, 7, 26)) == []
    paid = Payment(id="p", on_date=date(2026, 7, 25), amount_minor=10_000, toward="min-07")
    covered = CardAccount(minimum_payments=(MIN_07,), payments=(paid,))
    assert faults(covered, "late", "min-07", date(2026, 7, 26)) == ["US-Z-52b2"]


def test_a_fee_above_the_violation_is_refused():
    bare = CardAccount(minimum_payments=(MIN_07,))
    assert faults(bare, "late", "min-07", date(2026, 7, 26), amount_minor=10_000) == []
    assert faults(bare, "late", "min-07", date(2026, 7, 26), amount_minor=10_001) == ["US-Z-52b2"]


def test_an_unknown_basis_or_limit_is_said_not_guessed():
    with pytest.raises(BasisUnknown):
        highest_fee(CardAccount(), kind="late", basis="x", on=ON, numbers=NUMBERS)
    spent = CardAccount(transactions=(Item(id="tx", on_date=ON, amount_minor=1),))
    with pytest.raises(BasisUnknown):
        highest_fee(spent, kind="over_limit", basis="tx", on=ON, numbers=NUMBERS)


def test_a_permitted_fee_may_be_rounded_to_the_nearest_dollar_half_up():
    rule = NUMBERS.rule("US-Z-52b1")
    pairs = {(549, 500): True, (549, 549): True, (549, 600): False, (550, 600): True, (550, 575): False}
    for (permitted, amount), is_allowed in pairs.items():
        assert is_rounding_allowed(permitted_minor=permitted, amount_minor=amount, rule=rule) is is_allowed


def test_the_repeat_amount_lasts_six_cycles_after_the_cycle_of_the_earlier_violation():
    rule = NUMBERS.rule("US-Z-52b1")
    for month, is_available in ((3, True), (9, True), (10, False)):
        on = date(2026, month, 28)
        account = CardAccount(
            transactions=(
                Item(id="old", on_date=date(2026, 3, 20), amount_minor=1),
                Item(id="new", on_date=on, amount_minor=1),
            ),
            fees=(Charged(kind="over_limit", on_date=date(2026, 3, 20), basis="old"),),
        )
        assert is_repeated(account, kind="over_limit", basis="new", on=on, rule=rule) is is_available


def test_the_charge_card_share_needs_two_cycles_in_arrears():
    statements = (
        Item(id="", on_date=date(2026, 7, 5), amount_minor=100_000),
        Item(id="", on_date=date(2026, 8, 5), amount_minor=130_000),
    )
    found = charge_card_late_fee(CardAccount(statements=statements), on=date(2026, 8, 31), numbers=NUMBERS)
    assert found[0] == 3_900
    paid = Payment(id="p", on_date=date(2026, 7, 20), amount_minor=100_000)
    with pytest.raises(BasisUnknown):
        charge_card_late_fee(
            CardAccount(statements=statements, payments=(paid,)), on=date(2026, 8, 31), numbers=NUMBERS
        )


# --- Chinese bills


BILL = Bill(on_date=date(2026, 2, 15), balance_minor=300_000, due_date=date(2026, 3, 5))


@pytest.mark.parametrize(
    ("paid_on", "amount", "is_late"),
    [
        (date(2026, 3, 8), 300_000, False),
        (date(2026, 3, 9), 300_000, True),
        (date(2026, 3, 8), 299_000, False),
        (date(2026, 3, 8), 298_999, True),
    ],
)
def test_three_days_and_ten_yuan_are_tolerated(paid_on, amount, is_late):
    paid = BillPayment(on_date=paid_on, amount_minor=amount)
    found = charge_faults(
        "liquidated_damages", on=date(2026, 3, 20), bill=BILL, payments=[paid], numbers=NUMBERS
    )
    assert (found == ()) is is_late


def test_fees_were_abolished_on_the_first_of_january_2017():
    for kind, rule in (("overdue_charge", "CN-FEE-01"), ("over_limit", "CN-FEE-02")):
        assert charge_faults(kind, on=date(2016, 12, 31), numbers=NUMBERS) == ()
        assert rule_ids(charge_faults(kind, on=date(2017, 1, 1), numbers=NUMBERS)) == [rule]


# --- interest


ENDS = date(2026, 3, 31)


def doubled(until, **facts):
    found = late_performance_interest(
        10_000_000, performance_ends=ENDS, until=until, numbers=NUMBERS, **facts
    )
    return found.days, found.amount_minor


def test_the_doubled_part_counts_from_the_day_after_to_the_last_day():
    assert doubled(ENDS) == (0, 0)
    assert doubled(date(2026, 4, 1)) == (1, 1_750)
    assert doubled(date(2026, 4, 30)) == (30, 52_500)


def test_a_part_paid_counts_to_the_day_of_its_payment_and_all_paid_ends_the_days():
    paid = Paid(on_date=date(2026, 4, 30), amount_minor=4_000_000)
    assert doubled(date(2026, 5, 20), payments=[paid]) == (50, 73_500)
    everything = Paid(on_date=date(2026, 4, 30), amount_minor=10_000_000)
    assert doubled(date(2026, 5, 20), payments=[everything]) == (30, 52_500)


def test_overlapping_stays_are_left_out_once():
    stays = [Stay(from_date=date(2026, 4, 11), to_date=date(2026, 5, 20))]
    stays.append(Stay(from_date=date(2026, 5, 1), to_date=date(2026, 5, 30)))
    assert doubled(date(2026, 6, 19), stays=stays) == (30, 52_500)


def test_days_before_the_interpretation_have_no_rate_here():
    with pytest.raises(RuleNotInForce):
        late_performance_interest(
            1, performance_ends=date(2014, 7, 30), until=date(2014, 12, 31), numbers=NUMBERS
        )


@given(
    st.integers(1, 10**9),
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**8))),
)
def test_payments_never_raise_the_doubled_part(amount, days, paid):
    facts = {"performance_ends": ENDS, "until": ENDS + timedelta(days=days), "numbers": NUMBERS}
    payments = [Paid(on_date=ENDS + timedelta(days=day), amount_minor=part) for day, part in paid]
    less = late_performance_interest(amount, payments=payments, **facts)
    most = late_performance_interest(amount, **facts)
    assert 0 <= less.amount_minor <= most.amount_minor and 0 <= less.days <= most.days == days


def contract(**facts):
    base = {"product": "private_loan", "institution_kind": "other", "formed_date": date(2026, 2, 2)}
    return Contract(**(base | facts))


def test_the_cap_is_the_lower_of_four_times_the_lpr_and_what_was_agreed():
    loan = {"principal_minor": 1_000_000, "lpr_1y": Fraction("0.03")}
    dear = contract(**loan, annual_rate=Fraction("0.13"), annual_fees=Fraction("0.02"))
    cheap = contract(**loan, annual_rate=Fraction("0.10"))
    assert highest_charges(dear, months=12, on=ON, numbers=NUMBERS)[0] == 120_000
    assert highest_charges(cheap, months=1, on=ON, numbers=NUMBERS)[0] == 8_333
    bank = contract(**loan, annual_rate=Fraction("0.15"), institution_kind="bank")
    amount, rule = highest_charges(bank, months=12, on=ON, numbers=NUMBERS)
    assert (amount, rule.id) == (150_000, "CN-CAP-02")
    with pytest.raises(CapUnknown):
        highest_charges(contract(annual_rate=Fraction("0.1")), months=12, on=ON, numbers=NUMBERS)


@pytest.mark.parametrize(
    ("daily", "is_within"), [("0.00034", False), ("0.00035", True), ("0.0005", True), ("0.00051", False)]
)
def test_card_rates_were_bound_until_the_end_of_2020(daily, is_within):
    card = contract(product="credit_card", institution_kind="bank", daily_rate=Fraction(daily))
    assert (rate_faults(card, on=date(2020, 12, 31), numbers=NUMBERS) == ()) is is_within
    assert rate_faults(card, on=date(2021, 1, 1), numbers=NUMBERS) == ()


def test_the_annual_rate_takes_365_days_even_in_a_leap_year():
    assert annual_rate(Fraction("0.0005"), on=date(2028, 2, 29), numbers=NUMBERS)[0] == Fraction("0.1825")


def test_no_interest_on_any_of_the_sixty_days_of_a_breathing_space():
    space = BreathingSpace(variant="standard", started_date=date(2026, 6, 2))
    broken = [
        bool(moratorium_faults([space], on=date(2026, 6, 2) + timedelta(days=offset), numbers=NUMBERS))
        for offset in (-1, 0, 59, 60)
    ]
    assert broken == [False, True, True, False]


def test_a_cash_advance_paid_in_part_bears_interest_on_both_parts():
    advance = Charge(
        id="c", on_date=date(2026, 3, 18), amount_minor=25_000, rate=Fraction("0.25"), is_cash_advance=True
    )
    payment = ExcessPayment(on_date=date(2026, 4, 25), amount_minor=10_000)
    items, _ = interest_base([advance], [payment], cycle=date(2026, 4, 1), due_day=25, numbers=NUMBERS)
    assert [(item.amount_minor, item.last_date) for item in items] == [
        (10_000, date(2026, 4, 24)),
        (15_000, date(2026, 4, 30)),
    ]
    late = ExcessPayment(on_date=date(2026, 4, 26), amount_minor=10_000)
    with pytest.raises(CycleUnclear):
        interest_base([advance], [late], cycle=date(2026, 4, 1), due_day=25, numbers=NUMBERS)


# --- claims


AT = datetime(2026, 5, 12, 2, tzinfo=UTC)


def test_an_heir_owes_no_more_than_the_estate_and_nothing_after_renouncing():
    facts = {"numbers": NUMBERS, "on": AT}
    assert claim_against_heir(80_000, estate_minor=30_000, has_renounced=False, **facts)[0] == 30_000
    assert claim_against_heir(80_000, estate_minor=90_000, has_renounced=False, **facts)[0] == 80_000
    assert claim_against_heir(80_000, estate_minor=90_000, has_renounced=True, **facts)[0] == 0


@pytest.mark.parametrize(
    ("paid_to", "days", "claim"), [("bank", 9, 8_000), ("bank", 30, 10_000), ("buyer", 30, 8_000)]
)
def test_payments_to_the_old_creditor_count_only_before_the_notice_arrived(paid_to, days, claim):
    assigned = datetime(2026, 3, 1, tzinfo=UTC)
    assignment = Assignment(
        at=assigned, assignor="bank", assignee="buyer", notice_received_at=assigned + timedelta(days=19)
    )
    payment = ClaimPayment(at=assigned + timedelta(days=days), amount_minor=2_000, paid_to=paid_to)
    assert claim_after_assignment(10_000, assignment, [payment], at=AT, numbers=NUMBERS)[0] == claim


def test_without_notice_the_assignee_may_demand_nothing():
    assignment = Assignment(at=AT, assignor="bank", assignee="buyer", notice_received_at=None)
    assert claim_after_assignment(10_000, assignment, [], at=AT, numbers=NUMBERS)[0] == 0

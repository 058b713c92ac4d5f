"""Money settles what is owed in the agreed order, and is split anew whenever the past changes."""

from __future__ import annotations

import pytest
from debt_lives import charge, debt, entries, fee, goodwill, outstanding, penalty, receipt, reversal, state

from fairdue.engine.ledger.life.terms import AllocationRule, RuleInvalid, Slot, usual_order

FOUR = (("01-01", 125_00), ("01-16", 125_00), ("01-31", 125_00), ("02-15", 125_00))
PRINCIPAL_FIRST = usual_order(("penalty", "fee", "principal", "interest"))


def split(loan, event_id):
    return {key: value for key, value in loan.splits[event_id].parts.items() if value}


def test_a_receipt_settles_past_due_before_in_advance_and_in_a_row_penalty_fee_interest_principal():
    terms = debt(("02-01", 100_00, 10_00), ("03-01", 100_00, 5_00))
    events = (penalty("C1", "01-10", 3_00, "02-01"), penalty("C2", "02-10", 2_00, "02-10"))
    loan = state(terms, *events, receipt("P1", "02-20", 14_00))
    assert split(loan, "P1") == {"penalty": 3_00, "interest": 10_00, "principal": 1_00}
    loan = state(terms, *events, receipt("P1", "02-20", 117_00))
    assert split(loan, "P1") == {"penalty": 5_00, "interest": 12_00, "principal": 100_00}
    assert outstanding(loan) == [0, 103_00]


def test_vertical_finishes_a_component_over_all_rows_before_the_next():
    terms = debt(*FOUR, allocation=AllocationRule(style="vertical", order=PRINCIPAL_FIRST))
    events = (
        penalty("C1", "01-01", 25_00, "01-20"),
        penalty("C2", "01-01", 25_00, "02-10"),
        receipt("P1", "02-22", 26_00),
        receipt("P2", "02-22", 26_00),
    )
    loan = state(terms, *events)
    assert (split(loan, "P1"), split(loan, "P2")) == (
        {"penalty": 26_00},
        {"penalty": 24_00, "principal": 2_00},
    )


def test_horizontal_finishes_a_row_before_the_next():
    terms = debt(*FOUR, allocation=AllocationRule(order=PRINCIPAL_FIRST))
    loan = state(terms, penalty("C1", "01-01", 25_00, "01-20"), receipt("P1", "02-22", 26_00))
    assert split(loan, "P1") == {"principal": 26_00}


def test_horizontal_takes_the_classes_as_they_first_appear_and_the_components_as_listed_for_each():
    order = (Slot("due", "fee"), *(slot for slot in usual_order() if slot != Slot("due", "fee")))
    terms = debt(("02-01", 10_00, 1_00), ("03-01", 10_00, 2_00), allocation=AllocationRule(order=order))
    loan = state(terms, receipt("P1", "03-01", 3_00))
    assert split(loan, "P1") == {"interest": 2_00, "principal": 1_00}
    assert outstanding(loan) == [11_00, 9_00]


def test_money_in_advance_goes_to_the_last_row_first_if_so_agreed():
    terms = debt(*FOUR[1:], allocation=AllocationRule(in_advance="last"))
    assert outstanding(state(terms, receipt("P1", "01-02", 150_00))) == [125_00, 100_00, 0]


def test_a_credit_can_choose_the_last_row_itself():
    loan = state(debt(*FOUR[1:]), goodwill("G1", "01-02", 150_00, in_advance="last"))
    assert outstanding(loan) == [125_00, 100_00, 0]
    assert entries(loan, "G1") == {"goodwill_expense": 150_00, "principal_receivable": -150_00}


def test_a_row_can_hold_a_past_due_fee_beside_principal_in_advance():
    terms = debt(("02-01", 50_00), ("03-01", 50_00))
    loan = state(terms, fee("C1", "01-02", 4_00, "02-10"), receipt("P1", "02-15", 56_00))
    assert split(loan, "P1") == {"principal": 52_00, "fee": 4_00}
    assert [part.amount for part in loan.parts] == [50_00, 4_00, 2_00]


def test_of_two_charges_of_one_row_and_component_the_earlier_due_is_settled_first():
    terms = debt(("03-01", 50_00))
    events = (fee("C1", "01-02", 4_00, "02-20"), fee("C2", "01-03", 4_00, "02-10"))
    loan = state(terms, *events, receipt("P1", "02-25", 5_00))
    assert [(part.charge_id, part.amount) for part in loan.parts] == [("C2", 4_00), ("C1", 1_00)]


def test_what_is_left_when_nothing_is_outstanding_is_held_and_pays_a_new_charge_at_once():
    terms = debt(("02-01", 100_00))
    paid = receipt("P1", "02-01", 130_00)
    before = state(terms, paid)
    assert (before.status, before.splits["P1"].overpaid) == ("overpaid", 30_00)
    after = state(terms, paid, fee("C1", "02-20", 12_50, "02-20"))
    assert split(after, "P1") == {"principal": 100_00, "fee": 12_50}
    assert (after.totals.overpaid, after.totals.outstanding, len(after.rows)) == (17_50, 0, 2)
    assert entries(after, "P1") == {"cash": 130_00, "principal_receivable": -100_00, "overpayment": -30_00}


def test_the_reversal_of_the_payment_leaves_the_charge_unpaid():
    terms = debt(("02-01", 100_00))
    events = (
        receipt("P1", "02-01", 130_00),
        fee("C1", "02-20", 12_50, "02-20"),
        reversal("U1", "02-21", "P1"),
    )
    loan = state(terms, *events)
    assert (loan.totals.outstanding, loan.totals.paid) == (112_50, 0)
    assert "P1" not in loan.splits and "P1" not in loan.entries


def test_a_back_dated_payment_changes_how_later_ones_were_split():
    terms = debt(("02-01", 100_00, 10_00), ("03-01", 100_00, 5_00))
    late = receipt("P2", "03-20", 10_00, effective_date="01-20")
    first = receipt("P1", "02-05", 60_00)
    assert split(state(terms, first), "P1") == {"interest": 10_00, "principal": 50_00}
    assert split(state(terms, first, late), "P1") == {"principal": 60_00}
    assert split(state(terms, first, late), "P2") == {"interest": 10_00}


def test_the_state_on_a_day_is_told_as_it_was_known_and_as_it_is_known_now():
    terms = debt(("02-01", 100_00))
    late = receipt("P1", "03-20", 100_00, effective_date="01-31")
    assert state(terms, late, as_of="02-10").delinquency.days_past_due == 9
    known = state(terms, late, as_of="02-10", known_date=late.entered_date)
    assert (known.delinquency.days_past_due, known.status) == (0, "closed")
    earlier = state(terms, late, as_of="01-30", known_date=late.entered_date)
    assert (earlier.status, earlier.totals.paid) == ("active", 0)


def test_an_order_of_payment_that_lacks_a_place_is_no_order():
    with pytest.raises(RuleInvalid, match="each component once in each class"):
        AllocationRule(order=usual_order()[1:])
    with pytest.raises(RuleInvalid, match="lacks interest"):
        AllocationRule(order=usual_order(("principal", "fee")))


def test_components_are_data():
    order = usual_order(("enforcement_cost", "interest", "principal"))
    terms = debt(("02-01", 10_00), allocation=AllocationRule(order=order))
    cost = charge("C1", "03-01", 5_00, component="enforcement_cost", due_date="03-01")
    loan = state(terms, cost, receipt("P1", "03-02", 12_00))
    assert split(loan, "P1") == {"principal": 10_00, "enforcement_cost": 2_00}
    assert loan.totals.by_component == {"enforcement_cost": 3_00, "interest": 0, "principal": 0}

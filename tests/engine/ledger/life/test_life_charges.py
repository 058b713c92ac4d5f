"""Charges stand in the right row; what is waived stays in the total and leaves the outstanding."""

from __future__ import annotations

import pytest
from debt_lives import charge, debt, entries, fee, outstanding, penalty, receipt, reversal, state, waiver

from fairdue.engine.ledger.life.events import EventInvalid

TWO = debt(("02-01", 100_00), ("03-01", 100_00))


@pytest.mark.parametrize(("due", "number"), [("01-15", 1), ("02-01", 1), ("02-02", 2), ("03-01", 2)])
def test_a_charge_is_shown_in_the_first_regular_row_due_on_or_after_it(due, number):
    loan = state(TWO, fee("C1", "01-02", 5_00, due))
    assert [row.number for row in loan.rows if row.components["fee"]] == [number]
    assert len(loan.rows) == 2


def test_charges_after_the_last_due_date_share_an_extra_row_of_their_day():
    events = (
        fee("C1", "03-01", 5_00, "03-20"),
        penalty("C2", "03-02", 2_00, "03-20"),
        fee("C3", "03-03", 1_00, "03-10"),
    )
    loan = state(TWO, *events)
    assert [(row.number, row.is_regular, row.total) for row in loan.rows] == [
        (1, True, 100_00),
        (2, True, 100_00),
        (3, False, 1_00),
        (4, False, 7_00),
    ]


def test_a_charge_entered_after_its_due_date_counts_from_then_and_takes_part_in_earlier_payments():
    terms = debt(("02-01", 100_00))
    loan = state(terms, receipt("P1", "02-10", 50_00), fee("C1", "03-01", 5_00, "02-01"))
    assert loan.splits["P1"].parts == {"fee": 5_00, "principal": 45_00}


def test_a_waived_charge_stays_in_the_total_and_leaves_the_outstanding():
    loan = state(TWO, fee("C1", "01-02", 5_00, "02-01"), waiver("W1", "01-03", "C1"))
    assert (loan.rows[0].total, loan.rows[0].waived, loan.rows[0].outstanding) == (105_00, 5_00, 100_00)
    assert entries(loan, "W1") == {"waiver_expense": 5_00, "fee_receivable": -5_00}
    assert (loan.totals.due, loan.totals.waived, loan.totals.outstanding) == (205_00, 5_00, 200_00)


def test_a_part_of_a_charge_can_be_waived_and_then_the_rest():
    events = (
        fee("C1", "01-02", 5_00, "02-01"),
        waiver("W1", "01-03", "C1", amount=2_00),
        waiver("W2", "01-03", "C1"),
    )
    assert state(TWO, *events[:2]).totals.by_component["fee"] == 3_00
    assert state(TWO, *events).splits["W2"].parts == {"fee": 3_00}


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((waiver("W1", "02-05", "C1", amount=5_01),), "exceeds_charge"),
        ((waiver("W0", "02-04", "C1"), waiver("W1", "02-05", "C1")), "nothing_to_waive"),
        ((reversal("U1", "02-04", "C1"), waiver("W1", "02-05", "C1")), "nothing_to_waive"),
        ((waiver("W1", "02-05", "P9"),), "unknown_reference"),
    ],
)
def test_a_waiver_beyond_what_is_unpaid_is_refused_and_changes_nothing(events, reason):
    before = state(TWO, fee("C1", "01-02", 5_00, "02-01"), *events[:-1])
    after = state(TWO, fee("C1", "01-02", 5_00, "02-01"), *events)
    assert after.refusals == {"W1": reason}
    assert (after.rows, after.splits, after.entries) == (before.rows, before.splits, before.entries)


def test_a_payment_back_dated_before_the_waiver_leaves_it_less_to_give_up():
    terms = debt(("02-01", 100_00))
    events = (fee("C1", "01-02", 5_00, "02-01"), waiver("W1", "02-10", "C1"))
    loan = state(terms, *events, receipt("P1", "02-20", 3_00, effective_date="02-05"))
    assert (loan.splits["W1"].parts, loan.splits["P1"].parts) == ({"fee": 2_00}, {"fee": 3_00})
    assert outstanding(loan) == [100_00]


def test_a_reversed_charge_takes_its_waiver_and_its_row_with_it():
    events = (fee("C1", "03-05", 5_00, "03-05"), waiver("W1", "03-06", "C1"), reversal("U1", "03-07", "C1"))
    loan = state(TWO, *events)
    assert (len(loan.rows), loan.totals.waived, loan.totals.due) == (2, 0, 200_00)


def test_a_component_that_the_order_of_payment_does_not_know_is_refused():
    loan = state(TWO, charge("C1", "01-02", 5_00, component="insurance", due_date="02-01"))
    assert (loan.refusals, loan.totals.due) == ({"C1": "unknown_component"}, 200_00)


def test_principal_is_scheduled_and_not_charged():
    with pytest.raises(EventInvalid, match="scheduled, not charged"):
        charge("C1", "01-02", 5_00, component="principal", due_date="02-01")


@pytest.mark.parametrize("amount", [-1, 2**53 + 1])
def test_an_amount_below_zero_or_beyond_exactness_is_no_event(amount):
    with pytest.raises(EventInvalid, match="below zero or beyond"):
        receipt("P1", "01-02", amount)

"""Returned money is due again, held money absorbs it first, and refunds pay out only what is held."""

from __future__ import annotations

from debt_lives import (
    charge_off,
    chargeback,
    debt,
    entries,
    fee,
    outstanding,
    penalty,
    principals,
    receipt,
    refund,
    reversal,
    state,
)

from fairdue.engine.ledger.life.terms import AllocationRule

THREE = debt(("02-01", 250_00), ("03-01", 250_00), ("04-01", 250_00))
PAID = (receipt("P1", "02-01", 250_00), receipt("P2", "03-01", 250_00), receipt("P3", "03-30", 250_00))


def test_a_chargeback_falls_into_the_row_that_a_charge_of_that_day_would_get():
    loan = state(THREE, *PAID, chargeback("B1", "03-30", 250_00, of="P2"))
    assert (principals(loan), outstanding(loan)) == ([250_00, 250_00, 500_00], [0, 0, 250_00])
    assert [row.balance for row in loan.rows] == [500_00, 250_00, -250_00]
    assert entries(loan, "B1") == {"principal_receivable": 250_00, "cash": -250_00}


def test_after_the_last_due_date_it_gets_an_extra_row_shared_with_a_charge_of_the_day():
    loan = state(THREE, *PAID, chargeback("B1", "04-25", 250_00), fee("C1", "04-25", 5_00, "04-25"))
    assert [row.total for row in loan.rows] == [250_00, 250_00, 250_00, 255_00]


def test_an_overpayment_absorbs_a_chargeback_first():
    events = (receipt("P1", "02-01", 900_00), chargeback("B1", "02-25", 250_00))
    loan = state(THREE, *events)
    assert (loan.splits["B1"].parts, loan.splits["B1"].overpaid) == ({"principal": 100_00}, 150_00)
    assert loan.splits["P1"].overpaid == 0
    assert entries(loan, "B1") == {"principal_receivable": 100_00, "overpayment": 150_00, "cash": -250_00}


def test_a_chargeback_that_is_wholly_absorbed_adds_no_row():
    loan = state(debt(("01-31", 10_00)), receipt("P1", "02-01", 12_00), chargeback("B1", "02-25", 2_00))
    assert (loan.status, len(loan.rows)) == ("closed", 1)


def test_with_an_order_it_comes_back_by_component_as_far_as_the_payment_paid_it():
    rule = AllocationRule(chargeback_order=("principal", "penalty", "fee", "interest"))
    terms = debt(("01-31", 10_00), ("02-28", 100_00), allocation=rule)
    events = (
        fee("C1", "01-31", 20_00, "01-31"),
        penalty("C2", "01-31", 5_00, "01-31"),
        receipt("P1", "01-31", 35_00),
        chargeback("B1", "02-01", 25_00, of="P1"),
        chargeback("B2", "02-02", 10_00, of="P1"),
    )
    loan = state(terms, *events)
    assert loan.splits["B1"].parts == {"principal": 10_00, "penalty": 5_00, "fee": 10_00}
    assert loan.splits["B2"].parts == {"fee": 10_00}
    assert dict(loan.rows[1].components) == {
        "principal": 110_00,
        "penalty": 5_00,
        "fee": 20_00,
        "interest": 0,
    }


def test_what_the_payment_did_not_pay_comes_back_as_principal():
    rule = AllocationRule(chargeback_order=("penalty", "fee", "interest", "principal"))
    terms = debt(("01-31", 10_00), allocation=rule)
    events = (
        receipt("P1", "01-31", 10_00),
        fee("C1", "02-01", 1_00, "02-01"),
        chargeback("B1", "02-05", 4_00),
    )
    assert state(terms, *events).splits["B1"].parts == {"principal": 4_00}


def test_chargebacks_of_one_payment_together_cannot_exceed_it():
    events = (*PAID, chargeback("B1", "03-30", 200_00, of="P2"), chargeback("B2", "03-30", 50_01, of="P2"))
    loan = state(THREE, *events)
    assert (loan.refusals, loan.totals.outstanding) == ({"B2": "exceeds_payment"}, 200_00)


def test_after_a_reversal_the_payment_can_be_charged_back_again():
    events = (
        chargeback("B1", "03-30", 250_00, of="P2"),
        reversal("U1", "03-30", "B1"),
        chargeback("B2", "03-31", 250_00, of="P2"),
    )
    loan = state(THREE, *PAID, *events)
    assert (loan.refusals, loan.totals.outstanding) == ({}, 250_00)


def test_a_refund_pays_out_at_most_the_overpayment_held():
    one = debt(("01-31", 1000_00))
    events = (receipt("P1", "01-10", 1200_00), refund("R1", "01-11", 200_00), refund("R2", "01-11", 1))
    loan = state(one, *events)
    assert (loan.status, loan.refusals) == ("closed", {"R2": "exceeds_overpayment"})
    assert entries(loan, "R1") == {"overpayment": 200_00, "cash": -200_00}


def test_what_a_later_reversal_takes_from_under_a_refund_is_owed_as_principal():
    one = debt(("01-31", 1000_00))
    events = (receipt("P1", "01-10", 1200_00), refund("R1", "01-11", 200_00), reversal("U1", "01-11", "P1"))
    loan = state(one, *events)
    assert (loan.status, loan.totals.outstanding) == ("active", 1200_00)
    assert entries(loan, "R1") == {"principal_receivable": 200_00, "cash": -200_00}


def test_after_a_charge_off_returned_money_is_a_loss():
    events = (PAID[0], charge_off("CO1", "02-05"), chargeback("B1", "02-25", 250_00))
    assert entries(state(THREE, *events), "B1") == {"credit_loss": 250_00, "cash": -250_00}

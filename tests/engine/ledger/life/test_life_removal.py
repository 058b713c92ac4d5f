"""Charge-off, write-off and recovery: off the books, still owed; then ended; then income."""

from __future__ import annotations

import pytest
from debt_lives import (
    charge_off,
    chargeback,
    debt,
    entries,
    fee,
    goodwill,
    outstanding,
    penalty,
    reage,
    reamortise,
    receipt,
    recovery,
    reversal,
    state,
    waiver,
    write_off,
)

ONE = debt(("01-31", 100_00, 3_00))
ALL_FOUR = (fee("C1", "02-05", 2_50, "02-05"), penalty("C2", "02-05", 1_25, "02-05"))


def test_a_charge_off_takes_all_that_is_outstanding_and_the_debt_stays_collectable():
    loan = state(ONE, *ALL_FOUR, charge_off("CO1", "02-10"))
    taken = {"principal": 100_00, "interest": 3_00, "fee": 2_50, "penalty": 1_25}
    assert loan.splits["CO1"].parts == taken
    assert entries(loan, "CO1") == {
        "credit_loss": 100_00, "interest_reversal": 3_00, "fee_reversal": 2_50, "penalty_reversal": 1_25,
        "principal_receivable": -100_00, "interest_receivable": -3_00, "fee_receivable": -2_50,
        "penalty_receivable": -1_25,
    }  # fmt: skip
    assert (loan.status, loan.is_charged_off, loan.totals.outstanding) == ("active", True, 106_75)


def test_payments_after_it_are_allocated_and_booked_as_recoveries():
    loan = state(ONE, charge_off("CO1", "01-16"), receipt("P1", "02-12", 20_00))
    assert loan.splits["P1"].parts == {"interest": 3_00, "principal": 17_00}
    assert entries(loan, "P1") == {"cash": 20_00, "recovery_income": -20_00}
    assert loan.totals.outstanding == 83_00


def test_a_payment_back_dated_before_it_lowers_what_it_took():
    events = (charge_off("CO1", "02-10"), receipt("P1", "02-12", 20_00, effective_date="02-09"))
    loan = state(ONE, *events)
    assert loan.splits["CO1"].parts == {"principal": 83_00}
    assert entries(loan, "P1") == {
        "cash": 20_00,
        "interest_receivable": -3_00,
        "principal_receivable": -17_00,
    }


def test_interest_stops_on_the_day_of_the_charge_off_and_goes_on_when_it_is_reversed():
    gone = charge_off("CO1", "01-16")
    assert [state(ONE, gone, as_of=on).accrued_interest for on in ("01-11", "01-16", "02-10")] == [
        1_00,
        1_50,
        1_50,
    ]
    assert state(ONE, gone, reversal("U1", "01-20", "CO1"), as_of="01-21").accrued_interest == 2_00


def test_a_reversed_charge_off_restores_everything():
    paid = receipt("P1", "02-12", 20_00)
    loan = state(ONE, charge_off("CO1", "02-01"), paid, reversal("U1", "02-13", "CO1"))
    plain = state(ONE, paid)
    assert (loan.rows, loan.entries, loan.is_charged_off) == (plain.rows, plain.entries, False)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (fee("X1", "02-02", 1_00, "02-02"), "charged_off"),
        (charge_off("X1", "02-02"), "already_charged_off"),
        (charge_off("X1", "02-02", effective_date="02-03"), "future_dated"),
    ],
)
def test_a_charged_off_debt_takes_no_new_charge_and_no_second_charge_off(event, reason):
    loan = state(ONE, charge_off("CO1", "02-01"), event)
    assert (loan.refusals, loan.totals.due) == ({"X1": reason}, 103_00)


def test_a_write_off_ends_the_debt_for_the_books():
    loan = state(ONE, *ALL_FOUR, write_off("W1", "06-30"))
    assert (loan.status, loan.totals.outstanding, loan.totals.written_off) == ("written_off", 0, 106_75)
    assert set(loan.totals.by_component.values()) == {0}
    assert loan.delinquency.days_past_due == 0
    assert entries(loan, "W1")["write_off_expense"] == 106_75


def test_after_a_charge_off_a_write_off_makes_no_entries():
    loan = state(ONE, charge_off("CO1", "02-01"), write_off("W1", "02-02"))
    assert (loan.entries["W1"], loan.totals.written_off) == ((), 103_00)


@pytest.mark.parametrize(
    "event",
    [
        receipt("X1", "07-01", 1_00), goodwill("X1", "07-01", 1_00), reversal("X1", "07-01", "P1"),
        reversal("X1", "07-01", "W1"), fee("X1", "07-01", 1_00, "07-01"), waiver("X1", "07-01", "C1"),
        chargeback("X1", "07-01", 1_00), charge_off("X1", "07-01"), write_off("X1", "07-01"),
        reage("X1", "07-01", first_due_date="08-01", every=1, unit="months", instalments=2),
        reamortise("X1", "07-01"),
    ],
)  # fmt: skip
def test_a_written_off_debt_takes_nothing_but_recoveries(event):
    events = (receipt("P1", "02-01", 1_00), *ALL_FOUR, write_off("W1", "06-30"))
    before, after = state(ONE, *events), state(ONE, *events, event)
    assert after.refusals == {"X1": "written_off"}
    assert (after.rows, after.totals, after.entries) == (before.rows, before.totals, before.entries)


def test_recoveries_are_income_until_one_settles_the_claim():
    events = (
        write_off("W1", "06-30"),
        recovery("K1", "07-02", 10_00),
        recovery("K2", "08-02", 40_00, is_settling=True),
        recovery("X1", "08-03", 1_00),
    )
    assert state(ONE, *events[:2]).status == "written_off"
    loan = state(ONE, *events)
    assert (loan.status, loan.totals.recovered, loan.refusals) == (
        "settled",
        50_00,
        {"X1": "not_written_off"},
    )
    assert entries(loan, "K1") == {"cash": 10_00, "recovery_income": -10_00}
    assert outstanding(loan) == [103_00]

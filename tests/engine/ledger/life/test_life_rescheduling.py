"""Unpaid principal moves to other rows to the cent; interest and charges stay where they are."""

from __future__ import annotations

import pytest
from debt_lives import debt, fee, outstanding, principals, reage, reamortise, receipt, reversal, state, waiver

from fairdue.engine.ledger.life.events import EventInvalid

TWO = debt(("02-01", 50_01, 1_00), ("03-01", 50_01, 50))
FOUR = debt(("01-01", 125_00), ("01-16", 125_00), ("01-31", 125_00), ("02-15", 125_00), share_multiple=1_00)
WEEKS = {"first_due_date": "03-15", "every": 1, "unit": "weeks", "instalments": 4}


def test_a_re_age_puts_unpaid_principal_on_new_rows_and_the_last_takes_the_remainder():
    loan = state(TWO, fee("C1", "03-05", 2_00, "02-15"), reage("A1", "03-08", **WEEKS))
    assert principals(loan) == [0, 0, 25_00, 25_00, 25_00, 25_02]
    assert outstanding(loan) == [1_00, 2_50, 25_00, 25_00, 25_00, 25_02]
    assert [row.due_date.isoformat()[5:] for row in loan.rows[2:]] == ["03-15", "03-22", "03-29", "04-05"]


def test_days_past_due_fall_and_count_again_from_the_new_dates():
    terms = debt(("02-01", 50_01), ("03-01", 50_01))
    event = reage("A1", "03-08", **WEEKS)
    assert state(terms, as_of="03-08").delinquency.days_past_due == 36
    assert state(terms, event, as_of="03-08").delinquency.days_past_due == 0
    late = state(terms, event, as_of="03-16").delinquency
    assert (late.days_past_due, late.amount) == (1, 25_00)


def test_monthly_re_age_returns_to_the_last_day_after_a_short_month():
    event = reage("A1", "03-08", first_due_date="03-31", every=1, unit="months", instalments=3)
    assert [str(row.due_date) for row in state(TWO, event).rows[2:]] == [
        "2024-03-31",
        "2024-04-30",
        "2024-05-31",
    ]


def test_what_was_paid_of_the_principal_stays_in_its_row():
    loan = state(TWO, receipt("P1", "02-02", 31_00), reage("A1", "03-08", **WEEKS))
    assert (principals(loan)[:2], sum(principals(loan)[2:])) == ([30_00, 0], 70_02)


def test_new_rows_are_regular_rows():
    loan = state(TWO, reage("A1", "03-08", **WEEKS), fee("C1", "03-09", 3_00, "03-20"))
    assert [row.components["fee"] for row in loan.rows] == [0, 0, 0, 3_00, 0, 0]


def test_a_reversed_re_age_restores_the_old_rows():
    loan = state(TWO, reage("A1", "03-08", **WEEKS), reversal("U1", "03-09", "A1"))
    assert loan.rows == state(TWO).rows


def test_re_amortising_spreads_missed_principal_over_the_rows_due_later():
    events = (receipt("P1", "01-01", 125_00), receipt("P2", "01-17", 50_00), reamortise("M1", "01-30"))
    assert principals(state(FOUR, *events)) == [125_00, 50_00, 163_00, 162_00]


def test_re_amortising_on_a_due_date_moves_that_row_too():
    events = (receipt("P1", "01-01", 125_00), fee("C1", "01-16", 10_00, "01-16"), reamortise("M1", "01-31"))
    assert outstanding(state(FOUR, *events)) == [0, 10_00, 0, 375_00]


def test_a_back_dated_payment_replays_how_it_was_spread():
    events = (receipt("P1", "01-01", 125_00), reamortise("M1", "02-01"))
    late = receipt("P2", "02-02", 125_00, effective_date="01-15")
    assert principals(state(FOUR, *events)) == [125_00, 0, 0, 375_00]
    assert principals(state(FOUR, *events, late)) == [125_00, 125_00, 0, 250_00]


def test_without_a_later_row_there_is_nothing_to_spread_over():
    loan = state(FOUR, reamortise("M1", "02-15"))
    assert (loan.refusals, loan.rows) == ({"M1": "nothing_to_spread_over"}, state(FOUR).rows)


@pytest.mark.parametrize("event", [reage("A1", "03-08", **WEEKS), reamortise("M1", "03-08")])
def test_a_debt_with_nothing_outstanding_cannot_be_rescheduled(event):
    loan = state(TWO, receipt("P1", "03-01", 101_52), event)
    assert (loan.refusals, len(loan.rows)) == ({event.id: "not_active"}, 2)


def test_shares_rounded_up_never_exceed_what_is_left():
    terms = debt(("02-01", 8_00), rounding="up", share_multiple=1_00)
    event = reage("A1", "03-08", **(WEEKS | {"instalments": 6}))
    assert principals(state(terms, event)) == [0, 2_00, 2_00, 2_00, 2_00, 0, 0]


def test_a_re_age_without_instalments_is_no_event():
    with pytest.raises(EventInvalid, match="at least one instalment"):
        reage("A1", "03-08", **(WEEKS | {"instalments": 0}))


def test_what_was_waived_stays_waived_when_the_rest_moves():
    loan = state(
        debt(("02-10", 100_00), ("06-10", 100_00)),
        waiver("W1", "03-01", component="principal", amount=30_00),
        reamortise("R1", "03-05"),
    )
    assert principals(loan) == [30_00, 170_00]
    assert outstanding(loan) == [0, 170_00]
    assert (loan.totals.waived, loan.totals.outstanding) == (30_00, 170_00)

"""Events are entered one by one; what cannot be is refused with the first reason that applies."""

from __future__ import annotations

from fractions import Fraction

import pytest
from debt_lives import START, chargeback, day, debt, receipt, recovery, reversal, state, write_off

from fairdue.engine.finance.schedule import Terms
from fairdue.engine.ledger.life.events import EventInvalid
from fairdue.engine.ledger.life.refusals import REASONS
from fairdue.engine.ledger.life.terms import DebtTerms, Instalment, TermsInvalid, instalments_of

ONE = debt(("02-01", 100_00))
P1 = receipt("P1", "02-01", 40_00)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (reversal("X1", "02-03", "P9"), "nothing_to_reverse"),
        (reversal("X1", "02-03", "P0"), "nothing_to_reverse"),
        (reversal("X1", "02-03", "P2"), "nothing_to_reverse"),
        (reversal("X1", "02-03", "U2"), "nothing_to_reverse"),
        (receipt("X1", "02-03", 1_00, effective_date="02-04"), "future_dated"),
        (recovery("X1", "02-03", 1_00), "not_written_off"),
        (chargeback("X1", "02-03", 1_00, of="P2"), "unknown_reference"),
    ],
)
def test_a_refused_event_changes_nothing(event, reason):
    refused = receipt("P0", "01-31", 1_00, effective_date="02-01")
    events = (refused, P1, receipt("P2", "02-02", 5_00), reversal("U2", "02-02", "P2"))
    before, after = state(ONE, *events), state(ONE, *events, event)
    assert after.refusals == {"P0": "future_dated", "X1": reason}
    assert (after.rows, after.totals, after.splits) == (before.rows, before.totals, before.splits)


def test_the_first_reason_that_applies_is_given():
    events = (write_off("W1", "02-02"), receipt("X1", "02-03", 1_00, effective_date="02-04"))
    assert state(ONE, *events).refusals == {"X1": "future_dated"}
    assert REASONS.index("future_dated") < REASONS.index("written_off")


def test_entries_never_go_back_in_time():
    with pytest.raises(EventInvalid, match="P2: entered before P1"):
        state(ONE, P1, receipt("P2", "01-31", 1_00))


def test_an_id_is_entered_once():
    with pytest.raises(EventInvalid, match="P1: entered twice"):
        state(ONE, P1, P1)


def test_the_status_is_active_until_nothing_is_outstanding():
    assert state(ONE, P1).status == "active"
    assert state(ONE, P1, receipt("P2", "02-01", 60_00)).status == "closed"
    assert state(ONE, P1, receipt("P2", "02-01", 60_01)).status == "overpaid"


def test_terms_in_minor_units_give_instalments_to_the_cent():
    terms = Terms(
        principal=Fraction(100_00),
        rate=Fraction("0.094822"),
        interest="declining",
        disbursed_date=START,
        first_due_date=day("02-01"),
        instalments=6,
        minor_unit=Fraction(1),
        multiple=Fraction(1),
    )
    rows = instalments_of(terms)
    assert [row.interest for row in rows] == [79, 66, 53, 40, 27, 13]
    assert [row.principal for row in rows] == [1634, 1647, 1660, 1673, 1686, 1700]


def test_instalments_stand_by_due_date_whatever_their_order():
    assert debt(("03-01", 2), ("02-01", 1)).instalments == debt(("02-01", 1), ("03-01", 2)).instalments


@pytest.mark.parametrize("multiple", [0, -1])
def test_terms_that_cannot_be_are_refused(multiple):
    with pytest.raises(TermsInvalid):
        DebtTerms(disbursed_date=START, instalments=(Instalment(START, 1),), share_multiple=multiple)
    with pytest.raises(TermsInvalid):
        DebtTerms(disbursed_date=START, instalments=())
    with pytest.raises(TermsInvalid):
        Instalment(START, -1)

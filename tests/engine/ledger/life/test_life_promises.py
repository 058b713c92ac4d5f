"""A promise is kept by what was received in time, not by a cent less."""

from __future__ import annotations

from fractions import Fraction

import pytest
from debt_lives import cancellation, day, debt, goodwill, promise, receipt, reversal, state

from fairdue.engine.ledger.life import assess_promise

ONE = debt(("02-01", 1000_00))
PROMISE = promise("PR1", "03-10", 300_00, due_date="03-15", tolerance=Fraction(5, 100), grace_days=2)


def assessed(*events, as_of, given=PROMISE):
    loan = state(ONE, given, *events, as_of=as_of)
    result = assess_promise(given, [loan], day(as_of))
    return result.status, result.received


def test_a_cent_below_the_tolerance_is_short_and_the_cent_keeps_it():
    paid = (receipt("P1", "03-14", 284_99), receipt("P2", "03-15", 1))
    assert assessed(*paid, as_of="03-14") == ("open", 284_99)
    assert assessed(*paid, as_of="03-15") == ("kept", 285_00)


def test_it_is_broken_once_due_date_and_grace_are_over():
    assert assessed(as_of="03-17") == ("open", 0)
    assert assessed(as_of="03-18") == ("broken", 0)


@pytest.mark.parametrize(
    ("event", "received"),
    [
        (receipt("P1", "03-17", 100_00), 100_00),
        (receipt("P1", "03-18", 100_00), 0),
        (receipt("P1", "03-18", 100_00, effective_date="03-17"), 100_00),
        (receipt("P1", "03-11", 100_00, effective_date="03-09"), 0),
        (receipt("P1", "03-10", 100_00), 100_00),
        (goodwill("G1", "03-12", 100_00), 0),
    ],
)
def test_receipts_count_that_count_for_a_day_from_the_promise_to_its_end(event, received):
    assert assessed(event, as_of="03-20") == ("broken", received)


def test_a_reversed_receipt_does_not_count():
    assert assessed(receipt("P1", "03-12", 300_00), reversal("U1", "03-13", "P1"), as_of="03-14") == (
        "open",
        0,
    )


def test_a_cancelled_promise_is_cancelled_unless_it_is_kept():
    gone = cancellation("X1", "03-12", "PR1")
    assert assessed(gone, as_of="03-12") == ("cancelled", 0)
    assert assessed(receipt("P1", "03-11", 300_00), gone, as_of="03-12") == ("kept", 300_00)


def test_a_promise_over_two_debts_is_kept_by_both_together():
    first = state(ONE, PROMISE, receipt("P1", "03-12", 200_00), as_of="03-15")
    second = state(ONE, receipt("P2", "03-13", 100_00), as_of="03-15")
    assert assess_promise(PROMISE, [first], day("03-15")).status == "open"
    assert assess_promise(PROMISE, [first, second], day("03-15")).received == 300_00
    assert assess_promise(PROMISE, [first, second], day("03-15")).status == "kept"

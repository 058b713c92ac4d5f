"""A settlement whose money comes back: what was given up is owed again, until it is fulfilled after all."""

from __future__ import annotations

from debt_lives import charge_off, chargeback, day, debt, outstanding, receipt, reversal, state

from fairdue.engine.ledger.life.events import Settlement

TWO = debt(("01-31", 100_00, 3_00), ("02-29", 100_00, 2_00))


def settlement(event_id, entered, amount, by):
    return Settlement(id=event_id, entered_date=day(entered), amount=amount, by_date=day(by))


AGREED = settlement("S1", "02-05", 150_00, "03-10")
MONEY = receipt("P1", "02-08", 150_00)


def test_a_returned_payment_undoes_what_the_settlement_gave_up_from_its_day_on():
    returned = chargeback("B1", "02-20", 150_00, of="P1")
    settled = state(TWO, AGREED, MONEY, returned, as_of="02-19")
    assert (settled.status, settled.totals.outstanding, settled.totals.waived) == ("settled", 0, 55_00)
    loan = state(TWO, AGREED, MONEY, returned, as_of="02-20")
    assert (loan.status, loan.totals.outstanding, loan.totals.waived) == ("active", 205_00, 0)
    assert loan.splits["S1"].parts == {}


def test_what_was_given_up_is_due_again_on_its_own_day():
    returned = chargeback("B1", "03-05", 150_00, of="P1")
    loan = state(TWO, AGREED, MONEY, returned, as_of="03-05")
    assert outstanding(loan) == [0, 55_00, 150_00]  # the money itself falls due on the day of its return
    assert loan.delinquency.oldest_due_date == day("02-29")


def test_a_part_of_the_money_back_undoes_it_too_and_an_excess_does_not():
    assert state(TWO, AGREED, MONEY, chargeback("B1", "02-20", 1_00, of="P1")).totals.outstanding == 56_00
    more = receipt("P1", "02-08", 151_00)
    kept = state(TWO, AGREED, more, chargeback("B1", "02-20", 1_00, of="P1"))
    assert (kept.totals.outstanding, kept.totals.waived) == (1_00, 54_00)


def test_money_that_comes_by_its_day_after_all_fulfils_it_again():
    events = (AGREED, MONEY, chargeback("B1", "02-20", 150_00, of="P1"), receipt("P2", "03-10", 150_00))
    loan = state(TWO, *events)
    assert (loan.status, loan.totals.outstanding, loan.totals.waived) == ("settled", 0, 55_00)
    late = state(TWO, *events[:3], receipt("P2", "03-11", 150_00))
    assert (late.status, late.totals.outstanding) == ("active", 55_00)


def test_money_held_from_later_settles_what_is_owed_again():
    held = receipt("P2", "02-15", 20_00)
    loan = state(TWO, AGREED, MONEY, held, chargeback("B1", "02-20", 30_00, of="P1"))
    # 20.00 of the return come from what is held, 10.00 fall due again, and 55.00 are not given up any more
    assert (loan.totals.outstanding, loan.totals.overpaid) == (65_00, 0)


def test_the_return_taken_back_leaves_the_settlement_fulfilled():
    returned = chargeback("B1", "02-20", 150_00, of="P1")
    loan = state(TWO, AGREED, MONEY, returned, reversal("R1", "02-21", "B1"))
    assert (loan.status, loan.totals.waived) == ("settled", 55_00)


def test_a_return_that_names_no_payment_or_another_one_leaves_it():
    early = receipt("P0", "02-01", 10_00)
    for of in (None, "P0"):
        loan = state(TWO, early, AGREED, MONEY, chargeback("B1", "02-20", 5_00, of=of))
        assert (loan.totals.outstanding, loan.totals.waived) == (5_00, 45_00)


def test_on_a_debt_that_was_charged_off_it_is_undone_alike():
    events = (charge_off("C1", "02-04"), AGREED, MONEY, chargeback("B1", "02-20", 150_00, of="P1"))
    assert state(TWO, *events).totals.outstanding == 205_00

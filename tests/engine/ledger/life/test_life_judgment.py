"""A judgment: from its day on money settles in another order; taken back, as if it had never been."""

from __future__ import annotations

import pytest
from debt_lives import day, debt, receipt, reversal, state, write_off

from fairdue.engine.ledger.life.events import EventInvalid, Judgment
from fairdue.engine.ledger.life.terms import AllocationRule, Stage, usual_order

AFTERWARDS = usual_order(("principal", "interest", "fee", "penalty"))
RULE = AllocationRule(stages=(Stage(order=AFTERWARDS, style="vertical", needs_judgment=True),))
ONE = debt(("01-31", 100_00, 3_00), allocation=RULE)


def judgment(event_id, entered, *, amount=90_00, effective_date=None, perform_by="03-31"):
    return Judgment(
        id=event_id, entered_date=day(entered), amount=amount, perform_by=day(perform_by), reference="(2024) 1",
        effective_date=effective_date and day(effective_date),
    )  # fmt: skip


def test_money_settles_in_the_order_for_judgments_from_its_day_on():
    before = receipt("P1", "02-09", 2_00)
    loan = state(ONE, before, judgment("J1", "02-10"), receipt("P2", "02-11", 50_00))
    assert loan.splits["P1"].parts == {"interest": 2_00}
    assert loan.splits["P2"].parts == {"principal": 50_00}


def test_one_learnt_of_later_divides_the_money_of_its_own_day_and_after_it_anew():
    money = (receipt("P1", "02-10", 2_00), receipt("P2", "02-12", 1_00))
    loan = state(ONE, *money, judgment("J1", "02-20", effective_date="02-10"))
    assert (loan.splits["P1"].parts, loan.splits["P2"].parts) == ({"principal": 2_00}, {"principal": 1_00})


def test_taken_back_it_leaves_the_debt_as_if_it_had_never_been():
    money = receipt("P1", "02-12", 2_00)
    back = (judgment("J1", "02-10"), money, reversal("R1", "03-01", "J1"))
    assert state(ONE, *back).splits["P1"].parts == state(ONE, money).splits["P1"].parts == {"interest": 2_00}


def test_what_is_owed_and_how_late_it_is_stay():
    plain, judged = state(ONE, as_of="02-20"), state(ONE, judgment("J1", "02-10"), as_of="02-20")
    assert judged.totals == plain.totals
    assert judged.delinquency == plain.delinquency


def test_a_second_one_waits_until_the_first_is_taken_back():
    loan = state(ONE, judgment("J1", "02-10"), judgment("J2", "02-11"))
    assert loan.refusals == {"J2": "already_judged"}
    again = (judgment("J1", "02-10"), reversal("R1", "02-11", "J1"), judgment("J2", "02-11"))
    assert state(ONE, *again).refusals == {}


def test_a_debt_that_was_written_off_takes_none():
    assert state(ONE, write_off("W1", "02-10"), judgment("J1", "02-11")).refusals == {"J1": "written_off"}


def test_one_that_awards_nothing_or_ends_before_it_begins_is_refused():
    with pytest.raises(EventInvalid, match="awards nothing"):
        judgment("J1", "02-10", amount=0)
    with pytest.raises(EventInvalid, match="before it takes effect"):
        judgment("J1", "02-10", perform_by="02-09")

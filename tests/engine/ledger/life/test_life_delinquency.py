"""Days past due follow the oldest unpaid row; only pause days within a row's own overdue span are taken off."""

from __future__ import annotations

from datetime import date

import pytest
from debt_lives import debt, pause, receipt, resume, reversal, state, write_off

from fairdue.engine.ledger.life.events import EventInvalid
from fairdue.engine.ledger.life.terms import Calendar, DayRange, DelinquencyRule, TermsInvalid

RANGES = (DayRange("R1", 1, 3), DayRange("R3", 4, 30), DayRange("R30", 31, None))
RULE = DelinquencyRule(grace_days=3, instalment_grace_days=0, buckets=RANGES)
FOUR = debt(("01-01", 250_00), ("01-16", 250_00), ("01-31", 250_00), ("02-15", 250_00), delinquency=RULE)
PAUSE = pause("Z1", "01-06", from_date="01-06", to_date="01-30")


@pytest.mark.parametrize(
    ("as_of", "days", "delinquent", "bucket", "amount"),
    [
        ("01-01", 0, 0, None, 0),
        ("01-05", 4, 1, "R1", 250_00),
        ("01-06", 5, 2, "R1", 250_00),
        ("01-30", 29, 2, "R1", 500_00),
        ("01-31", 30, 3, "R1", 500_00),
        ("02-01", 31, 4, "R3", 750_00),
    ],
)
def test_grace_and_pause_are_taken_off_and_the_first_day_of_a_pause_still_counts(
    as_of, days, delinquent, bucket, amount
):
    late = state(FOUR, PAUSE, as_of=as_of).delinquency
    assert (late.days_past_due, late.delinquent_days, late.bucket, late.amount) == (
        days,
        delinquent,
        bucket,
        amount,
    )


def test_each_row_has_its_own_days_and_only_the_overlap_with_its_overdue_span_is_paused():
    late = state(FOUR, PAUSE, as_of="02-03").delinquency
    assert late.by_bucket == {"R3": 500_00, "R1": 250_00}
    assert state(FOUR, as_of="02-03").delinquency.by_bucket == {
        "R30": 250_00,
        "R3": 500_00 - 250_00,
        "R1": 250_00,
    }


def test_the_grace_of_a_row_is_that_of_the_loan_unless_given():
    terms = debt(("01-01", 10_00), delinquency=DelinquencyRule(grace_days=3, buckets=RANGES))
    assert state(terms, as_of="01-04").delinquency.by_bucket == {}
    assert state(terms, as_of="01-05").delinquency.by_bucket == {"R1": 10_00}


def test_with_origin_due_date_the_due_date_itself_is_day_one():
    terms = debt(("01-31", 10_00), delinquency=DelinquencyRule(origin="due_date"))
    late = state(terms, as_of="01-31").delinquency
    assert (late.days_past_due, late.amount, late.oldest_due_date) == (1, 10_00, date(2024, 1, 31))


def test_the_due_date_itself_can_be_a_paused_day_with_origin_due_date():
    terms = debt(("01-31", 10_00), delinquency=DelinquencyRule(origin="due_date"))
    one = pause("Z1", "01-30", from_date="01-30", to_date="01-31")
    assert state(terms, one, as_of="02-02").delinquency.delinquent_days == 2


def test_a_due_date_on_a_holiday_moves_for_counting_only():
    holidays = frozenset([date(2024, 2, 12)])
    rule = DelinquencyRule(calendar=Calendar(weekend=frozenset([5, 6]), holidays=holidays))
    terms = debt(("02-10", 10_00), delinquency=rule)
    assert state(terms, as_of="02-13").delinquency.days_past_due == 0
    late = state(terms, as_of="02-14").delinquency
    assert (late.days_past_due, late.oldest_due_date) == (1, date(2024, 2, 10))
    paid = state(terms, receipt("P1", "02-11", 1_00))
    assert paid.delinquency.oldest_due_date == date(2024, 2, 10)


def test_a_week_needs_a_working_day():
    with pytest.raises(TermsInvalid):
        Calendar(weekend=frozenset(range(7)))


def test_a_debt_that_is_not_active_is_not_late():
    paid = state(FOUR, receipt("P1", "02-20", 1000_00))
    gone = state(FOUR, write_off("W1", "02-20"))
    for loan in (paid, gone):
        late = loan.delinquency
        assert (late.days_past_due, late.delinquent_days, late.bucket, late.amount) == (0, 0, None, 0)
        assert (late.oldest_due_date, late.by_bucket) == (None, {})


def test_a_resume_ends_the_running_pause_on_its_day_and_its_reversal_runs_on():
    events = (PAUSE, resume("S1", "01-10"))
    assert state(FOUR, *events, as_of="01-20").delinquency.delinquent_days == 19 - 4 - 3
    undone = state(FOUR, *events, reversal("U1", "01-11", "S1"), as_of="01-20")
    assert undone.delinquency.delinquent_days == 19 - 14 - 3


def test_of_two_pauses_that_touch_the_one_entered_last_is_ended():
    second = pause("Z2", "01-07", from_date="01-30", to_date="02-20")
    events = (PAUSE, second, resume("S1", "01-30"))
    loan = state(FOUR, *events, as_of="02-05")
    assert loan.refusals == {}
    assert loan.delinquency.delinquent_days == 35 - 24 - 3


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((PAUSE, pause("X1", "01-07", from_date="01-29", to_date="02-10")), "pause_overlap"),
        ((PAUSE, resume("X1", "01-10", effective_date="01-09")), "resume_not_today"),
        ((PAUSE, resume("X1", "01-10", effective_date="01-11")), "future_dated"),
        ((PAUSE, resume("X1", "01-31")), "not_paused"),
        ((resume("X1", "01-10"),), "not_paused"),
        (
            (receipt("P1", "01-02", 1000_00), pause("X1", "01-03", from_date="01-03", to_date="01-04")),
            "not_active",
        ),
    ],
)
def test_a_pause_or_resume_that_cannot_be_is_refused_and_no_day_changes(events, reason):
    loan = state(FOUR, *events, as_of="02-20")
    assert loan.refusals == {"X1": reason}
    assert loan.delinquency == state(FOUR, *events[:-1], as_of="02-20").delinquency


def test_a_pause_that_ends_before_it_begins_is_no_event():
    with pytest.raises(EventInvalid):
        pause("Z1", "01-06", from_date="01-06", to_date="01-05")


def test_a_pause_entered_late_stops_its_days_also_for_an_earlier_day_as_known_now():
    late = pause("Z1", "02-20", from_date="01-06", to_date="01-30")
    then = state(FOUR, late, as_of="02-01")
    now = state(FOUR, late, as_of="02-01", known_date=late.entered_date)
    assert (then.delinquency.delinquent_days, now.delinquency.delinquent_days) == (31 - 3, 31 - 24 - 3)

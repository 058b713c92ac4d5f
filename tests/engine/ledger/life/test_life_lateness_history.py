"""The history of a debt's lateness says of every day what the replay of that day says."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from debt_lives import (
    START,
    charge_off,
    chargeback,
    day,
    debt,
    debts,
    lives,
    pause,
    reage,
    receipt,
    resume,
    reversal,
)
from hypothesis import given, settings

from fairdue.engine.ledger.ageing import bucket
from fairdue.engine.ledger.life import replay
from fairdue.engine.ledger.standing.history import DAY, spans
from fairdue.engine.ledger.standing.summing import cures, one_day, stays, worst, worst_of_accounts

END = START + timedelta(days=260)


def history(terms, *events, until="12-31"):
    return spans(terms, replay(terms, events, day(until)).events, day(until))


def shown(found):
    return [
        (
            f"{one.from_date:%m-%d}",
            f"{one.to_date:%m-%d}",
            one.first_days_past_due,
            one.final_days_past_due,
            one.bucket,
        )
        for one in found
    ]


@settings(max_examples=60)
@given(debts(), lives())
def test_every_day_of_the_history_is_the_replay_of_that_day(terms, events):
    whole = replay(terms, events, END)
    found = spans(terms, whole.events, END)
    assert found[0].from_date == terms.disbursed_date
    assert found[-1].to_date == END
    for span in found:
        for on in {span.from_date, span.from_date + DAY * (span.days // 2), span.to_date}:
            state = replay(terms, events, on, known_date=END)
            one = one_day(span, on)
            assert (
                one.final_days_past_due,
                one.final_delinquent_days,
                one.overdue_minor,
                one.oldest_due_date,
            ) == (
                state.delinquency.days_past_due,
                state.delinquency.delinquent_days,
                state.delinquency.amount,
                state.delinquency.oldest_due_date,
            )
            assert one.bucket == bucket(state.delinquency.delinquent_days)
            assert one.status == state.status


@settings(max_examples=60)
@given(debts(), lives())
def test_spans_follow_one_another_without_gap_and_without_an_equal_neighbour(terms, events):
    found = spans(terms, replay(terms, events, END).events, END)
    assert all(later.from_date == earlier.to_date + DAY for earlier, later in pairwise(found))
    assert sum(stay.days for stay in stays(found)) == (END - START).days + 1


def test_a_debt_rolls_through_the_buckets_and_is_cured_by_a_payment():
    found = history(debt(("02-10", 100_00)), receipt("P1", "05-20", 100_00))
    assert shown(found) == [
        ("01-01", "02-10", 0, 0, "M0"),
        ("02-11", "03-11", 1, 30, "M1"),
        ("03-12", "04-10", 31, 60, "M2"),
        ("04-11", "05-10", 61, 90, "M3"),
        ("05-11", "05-19", 91, 99, "M4"),
        ("05-20", "12-31", 0, 0, "M0"),
    ]
    (cure,) = cures(found)
    assert (cure.cured_date, cure.late_since, cure.worst_bucket, cure.worst_days_past_due) == (
        day("05-20"),
        day("02-11"),
        "M4",
        99,
    )
    assert worst(found).bucket == "M4"
    assert [(stay.bucket, stay.left_date) for stay in stays(found)][-2:] == [
        ("M4", day("05-20")),
        ("M0", None),
    ]


def test_a_payment_entered_late_for_an_earlier_day_takes_its_days_out_of_the_history():
    known = receipt("P1", "06-01", 100_00, effective_date="02-25")
    assert shown(history(debt(("02-10", 100_00)), known))[:3] == [
        ("01-01", "02-10", 0, 0, "M0"),
        ("02-11", "02-24", 1, 14, "M1"),
        ("02-25", "12-31", 0, 0, "M0"),
    ]


def test_a_reversed_payment_leaves_no_cure_behind():
    paid = receipt("P1", "03-01", 100_00)
    found = history(debt(("02-10", 100_00)), paid, reversal("R1", "03-20", "P1"))
    assert cures(found) == ()
    assert found[-1].final_days_past_due == (day("12-31") - day("02-10")).days


def test_a_chargeback_ends_a_cure_from_its_own_day_on():
    found = history(
        debt(("02-10", 100_00)),
        receipt("P1", "03-01", 100_00),
        chargeback("C1", "03-20", 100_00),
        until="04-30",
    )
    assert shown(found) == [
        ("01-01", "02-10", 0, 0, "M0"),
        ("02-11", "02-29", 1, 19, "M1"),
        ("03-01", "03-19", 0, 0, "M0"),
        ("03-20", "03-20", 0, 0, "M0"),
        ("03-21", "04-19", 1, 30, "M1"),
        ("04-20", "04-30", 31, 41, "M2"),
    ]


def test_paused_days_keep_the_bucket_while_days_past_due_go_on():
    held = pause("H1", "03-01", from_date="02-20", to_date="03-31")
    found = history(debt(("02-10", 100_00)), held, until="05-10")
    assert [
        (one.bucket, one.is_paused, one.final_days_past_due, one.final_delinquent_days) for one in found
    ] == [
        ("M0", False, 0, 0),
        ("M1", False, 10, 10),
        ("M1", True, 50, 10),
        ("M1", False, 70, 30),
        ("M2", False, 90, 50),
    ]


def test_a_resume_ends_the_pause_in_the_history_too():
    found = history(
        debt(("02-10", 100_00)),
        pause("H1", "02-20", from_date="02-20", to_date="12-31"),
        resume("H2", "03-10"),
        until="03-31",
    )
    assert (found[-1].final_days_past_due, found[-1].final_delinquent_days) == (50, 31)


def test_a_re_age_ends_the_arrears_and_a_charge_off_does_not():
    moved = reage("G1", "03-15", first_due_date="06-15", every=1, unit="months", instalments=2)
    assert shown(history(debt(("02-10", 100_00)), moved, until="04-01"))[-1] == ("03-15", "04-01", 0, 0, "M0")
    off = history(debt(("02-10", 100_00)), charge_off("O1", "03-15"), until="04-01")
    assert off[-1].final_days_past_due == 51


def test_a_person_is_as_late_as_the_worst_account_of_each_day():
    card = history(debt(("02-10", 100_00)), receipt("P1", "03-20", 100_00), until="05-01")
    loan = history(debt(("03-01", 100_00)), until="05-01")
    found = worst_of_accounts({7: card, 8: loan})
    assert [(one.account_id, *shown([one.span])[0]) for one in found] == [
        (7, "01-01", "02-10", 0, 0, "M0"),
        (7, "02-11", "03-11", 1, 30, "M1"),
        (7, "03-12", "03-19", 31, 38, "M2"),
        (8, "03-20", "03-31", 19, 30, "M1"),
        (8, "04-01", "04-30", 31, 60, "M2"),
        (8, "05-01", "05-01", 61, 61, "M3"),
    ]


@pytest.mark.parametrize("origin", ["due_plus_1", "due_date"])
def test_the_origin_moves_the_first_day(origin):
    from fairdue.engine.ledger.life.terms import DelinquencyRule

    found = history(debt(("02-10", 100_00), delinquency=DelinquencyRule(origin=origin)), until="02-20")
    assert found[1].from_date == (day("02-11") if origin == "due_plus_1" else day("02-10"))

"""Days past due over many accounts at once are those of each account by itself."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.ageing import OriginUnknown
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.position import Interval, Position, Row
from fairdue.engine.ledger.life.terms import DebtTerms, DelinquencyRule, Instalment
from fairdue.engine.ledger.standing.lateness import (
    DUE_SCHEMA,
    PAUSE_SCHEMA,
    days_past_due_frame,
    instalments_frame,
    lateness,
)

START = date(2026, 1, 1)
AS_OF = START + timedelta(days=100)

_days = st.integers(0, 200).map(lambda days: START + timedelta(days=days))
_items = st.lists(st.tuples(_days, st.none() | _days), max_size=6)
_pauses = st.lists(
    st.tuples(_days, st.integers(0, 60)).map(lambda one: (one[0], one[0] + timedelta(days=one[1]))),
    max_size=4,
)
_rules = {"origin": st.sampled_from(["due_plus_1", "due_date"]), "grace_days": st.integers(0, 5)}


def frames(accounts, pauses):
    dues = [(number, *item) for number, items in enumerate(accounts) for item in items]
    rows = [(number, *pause) for number, held in enumerate(pauses) for pause in held]
    return (
        pl.DataFrame(dues, schema=DUE_SCHEMA, orient="row"),
        pl.DataFrame(rows, schema=PAUSE_SCHEMA, orient="row"),
    )


@settings(max_examples=80)
@given(st.lists(st.tuples(_items, _pauses), max_size=8), st.fixed_dictionaries(_rules))
def test_each_account_of_a_frame_counts_as_it_does_alone(accounts, rules):
    dues, pauses = frames([items for items, _ in accounts], [held for _, held in accounts])
    found = days_past_due_frame(dues, AS_OF, pauses=pauses, **rules)
    single = {
        number: lateness(items, AS_OF, pauses=held, **rules)
        for number, (items, held) in enumerate(accounts)
        if items
    }
    assert {
        row["account_id"]: (
            row["oldest_due_date"],
            row["days_past_due"],
            row["paused_days"],
            row["delinquent_days"],
            row["bucket"],
        )
        for row in found.to_dicts()
    } == {
        number: (one.oldest_due_date, one.days_past_due, one.paused_days, one.delinquent_days, one.bucket)
        for number, one in single.items()
    }


@settings(max_examples=80)
@given(_items, _pauses, st.fixed_dictionaries(_rules))
def test_one_account_counts_as_the_life_of_a_debt_does(items, pauses, rules):
    position = Position(
        terms=DebtTerms(
            disbursed_date=START,
            instalments=(Instalment(START, 1),),
            delinquency=DelinquencyRule(**rules),
        ),
        rows=[
            Row.due(due, is_regular=True, ref=str(number), principal=1)
            for number, (due, settled) in enumerate(sorted(items, key=lambda item: item[0]))
            if settled is None or settled > AS_OF
        ],
        pauses=[Interval(*pause) for pause in pauses],
    )
    expected = delinquency(position, AS_OF)
    found = lateness(items, AS_OF, pauses=pauses, **rules)
    assert (found.days_past_due, found.delinquent_days, found.oldest_due_date) == (
        expected.days_past_due,
        expected.delinquent_days,
        expected.oldest_due_date,
    )


@given(_items, st.fixed_dictionaries(_rules))
def test_without_events_days_past_due_never_fall_from_one_day_to_the_next(items, rules):
    open_items = [(due, None) for due, _ in items]
    days = [lateness(open_items, START + timedelta(days=n), **rules).days_past_due for n in range(0, 220, 7)]
    assert days == sorted(days)


def test_a_pause_counts_only_where_it_overlaps_each_instalments_own_overdue_span():
    dues = pl.DataFrame(
        [(1, date(2026, 2, 1), None), (1, date(2026, 3, 1), None), (1, date(2026, 5, 1), None)],
        schema=DUE_SCHEMA,
        orient="row",
    )
    pauses = pl.DataFrame([(1, date(2026, 2, 20), date(2026, 3, 11))], schema=PAUSE_SCHEMA, orient="row")
    found = instalments_frame(dues, date(2026, 3, 31), pauses=pauses)
    # 2 February to 31 March are 58 days, 21 February to 11 March are 19; 2 to 31 March are 30, 2 to 11 March 10.
    assert found.select("days_past_due", "paused_days", "delinquent_days").rows() == [
        (58, 19, 39),
        (30, 10, 20),
        (0, 0, 0),
    ]


def test_a_pause_before_the_due_date_or_after_the_day_counts_nothing():
    late = {"items": [(date(2026, 3, 10), None)], "as_of": date(2026, 3, 20)}
    pauses = [(date(2026, 1, 1), date(2026, 3, 10)), (date(2026, 3, 20), date(2026, 4, 1))]
    assert lateness(**late, pauses=pauses).paused_days == 0


def test_two_pauses_over_the_same_days_pause_them_once():
    found = lateness(
        [(date(2026, 3, 1), None)],
        date(2026, 3, 31),
        pauses=[(date(2026, 3, 5), date(2026, 3, 15)), (date(2026, 3, 10), date(2026, 3, 20))],
    )
    assert (found.days_past_due, found.paused_days, found.delinquent_days) == (30, 15, 15)


def test_a_payment_known_later_for_an_earlier_day_is_seen_on_every_day_asked_about():
    items = [(date(2026, 3, 1), date(2026, 3, 10)), (date(2026, 4, 1), None)]
    assert [lateness(items, date(2026, *day)).days_past_due for day in ((3, 9), (3, 10), (4, 1), (4, 2))] == [
        8,
        0,
        0,
        1,
    ]


def test_an_unknown_origin_is_refused():
    with pytest.raises(OriginUnknown):
        days_past_due_frame(pl.DataFrame(schema=DUE_SCHEMA), AS_OF, origin="statement")

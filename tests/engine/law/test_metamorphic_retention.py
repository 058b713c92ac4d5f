"""Metamorphic property 10 of twelve, retention: what must be kept is never due to go, and more reasons only keep longer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.law.retention import RECORD_SCHEMA, kept_until, periods_of

ON = date(2026, 6, 1)
MANY = settings(max_examples=60, deadline=None)
NATURES = ["contact", "call_recording", "plan_recording", "access_log", "working_file", "identity", "message"]


@cache
def every_period():
    """Return the rules on keeping of every pack that ships."""
    return periods_of(shipped_numbers(), ON)


days = st.dates(date(2015, 1, 1), date(2026, 5, 31))


@st.composite
def records(draw):
    created = draw(days)
    later = st.integers(0, 3000).map(lambda more: created + timedelta(days=more))
    return {
        "created_date": created,
        "settled_date": draw(st.none() | later),
        "latest_activity_date": draw(later),
        "products": draw(st.lists(st.sampled_from(["credit_card", "consumer_loan", "mortgage"]), max_size=2)),
        "institution_kinds": draw(st.lists(st.sampled_from(["bank", "consumer_finance", "assignee"]), max_size=2)),
    }  # fmt: skip


def answer(record, nature, periods):
    """Return the last day on which one record is kept (None: without end) and the day on which it may go."""
    found = kept_until(pl.DataFrame([record], schema=RECORD_SCHEMA), nature, periods)
    return found["kept_until"][0] or date.max, found["due_date"][0] or date.max


def test_the_packs_declare_periods():
    assert len([one for one in every_period() if one.effect == "keep"]) >= 4


@MANY
@given(records(), st.sampled_from(NATURES), st.data())
def test_10_retention_another_rule_never_lets_a_record_go_earlier(record, nature, data):
    every = every_period()
    fewer = data.draw(
        st.lists(st.sampled_from(every), unique_by=lambda one: one.rule.id, max_size=len(every))
    )
    last, due = answer(record, nature, every)
    fewer_last, fewer_due = answer(record, nature, fewer)
    assert (last, due) >= (fewer_last, fewer_due)
    assert due == date.max or due > last or due == record["created_date"]


@MANY
@given(records(), st.sampled_from(NATURES), st.integers(0, 900))
def test_10_retention_what_happens_later_is_kept_no_shorter(record, nature, more):
    later = {
        name: value + timedelta(days=more) if isinstance(value, date) else value
        for name, value in record.items()
    }
    assert answer(later, nature, every_period()) >= answer(record, nature, every_period())


@MANY
@given(records(), st.sampled_from(NATURES), st.sampled_from(["mortgage", "credit_card"]))
def test_10_retention_one_more_debt_behind_a_record_never_lets_it_go_earlier(record, nature, product):
    more = record | {"products": [*record["products"], product]}
    assert answer(more, nature, every_period()) >= answer(record, nature, every_period())


@MANY
@given(st.lists(records(), min_size=1, max_size=6), st.sampled_from(NATURES))
def test_10_retention_many_records_together_are_kept_as_each_alone(several, nature):
    together = kept_until(pl.DataFrame(several, schema=RECORD_SCHEMA), nature, every_period())
    alone = [answer(record, nature, every_period()) for record in several]
    assert [
        (last or date.max, due or date.max)
        for last, due in together.select("kept_until", "due_date").iter_rows()
    ] == alone

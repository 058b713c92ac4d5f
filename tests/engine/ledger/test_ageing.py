"""Days past due and buckets count as the product says."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.ledger.ageing import (
    DEFAULT_EDGES,
    OriginUnknown,
    bucket,
    bucket_expr,
    buckets,
    days_past_due,
    days_past_due_expr,
)

DUE = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("as_of", "origin", "days"),
    [
        (date(2026, 3, 9), "due_plus_1", 0),
        (date(2026, 3, 10), "due_plus_1", 0),
        (date(2026, 3, 11), "due_plus_1", 1),
        (date(2026, 4, 9), "due_plus_1", 30),
        (date(2026, 3, 9), "due_date", 0),
        (date(2026, 3, 10), "due_date", 1),
        (date(2026, 3, 11), "due_date", 2),
    ],
)
def test_day_one_follows_from_the_origin(as_of, origin, days):
    assert days_past_due(DUE, as_of, origin) == days


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "M0"),
        (1, "M1"),
        (30, "M1"),
        (31, "M2"),
        (60, "M2"),
        (151, "M6"),
        (180, "M6"),
        (181, "M7+"),
        (4000, "M7+"),
    ],
)
def test_edges_belong_to_the_lower_bucket(days, name):
    assert bucket(days) == name


def test_nothing_unpaid_is_zero_days():
    assert days_past_due(None, DUE) == 0


def test_an_unknown_origin_is_refused():
    with pytest.raises(OriginUnknown):
        days_past_due(DUE, DUE, "due_plus_2")


@given(
    offset=st.lists(st.none() | st.integers(-400, 400), min_size=1, max_size=30),
    origin=st.sampled_from(["due_plus_1", "due_date"]),
    edges=st.sampled_from([DEFAULT_EDGES, (), (10, 90)]),
)
def test_the_expression_gives_what_the_scalar_gives(offset, origin, edges):
    dates = [None if days is None else DUE + timedelta(days=days) for days in offset]
    frame = pl.DataFrame(
        {"oldest": dates, "origin": [origin] * len(dates)}, schema_overrides={"oldest": pl.Date}
    )
    for given_origin in (origin, pl.col("origin")):
        days = days_past_due_expr(pl.col("oldest"), DUE, given_origin)
        result = frame.select(days=days, bucket=bucket_expr(days, edges))
        expected = [days_past_due(oldest, DUE, origin) for oldest in dates]
        assert result["days"].to_list() == expected
        assert result["bucket"].to_list() == [bucket(value, edges) for value in expected]


def test_the_days_of_every_bucket_are_those_that_fall_into_it():
    for edges in (DEFAULT_EDGES, (10, 20)):
        for name, (first, final) in buckets(edges).items():
            days = range(first, (final if final is not None else first + 400) + 1)
            assert {bucket(day, edges) for day in days} == {name}
    assert list(buckets()) == ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]

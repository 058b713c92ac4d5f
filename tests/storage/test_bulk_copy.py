"""What goes into the database in bulk is what comes out of it, in every form of COPY."""

from __future__ import annotations

from datetime import UTC, date, datetime

import hypothesis.strategies as st
import polars as pl
import pytest
from django.db import DataError, connection, transaction
from hypothesis import given

from fairdue.storage import bulk
from fairdue.storage.staging import take_ids

COLUMNS = {
    "a": (pl.Int64, "bigint", st.integers(-(2**63), 2**63 - 1)),
    "b": (pl.Int32, "integer", st.integers(-(2**31), 2**31 - 1)),
    "c": (pl.Int16, "smallint", st.integers(-(2**15), 2**15 - 1)),
    "d": (
        pl.String,
        "varchar(40)",
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40),
    ),
    "e": (pl.Date, "date", st.dates(date(1800, 1, 1), date(2300, 1, 1))),
    "f": (
        pl.Datetime("us", "UTC"),
        "timestamptz",
        st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    ),
    "g": (pl.Binary, "bytea", st.binary(max_size=20)),
    "h": (pl.Float64, "double precision", st.floats(allow_nan=False)),
}
ROWS = st.lists(st.tuples(*[st.none() | cell for _, _, cell in COLUMNS.values()]), max_size=30)


@pytest.fixture
def table(db):
    """Return an empty temporary table with a column of each type."""
    columns = ", ".join(f"{name} {sql}" for name, (_, sql, _) in COLUMNS.items())
    bulk.execute(f"CREATE TEMP TABLE copied (row bigint, {columns}) ON COMMIT DROP")
    return "copied"


@pytest.mark.django_db
@given(rows=ROWS)
def test_the_binary_form_keeps_every_value_in_its_place(rows):
    schema = {name: dtype for name, (dtype, _, _) in COLUMNS.items()}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row").cast({"row": pl.Int64})
    columns = ", ".join(f"{name} {sql}" for name, (_, sql, _) in COLUMNS.items())
    bulk.execute(f"CREATE TEMP TABLE copied (row bigint, {columns})")
    try:
        bulk.copy_in_fast(frame, "copied")
        with connection.cursor() as cursor:
            cursor.execute("SELECT a, b, c, d, e, f, g, h FROM copied ORDER BY row")
            found = [
                tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in cursor
            ]
        assert found == rows
    finally:
        bulk.execute("DROP TABLE copied")


@pytest.mark.parametrize("copies", [3, 120_000])
def test_many_rows_of_both_forms_are_the_same(table, copies):
    frame = pl.select(
        row=pl.int_range(0, copies),
        a=pl.int_range(0, copies) % 7,
        d=pl.format("R{}", pl.int_range(0, copies)),
        e=pl.when(pl.int_range(0, copies) % 3 > 0).then(date(2026, 1, 31)),
    )
    bulk.copy_in(frame, table)
    first = bulk.copy_out("SELECT row, a, d, e FROM copied ORDER BY row", frame.schema)
    bulk.execute("DELETE FROM copied")
    bulk.copy_in_fast(frame, table)
    second = bulk.copy_out("SELECT row, a, d, e FROM copied ORDER BY row", frame.schema)
    third = bulk.read_columns("SELECT row, a, d, e FROM copied ORDER BY row", frame.schema)
    assert frame.equals(first) and frame.equals(second) and frame.equals(third)


@pytest.mark.parametrize("copies", [1, 5_000])
def test_a_value_that_does_not_fit_is_a_database_error_and_lands_nothing(table, copies):
    frame = pl.select(row=pl.int_range(0, copies), d=pl.lit("x" * 41))
    with pytest.raises(DataError), transaction.atomic():
        bulk.copy_in_fast(frame, table)
    assert bulk.copy_out("SELECT row FROM copied", {"row": pl.Int64}).is_empty()


def test_columns_of_no_rows_keep_their_types_and_a_separator_in_a_value_is_noticed(table):
    schema = {"row": pl.Int64, "e": pl.Date}
    assert bulk.read_columns("SELECT row, e FROM copied", schema).schema == schema
    bulk.copy_in_fast(pl.DataFrame({"row": [1], "d": ["a\x1fb"]}), table)
    with pytest.raises(ValueError, match="unit separator"):
        bulk.read_columns("SELECT row, d FROM copied", {"row": pl.Int64, "d": pl.String})


def test_ids_that_are_drawn_are_fresh_and_as_many_as_asked_for(db):
    first, second = take_ids("book_account", 1_000), take_ids("book_account", 5)
    assert (first.n_unique(), second.n_unique()) == (1_000, 5)
    assert first.max() < second.min()
    assert take_ids("book_account", 0).len() == 0

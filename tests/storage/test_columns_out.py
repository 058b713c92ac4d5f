"""Numbers and dates come out of the database as they stand, a column at a time."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from fairdue.storage.columns_out import read_numbers

SCHEMA = {"large": pl.Int64, "usual": pl.Int32, "small": pl.Int16, "day": pl.Date}


@pytest.mark.django_db
def test_each_type_keeps_its_values_and_the_rows_their_order():
    query = """SELECT * FROM (VALUES (9007199254740992::bigint, -5, 7::smallint, DATE '2026-02-28'),
                                     (-1::bigint, 2147483647, (-3)::smallint, DATE '1969-12-31')) AS v"""
    frame = read_numbers(query, SCHEMA)
    assert frame.rows() == [(2**53, -5, 7, date(2026, 2, 28)), (-1, 2147483647, -3, date(1969, 12, 31))]
    assert frame.schema == pl.Schema(SCHEMA)


@pytest.mark.django_db
def test_no_rows_give_an_empty_frame_of_the_same_columns():
    assert read_numbers("SELECT 1::bigint WHERE false", {"one": pl.Int64}).schema == {"one": pl.Int64}


@pytest.mark.django_db
def test_a_null_is_refused_rather_than_misread():
    with pytest.raises(ValueError, match="one has a null"):
        read_numbers("SELECT NULL::bigint", {"one": pl.Int64})


def test_the_place_of_a_row_comes_out_as_the_server_writes_it(db):
    places = read_numbers("VALUES ('(1,2)'::tid), ('(70000,513)'::tid)", {"place": pl.Binary})["place"]
    assert places.to_list() == [bytes.fromhex("000000010002"), bytes.fromhex("000111700201")]

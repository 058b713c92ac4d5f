"""Values go into prepared statements as they are and come back so, whatever stands in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.storage.reads import Read, insert_row, insert_unless, read_one, run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE odd_row (id bigserial PRIMARY KEY, name text UNIQUE, seen timestamptz, raw bytea, document jsonb)"
        )
    yield "odd_row"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE odd_row")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_comes_back_as_it_went_in(text):
    assert read_one(Read("SELECT json_build_array($1::text)", (text,), lambda rows: rows[0][0])) == text


@pytest.mark.parametrize(
    "text", ["'); DROP TABLE odd_row; --", "\\' OR true; --", "O''Brien", "E'\\n'", "$1", "%s"]
)
def test_a_text_is_never_read_as_a_statement(table, text):
    first = insert_row(table, {"name": text})
    assert read_one(
        Read("SELECT json_build_array(id) FROM odd_row WHERE name = $1", (text,), lambda rows: rows)
    ) == [[first]]


def test_numbers_moments_bytes_lists_and_nothing_are_written_as_what_they_are(table):
    moment = datetime(2026, 5, 12, 2, 0, 0, 123456, tzinfo=UTC)
    row = {"name": None, "seen": moment, "raw": memoryview(b"\x00'\\"), "document": '{"a": "\'"}'}
    own = insert_row(table, row)
    sql = "SELECT json_build_array(name, seen, encode(raw, 'hex'), document) FROM odd_row WHERE id = ANY($1::bigint[]) AND $2"
    ((name, seen, raw, document),) = read_one(Read(sql, ([own, own + 1], True), lambda rows: rows))
    assert (name, datetime.fromisoformat(seen), bytes.fromhex(raw)) == (None, moment, b"\x00'\\")
    assert document == {"a": "'"}


def test_who_is_second_inserts_nothing_and_the_transaction_goes_on(table):
    with transaction.atomic():
        first = insert_unless("(name)", table, {"name": "one"})
        assert (first, insert_unless("(name)", table, {"name": "one"})) == (first, None)
        insert_row(table, {"name": "two"})
    (rows,) = run_together(("SELECT name FROM odd_row ORDER BY id", ()))
    assert rows == [[b"one"], [b"two"]]
    with pytest.raises(DatabaseError), transaction.atomic():
        insert_row(table, {"name": "two"})

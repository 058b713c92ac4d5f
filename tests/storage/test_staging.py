"""Rows that stop over in a temporary table."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import connection, transaction

from fairdue.storage.staging import staged

ROWS = pl.DataFrame({"number": [3, 5]})


def _sum() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(number) FROM staged_number")
        return int(cursor.fetchone()[0])


def _stands() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('staged_number') IS NOT NULL")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_rows_stop_over_also_where_no_transaction_is_open():
    assert not connection.in_atomic_block
    with staged(ROWS, "staged_number"):
        assert _sum() == 8
    assert not _stands()


@pytest.mark.django_db
def test_a_block_that_fails_leaves_no_table_and_the_transaction_goes_on():
    with transaction.atomic():
        with pytest.raises(KeyError), staged(ROWS, "staged_number"):
            raise KeyError
        assert not _stands()
        with staged(ROWS, "staged_number"):
            assert _sum() == 8

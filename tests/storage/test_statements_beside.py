"""Statements of one transaction in a second thread."""

from __future__ import annotations

import threading

import polars as pl
import pytest
from django.db import connection, transaction

from fairdue.storage import bulk
from fairdue.storage.beside import statements_beside

pytestmark = pytest.mark.django_db(transaction=True)


def number_of_backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0], threading.get_ident()


def test_statements_run_in_another_thread_on_the_same_connection():
    with transaction.atomic():
        mine = number_of_backend()
        with statements_beside() as server:
            theirs = server.submit(number_of_backend).result()
        assert theirs[0] == mine[0]
        assert theirs[1] != mine[1]
        assert number_of_backend() == mine


def test_what_they_wrote_goes_with_the_transaction():
    class Undo(Exception):
        pass

    def count():
        return bulk.copy_out("SELECT count(*) FROM kept_beside", {"n": pl.Int64})["n"][0]

    bulk.execute("CREATE TABLE kept_beside (n int)")
    try:
        with pytest.raises(Undo), transaction.atomic(), statements_beside() as server:
            server.submit(bulk.execute, "INSERT INTO kept_beside VALUES (1)").result()
            assert server.submit(count).result() == 1
            raise Undo
        assert count() == 0
    finally:
        bulk.execute("DROP TABLE kept_beside")


def test_what_has_not_begun_when_the_block_ends_early_is_dropped():
    begun, done = threading.Event(), []

    def slow():
        begun.set()
        bulk.execute("SELECT pg_sleep(0.2)")
        done.append("slow")

    with pytest.raises(KeyError), transaction.atomic(), statements_beside() as server:
        server.submit(slow)
        server.submit(done.append, "second")
        begun.wait()
        raise KeyError
    assert done == ["slow"]

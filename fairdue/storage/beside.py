"""Statements of one transaction in a second thread, so that the server works while the next rows are computed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def statements_beside() -> Iterator[Executor]:
    """Give a thread that runs what is submitted to it one after the other, on the caller's connection.

    1. Within the block the connection belongs to that thread: the caller's own thread must leave it alone.
    2. The statements belong to the caller's transaction. Ask each for its `result()`, or its failure is lost.
    3. When the block ends early, what has not begun is dropped, and what has is waited for.
    """
    mine = connections[DEFAULT_DB_ALIAS]
    mine.ensure_connection()

    def adopt() -> None:
        connections[DEFAULT_DB_ALIAS] = mine

    mine.inc_thread_sharing()
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="statements", initializer=adopt)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        mine.dec_thread_sharing()

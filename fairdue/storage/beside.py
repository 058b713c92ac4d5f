"""A second thread beside the caller's, so that the server works while the next rows are computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

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


T = TypeVar("T")
_END: Any = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield items in their order, each while the next is computed in a thread, which must not use the database."""
    source = iter(items)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as executor:
        waiting = executor.submit(next, source, _END)
        while (item := waiting.result()) is not _END:
            waiting = executor.submit(next, source, _END)
            yield item

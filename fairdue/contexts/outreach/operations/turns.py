"""One process at a time acts on a dispatch: a turn that ends with the process, whatever any clock says.

A lease is only as good as the clocks of two machines. One that was set forward would take a dispatch away from a worker
that is still sending; so whoever sends or reconciles also holds a lock of its database session, which the server gives
back when the session dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from fairdue.storage.reads import run_together

_NAME = "hashtextextended('outreach.dispatch.' || $1::text, 0)"


@contextmanager
def turn(dispatch_id: int) -> Iterator[bool]:
    """This function will take the turn on a dispatch if nobody else has it, tell whether it did, and give it back.

    1. Taken again within itself it holds. 2. Behind a pooler that hands sessions around there are only the leases.
    """
    if _is_pooled():
        yield True
        return
    if not _ask(f"SELECT pg_try_advisory_lock({_NAME})", dispatch_id):
        yield False
        return
    try:
        yield True
    finally:
        if connection.is_usable():
            _ask(f"SELECT pg_advisory_unlock({_NAME})", dispatch_id)


def _ask(sql: str, dispatch_id: int) -> bool:
    (rows,) = run_together((sql, (str(dispatch_id),)))
    return rows[0][0] == b"t"


def _is_pooled() -> bool:
    return connection.settings_dict["OPTIONS"].get("prepare_threshold", 0) is None

"""Whether a database can be used: reachable, new enough, with its tables."""

from __future__ import annotations

OLDEST_SERVER = 16_00_00
"""PostgreSQL 16."""


class DatabaseUnusable(RuntimeError):
    """The database cannot be used; the message says why and what to do."""


def require_usable(url: str, *, with_tables: bool) -> None:
    """Pass silently if the database answers, is PostgreSQL 16 or newer and, if asked, holds Fairdue's tables.

    :raises DatabaseUnusable: otherwise, without repeating the address, which may hold a password
    """
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
            row = connection.execute("select to_regclass('public.audit_event')").fetchone()
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[0].removeprefix("connection failed: ")
        raise DatabaseUnusable(
            f"the database does not answer: {why}. Check DATABASE_URL, or unset it to use the embedded database."
        ) from error
    if version < OLDEST_SERVER:
        raise DatabaseUnusable(f"the server is PostgreSQL {version // 10_000}; Fairdue needs 16 or newer.")
    if with_tables and (row is None or row[0] is None):
        raise DatabaseUnusable("the database has no tables yet: run `fairdue setup` first.")

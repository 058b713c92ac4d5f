"""Fixtures for every test: the real PostgreSQL, started before Django reads its settings."""

from __future__ import annotations

import functools
import gc
import os

os.environ.setdefault("FAIRDUE_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.settings")

from fairdue.storage.embedded import ensure_database_url

ensure_database_url()

import hypothesis
import pytest
import typer.testing
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection

settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickHasher"]

# one command line of two hundred commands serves all calls of it
typer.testing._get_command = functools.cache(typer.testing._get_command)

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is not a failure
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(items):
    """Begin with the files that take long, so that no worker is alone with one when the others have ended."""
    long = {item.path for item in items for mark in item.iter_markers() if mark.name in ("slow", "browser")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish():
    """Let the garbage collector leave alone what lives to the end: modules and five thousand tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests with real transactions empty append-only tables between them; rows stay protected."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select tgname, tgrelid::regclass::text from pg_trigger where tgname like '%_no_truncate'"
        )
        for trigger, table in cursor.fetchall():
            cursor.execute(f'drop trigger "{trigger}" on {table}')
        cursor.execute("select current_setting('is_superuser')")
        if cursor.fetchone() == ("on",):
            connection.ops.sql_flush = empty_what_is_filled
            flush.emit_post_migrate_signal = leave_what_migrations_wrote
        # what a test committed need not outlive the machine: a commit takes a twentieth of the time
        cursor.execute(f'alter database "{connection.settings_dict["NAME"]}" set synchronous_commit = off')
        cursor.execute("set synchronous_commit = off")


WRITTEN_BY_MIGRATIONS = {"django_content_type", "auth_permission"}


def leave_what_migrations_wrote(*_arguments, **_options):
    """Write nothing anew after a test: what Django would write stays."""


def empty_what_is_filled(_style, tables, *, reset_sequences=False, allow_cascade=False):
    """Return the statements that empty tables after a test, as Django asks for them.

    A test fills a few of a hundred tables: deleting their rows takes a tenth of the time of truncating all.
    """
    with connection.cursor() as cursor:
        probes = (f"select '{table}' where exists (select from \"{table}\")" for table in tables)
        cursor.execute(" union all ".join(probes))
        filled = [table for (table,) in cursor.fetchall() if table not in WRITTEN_BY_MIGRATIONS]
    return [
        "set local session_replication_role = replica",
        *(f'delete from "{table}"' for table in filled),
        "set local session_replication_role = origin",
    ]


@pytest.fixture(autouse=True)
def packs_seen_anew():
    """Let no test rely on rule packs that an earlier one published and took away again."""
    from fairdue.contexts.law.operations import packs

    packs._published.clear()

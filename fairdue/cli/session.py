"""What every command needs: the database, Django, and one way of printing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

console = Console(stderr=True)
"""For people; stdout is for machines."""


def prepare(*, keep_running: bool = False, with_tables: bool = True) -> str:
    """Start the database if need be, set Django up and return the database's address.

    A database that cannot be used ends the command with status 2 and a plain sentence.
    """
    from fairdue.storage.embedded import VAR_DIR, ensure_database_url
    from fairdue.storage.reachable import DatabaseUnusable, require_usable

    join_demonstration(VAR_DIR)
    url = ensure_database_url(keep_running=keep_running)
    from django.apps import apps

    try:  # a process that set Django up earlier, as tests do, has chosen its database itself
        require_usable(url, with_tables=with_tables and not apps.ready)
    except DatabaseUnusable as unusable:
        fail(str(unusable))
    configure()
    return url


def configure() -> None:
    """Set Django up without touching the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.settings")
    import django

    django.setup()


def join_demonstration(var_dir: Path) -> None:
    """Read the clock of the demonstration that lives in `var`, so that its commands agree with its pages."""
    from fairdue.cli.demo.state import read_state, set_clock
    from fairdue.kernel.clock import OFFSET_VARIABLE

    if OFFSET_VARIABLE in os.environ or os.environ.get("FAIRDUE_MODE", "demo") != "demo":
        return
    state = read_state(var_dir / "demo.json")
    if state is not None:
        set_clock(state.clock_offset_seconds)


def emit(document: dict[str, Any]) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def fail(message: str, *, status: int = 2) -> NoReturn:
    """Say what is wrong and what to do, and end with an exit status."""
    console.print(f"[red]✗[/red] {message}", highlight=False, soft_wrap=True)
    raise typer.Exit(status)


def day_or_today(text: str) -> date:
    """Return a day written YYYY-MM-DD, today's business date for an empty text, or end the command."""
    from fairdue.kernel import clock

    try:
        return date.fromisoformat(text) if text else clock.business_date(clock.now())
    except ValueError:
        fail(f"{text!r} is not a day: write YYYY-MM-DD")


def table_of(title: str, head: Iterable[str], rows: Iterable[tuple[object, ...]]) -> Table:
    """Return rows as a table for people; a narrow terminal breaks lines and cuts nothing."""
    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*[str(cell) for cell in row])
    return table

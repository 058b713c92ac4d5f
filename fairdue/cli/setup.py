"""`fairdue setup` and `fairdue stop`: the database with its tables, and the embedded server's end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from fairdue.cli.session import console, emit, prepare


def migrate() -> None:
    """Bring the tables up to date; nothing happens where they already are."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def load_data() -> dict[str, Any]:
    """Load the rule packs, strategies and templates that this version ships; idempotent."""
    from fairdue.journeys.load_packs import load_packs
    from fairdue.kernel import clock

    return load_packs(now=clock.now())


def setup(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Prepare the database: start it, create or update its tables, load the packs."""
    prepare(with_tables=False)
    with console.status("Preparing the database …"):
        migrate()
        loaded = load_data()
    if as_json:
        emit({"status": "ready"} | _described(loaded))
    else:
        console.print("[green]✓[/green] The database is ready.")


def _described(loaded: dict[str, Any]) -> dict[str, object]:
    """Return what was loaded in a machine's words: new rule packs, strategies in force, templates."""
    strategies = {card.code: card.version for card in loaded["strategies"] if card.status == "published"}
    return {
        "new_rule_packs": loaded["rules"],
        "strategies": strategies,
        "templates": asdict(loaded["templates"]),
    }


def stop(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Stop the embedded PostgreSQL, if it runs."""
    from fairdue.storage.embedded import stop_server

    was_running = stop_server()
    if as_json:
        emit({"was_running": was_running})
    else:
        console.print(
            "[green]✓[/green] stopped" if was_running else "The embedded PostgreSQL was not running."
        )


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command()(setup)
    root.command()(stop)

"""`fairdue setup` and `fairdue stop`: the database with its tables, and the embedded server's end."""

from __future__ import annotations

import typer

from fairdue.cli.session import console, emit, prepare


def migrate() -> None:
    """Bring the tables up to date; nothing happens where they already are."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def load_data() -> dict[str, object]:
    """Load the rule packs, strategies and templates that this version ships; idempotent."""
    from fairdue.journeys.load_packs import load_packs
    from fairdue.kernel import clock

    return load_packs(now=clock.now())


def setup(json: bool = typer.Option(False, "--json", help="print one JSON object")) -> None:
    """Prepare the database: start it, create or update its tables, load the packs."""
    prepare()
    with console.status("Preparing the database …"):
        migrate()
        loaded = load_data()
    if json:
        emit({"status": "ready", "loaded": loaded})
    else:
        console.print("[green]✓[/green] The database is ready.")


def stop() -> None:
    """Stop the embedded PostgreSQL, if it runs."""
    from fairdue.storage.embedded import stop_server

    console.print("[green]✓[/green] stopped" if stop_server() else "The embedded PostgreSQL was not running.")


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command()(setup)
    root.command()(stop)

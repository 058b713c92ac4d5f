"""`fairdue demo`: from nothing to a working product on a real book, again in seconds the second time."""

from __future__ import annotations

import typer

from fairdue.cli.demo.command import demo


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(demo)

"""`fairdue docs`: the reference pages, generated from code and packs."""

from __future__ import annotations

import typer

from fairdue.cli.docs.command import docs


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(docs)

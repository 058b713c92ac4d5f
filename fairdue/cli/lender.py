"""`fairdue lender`: set a lender up, so that its files can come in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
import yaml

from fairdue.cli.session import console, emit, fail, prepare


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(lender)


def lender(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="YAML: creditor, products, teams.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Create a creditor with its products and teams, or bring them up to date; the same file changes nothing.

    Exit status 0: done; 2: the file does not describe a lender, nothing was changed.
    """
    document = _read(file)
    prepare()
    from fairdue.journeys.set_up_lender import LenderInvalid, set_up_lender
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        card = set_up_lender(document=document, actor=system("fairdue lender"), now=clock.now())
    except LenderInvalid as refusal:
        fail(f"{file.name}: {refusal}")
    if as_json:
        emit(asdict(card))
    else:
        names = ", ".join((*card.product_codes, *card.team_codes))
        console.print(f"[green]✓[/green] {card.creditor_code}: {names}", highlight=False)


def _read(file: Path) -> dict[str, object]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        fail(f"{file.name} is not YAML: {error}")
    if not isinstance(document, dict):
        fail(f"{file.name} has no creditor, products, teams")
    return document

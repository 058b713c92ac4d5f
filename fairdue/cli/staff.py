"""`fairdue staff`: create and list the people who may log in."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from fairdue.cli.session import console, emit, fail, prepare

app = typer.Typer(help="Create and list the people who may log in.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
ROLES = (
    *("collector", "supervisor", "compliance", "legal", "strategist", "risk", "agency", "field"),
    "administrator",
)
PASSWORD_VARIABLE = "FAIRDUE_PASSWORD"  # noqa: S105 - the name of a variable


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(app, name="staff")


@app.command()
def create(
    username: Annotated[str, typer.Argument(help="The name to log in with.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    display_name: Annotated[str, typer.Option("--name", help="The name that colleagues read.")],
    team: Annotated[str, typer.Option(help="Code of the team; without one no creditor is in scope.")] = "",
    as_json: AsJson = False,
) -> None:
    """Create a member of staff; the password is asked for, or read from FAIRDUE_PASSWORD."""
    prepare()
    from fairdue.contexts.identity import facade
    from fairdue.kernel.actor import system
    from fairdue.kernel.clock import now

    password = os.environ.get(PASSWORD_VARIABLE) or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True, err=True
    )
    try:
        card = facade.create_staff(
            username=username,
            password=password,
            display_name=display_name,
            role=role,
            team_code=team or None,
            actor=system("command line"),
            now=now(),
        )
    except facade.StaffRefused as refusal:
        fail(str(refusal))
    if as_json:
        emit(asdict(card))
    else:
        console.print(f"[green]✓[/green] {card.username} ({card.role}) may log in")


@app.command("list")
def list_(
    as_json: AsJson = False,
) -> None:
    """List the staff: who, role, team, whether active."""
    prepare()
    from fairdue.contexts.identity import facade
    from fairdue.kernel.actor import system

    cards = facade.staff_cards(actor=system("command line"))
    if as_json:
        emit({"staff": [asdict(card) for card in cards]})
        return
    table = Table("user name", "name", "role", "team", "active")
    for card in cards:
        table.add_row(
            card.username, card.display_name, card.role, card.team_code, "yes" if card.is_active else "no"
        )
    console.print(table)

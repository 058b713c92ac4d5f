"""`fairdue portal`: one-time links for borrowers."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from fairdue.cli.session import console, emit, fail, prepare

app = typer.Typer(help="The borrowers' pages.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(app, name="portal")


@app.callback()
def portal() -> None:
    """Let borrowers in."""


@app.command()
def link(
    person: Annotated[int, typer.Option(help="Id of the person.")],
    hours: Annotated[int, typer.Option(min=1, max=720, help="Hours until the link expires.")] = 72,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Print a link that lets one person into the borrowers' pages, once."""
    prepare()
    from django.conf import settings

    from fairdue.journeys.invite_borrower import invite_borrower
    from fairdue.kernel.actor import system
    from fairdue.kernel.clock import now

    moment, lifetime = now(), timedelta(hours=hours)
    try:
        path = invite_borrower(person_id=person, actor=system("cli"), now=moment, lifetime=lifetime)
    except LookupError as error:
        if as_json:
            emit({"error": "parties.person.unknown", "message": str(error)})
        fail(str(error), status=1)
    address = settings.PUBLIC_URL.rstrip("/") + path
    if as_json:
        emit({"url": address, "person_id": person, "expires_at": (moment + lifetime).isoformat()})
    else:
        typer.echo(address)
        console.print(f"opens once, until {moment + lifetime:%Y-%m-%d %H:%M} UTC", highlight=False)

"""`fairdue figures`: the dashboards' figures of a night, counted again from the stored facts and compared."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from fairdue.cli.session import console, emit, fail, prepare

group = typer.Typer(
    help="The dashboards' figures: which nights have them, and their proof.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(root: typer.Typer) -> None:
    """Add the command group."""
    root.add_typer(group, name="figures")


@group.command("nights")
def nights_command(as_json: Json = False) -> None:
    """List the nights that have figures, newest first."""
    prepare()
    from fairdue.contexts.reporting import facade as reporting

    found = [day.isoformat() for day in reporting.figure_nights()]
    if as_json:
        emit({"nights": found})
    else:
        console.print("\n".join(found) or "no night has figures yet", highlight=False)


@group.command("prove")
def prove_command(
    night: Annotated[str, typer.Option(help="The night, such as 2026-11-18; the newest without it.")] = "",
    is_all: Annotated[
        bool, typer.Option("--all", help="Every night that has figures and is still kept.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Count a night's figures again from the lake and compare them row by row with what the dashboards show.

    Exit status 0: all are the same; 1: something differs.
    """
    prepare()
    from fairdue.contexts.reporting import facade as reporting
    from fairdue.journeys.dashboards import prove_figures
    from fairdue.journeys.dashboards.prove import lake_here

    lake = lake_here()
    kept = set(lake.days())
    days = [day for day in reporting.figure_nights() if day in kept]
    wanted = [_day(night)] if night else days if is_all else days[:1]
    if not wanted:
        fail("no night has figures and is still kept in the lake")
    proofs = [prove_figures(day, lake=lake) for day in wanted]
    if as_json:
        emit({"proofs": [asdict(proof) | {"is_proved": proof.is_proved} for proof in proofs]})
    else:
        for proof in proofs:
            mark = "[green]✓[/green]" if proof.is_proved else "[red]✗[/red]"
            console.print(
                f"{mark} {proof.night}: {proof.stored:,} rows stored, {proof.counted:,} counted again"
            )
            if proof.left_out:
                console.print(f"  their earlier night is gone: {', '.join(proof.left_out)}", highlight=False)
            for line in proof.differences:
                console.print(f"  {line}", highlight=False, markup=False)
    raise typer.Exit(0 if all(proof.is_proved for proof in proofs) else 1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no date; write it as 2026-11-18")

"""`fairdue decide …`: what was decided, and whether it would be decided again alike."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fairdue.cli.session import configure, console, emit, fail

JSON = typer.Option(False, "--json", help="One JSON object on stdout.")


def register(root: typer.Typer) -> None:
    """Add the group `decide`."""
    decide = typer.Typer(help="Decisions of stored nights: recompute them.", no_args_is_help=True)
    decide.command("recompute")(recompute)
    root.add_typer(decide, name="decide")


def recompute(
    day: str = typer.Option(..., "--date", help="Business date of the night, YYYY-MM-DD."),
    partition: int = typer.Option(-1, "--partition", help="Only this partition; default all."),
    as_json: bool = JSON,
) -> None:
    """Decide a stored night again from the lake and compare every cell. Exit 0 the same, 1 different or not stored."""
    configure()
    from fairdue.journeys.nightly_cycle.lake import NightAltered, NightNotStored
    from fairdue.journeys.nightly_cycle.recompute import recompute as again

    try:
        night = lake().night(read_date(day))
        parts = None if partition < 0 else [partition]
        if parts and partition not in night.parts:
            fail(f"the night has partitions 0 to {night.manifest.parts - 1}")
        with bars() as progress:
            task = progress.add_task("recompute", total=None)
            found = again(
                night,
                parts=parts,
                told=lambda done, total: progress.update(task, completed=done, total=total),
            )
    except (NightNotStored, NightAltered) as error:
        refuse(error, as_json)
    answer = {"date": day, "is_equal": found.difference is None, **dataclasses.asdict(found)}
    if as_json:
        emit(answer)
    elif found.difference is None:
        console.print(
            f"{found.persons:,} persons and {found.ways:,} ways in {found.parts} partitions: the same, bit for bit"
        )
    else:
        one = found.difference
        console.print(
            f"[red]person {one.person_id}[/red] (partition {one.part}, {one.frame}.{one.column}):"
            f" stored {one.stored}, decided again {one.again}"
        )
    raise typer.Exit(0 if found.difference is None else 1)


def lake() -> Any:
    """Return the lake of this installation."""
    from django.conf import settings

    from fairdue.journeys.nightly_cycle.lake import Lake
    from fairdue.storage.embedded import VAR_DIR

    return Lake(settings.LAKE or str(VAR_DIR / "facts"))


def bars() -> Progress:
    """Return progress bars with an estimate."""
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def read_date(text: str) -> date:
    """Return a date written YYYY-MM-DD, or end the command."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no date; write YYYY-MM-DD")


def refuse(error: Any, as_json: bool) -> NoReturn:
    """End the command with status 1 and the reason."""
    if as_json:
        emit({"error": error.code, "message": str(error)})
    fail(str(error), status=1)

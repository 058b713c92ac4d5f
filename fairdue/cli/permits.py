"""`fairdue permits`: prove that no permit was changed, and give proof to others."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from fairdue.cli.session import console, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

permits = typer.Typer(
    help="Prove that no permit was changed, and give proof to others.", no_args_is_help=True
)
permits.callback()(lambda: None)


def register(root: typer.Typer) -> None:
    """Add the command group."""
    root.add_typer(permits, name="permits")


@permits.command()
def verify(as_json: AsJson = False) -> None:
    """Follow every permit chain; status 1 if a permit was altered, removed, inserted, unsigned or misused."""
    prepare()
    from fairdue.contexts.law import facade as law

    with console.status("following the permit chains"):
        report = law.verify_permits()
    if as_json:
        emit(asdict(report) | {"is_intact": report.is_intact})
    else:
        for fault in report.faults:
            console.print(
                f"[red]✗[/red] chain {fault.chain}, position {fault.position}: {fault.kind}", highlight=False
            )
        mark = "[green]✓[/green] intact" if report.is_intact else f"[red]✗[/red] {len(report.faults)} faults"
        console.print(f"{mark}: {report.permits} permits in {report.chains} chains")
    raise typer.Exit(0 if report.is_intact else 1)


@permits.command()
def export(
    since: Annotated[str, typer.Option("--from", help="First day (2026-05-01) or moment with offset.")],
    until: Annotated[str, typer.Option("--to", help="Last day, included, or the moment before which.")],
    out: Annotated[Path, typer.Option(help="The zip file to write.")] = Path("permits.zip"),
    as_json: AsJson = False,
) -> None:
    """Write the permits of a span as a bundle that anybody verifies with Python alone; days are those of the house."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    span = {"since": _moment("--from", since), "until": _moment("--to", until, is_end=True)}
    if not out.parent.is_dir():
        fail(f"there is no folder {out.parent}")
    try:
        with console.status("writing the bundle"):
            report = law.export_permits(**span, path=out, actor=system("permits export"), now=clock.now())
    except (law.SpanEmpty, law.PackUnpublished) as error:
        fail(str(error), status=1)
    if as_json:
        emit(asdict(report))
    console.print(
        f"{report.permits} permits of {report.chains} chains under {report.packs} packs: {report.path}"
    )
    console.print(f"verify it anywhere: python3 -I verify_permits.py {report.path}", soft_wrap=True)


def _moment(option: str, text: str, *, is_end: bool = False) -> datetime:
    """Read a moment, or a day of the house: its start, or for an end the start of the day after."""
    from django.conf import settings

    try:
        if len(text) == len("2026-05-01"):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(
            f"{option} {text!r} is neither a day like 2026-05-01 nor a moment like 2026-05-01T00:00:00+08:00"
        )
    if moment.tzinfo is None:
        fail(f"{option} {text!r} needs an offset, such as +08:00")
    return moment

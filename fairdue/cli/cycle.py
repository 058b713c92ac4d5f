"""`fairdue cycle run` and `fairdue cycle report`: the night from the command line."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fairdue.cli.cycle_capacity import print_capacity
from fairdue.cli.session import console, emit, fail, prepare


def register(root: typer.Typer) -> None:
    """Add the group `cycle`."""
    cycle = typer.Typer(help="The night: decide for everyone, once per date.", no_args_is_help=True)
    cycle.command("run")(run)
    cycle.command("report")(report)
    root.add_typer(cycle, name="cycle")


DATE = typer.Option(..., "--date", help="Business date, YYYY-MM-DD.")
ENGINE = typer.Option(
    "local", help="Where partitions are decided: local, spark://host:7077, local-cluster[2,1,1024], yarn."
)
CREDITOR = typer.Option(
    "",
    help="Code of a creditor whose file came late: an extra night over that book, after the night of the day.",
)
JSON = typer.Option(False, "--json", help="One JSON object on stdout.")


def run(day: str = DATE, creditor: str = CREDITOR, engine: str = ENGINE, as_json: bool = JSON) -> None:
    """Run the night of a date, or what is left of it. Exit 0 done, 1 refused, 2 bad usage."""
    cycle_date = _date(day)
    prepare()
    from fairdue.contexts.book.facade import CreditorUnknown
    from fairdue.contexts.decisions.facade import (
        CycleIsOutdated,
        CycleIsRunning,
        NightNotFinished,
        StrategyUnknown,
    )
    from fairdue.journeys.nightly_cycle import run_cycle
    from fairdue.journeys.nightly_cycle.engines import EngineUnknown
    from fairdue.journeys.nightly_cycle.estimating import usual_seconds
    from fairdue.journeys.nightly_cycle.inbox import BookStillPartial
    from fairdue.journeys.nightly_cycle.spark import SparkMissing
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    with _bars() as bars:
        shown: dict[str, Any] = {}
        usual = {} if creditor else usual_seconds(cycle_date)
        _tell_whole(usual)
        try:
            result = run_cycle(
                cycle_date=cycle_date,
                actor=system("cycle"),
                now=clock.now(),
                engine=engine,
                creditor_code=creditor,
                progress=lambda stage, done, total: _show(bars, shown, usual, stage, done, total),
            )
        except (
            BookStillPartial,
            CreditorUnknown,
            CycleIsOutdated,
            CycleIsRunning,
            EngineUnknown,
            NightNotFinished,
            SparkMissing,
            StrategyUnknown,
        ) as error:
            _refuse(error, as_json)
    _print(result, as_json)


def report(day: str = DATE, creditor: str = CREDITOR, as_json: bool = JSON) -> None:
    """Show what the night of a date did. Exit 1 if there was none."""
    cycle_date = _date(day)
    prepare()
    from fairdue.contexts.book.facade import CreditorUnknown, creditor_by_code
    from fairdue.contexts.decisions.facade import CycleUnknown, cycle_report

    try:
        result = cycle_report(cycle_date, creditor_by_code(creditor).creditor_id if creditor else None)
    except (CycleUnknown, CreditorUnknown) as error:
        _refuse(error, as_json)
    _print(result, as_json)


def _refuse(error: Any, as_json: bool) -> None:
    if as_json:
        emit({"error": error.code, "message": str(error)})
    fail(str(error), status=1)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no date; write YYYY-MM-DD")


def _bars() -> Progress:
    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[usual]}"),
    )
    return Progress(*columns, console=console)


def _tell_whole(usual: dict[str, float]) -> None:
    if usual:
        console.print(f"by the nights before, about {_span(sum(usual.values()))}")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _show(
    bars: Progress, shown: dict[str, Any], usual: dict[str, float], stage: str, done: int, total: int
) -> None:
    if stage not in shown:
        words = f"usually {_span(usual[stage])}" if stage in usual else ""
        shown[stage] = bars.add_task(stage, total=total, usual=words)
    bars.update(shown[stage], completed=done, total=total)


def _print(result: Any, as_json: bool) -> None:
    if as_json:
        emit(dataclasses.asdict(result))
        return
    card = result.cycle
    console.print(
        f"[bold]{card.cycle_date}[/bold] {card.status}  {card.strategy_code}@{card.strategy_version}"
    )
    console.print(_stages(result))
    console.print(_rows(result))
    print_capacity(result)
    for warning in result.warnings:
        console.print(f"[yellow]! {warning}[/yellow]")


def _stages(result: Any) -> Table:
    table = Table("stage", "in", "out", "rejected", "why", box=None)
    for stage in result.stages:
        why = ", ".join(f"{reason} {count:,}" for reason, count in stage.rejected.items())
        table.add_row(
            stage.name, f"{stage.in_count:,}", f"{stage.out_count:,}", f"{stage.rejected_count:,}", why
        )
    return table


def _rows(result: Any) -> Table:
    table = Table("row", "persons", "", box=None)
    for row in result.by_row:
        table.add_row(row.code, f"{row.count:,}", f"{row.title_zh} · {row.title_en}")
    return table

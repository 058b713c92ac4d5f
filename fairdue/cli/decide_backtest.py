"""`fairdue decide backtest`: what a strategy would have done over stored nights."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typer
import yaml
from rich.table import Table

from fairdue.cli.decide import bars, lake, read_date, refuse
from fairdue.cli.decide_explain import decide_group
from fairdue.cli.session import console, emit, fail, prepare


def register(root: typer.Typer) -> None:
    """Add `decide backtest`."""
    decide_group(root).command("backtest")(backtest)


def backtest(
    strategy: str = typer.Argument(..., help="CODE, CODE@VERSION, or a file (.yaml, .json)."),
    since: str = typer.Option(..., "--from", help="First night, YYYY-MM-DD."),
    until: str = typer.Option(..., "--to", help="Last night, YYYY-MM-DD."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object on stdout."),
) -> None:
    """Decide stored nights by a strategy and count steps, cost, contacts, caps hit and persons never reached.

    Exit 0 done, 1 no such strategy or night.
    """
    first, last = read_date(since), read_date(until)
    prepare()
    from fairdue.engine.strategy.decide import FactsMissing
    from fairdue.engine.strategy.table import StrategyErrors
    from fairdue.journeys.nightly_cycle.action_values import action_values
    from fairdue.journeys.nightly_cycle.backtest import backtest as tried
    from fairdue.journeys.nightly_cycle.lake import NightAltered

    document = _document(strategy, as_json)
    place = lake()
    days = [day for day in place.days() if first <= day <= last]
    nights = [night for night in map(place.night, days) if night.manifest.stage == "decided"]
    if not nights:
        fail(f"the lake holds no decided night from {first} to {last}", status=1)
    try:
        with bars() as progress:
            task = progress.add_task("backtest", total=None)
            found = tried(
                nights,
                document,
                action_values().costs,
                told=lambda done, total: progress.update(task, completed=done, total=total),
            )
    except (NightAltered, FactsMissing, StrategyErrors) as error:
        refuse(error, as_json)
    there = {night.manifest.cycle_date for night in nights}
    span = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found = dataclasses.replace(found, missing_dates=tuple(day for day in span if day not in there))
    if as_json:
        emit(dataclasses.asdict(found) | {"currency": action_values().currency})
        return
    _print(found, action_values().currency)


def _document(strategy: str, as_json: bool) -> Mapping[str, Any]:
    """Read a strategy from a file, or find a version of it."""
    path = Path(strategy)
    if path.suffix in (".yaml", ".yml", ".json"):
        if not path.exists():
            fail(f"there is no file {strategy}")
        text = path.read_text(encoding="utf-8")
        found: Mapping[str, Any] = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
        return found
    from fairdue.contexts.decisions import facade as decisions

    code, _, version = strategy.partition("@")
    try:
        if not version:
            return decisions.published_strategy(code).content
        for card in decisions.strategy_versions(code):
            if card.version == version:
                return card.content
    except decisions.StrategyUnknown as error:
        refuse(error, as_json)
    return fail(f"there is no strategy {strategy}", status=1)


def _print(found: Any, currency: str) -> None:
    console.print(
        f"[bold]{found.strategy}[/bold] over {len(found.nights)} nights; in brackets what was decided"
    )
    table = Table("night", "persons", "contacts", "cost", "caps hit", "decided otherwise", box=None)
    for night in found.nights:
        table.add_row(
            night.cycle_date.isoformat(),
            f"{night.persons:,}",
            f"{night.contacts:,} ({night.decided_contacts:,})",
            f"{night.cost_minor / 100:,.2f} ({night.decided_cost_minor / 100:,.2f}) {currency}",
            f"{sum(night.caps_hit.values()):,}",
            f"{night.different:,}",
        )
    console.print(table)
    console.print(
        f"overdue on some night: {found.overdue_persons:,}; never reached: {found.never_reached:,}"
        f" ({found.decided_never_reached:,})"
    )
    if found.missing_dates:
        missing = ", ".join(map(date.isoformat, found.missing_dates))
        console.print(f"[yellow]not stored, so not counted: {missing}[/yellow]")

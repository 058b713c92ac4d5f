"""`fairdue strategy`: check a strategy's document and publish it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape
from rich.table import Table

from fairdue.cli import strategy_checks, strategy_files
from fairdue.cli.session import console, emit, fail, prepare

app = typer.Typer(help="Check, publish, list, export and import strategies.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The strategy's YAML document.")]


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    strategy_checks.attach(app)
    strategy_files.attach(app)
    root.add_typer(app, name="strategy")


@app.command()
def publish(file: File, as_json: AsJson = False) -> None:
    """Check a strategy, publish it and retire the version before; the next night decides by it.

    Exit status 0: published, or the same version was before; 1: it has faults, or the version has other content.
    """
    document = _read(file)
    prepare()
    from fairdue.contexts.decisions.facade import StrategyIsAltered, load_strategy
    from fairdue.engine.strategy.table import StrategyErrors
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    answer: dict[str, Any] = {"strategy": _label(document), "status": "refused", "errors": []}
    try:
        card = load_strategy(document=document, actor=system("fairdue strategy"), now=clock.now())
        answer["status"] = card.status
    except StrategyErrors as faults:
        answer["errors"] = list(faults.errors)
    except StrategyIsAltered as refusal:
        answer["errors"] = [f"{refusal}: give the change a new version"]
    _report(answer, as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every version with its number, which the steps of its life ask for, and its state."""
    prepare()
    from fairdue.contexts.decisions.facade import strategies

    cards = strategies()
    if as_json:
        names = ("strategy_id", "code", "version", "status", "loaded_at", "sha256")
        emit({"strategies": [{name: getattr(card, name) for name in names} for card in cards]})
        return
    table = Table("number", "strategy", "version", "state", "since")
    for card in cards:
        since = f"{card.loaded_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(str(card.strategy_id), card.code, card.version, card.status, since)
    console.print(table)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        fail(escape(f"{file.name} is not YAML: {error}"))
    if not isinstance(document, dict):
        fail(f"{file.name} is not a strategy's document")
    return document


def _label(document: dict[str, Any]) -> str:
    return f"{document.get('code', '?')}@{document.get('version', '?')}"


def _report(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(answer)
    for fault in [] if as_json else answer["errors"]:
        console.print(f"[red]✗[/red] {escape(fault)}", highlight=False, soft_wrap=True)
    if not answer["errors"] and not as_json:
        state = answer.get("status") or f"{answer['rows']} rows, may be published"
        console.print(f"[green]✓[/green] {answer['strategy']}: {state}", highlight=False)
    raise typer.Exit(1 if answer["errors"] else 0)

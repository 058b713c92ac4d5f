"""`fairdue strategy check` and `map`: what is wrong with a strategy, shown by accounts, and its stages as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Source = Annotated[
    str, typer.Argument(help="A strategy's YAML document, or the code of one that ships or is published.")
]
Language = Annotated[str, typer.Option("--language", help="en or zh.")]

MARKS = {"error": "[red]✗[/red]", "warning": "[yellow]![/yellow]", "note": "[blue]·[/blue]"}


def attach(app: typer.Typer) -> None:
    """Add the commands to the group `strategy`."""
    app.command()(check)
    app.command("map")(map_)


def document_of(source: str) -> dict[str, Any]:
    """Return the document of a file, of a strategy that ships, or of the published version of a code."""
    from fairdue.engine.law.jurisdictions import PACKS

    path = Path(source)
    shipped = PACKS / "strategies" / source / "strategy.yaml"
    if not path.is_file() and not shipped.is_file():
        return _published(source)
    found = path if path.is_file() else shipped
    try:
        document = yaml.safe_load(found.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        fail(escape(f"{found.name} is not YAML: {error}"))
    if not isinstance(document, dict):
        fail(f"{found.name} is not a strategy's document")
    return document


def _published(code: str) -> dict[str, Any]:
    prepare()
    from fairdue.contexts.decisions.facade import StrategyUnknown, published_strategy

    try:
        return dict(published_strategy(code).content)
    except StrategyUnknown:
        fail(f"{code} is no file, no strategy that ships and none that is published")


def check(source: Source, as_json: AsJson = False, language: Language = "en") -> None:
    """Check a strategy before it may run: types, gaps, overlaps, dead rows, stages, exits, caps, discounts; nothing is changed.

    Every finding comes with an account that shows it and, for stages, with the path. What each kind means and what to do:
    docs/reference/strategy-checks.md. Exit status 0: no errors; 1: errors; 2: the file is not YAML.
    """
    from fairdue.engine.strategy.table import StrategyErrors, read_strategy

    document = document_of(source)
    label = f"{document.get('code', '?')}@{document.get('version', '?')}"
    try:
        strategy = read_strategy(document)
    except StrategyErrors as faults:
        texts = [fault.text_zh if language.startswith("zh") else fault.text_en for fault in faults.faults]
        _answer({"strategy": label, "rows": 0, "errors": texts, "findings": []}, as_json, language)
    else:
        found = [asdict(each) for each in _findings(strategy)]
        word = "message_zh" if language.startswith("zh") else "message_en"
        errors = [each[word] for each in found if each["severity"] == "error"]
        _answer(
            {"strategy": label, "rows": len(strategy.rows), "errors": errors, "findings": found},
            as_json,
            language,
        )


def _findings(strategy: Any) -> tuple[Any, ...]:
    from fairdue.engine.strategy.catalogue import load_catalogue
    from fairdue.engine.strategy.checks import check as check_all
    from fairdue.engine.strategy.checks.caps import default_caps

    return check_all(strategy, catalogue=load_catalogue(), caps=default_caps())


def _answer(answer: dict[str, Any], as_json: bool, language: str) -> None:
    if as_json:
        emit(answer)
        raise typer.Exit(1 if answer["errors"] else 0)
    word = "message_zh" if language.startswith("zh") else "message_en"
    unreadable = answer["errors"] if answer["errors"] and not answer["findings"] else []
    for text in unreadable:
        console.print(f"{MARKS['error']} {escape(text)}", highlight=False, soft_wrap=True)
    for found in answer["findings"]:
        console.print(
            f"{MARKS[found['severity']]} {found['kind']}: {escape(found[word])}",
            highlight=False,
            soft_wrap=True,
        )
        _show(found)
    if not answer["errors"]:
        others = len(answer["findings"])
        more = f", {others} more to read above" if others else ""
        console.print(
            f"[green]✓[/green] {answer['strategy']}: {answer['rows']} rows, no errors{more}", highlight=False
        )
    raise typer.Exit(1 if answer["errors"] else 0)


def _show(found: Mapping[str, Any]) -> None:
    """Print the account that shows a finding, and the path step by step."""
    if found["example"] is not None:
        console.print(f"    account: {escape(_facts(found['example']))}", highlight=False, soft_wrap=True)
    for step in found["path"]:
        facts = _facts(step["facts"]) if step["event"] != "start" else "the account above"
        line = f"    day {step['day']}, {step['event']}: {step['row_id'] or '-'} ({step['stage'] or '-'}); {facts}"
        console.print(escape(line), highlight=False, soft_wrap=True)


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in facts.items())


def _plain(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "missing"}[value]
        if isinstance(value, bool | None)
        else str(value)
    )


def map_(
    source: Source,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write the picture here.")] = None,
    bpmn: Annotated[Path | None, typer.Option("--bpmn", help="Write BPMN 2.0 here.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Draw the stages of a strategy: as an SVG picture, as BPMN 2.0, or, without a file, as a list of arrows.

    Exit status 0: done; 1: the strategy has faults or no stages.
    """
    from fairdue.engine.strategy.checks.regions import TooMuch
    from fairdue.engine.strategy.lifecycle.bpmn import to_bpmn
    from fairdue.engine.strategy.lifecycle.map import stage_map
    from fairdue.engine.strategy.lifecycle.picture import draw
    from fairdue.engine.strategy.table import StrategyErrors, read_strategy

    try:
        strategy = read_strategy(document_of(source))
        found = stage_map(strategy)
    except (StrategyErrors, TooMuch) as error:
        fail(escape(str(error) or "the strategy has too many combinations of facts to be walked"), status=1)
    if not found.stages:
        fail(f"{strategy.code} has no stages", status=1)
    if svg:
        svg.write_text(draw(strategy, language=language), encoding="utf-8")
    if bpmn:
        bpmn.write_text(to_bpmn(strategy, language=language), encoding="utf-8")
    arrows = [asdict(arrow) for arrow in found.arrows]
    if as_json:
        emit({"stages": list(found.stages), "main": list(found.main), "start": found.start, "arrows": arrows})
    elif not svg and not bpmn:
        for arrow in found.arrows:
            console.print(f"{arrow.start} → {arrow.end}: {', '.join(arrow.events)}", highlight=False)

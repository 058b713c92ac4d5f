"""`fairdue dmn`: ask DMN models, and hold the engine against the conformance kit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli.session import emit, fail
from fairdue.engine.dmn import DmnError, Result, evaluate_model, read_model
from fairdue.engine.dmn.conformance import CaseResult, run_folder
from fairdue.engine.feel import FeelError, evaluate, parse_expression
from fairdue.engine.feel.values import Fault, string

app = typer.Typer(help="Ask DMN models and run DMN conformance cases.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(app, name="dmn")


@app.command()
def tck(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Folder of cases.")
    ],
    as_json: AsJson = False,
) -> None:
    """Run the cases of the DMN Technology Compatibility Kit in a folder and the folders below it.

    Exit status 0: all pass; 1: any fails; 2: there are none, or a file cannot be read.
    """
    results: list[CaseResult] = []
    output = Console(highlight=False, soft_wrap=True)
    try:
        for result in run_folder(folder):
            results.append(result)
            if not as_json:
                _print_case(output, result)
    except (DmnError, OSError) as error:
        fail(escape(str(error)))
    if not results:
        fail(f"{escape(str(folder))} holds no test cases: their files have the root element testCases")
    passed = sum(result.is_passed for result in results)
    if as_json:
        cases = [_as_json(result) for result in results]
        emit({"passed": passed, "failed": len(results) - passed, "cases": cases})
    else:
        output.print(f"{passed} passed, {len(results) - passed} failed")
    raise typer.Exit(0 if passed == len(results) else 1)


def _as_json(result: CaseResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "test": result.test,
        "passed": result.is_passed,
        "expected": result.expected,
        "found": result.found,
        "message": result.message,
    }


def _print_case(output: Console, result: CaseResult) -> None:
    state = "[green]pass[/]" if result.is_passed else "[red]fail[/]"
    output.print(f"{state}  {escape(result.test)}")
    if not result.is_passed:
        output.print(f"      expected {escape(result.expected)}")
        output.print(f"      found    {escape(result.found)}  {escape(result.message)}")


@app.command("run")
def run_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A DMN file, 1.1 to 1.5.")],
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME=VALUE", help='As FEEL: Age=18, Risk="High", paid=[1, 2].'),
    ] = None,
    decision: Annotated[str | None, typer.Option(help="Only this decision, by name or id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the decisions of a DMN model; a text may be given without quotes when it is no other value.

    Exit status 0: every decision has a value or is null without an error; 1: one is null by an error; 2: the file
    or an input cannot be read.
    """
    try:
        model = read_model(file.read_bytes())
        names = None if decision is None else [decision]
        known = {*(one.name for one in model.inputs), *(one.name for one in model.decisions)}
        results = evaluate_model(model, dict(_input(text, known) for text in inputs or ()), names)
    except (DmnError, FeelError, OSError) as error:
        fail(escape(str(error)))
    if as_json:
        emit({"decisions": {name: _result_json(result) for name, result in results.items()}})
    else:
        _print_results(Console(highlight=False, soft_wrap=True), results)
    has_error = any(result.value is None and result.messages for result in results.values())
    raise typer.Exit(1 if has_error else 0)


def _input(text: str, known: set[str]) -> tuple[str, Any]:
    name, mark, written = text.partition("=")
    name = name.strip()
    if not mark or name not in known:
        fail(
            escape(
                f"--input {text}: write NAME=VALUE; the model has {', '.join(sorted(known)) or 'no inputs'}"
            )
        )
    notes: list[str] = []
    try:
        value = evaluate(parse_expression(written), {}, notes)
    except FeelError:
        if any(sign in written for sign in '"[{('):
            raise
        return name, written.strip()
    return name, written.strip() if notes and value is None else value


def _result_json(result: Result) -> dict[str, Any]:
    return {"value": _text(result.value), "messages": list(result.messages)}


def _text(value: Any) -> str | None:
    try:
        return None if value is None else string(value)
    except Fault as fault:
        return f"({fault})"


def _print_results(output: Console, results: dict[str, Result]) -> None:
    for name, result in results.items():
        output.print(f"{escape(name)}: {escape(_text(result.value) or 'null')}")
        for message in result.messages:
            output.print(f"    {escape(message)}")

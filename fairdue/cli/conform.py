"""`fairdue conform`: put cases of law and money to the engine and say which it answers rightly."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli.session import emit, fail
from fairdue.engine.conformance.adapters import ADAPTERS
from fairdue.engine.conformance.cases import FileMalformed, find_files, read
from fairdue.engine.conformance.running import Result, plain, run

_COLOURS = {"pass": "green", "fail": "red", "unsupported": "yellow"}


def register(root: typer.Typer) -> None:
    """Add the command to the root command."""
    root.command()(conform)


def conform(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Case files, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Run conformance cases: status 0 if none failed, 1 if any did, 2 if a file cannot be read.

    Cases of grade M are reported apart and do not decide the status.
    """
    try:
        cases = [case for path in find_files(paths) for case in read(path)]
    except (FileMalformed, OSError) as error:
        fail(escape(str(error)))
    results = []
    output = Console(highlight=False, soft_wrap=True)
    for result in run(cases, ADAPTERS):
        results.append(result)
        if not as_json:
            _print_result(output, result)
    if as_json:
        emit(_document(results))
    else:
        _print_counts(output, results)
    has_failed = any(result.status == "fail" and result.case.decides for result in results)
    raise typer.Exit(1 if has_failed else 0)


def _document(results: list[Result]) -> dict[str, Any]:
    counts = Counter(result.status for result in results)
    cases = [
        {
            "id": result.case.id,
            "kind": result.case.kind,
            "status": result.status,
            "expected": result.expected,
            "got": result.got,
        }
        for result in results
    ]
    return {
        "passed": counts["pass"],
        "failed": counts["fail"],
        "unsupported": counts["unsupported"],
        "cases": cases,
    }


def _print_result(output: Console, result: Result) -> None:
    colour, case = _COLOURS[result.status], result.case
    grade = "" if case.decides else " (grade M)"
    reason = f": {result.reason}" if result.reason else ""
    output.print(f"[{colour}]{result.status:<11}[/] {case.id} {case.kind}{grade}{escape(reason)}")
    if result.status == "fail":
        for difference in result.differences:
            output.print(escape(f"            expected {difference.field} {_text(difference.expected)}"))
            output.print(escape(f"            got      {difference.field} {_text(difference.got)}"))


def _text(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, default=str)


def _print_counts(output: Console, results: list[Result]) -> None:
    for name, is_deciding in (("", True), ("grade M, not deciding: ", False)):
        counts = Counter(result.status for result in results if result.case.decides is is_deciding)
        if counts or is_deciding:
            figures = f"{counts['pass']} passed, {counts['fail']} failed, {counts['unsupported']} unsupported"
            output.print(f"{name}{figures}")

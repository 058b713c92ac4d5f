"""`fairdue decide explain`: why a night decided something for a person."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any

import typer
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare


def decide_group(root: typer.Typer) -> typer.Typer:
    """Return the group `decide` of the root command, added if nobody has yet."""
    for group in root.registered_groups:
        if group.name == "decide" and group.typer_instance is not None:
            return group.typer_instance
    made = typer.Typer(help="Decisions of nights: why, by whom, and experiments.", no_args_is_help=True)
    root.add_typer(made, name="decide")
    return made


def register(root: typer.Typer) -> None:
    """Add `decide explain`."""
    decide_group(root).command("explain")(explain)


def explain(
    person: Annotated[
        int, typer.Argument(help="The person's number, as the case page's address and lists show it.")
    ],
    day: Annotated[str, typer.Option("--date", help="Business date; default: the latest night.")] = "",
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Tell in sentences why a night decided what it did for a person, from the facts that the night kept.

    Exit status 0: told; 1: no night decided for the person.
    """
    try:
        cycle_date = date.fromisoformat(day) if day else None
    except ValueError:
        fail(f"{day!r} is no date; write YYYY-MM-DD")
    prepare()
    from fairdue.journeys.explain_decision import NothingDecided, explain_decision, lake_of_nights

    try:
        found = explain_decision(person_id=person, cycle_date=cycle_date, lake=lake_of_nights())
    except NothingDecided as refusal:
        if as_json:
            emit({"error": refusal.code, "message": str(refusal)})
        fail(str(refusal), status=1)
    if as_json:
        emit(_document(found))
        return
    for zh, en in found.sentences:
        console.print(escape(zh if language.startswith("zh") else en), highlight=False, soft_wrap=True)


def _document(found: Any) -> dict[str, Any]:
    return {
        "decision": dataclasses.asdict(found.decision),
        "facts_state": found.facts_state,
        "facts": dict(found.facts),
        "trace": dataclasses.asdict(found.trace) if found.trace else None,
        "nearest": [dataclasses.asdict(each) for each in found.nearest],
        "sentences": [{"zh": zh, "en": en} for zh, en in found.sentences],
    }

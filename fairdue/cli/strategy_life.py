"""`fairdue strategy draft|step|shadow`: the life of a version from the command line, in somebody's name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape
from rich.table import Table

from fairdue.cli.session import console, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
By = Annotated[str, typer.Option("--by", help="Who does it: a username of the workbench.")]
Id = Annotated[
    int, typer.Argument(help="Number of the version, as `fairdue strategy draft` and its page show it.")
]


STEPS = ("check", "shadow", "approve", "publish", "retire")
"""The steps of a version's life after it was drafted."""


def register(root: typer.Typer) -> None:
    """Add the commands to the group `strategy`."""
    for group in root.registered_groups:
        if group.name == "strategy" and group.typer_instance is not None:
            for command in (draft, step, shadow):
                group.typer_instance.command(command.__name__)(command)


def draft(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The strategy's YAML document.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Save a document as a new draft; it may still have faults.

    Exit status 0: saved; 1: refused, with the reason; 2: the file is not YAML, or nobody has that username.
    """
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        fail(escape(f"{file.name} is not YAML: {error}"))
    if not isinstance(document, dict):
        fail(f"{file.name} is not a strategy's document")
    prepare()
    from fairdue.contexts.decisions import facade as decisions

    code = str(document.get("code", ""))
    card = _done(lambda who: decisions.save_draft(code=code, document=document, **who), by, as_json)
    _tell(card, as_json)


def step(
    strategy_id: Id,
    name: Annotated[
        str, typer.Argument(help="What is done with it: check, shadow, approve, publish or retire.")
    ],
    by: By,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Let warnings of the check stand.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a version one step on: check, shadow, approve (a second person), publish, retire.

    Exit status 0: done; 1: refused with the reason, or the check found something; 2: bad usage.
    """
    if name not in STEPS:
        fail(f"{name!r} is no step; write one of {', '.join(STEPS)}")
    prepare()
    from fairdue.contexts.decisions import facade as decisions

    works = {
        "shadow": decisions.start_shadow,
        "approve": decisions.approve_version,
        "publish": decisions.publish_version,
        "retire": decisions.retire_version,
    }
    if name != "check":
        _tell(_done(lambda who: works[name](strategy_id=strategy_id, **who), by, as_json), as_json)
        return
    found = _done(
        lambda who: decisions.check_version(strategy_id=strategy_id, acknowledge=acknowledge, **who),
        by,
        as_json,
    )
    if as_json:
        emit(dataclasses.asdict(found))
    else:
        for each in found.findings:
            console.print(f"{each.severity}: {escape(each.message_en)}", highlight=False, soft_wrap=True)
        console.print(f"{found.strategy.code}@{found.strategy.version}: {found.strategy.status}")
    raise typer.Exit(0 if found.is_publishable else 1)


def shadow(strategy_id: Id, as_json: AsJson = False) -> None:
    """Show whom a version in the shadow would have treated otherwise, night by night, by pair of rows.

    Exit status 0: shown, also if no night has passed yet.
    """
    prepare()
    from fairdue.contexts.book import facade as book
    from fairdue.contexts.decisions import facade as decisions

    nights = decisions.shadow_nights(strategy_id)
    if as_json:
        emit({"nights": [dataclasses.asdict(night) for night in nights]})
        return
    currency = book.book_currency()
    for night in nights:
        head = f"{night.cycle_date}: {night.different_persons:,} of {night.persons:,} persons otherwise"
        table = Table("live row", "would be", "persons", "overdue", "examples", title=head)
        for pair in night.pairs:
            if pair.is_different:
                examples = ", ".join(map(str, pair.examples))
                overdue = f"{currency} {pair.overdue_minor / 100:,.2f}"
                table.add_row(pair.live_row, pair.shadow_row, f"{pair.persons:,}", overdue, examples)
        console.print(table)
    if not nights:
        console.print("no night yet: the first differences stand here after the next one")


def _done(work: Any, by: str, as_json: bool) -> Any:
    """Do something as a member of staff; a refusal ends the command with status 1."""
    from fairdue.contexts.decisions import facade as decisions
    from fairdue.contexts.identity import facade as identity
    from fairdue.kernel import clock
    from fairdue.kernel.actor import PermissionRefused

    actor = identity.actor_by_username(by)
    if actor is None:
        fail(f"nobody active is called {by!r}; see: fairdue staff list")
    try:
        return work({"actor": actor, "now": clock.now()})
    except (
        decisions.StrategyDocumentUnusable,
        decisions.StrategyVersionTaken,
        decisions.StrategyChangedMeanwhile,
        decisions.StrategyNotWritable,
        decisions.StrategyStepRefused,
        decisions.StrategyInExperiment,
        decisions.ApproverIsAuthor,
        decisions.ApproverIsNobody,
        decisions.StrategyUnknown,
        PermissionRefused,
    ) as refusal:
        if as_json:
            emit({"error": refusal.code, "message": str(refusal)})
        fail(escape(str(refusal)), status=1)


def _tell(card: Any, as_json: bool) -> None:
    if as_json:
        names = ("strategy_id", "code", "version", "status", "sha256")
        emit({name: getattr(card, name) for name in names})
        return
    console.print(f"[green]✓[/green] {card.strategy_id}: {card.code}@{card.version} is {card.status}")

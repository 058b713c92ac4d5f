"""`fairdue decide experiments|start|stop|results`: challengers and holdouts from the command line."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from fairdue.cli.decide_explain import decide_group
from fairdue.cli.session import console, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
By = Annotated[str, typer.Option("--by", help="Who does it: a username of the workbench.")]


def register(root: typer.Typer) -> None:
    """Add the commands on experiments to `decide`."""
    group = decide_group(root)
    for command in (experiments, start, stop, results):
        group.command(command.__name__)(command)


def experiments(as_json: AsJson = False) -> None:
    """List every experiment: whom it takes, its arms, and whether it runs."""
    prepare()
    from fairdue.contexts.decisions import facade as decisions

    cards = decisions.experiments()
    if as_json:
        emit({"experiments": [dataclasses.asdict(card) for card in cards]})
        return
    table = Table("experiment", "state", "layer", "share", "arms", "since")
    for card in cards:
        arms = ", ".join(
            f"{arm.code} {arm.strategy_version or 'holdout'} {arm.weight / 100:g} %" for arm in card.arms
        )
        since = f"{card.started_at:%Y-%m-%d}"
        table.add_row(card.code, card.status, card.layer, f"{card.share:.1%}", escape(arms), since)
    console.print(table)


def start(
    code: Annotated[str, typer.Argument(help="A code of its own, for example later-calls.")],
    arm: Annotated[
        list[str],
        typer.Option(
            "--arm",
            help="CODE=VERSION:PERCENT, or CODE=holdout:PERCENT; the first is what the others are compared with.",
        ),
    ],
    by: By,
    title: Annotated[str, typer.Option("--title", help="What it asks, in a sentence.")] = "",
    share: Annotated[float, typer.Option("--share", help="Percent of all persons that it takes.")] = 10.0,
    strategy: Annotated[str, typer.Option("--strategy", help="Code of the strategy.")] = "reminders-cn",
    layer: Annotated[str, typer.Option("--layer", help="Experiments of one layer share no person.")] = "main",
    as_json: AsJson = False,
) -> None:
    """Start an experiment; the next night that opens deals its persons out.

    Exit status 0: started; 1: refused, with the reason; 2: bad usage.
    """
    prepare()
    from fairdue.contexts.decisions import facade as decisions

    versions = {card.version: card.strategy_id for card in decisions.strategy_versions(strategy)}
    arms = [_arm(text, versions) for text in arm]
    card = _done(
        lambda actor, now: decisions.start_experiment(
            code=code, title=title or code, strategy_code=strategy, share=round(share * 100), arms=arms,
            layer=layer, actor=actor, now=now,
        ),
        by,
        as_json,
    )  # fmt: skip
    _tell(card, as_json)


def _arm(text: str, versions: dict[str, int]) -> Any:
    from fairdue.contexts.decisions.facade import NewArm

    code, _, rest = text.partition("=")
    version, _, percent = rest.rpartition(":")
    try:
        weight = round(float(percent) * 100)
    except ValueError:
        fail(f"{text!r} is no arm; write CODE=VERSION:PERCENT, for example new=2026.3:50")
    if version != "holdout" and version not in versions:
        fail(f"there is no version {version!r}; see: fairdue strategy list")
    return NewArm(code=code, strategy_id=versions.get(version), weight=weight)


def stop(
    code: Annotated[str, typer.Argument(help="Code of the experiment.")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why it is stopped.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop an experiment: from the next night on its persons are decided as all others.

    Exit status 0: stopped, or it was before; 1: refused, with the reason.
    """
    prepare()
    from fairdue.contexts.decisions import facade as decisions

    card = _done(
        lambda actor, now: decisions.stop_experiment(code=code, reason=reason, actor=actor, now=now),
        by,
        as_json,
    )
    _tell(card, as_json)


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
        return work(actor, clock.now())
    except (
        decisions.ExperimentInvalid,
        decisions.ExperimentCodeTaken,
        decisions.ExperimentHasNoRoom,
        decisions.ExperimentUnknown,
        PermissionRefused,
    ) as refusal:
        if as_json:
            emit({"error": refusal.code, "message": str(refusal)})
        fail(escape(str(refusal)), status=1)


def _tell(card: Any, as_json: bool) -> None:
    if as_json:
        emit(dataclasses.asdict(card))
        return
    buckets = f"buckets {card.first_bucket:,} to {card.end_bucket - 1:,} of layer {card.layer}"
    console.print(f"[green]✓[/green] {card.code}: {card.status}, {card.share:.1%} of all persons, {buckets}")


def results(
    code: Annotated[str, typer.Argument(help="Code of the experiment.")],
    day: Annotated[str, typer.Option("--date", help="As of this business date; default today.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what each arm came to, and how sure the differences are; look as often as you like.

    Exit status 0: shown; 1: there is no such experiment.
    """
    prepare()
    from fairdue.contexts.decisions.facade import ExperimentUnknown
    from fairdue.journeys.experiment_results import experiment_results
    from fairdue.kernel import clock

    try:
        as_of = date.fromisoformat(day) if day else clock.business_date(clock.now())
        found = experiment_results(code=code, as_of=as_of)
    except ExperimentUnknown as unknown:
        if as_json:
            emit({"error": unknown.code, "message": str(unknown)})
        fail(str(unknown), status=1)
    except ValueError:
        fail(f"{day!r} is no date; write YYYY-MM-DD")
    if as_json:
        emit(dataclasses.asdict(found))
        return
    console.print(_results(found))


def _results(found: Any) -> Table:
    from fairdue.contexts.book import facade as book

    names = (
        "arm",
        "persons",
        "contacts",
        "promised",
        "paid in 7 d",
        "paid in 30 d",
        f"{book.book_currency()} in 30 d".strip(),
        "complained",
    )
    table = Table(*names)
    for line in found.arms:
        samples = line.samples
        table.add_row(
            line.arm.code,
            f"{line.persons:,}",
            f"{samples['contacts'].mean:.2f}" if line.persons else "–",
            *(_share(line, name) for name in ("promises", "payers_7", "payers_30")),
            _amount(line),
            _share(line, "complaints"),
        )
    return table


def _share(line: Any, name: str) -> str:
    """A share, and how far it is above the first arm's, with the interval; a star where the sign is clear."""
    if not line.samples[name].count:
        return "–"
    against = line.against.get(name)
    beside = f"\n{against.estimate:+.1%} [{against.low:+.1%}, {against.high:+.1%}]" if against else ""
    return escape(f"{line.samples[name].mean:.1%}{beside}{' *' if against and against.is_clear else ''}")


def _amount(line: Any) -> str:
    if not line.samples["paid_30"].count:
        return "–"
    against = line.against.get("paid_30")
    beside = (
        f"\n{against.estimate / 100:+,.2f} [{against.low / 100:+,.2f}, {against.high / 100:+,.2f}]"
        if against
        else ""
    )
    star = " *" if against and against.is_clear else ""
    return escape(f"{line.samples['paid_30'].mean / 100:,.2f}{beside}{star}")

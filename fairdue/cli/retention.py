"""`fairdue retention`: what is kept, until when, what may go; erase it; prove it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.journeys.retention import KeptRecord, Plan
    from fairdue.journeys.retention.plan import Progress as Told

group = typer.Typer(
    help="What is kept, until when, and what must go: plan, erase, prove.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Day = Annotated[str, typer.Option("--as-of", help="Another day than today, such as 2026-05-12.")]
LABEL = "fairdue retention"


def register(root: typer.Typer) -> None:
    """Add the command group."""
    root.add_typer(group, name="retention")


@group.command("plan")
def plan_command(
    as_of: Day = "",
    is_stored: Annotated[
        bool, typer.Option("--store", help="Keep the plan, so that the page shows it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Count what may go on a day and what may not, by class and rule; nothing is changed."""
    prepare()
    from fairdue.journeys import retention
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    with _told() as told:
        found = retention.plan(
            as_of=_day(as_of), actor=system(LABEL), now=clock.now(), is_stored=is_stored, progress=told
        )
    if as_json:
        emit(asdict(found) | {"due": found.due, "overdue": found.overdue})
    else:
        _print_plan(found)


@group.command("run")
def run_command(
    as_json: Json = False, is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Erase what may be kept no longer; a run that was stopped goes on. What is erased cannot be brought back."""
    prepare()
    from fairdue.journeys import retention
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    now = clock.now()
    if not is_sure and not as_json:
        due = retention.plan(as_of=clock.business_date(now), actor=system(LABEL), now=now).due
        typer.confirm(f"Erase {due} records for good?", abort=True)
    try:
        with _told() as told:
            report = retention.run(
                as_of=clock.business_date(now), actor=system(LABEL), now=now, progress=told
            )
    except retention.RetentionUnderWay as error:
        fail(str(error), status=1)
    if as_json:
        emit(asdict(report) | {"total": report.total})
        return
    for code, count in report.erased.items():
        console.print(f"  {code}: {count}")
    console.print(
        f"run {report.run_id}: {report.total} records erased in {report.batches} batches as of {report.as_of}"
    )
    if report.recordings.deleted or report.recordings.waiting:
        console.print(
            f"recordings: {report.recordings.deleted} deleted at the telephone exchange, {report.recordings.waiting} waiting"
        )


@group.command("verify")
def verify_command(as_of: Day = "", as_json: Json = False) -> None:
    """Prove that what was to go is gone, that nothing else went, and that what must stay is there; status 1 if not."""
    prepare()
    from fairdue.journeys import retention
    from fairdue.kernel.actor import system

    with console.status("following the batches, the audit record, the permits and the books"):
        proof = retention.verify(as_of=_day(as_of), actor=system(LABEL))
    if as_json:
        emit(asdict(proof) | {"is_proved": proof.is_proved})
    else:
        for finding in proof.findings:
            console.print(
                f"[red]✗[/red] {finding.subject}: {finding.message} ({finding.kind})", highlight=False
            )
        mark = (
            "[green]✓[/green] proved" if proof.is_proved else f"[red]✗[/red] {len(proof.findings)} findings"
        )
        console.print(
            f"{mark}: {proof.records} records gone in {proof.batches} batches, {proof.overdue} overdue; "
            f"{proof.audit_events} audit events, {proof.permits} permits and {proof.accounts} accounts verified"
        )
    raise typer.Exit(0 if proof.is_proved else 1)


@group.command("why")
def why_command(
    subject: Annotated[
        str, typer.Argument(help="A person's number, or class:number such as message_text:55.")
    ],
    as_of: Day = "",
    as_json: Json = False,
) -> None:
    """Say until when a person's records, or one record, are kept, by which rule, and what stops their deletion."""
    prepare()
    from fairdue.journeys import retention
    from fairdue.kernel.actor import system

    try:
        found = retention.why(subject=subject, as_of=_day(as_of), actor=system(LABEL))
    except retention.SubjectUnknown as error:
        fail(str(error), status=1)
    if as_json:
        emit({"records": [asdict(each) for each in found]})
        return
    table = Table("class", "records", "kept until", "may go from", "rule", "stopped by", box=None)
    for each in found:
        table.add_row(*_row(each))
    console.print(table)


def _row(each: KeptRecord) -> tuple[str, ...]:
    if each.erased_in:
        went = f"erased {each.erased_at:%Y-%m-%d} in batch {', '.join(map(str, each.erased_in))}"
        return each.record_class.code, "–", str(each.kept_until), went, each.rule_id, ""
    return (
        each.record_class.code, str(each.count), str(each.kept_until or "no end yet"), str(each.due_date or "–"),
        f"{each.rule_id} {each.citation}".strip(), each.stop,
    )  # fmt: skip


def _print_plan(found: Plan) -> None:
    table = Table(
        "class", "records", "no end yet", "waiting", "due", "stopped", "overdue", "earliest", box=None
    )
    for each in found.classes:
        table.add_row(
            each.code, *(str(count) for count in (each.total, each.open, each.waiting, each.due, each.stopped)),
            str(each.overdue), str(each.earliest_due_date or "–"),
        )  # fmt: skip
    console.print(table)
    console.print(f"{found.due} records may go as of {found.as_of}; {found.overdue} should be gone already")


def _day(text: str) -> date:
    from fairdue.kernel import clock

    try:
        return date.fromisoformat(text) if text else clock.business_date(clock.now())
    except ValueError:
        fail(f"--as-of {text!r} is no day like 2026-05-12")


@contextmanager
def _told() -> Iterator[Told]:
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda code, done, total: bar.update(task, description=f"{code} ({done} of {total})")

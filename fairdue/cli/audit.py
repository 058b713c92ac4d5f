"""`fairdue audit`: seal the audit record and prove that nobody changed it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from fairdue.cli.session import console, emit, prepare

app = typer.Typer(help="Seal the audit record and prove that nobody changed it.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(app, name="audit")


@app.command()
def verify(
    as_json: AsJson = False,
    head: Annotated[str, typer.Option(help="Hash of a block, kept elsewhere: it must be in the chain.")] = "",
) -> None:
    """Find every altered, removed or inserted row; status 1 if there is one."""
    prepare()
    from fairdue.contexts.audit import facade

    with console.status("reading the audit record"):
        report = facade.verify(expected_head=head)
    if as_json:
        emit(asdict(report) | {"is_intact": report.is_intact})
    else:
        _print(report)
    raise typer.Exit(0 if report.is_intact else 1)


def _print(report) -> None:  # type: ignore[no-untyped-def]
    for finding in report.findings:
        console.print(f"[red]✗[/red] {finding.subject}: {finding.message} ({finding.kind})", highlight=False)
    if report.finding_count > len(report.findings):
        console.print(f"… and {report.finding_count - len(report.findings)} more")
    mark = "[green]✓[/green] intact" if report.is_intact else f"[red]✗[/red] {report.finding_count} findings"
    console.print(f"{mark}: {report.events} events, {report.blocks} blocks, {report.unsealed} not sealed yet")
    if report.head:
        console.print(f"head of the chain: {report.head}", highlight=False, soft_wrap=True)


@app.command()
def seal(as_json: AsJson = False) -> None:
    """Seal every finished event into the next block; keep the printed hash outside the database."""
    prepare()
    from fairdue.contexts.audit import facade
    from fairdue.kernel.clock import now

    block = facade.seal(now=now())
    if as_json:
        emit({"sealed": block is not None, "block": asdict(block) if block else None})
    elif block is None:
        console.print("nothing to seal")
    else:
        console.print(f"block {block.number}: {block.event_count} events, {block.hash}", soft_wrap=True)

"""`fairdue import FILE… --kind KIND --creditor CODE`: bring a lender's files in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.journeys.import_file import ImportReport

KINDS = ("parties", "contact_points", "accounts", "dues", "transactions")


def register(root: typer.Typer) -> None:
    """Add the command `import`."""
    root.command("import")(import_files)


def import_files(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or Parquet files.")
    ],
    kind: Annotated[str, typer.Option(help=f"What the files hold: {', '.join(KINDS)}.")],
    creditor: Annotated[str, typer.Option(help="Code of the creditor whose files they are.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Folder of reject files; default var/rejected.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import files of one kind of one creditor, each in one transaction.

    Exit status 0: everything was accepted or known; 1: rows were rejected; 2: a file was refused.
    """
    prepare()
    from fairdue.storage.embedded import VAR_DIR

    reports = [_import(path, kind, creditor, rejects or VAR_DIR / "rejected") for path in files]
    if as_json:
        emit({"files": [asdict(report) for report in reports]})
    else:
        for report in reports:
            _show(report)
    if any(report.status == "refused" for report in reports):
        raise typer.Exit(2)
    if any(report.rejected_count for report in reports):
        raise typer.Exit(1)


def _import(path: Path, kind: str, creditor: str, rejects: Path) -> ImportReport:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from fairdue.contexts.book.facade import CreditorUnknown
    from fairdue.journeys.import_file import KindUnknown, import_file
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(path.name, total=None)
        try:
            return import_file(
                path=path,
                kind=kind,
                creditor_code=creditor,
                actor=system("fairdue import"),
                now=clock.now(),
                reject_dir=rejects,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except (KindUnknown, CreditorUnknown) as error:
            fail(str(error))


def _show(report: ImportReport) -> None:
    from rich.table import Table

    if report.status == "refused":
        console.print(
            f"[red]✗[/red] {report.file_name}: {report.problem}. Nothing was changed.", highlight=False
        )
        return
    table = Table(title=f"{report.file_name}: {report.status}", title_justify="left", show_header=False)
    repeats = report.repeats_batch_id
    lines = {
        "rows": report.row_count,
        "accepted": report.accepted_count,
        "rejected": report.rejected_count,
        "created": report.created_count,
        "changed": report.changed_count,
        "unchanged": report.unchanged_count,
    }
    for name, count in lines.items():
        table.add_row(name, f"{count:,}")
    for code, count in report.rejections.items():
        table.add_row(f"  {code}", f"{count:,}")
    for code, count in report.notes.items():
        table.add_row(f"  note {code}", f"{count:,}")
    for side in ("accepted", "rejected"):
        for currency, sums in report.control_totals.get(side, {}).items():
            for component, minor in sums.items():
                table.add_row(f"  {side} {component}", f"{_amount(minor, currency)} {currency}")
    table.add_row("seconds", f"{report.seconds:,.1f}")
    if report.reject_file:
        table.add_row("reject file", report.reject_file)
    if repeats is not None:
        table.add_row("same file as batch", str(repeats))
    console.print(table)


def _amount(minor: int, currency: str) -> str:
    from decimal import Decimal

    from fairdue.kernel.money import MINOR_DIGITS

    return f"{Decimal(minor).scaleb(-MINOR_DIGITS.get(currency, 2)):,}"

"""`fairdue agency`: agencies' past contacts through the gate of then, and what they broke."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli import agency_standing
from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.law.facade import BreachCard, UploadCard

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
agency = typer.Typer(help="Agencies: their contacts, and what they broke.", no_args_is_help=True)
agency.callback()(lambda: None)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    agency_standing.register(agency)
    root.add_typer(agency, name="agency")


@agency.command("list")
def list_agencies(as_json: AsJson = False) -> None:
    """List the agencies with how many contacts they told of and how many of them broke a rule."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    counts = law.breach_counts(actor=system("agency list"))
    rows = [
        {"agency": code, "told": counts.get(code, (0, 0))[0], "broke": counts.get(code, (0, 0))[1]}
        for code in law.agency_codes()
    ]
    if as_json:
        emit({"agencies": rows})
        return
    for row in rows:
        console.print(
            f"{row['agency']}: {row['told']:,} contacts told, {row['broke']:,} broke a rule", highlight=False
        )
    if not rows:
        console.print("No team belongs to an agency.")


@agency.command()
def upload(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or Parquet.")],
    agency_code: Annotated[str, typer.Option("--agency", help="Code of the agency.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Write the rejected rows' lines and reasons here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count an agency's past contacts and list what they broke, by the rules and facts of then.

    Exit status 0: all rows accepted or known, nothing broken; 1: rows were rejected or rules broken; 2: refused.
    """
    prepare()
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    actor = system("fairdue agency upload")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        try:
            card = law.upload_contacts(
                path=file, agency_code=agency_code, actor=actor, now=clock.now(),
                progress=lambda done: bar.update(task, completed=done),
            )  # fmt: skip
        except (law.AgencyUnknown, law.FileRefused) as error:
            fail(str(error))
    breaches = law.agency_breaches(actor=actor, upload_id=card.upload_id, limit=1_000)
    is_known = card.rejected > 0 and not card.rejected_rows
    if is_known and not as_json:
        console.print(
            "This file was taken before; nothing was changed, and no rejected rows were written again."
        )
    if rejects and not is_known:
        _write_rejects(rejects, card)
    if as_json:
        emit({"upload": asdict(card), "breaches": [asdict(each) for each in breaches]})
    else:
        _show(card)
        _show_breaches(breaches)
    raise typer.Exit(1 if card.rejected or card.breaches else 0)


@agency.command()
def breaches(
    agency_code: Annotated[str, typer.Option("--agency", help="Only of this agency.")] = "",
    upload_id: Annotated[int | None, typer.Option("--upload", help="Only of this file.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List contacts of agencies that the gate would not have allowed; status 1 if there are any."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    found = law.agency_breaches(
        actor=system("agency breaches"), agency=agency_code, upload_id=upload_id, limit=limit
    )
    if as_json:
        emit({"breaches": [asdict(each) for each in found]})
    else:
        _show_breaches(found)
    raise typer.Exit(1 if found else 0)


@agency.command()
def key(code: Annotated[str, typer.Argument(help="Code of the agency.")], as_json: AsJson = False) -> None:
    """Print the key under which an agency signs its calls; not in production, where you chose it yourself."""
    prepare()
    from django.conf import settings

    from fairdue.contexts.law.facade import agency_access

    access = agency_access(code)
    if settings.MODE == "production" or access is None:
        fail("in production the keys stand in FAIRDUE_AGENCIES, where you wrote them")
    if as_json:
        emit({"agency": code} | access)
    else:
        typer.echo(access["key"])


def _write_rejects(path: Path, card: UploadCard) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "code", "field"])
        writer.writerows([each.line, each.code, each.field] for each in card.rejected_rows)


def _show(card: UploadCard) -> None:
    console.print(
        f"{escape(card.file_name)}: {card.rows:,} rows = {card.accepted:,} accepted + {card.repeated:,} known before"
        f" + {card.rejected:,} rejected; {card.breaches:,} broke a rule",
        highlight=False,
    )
    for code, count in card.rejections.items():
        console.print(f"  rejected {code}: {count:,}", highlight=False)


def _show_breaches(found: tuple[BreachCard, ...]) -> None:
    output = Console(highlight=False, soft_wrap=True)
    for each in found:
        who = " ".join(filter(None, (each.name_masked, each.value_masked)))
        rules = ", ".join(each.rule_ids)
        output.print(
            escape(
                f"{each.occurred_at.isoformat()} {each.agency} {each.contact_ref} {each.channel} {who}: {rules}"
            )
        )

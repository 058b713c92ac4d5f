"""`fairdue agency register | enlist | delist | evaluate | certify | import`: who may act, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fairdue.cli.session import console, day_or_today, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Day = Annotated[str, typer.Option("--on", help="YYYY-MM-DD; today if it is not given.")]
Code = Annotated[str, typer.Argument(help="Code of the agency.")]


def register(group: typer.Typer) -> None:
    """Add the commands on standing to the group of agencies."""
    for name, command in (
        ("register", show), ("enlist", enlist), ("delist", delist), ("evaluate", evaluate), ("certify", certify),
        ("import", take),
    ):  # fmt: skip
        group.command(name)(command)


def _do(verb: str, **values: Any) -> None:
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        getattr(law, verb)(**values, actor=system(f"fairdue agency {verb}"), now=clock.now())
    except law.StandingRefused as refusal:
        fail(str(refusal))
    console.print("Recorded; the gate follows it at once.")


def show(on: Day = "", as_json: AsJson = False) -> None:
    """Show of every agency whether it is listed, evaluated, announced, and how many collectors are trained."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    day = day_or_today(on)
    cards = law.agency_register(actor=system("agency register"), on=day)
    if as_json:
        emit({"on": day.isoformat(), "agencies": [asdict(card) for card in cards]})
        return
    for card in cards:
        listed = f"listed since {card.listed_from}" if card.is_listed else "NOT listed"
        due = (
            f"evaluation holds until {card.evaluation_due_date}"
            if card.is_evaluated
            else "NOT evaluated in time"
        )
        console.print(
            f"{card.agency}: {listed}; {due}; {card.certified} collectors trained, {card.lapsed} lapsed; "
            f"announced on {card.announced_accounts:,} debts", highlight=False,
        )  # fmt: skip
    if not cards:
        console.print("No agency is on record.")


def enlist(
    agency: Code,
    reference: Annotated[str, typer.Option(help="Where the list was published.")],
    on: Day = "",
    reveals_collection: Annotated[
        bool, typer.Option(help="Its name alone tells of debt collection.")
    ] = False,
) -> None:
    """Put an agency on the list from a day."""
    prepare()
    _do(
        "list_agency",
        agency=agency,
        listed_from=day_or_today(on),
        list_reference=reference,
        reveals_collection=reveals_collection,
    )


def delist(agency: Code, reason: Annotated[str, typer.Option(help="Why.")], on: Day = "") -> None:
    """Take an agency off the list after a day, its last one."""
    prepare()
    _do("delist_agency", agency=agency, listed_until=day_or_today(on), reason=reason)


def evaluate(
    agency: Code,
    passed: Annotated[bool, typer.Option("--passed/--failed", help="What came of it.")],
    on: Day = "",
    findings: Annotated[str, typer.Option(help="What was found.")] = "",
) -> None:
    """Record an evaluation of an agency."""
    prepare()
    _do(
        "evaluate_agency", agency=agency, evaluated_date=day_or_today(on), is_passed=passed, findings=findings
    )


def certify(
    staff_ref: Annotated[
        str, typer.Argument(help="The agency's number of the collector; of own staff the staff id.")
    ],
    certificate: Annotated[str, typer.Option(help="Number of the certificate.")],
    agency: Annotated[str, typer.Option(help="Code of the agency; empty: own staff.")] = "",
    on: Day = "",
    until: Annotated[str, typer.Option(help="Last day on which it holds, YYYY-MM-DD.")] = "",
) -> None:
    """Record that a collector passed training and exam."""
    prepare()
    _do(
        "certify_staff", staff_ref=staff_ref, agency=agency, trained_date=day_or_today(on), certificate_ref=certificate,
        expires_date=day_or_today(until) if until else None,
    )  # fmt: skip


def take(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or Parquet.")],
    kind: Annotated[str, typer.Option(help="listings, evaluations, certificates or notices.")],
    as_json: AsJson = False,
) -> None:
    """Take a file of listings, evaluations, certificates or notices; status 1 if rows were rejected."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        report = law.import_standing(
            path=file, kind=kind, actor=system("fairdue agency import"), now=clock.now()
        )
    except (law.StandingRefused, law.FileRefused) as refusal:
        fail(str(refusal))
    if as_json:
        emit(asdict(report))
    else:
        console.print(
            f"{report.rows:,} rows = {report.taken:,} taken + {len(report.rejected):,} rejected",
            highlight=False,
        )
        for row in report.rejected[:100]:
            console.print(f"  line {row.line} {row.field}: {row.code}", highlight=False)
    raise typer.Exit(1 if report.rejected else 0)

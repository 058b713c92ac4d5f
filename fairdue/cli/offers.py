"""`fairdue offers terms | solve | treatment`: what may be offered, to whom exactly, and whether like people get alike."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairdue.cli.session import console, day_or_today, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.engine.negotiation.treatment import WaiverLine

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Jurisdiction = Annotated[str, typer.Option(help="Code of the jurisdiction, such as cn.")]
On = Annotated[str, typer.Option("--on", help="YYYY-MM-DD; today if it is not given.")]


def register(root: typer.Typer) -> None:
    """Add the group `offers`."""
    group = typer.Typer(
        help="Offers to people who can't pay: terms in force, one case solved, equal treatment.",
        no_args_is_help=True,
    )
    group.command("terms")(terms)
    group.command("solve")(solve_case)
    group.command("treatment")(treatment)
    root.add_typer(group, name="offers")


def terms(jurisdiction: Jurisdiction = "cn", on: On = "", as_json: AsJson = False) -> None:
    """Print the terms in force on a day: longest terms, shares, floors, who may agree to what."""
    prepare()
    from fairdue.engine.negotiation.reading import TermsMissing, shipped_terms

    try:
        found = shipped_terms(jurisdiction, day_or_today(on))
    except TermsMissing as error:
        fail(str(error))
    document = json.loads(json.dumps(asdict(found), default=str))
    document.pop("factors")
    if as_json:
        emit(document)
        return
    for name, value in document.items():
        console.print(f"{name}: {value}", highlight=False, markup=False, soft_wrap=True)


def solve_case(
    path: Annotated[
        Path, typer.Argument(help="A case as JSON, `-` for stdin; docs/how-to/offers.md shows one.")
    ],
    as_json: AsJson = False,
) -> None:
    """Print the offers of one case and what is not offered and why; nothing is stored."""
    prepare()
    from fairdue.engine.negotiation.documents import CaseUnreadable, case_of, set_document
    from fairdue.engine.negotiation.household import LineRefused
    from fairdue.engine.negotiation.reading import shipped_terms
    from fairdue.engine.negotiation.solve import solve

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        case = case_of(json.loads(text))
        found = solve(case, shipped_terms(case.jurisdiction, case.as_of))
    except (OSError, json.JSONDecodeError, CaseUnreadable, LineRefused) as error:
        fail(f"{path}: {error}")
    document = set_document(found)
    if as_json:
        emit(document)
        return
    for offer in document["offers"]:
        console.print(
            f"{offer['key']}: {offer['count']} × from {offer['level_minor']}, together {offer['total_minor']} "
            f"{offer['currency']}, {offer['first_date']} to {offer['last_date']}, {offer['authority']}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    for refused in document["not_offered"]:
        console.print(f"not {refused['kind']}: {refused['reason']} {refused['facts'] or ''}", highlight=False)


def treatment(
    since: Annotated[str, typer.Option(help="First day; 90 days back if it is not given.")] = "",
    until: Annotated[str, typer.Option(help="Last day; today if it is not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Look for like people with unlike offers, and for waivers that follow who gave them or how loudly one complained.

    Exit status 0: nothing stands out; 1: something does.
    """
    prepare()
    from fairdue.journeys.equal_treatment import equal_treatment
    from fairdue.kernel.actor import system

    last = day_or_today(until)
    first = day_or_today(since) if since else last - timedelta(days=90)
    found = equal_treatment(actor=system("cli"), since=first, until=last)
    unexplained = [pair for pair in found.pairs if not pair.finer]
    lines = {
        "proposer": found.by_proposer, "segment": found.by_segment, "loudness": found.by_loudness, "wish": found.by_wish,
    }  # fmt: skip
    loud = [(name, line) for name, group in lines.items() for line in group if line.stands_out]
    report = {
        "since": first.isoformat(), "until": last.isoformat(), "sets": found.sets, "agreements": found.agreements,
        "unlike_pairs": [
            {
                "sets": [pair.first.set_id, pair.second.set_id], "differences": list(pair.differences),
                "finer": list(pair.finer),
            }
            for pair in found.pairs
        ],
        "unexplained": len(unexplained),
        "waivers": {name: [_line(one) for one in group] for name, group in lines.items()},
    }  # fmt: skip
    if as_json:
        emit(report)
    else:
        console.print(
            f"{found.sets} sets of offers, {found.agreements} agreements; {len(found.pairs)} unlike pairs, "
            f"{len(unexplained)} of them unexplained",
            highlight=False,
        )
        for name, line in loud:
            console.print(f"{name} {line.group}: {float(line.ratio or 0):.2f} × the usual", highlight=False)
    raise typer.Exit(1 if unexplained or loud else 0)


def _line(line: WaiverLine) -> dict[str, Any]:
    return {
        "group": line.group, "currency": line.currency, "count": line.count, "arranged_minor": line.arranged_minor,
        "waived_minor": line.waived_minor, "expected_minor": line.expected_minor, "stands_out": line.stands_out,
    }  # fmt: skip

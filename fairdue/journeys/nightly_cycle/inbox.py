"""Stage import: files that wait in `var/inbox/<creditor code>/<kind>….csv|xlsx|parquet`.

A file is first taken into `var/inbox/taken/<cycle date>/`, so that a night that is killed and run again
imports the same files; the import itself finds what it already holds and changes nothing. An extra night takes
the files of its creditor only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairdue.contexts.decisions.facade import StageResult
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.import_file import import_file
from fairdue.journeys.nightly_cycle.books import books_not_current
from fairdue.journeys.nightly_cycle.night import Night

KINDS = ("parties", "contact_points", "accounts", "dues", "transactions")
"""In the order in which one needs the other."""

SUFFIXES = (".csv", ".xlsx", ".parquet")


class BookStillPartial(ValueError):
    """The late file did not make the creditor's book whole."""

    code = "cycle.book.still_partial"


def import_inbox(night: Night) -> StageResult:
    """Import every file that waits, in the order of its kind, then keep the contracts; a refused file is counted.

    :raises BookStillPartial: in an extra night whose creditor's book is not current after that
    """
    inbox = night.var_dir / "inbox"
    taken = inbox / "taken" / night.cycle_date.isoformat()
    _take(inbox, taken, night.creditor_code)
    files = sorted(
        _waiting(taken, night.creditor_code),
        key=lambda path: (KINDS.index(kind_of(path) or KINDS[0]), str(path)),
    )
    refused = [path.name for done, path in enumerate(files) if not _imported(night, path, done, len(files))]
    detail: dict[str, Any] = (
        {"warnings": ["cycle.import.refused"], "refused_files": refused} if refused else {}
    )
    detail |= _kept(night)
    detail |= _books(night, detail.get("warnings", []))
    return StageResult(
        in_count=len(files),
        out_count=len(files) - len(refused),
        rejected={"cycle.import.refused": len(refused)} if refused else {},
        detail=detail,
    )


def _books(night: Night, warnings: list[str]) -> dict[str, Any]:
    """Tell whose book is not current, and warn of it: never silently."""
    notes = books_not_current(night)
    if any(note.is_left_out and note.creditor_id == night.creditor_id for note in notes):
        raise BookStillPartial(
            f"the book of {night.creditor_code} is still not whole; import what is missing"
        )
    if not notes:
        return {}
    codes = {f"cycle.book.{'left_out' if note.is_left_out else 'not_current'}" for note in notes}
    return {"books": [asdict(note) for note in notes], "warnings": [*warnings, *sorted(codes)]}


def _kept(night: Night) -> dict[str, Any]:
    """Bring the contracts that are kept here up to the cycle date, with what the files brought."""
    report = ledger.keep_contracts(
        until=night.cycle_date,
        now=night.now,
        progress=lambda done, total: night.progress("import", done, total),
    )
    return {"kept": asdict(report)} if report.accounts else {}


def kind_of(path: Path) -> str | None:
    """Return the kind that a file's name begins with, the longest one first."""
    found = [
        kind
        for kind in KINDS
        if path.stem == kind or path.stem.startswith((f"{kind}.", f"{kind}-", f"{kind}_"))
    ]
    return max(found, key=len, default=None)


def _waiting(folder: Path, creditor_code: str) -> Iterator[Path]:
    for path in sorted(folder.glob(f"{creditor_code or '*'}/*")):
        if path.suffix in SUFFIXES and path.is_file() and kind_of(path) and path.parent.name != "taken":
            yield path


def _take(inbox: Path, taken: Path, creditor_code: str) -> None:
    for path in _waiting(inbox, creditor_code):
        target = taken / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


def _imported(night: Night, path: Path, done: int, total: int) -> bool:
    night.progress("import", done, total)
    report = import_file(
        path=path,
        kind=kind_of(path) or "",
        creditor_code=path.parent.name,
        actor=night.actor,
        now=night.now,
        reject_dir=night.var_dir / "rejected",
    )
    return report.status != "refused"

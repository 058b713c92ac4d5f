"""The demonstration's past: borrowers who settled long ago, so that there is something whose time is over."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.import_file import import_file
from fairdue.kernel.actor import Actor

PAST = (
    ("PAST-1", "冯旧一", 11, False),
    ("PAST-2", "冯旧二", 6, False),
    ("PAST-3", "冯旧三", 6, True),
)
"""Reference, name, years since the account was closed, and whether a lawsuit still holds everything."""
HEADS: dict[str, Sequence[str]] = {
    "parties": ("party_ref", "name"),
    "contact_points": ("party_ref", "medium", "value"),
    "accounts": (
        *("account_ref", "party_ref", "product_code", "currency", "opened_date", "balance_date", "principal", "status"),
    ),
}  # fmt: skip


def seed_past(
    *, creditor_code: str, product_code: str, demo_date: date, folder: Path, actor: Actor, now: datetime
) -> int:
    """This function will let some borrowers have settled years ago, each with a call, a note and a link, and count them.

    1. They come by the ordinary files, written as of their own time; borrowers who are there already are left alone.
    2. One is held by a lawsuit: nothing of that person may be deleted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    for number, (reference, name, years, is_held) in enumerate(PAST):
        closed = demo_date.replace(year=demo_date.year - years, day=1)
        if _person_id(creditor_code, reference) is None:
            made += _one(
                creditor_code, product_code, reference, name, number, closed, is_held, folder, actor, now
            )
    return made


def _one(
    creditor_code: str, product_code: str, reference: str, name: str, number: int, closed: date, is_held: bool,
    folder: Path, actor: Actor, now: datetime,
) -> int:  # fmt: skip
    then = datetime.combine(closed, time(6), tzinfo=UTC)
    opened = closed - timedelta(days=700)
    rows = {
        "parties": (reference, name),
        "contact_points": (reference, "mobile", f"1380013{8100 + number}"),
        "accounts": (reference, reference, product_code, "CNY", opened, closed, "0", "closed"),
    }
    for kind, row in rows.items():
        path = folder / f"{reference}-{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADS[kind], row])
        import_file(
            path=path,
            kind=kind,
            creditor_code=creditor_code,
            actor=actor,
            now=then,
            reject_dir=folder / "rejected",
        )
    person_id = _person_id(creditor_code, reference)
    if person_id is None:  # erased since: the same file brings nobody back
        return 0
    creditor = book.creditor_by_code(creditor_code)
    law.record_contact(
        person_id=person_id,
        channel="call",
        result="conversation",
        occurred_at=then,
        made_by="lender",
        actor=actor,
        now=then,
    )
    case_id = cases.ensure_case(person_id=person_id, creditor_ids=[creditor.creditor_id], now=then)
    cases.add_note(case_id=case_id, text="已结清，本人致谢", actor=actor, now=then)
    cases.close_case(case_id=case_id, reason="settled", actor=actor, now=then)
    parties.issue_portal_link(person_id=person_id, now=then, lifetime=timedelta(days=7))
    if is_held:
        law.place_hold(
            person_id=person_id, kind="internal", reason="诉讼未结，证据保全", actor=actor, now=now
        )
    return 1


def _person_id(creditor_code: str, reference: str) -> int | None:
    found = parties.person_ids_by_reference(pl.Series([reference]), creditor_code=creditor_code)
    return None if found.is_empty() else int(found["person_id"][0])

"""What the import tests share: a creditor with a product, and canonical files written from rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.engine.intake.schema import KINDS
from fairdue.journeys.import_file import ImportReport, import_file
from fairdue.kernel.actor import system

NOW = datetime(2026, 2, 1, 2, 0, tzinfo=UTC)
ACTOR = system("test")


def ensure_lender(code: str = "BANK") -> int:
    """Create a creditor with the product CARD."""
    creditor_id = book.ensure_creditor(code=code, name_zh="银行", name_en="Bank", actor=ACTOR, now=NOW)
    book.ensure_product(
        creditor_code=code,
        code="CARD",
        name_zh="信用卡",
        name_en="Card",
        kind="credit_card",
        actor=ACTOR,
        now=NOW,
    )
    return creditor_id


def write_csv(path: Path, kind: str, rows: list[dict[str, Any]], *, encoding: str = "utf-8") -> Path:
    """Write rows as a CSV file with every column of the kind."""
    names = KINDS[kind].names
    table = pl.DataFrame(
        [{name: row.get(name) for name in names} for row in rows], schema=dict.fromkeys(names, pl.String)
    )
    path.write_bytes(table.write_csv().encode(encoding))
    return path


def take(path: Path, kind: str, folder: Path, *, creditor: str = "BANK", now: datetime = NOW) -> ImportReport:
    """Import one file."""
    return import_file(
        path=path, kind=kind, creditor_code=creditor, actor=ACTOR, now=now, reject_dir=folder / "rejects"
    )


def person(ref: str, **more: Any) -> dict[str, Any]:
    """A row of a parties file that is right."""
    return {"party_ref": ref, "name": "李小明"} | more


def point(ref: str, **more: Any) -> dict[str, Any]:
    """A row of a contact points file that is right."""
    return {"party_ref": ref, "medium": "mobile", "value": "13800138000"} | more


def account(ref: str, party: str, **more: Any) -> dict[str, Any]:
    """A row of an accounts file that is right."""
    return {
        "account_ref": ref,
        "party_ref": party,
        "product_code": "CARD",
        "currency": "CNY",
        "opened_date": "2021-06-30",
        "balance_date": "2026-01-31",
        "principal": "1000.00",
        "interest": "12.50",
    } | more


def due(ref: str, due_ref: str, **more: Any) -> dict[str, Any]:
    """A row of a dues file that is right."""
    return {
        "account_ref": ref,
        "due_ref": due_ref,
        "due_date": "2026-01-25",
        "currency": "CNY",
        "principal": "100.00",
    } | more


def payment(ref: str, account_ref: str, **more: Any) -> dict[str, Any]:
    """A row of a transactions file that is right."""
    return {
        "transaction_ref": ref,
        "account_ref": account_ref,
        "kind": "payment",
        "amount": "50.00",
        "currency": "CNY",
        "effective_date": "2026-01-31",
    } | more

"""The postings of one account, or of all accounts of a creditor, as files for auditors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import xlsxwriter
from django.db import connection

from fairdue.contexts.ledger.errors import AccountUnknown, LedgerError
from fairdue.engine.ledger.journal import JournalLine, account_journal, header
from fairdue.kernel.money import MINOR_DIGITS, Money
from fairdue.storage import bulk

FORMATS = ("beancount", "csv", "parquet", "xlsx")
ACCOUNTS_AT_ONCE = 20_000
"""So many accounts are read into memory at a time."""
SHEET_ROWS = 1_048_575
"""Rows of a worksheet below its head."""

ACCOUNTS_SQL = """
SELECT s.account_id, '****' || right(a.external_ref, 4) AS label
  FROM ledger_accountstate s JOIN book_account a ON a.id = s.account_id
 WHERE {where} ORDER BY s.account_id
"""
LINES_SQL = """
SELECT p.account_id, p.id, p.effective_date,
       to_char(p.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p.transaction_id, p.kind,
       coalesce(t.kind, ''),
       coalesce(t.details -> 'why' ->> 'rule',
                CASE WHEN t.kind IN ('payment', 'credit') THEN pr.allocation_policy ELSE '' END),
       p.debit, p.credit, coalesce(d.due_ref, ''), d.due_date, p.amount_minor, p.currency
  FROM ledger_posting p
  JOIN book_account a ON a.id = p.account_id
  JOIN book_product pr ON pr.id = a.product_id
  LEFT JOIN ledger_transaction t ON t.id = p.transaction_id
  LEFT JOIN ledger_dueitem d ON d.id = p.due_item_id
 WHERE p.account_id IN ({scope}) AND p.effective_date <= '{as_of}' AND p.recorded_at <= '{known_at}'
 ORDER BY p.account_id, p.effective_date, p.recorded_at, p.id
"""
LINES_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "posting_id": pl.Int64,
    "effective_date": pl.Date,
    "recorded_at": pl.String,
    "transaction_id": pl.Int64,
    "kind": pl.String,
    "event_kind": pl.String,
    "rule": pl.String,
    "debit": pl.String,
    "credit": pl.String,
    "due_ref": pl.String,
    "due_date": pl.Date,
    "amount_minor": pl.Int64,
    "currency": pl.String,
}


class ExportTooLarge(LedgerError):
    """A worksheet cannot hold so many postings; another format can."""

    code = "ledger.export.too_large"


class FormatUnknown(LedgerError):
    """There is no such format of export."""

    code = "ledger.export.format_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What a file holds."""

    accounts: int
    postings: int


def export_postings(
    *,
    path: Path,
    file_format: str,
    account_id: int | None = None,
    creditor_id: int | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    title: str = "Fairdue",
) -> ExportReport:
    """Write the postings of an account, or of every account of a creditor, to a file.

    1. Only postings effective by `as_of` and recorded by `known_at`; without them, all.
    2. The creditor's account numbers are masked, and no file names a person or a reference of a payment.
    3. The same postings give the same bytes in every text format.
    4. Read by so many accounts at a time, so that memory does not grow with the book; a worksheet excepted.

    :raises AccountUnknown: if the account is not open, or the creditor has none
    :raises FormatUnknown: if the format is none of `FORMATS`
    :raises ExportTooLarge: if a worksheet cannot hold the postings
    """
    if file_format not in FORMATS:
        raise FormatUnknown(f"{file_format!r} is not one of {', '.join(FORMATS)}")
    accounts = _accounts(account_id, creditor_id)
    if not accounts:
        raise AccountUnknown("no such account is open in the ledger")
    frames = _frames(accounts, as_of, known_at)
    write = {"beancount": _beancount, "csv": _csv, "parquet": _parquet, "xlsx": _xlsx}[file_format]
    postings = _whole(
        path, partial(write, frames=frames, labels=dict(accounts), as_of=as_of, title=title, is_single=account_id is not None)
    )  # fmt: skip
    return ExportReport(accounts=len(accounts), postings=postings)


def _whole(path: Path, write: Callable[[Path], int]) -> int:
    """Write a file beside its place and move it there when it is whole: who stops half-way leaves no half."""
    part = path.with_name(f".{path.name}.part")
    try:
        count = write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _accounts(account_id: int | None, creditor_id: int | None) -> list[tuple[int, str]]:
    where = "s.account_id = %s" if account_id is not None else "s.creditor_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            ACCOUNTS_SQL.format(where=where), [account_id if account_id is not None else creditor_id]
        )
        return cursor.fetchall()


def _frames(
    accounts: list[tuple[int, str]], as_of: date | None, known_at: datetime | None
) -> Iterator[pl.DataFrame]:
    labels = pl.DataFrame(accounts, schema={"account_id": pl.Int64, "account": pl.String}, orient="row")
    for start in range(0, len(accounts), ACCOUNTS_AT_ONCE):
        scope = ",".join(str(account_id) for account_id, _ in accounts[start : start + ACCOUNTS_AT_ONCE])
        sql = LINES_SQL.format(
            scope=scope, as_of=as_of or "infinity", known_at=known_at.isoformat() if known_at else "infinity"
        )
        frame = bulk.copy_out(sql, LINES_SCHEMA)
        yield frame.join(labels, on="account_id", how="left", maintain_order="left")


def _lines(frame: pl.DataFrame) -> Iterator[JournalLine]:
    for row in frame.iter_rows(named=True):
        yield JournalLine(
            posting_id=row["posting_id"],
            account_id=row["account_id"],
            transaction_id=row["transaction_id"],
            kind=row["kind"],
            event_kind=row["event_kind"] or "",
            rule=row["rule"] or "",
            debit=row["debit"],
            credit=row["credit"],
            due_ref=row["due_ref"] or "",
            amount=Money(row["amount_minor"], row["currency"]),
            effective_date=row["effective_date"],
            recorded_at=datetime.fromisoformat(row["recorded_at"]),
        )


def _beancount(
    path: Path,
    frames: Iterator[pl.DataFrame],
    labels: dict[int, str],
    *,
    as_of: date | None,
    title: str,
    is_single: bool,
) -> int:
    count, is_first = 0, True
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for frame in frames:
            if is_first:
                file.writelines(f"{line}\n" for line in header(title, frame["currency"].unique().to_list()))
                is_first = False
            for (account_id,), mine in frame.partition_by(
                "account_id", maintain_order=True, as_dict=True
            ).items():
                label = f"account {account_id} ({labels[account_id]})"
                suffix = "" if is_single else f"A{account_id}"
                journal = account_journal(_lines(mine), label=label, as_of=as_of, suffix=suffix)
                file.writelines(f"{line}\n" for line in journal)
                file.write("\n")
            count += frame.height
    return count


def _listed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a list: the amount in currency units, exact as text, beside its minor units."""
    return frame.with_columns(_amount().alias("amount")).select(
        "account_id", "account", "posting_id", "effective_date", "recorded_at", "transaction_id", "kind",
        "event_kind", "rule", "debit", "credit", "due_ref", "due_date", "amount", "amount_minor", "currency",
    )  # fmt: skip


def _amount() -> pl.Expr:
    """Return the amount as text with its currency's decimals; postings are above zero."""
    minor, text = pl.col("amount_minor"), pl.lit(None, dtype=pl.String)
    for digits in sorted(set(MINOR_DIGITS.values())):
        codes = [code for code, places in MINOR_DIGITS.items() if places == digits]
        whole = (minor // 10**digits).cast(pl.String)
        parts = (minor % 10**digits).cast(pl.String).str.zfill(digits)
        written = pl.concat_str([whole, parts], separator=".") if digits else whole
        text = pl.when(pl.col("currency").is_in(codes)).then(written).otherwise(text)
    return text


def _csv(path: Path, frames: Iterator[pl.DataFrame], labels: dict[int, str], **_: object) -> int:
    count = 0
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            _listed(frame).write_csv(file, include_header=number == 0)
            count += frame.height
    return count


def _parquet(path: Path, frames: Iterator[pl.DataFrame], labels: dict[int, str], **_: object) -> int:
    count, writer = 0, None
    try:
        for frame in frames:
            table = _listed(frame).to_arrow()
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table.cast(writer.schema))
            count += frame.height
    finally:
        if writer is not None:
            writer.close()
    return count


def _xlsx(path: Path, frames: Iterator[pl.DataFrame], labels: dict[int, str], **_: object) -> int:
    whole = pl.concat([_listed(frame) for frame in frames])
    if whole.height > SHEET_ROWS:
        raise ExportTooLarge(f"{whole.height:,} postings do not fit one worksheet; choose csv or parquet")
    numbers = whole.with_columns(pl.col("amount").cast(pl.Float64))
    # text of a creditor's file that begins like a formula stays text
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        numbers.write_excel(
            workbook, worksheet="postings", freeze_panes=(1, 0), column_formats={"amount": "#,##0.00"}
        )
    return whole.height

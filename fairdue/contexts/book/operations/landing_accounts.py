"""Land a batch of judged account rows: new, changed, unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from fairdue.contexts.parties import facade as parties
from fairdue.engine.intake.digests import row_digests
from fairdue.storage.bulk import copy_in_fast, execute, read_columns
from fairdue.storage.staging import bounds, references_sound, staged, take_ids

from ..models import Product

SOURCE_COLUMNS = (
    "party_ref", "product_code", "currency", "opened_date", "balance_date", "credit_limit_minor",
    "principal_minor", "interest_minor", "penalty_minor", "fee_minor", "status",
)  # fmt: skip
LATER_COLUMNS = ("jurisdiction", "penalty_interest_minor", "late_fee_minor")
UPDATED_COLUMNS = (
    "product_id", "opened_date", "balance_date", "credit_limit_minor", "status", "jurisdiction", "row_digest",
)  # fmt: skip
REFUSED_SCHEMA = {"line": pl.Int64, "column": pl.String, "code": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsLanded:
    """What became of a batch: `opened` and `corrected` are rows with `account_id`, for the ledger."""

    opened: pl.DataFrame
    corrected: pl.DataFrame
    unchanged: int
    refused: pl.DataFrame


def land_accounts(
    rows: pl.DataFrame, *, creditor_id: int, creditor_code: str, batch_id: int, now: datetime
) -> AccountsLanded:
    """Land typed rows of an accounts file; opening balances are left to the ledger.

    1. The creditor's reference names the account. A row that differs from the last file changes the
       account; what it said before is kept as a version.
    2. An account keeps its person and its currency; a row that says otherwise is refused, as is one
       whose person or product is unknown.

    Runs in the caller's transaction, one at a time for a creditor. Rows may come `digested`.
    """
    if "row_digest" not in rows.columns:
        rows = digested(rows)
    rows = rows.with_columns(creditor_id=pl.lit(creditor_id, dtype=pl.Int64))
    rows = _resolved(rows, creditor_id, creditor_code)
    refused = _refusals(rows)
    if refused.height:
        rows = rows.join(refused.select("line"), on="line", how="anti", maintain_order="left")
    opened = _create(rows.filter(pl.col("account_id").is_null()), now)
    corrected = rows.filter(pl.col("row_digest") != pl.col("old_digest"))
    _change(corrected, batch_id, now)
    unchanged = rows.height - opened.height - corrected.height
    return AccountsLanded(opened=opened, corrected=corrected, unchanged=unchanged, refused=refused)


def digested(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the digest of each row, which takes no database: a caller may do it ahead."""
    return rows.with_columns(row_digests(rows, SOURCE_COLUMNS, later=LATER_COLUMNS))


def _resolved(rows: pl.DataFrame, creditor_id: int, creditor_code: str) -> pl.DataFrame:
    """Add `person_id`, `product_id` and, of a known account, `account_id` and what it says now."""
    people = parties.person_ids_by_reference(rows["party_ref"], creditor_code=creditor_code)
    known = dict(Product.objects.filter(creditor_id=creditor_id).values_list("code", "id"))
    product = pl.col("product_code").replace_strict(known, default=None, return_dtype=pl.Int64)
    return (
        rows.with_columns(product_id=product)
        .join(people, on="party_ref", how="left", maintain_order="left")
        .join(_known(rows, creditor_id), on="account_ref", how="left", maintain_order="left")
    )


def _known(rows: pl.DataFrame, creditor_id: int) -> pl.DataFrame:
    with staged(rows.select("account_ref"), "staged_account", analyzed=False):
        return read_columns(
            "SELECT s.account_ref, a.id, a.person_id, a.currency, a.row_digest FROM staged_account s"
            " JOIN book_account a ON a.external_ref = s.account_ref AND a.creditor_id = %s"
            " AND a.external_ref BETWEEN %s AND %s",
            {"account_ref": pl.String, "account_id": pl.Int64, "old_person_id": pl.Int64,
             "old_currency": pl.String, "old_digest": pl.Int64},
            [creditor_id, *bounds("staged_account", "account_ref")],
        )  # fmt: skip


def _refusals(rows: pl.DataFrame) -> pl.DataFrame:
    checks = (
        ("intake.party.unknown", "party_ref", pl.col("person_id").is_null()),
        ("intake.product.unknown", "product_code", pl.col("product_id").is_null()),
        ("intake.account.person_fixed", "party_ref", pl.col("old_person_id") != pl.col("person_id")),
        ("intake.account.currency_fixed", "currency", pl.col("old_currency") != pl.col("currency")),
    )
    found = [
        rows.filter(bad).select("line", column=pl.lit(column), code=pl.lit(code))
        for code, column, bad in checks
    ]
    return pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *found])


def _create(fresh: pl.DataFrame, now: datetime) -> pl.DataFrame:
    if fresh.is_empty():
        return fresh
    fresh = fresh.with_columns(take_ids("book_account", fresh.height).alias("account_id"))
    landing = fresh.select(
        "creditor_id", "product_id", "person_id", "currency", "opened_date", "balance_date", "credit_limit_minor",
        "status", "jurisdiction", "row_digest", id="account_id", external_ref="account_ref", recorded_at=pl.lit(now),
    )  # fmt: skip
    with references_sound():
        copy_in_fast(landing, "book_account")
    return fresh


def _change(corrected: pl.DataFrame, batch_id: int, now: datetime) -> None:
    if corrected.is_empty():
        return
    with staged(corrected.select("account_id", *UPDATED_COLUMNS), "staged_change"):
        execute(
            "INSERT INTO book_accountversion (account_id, batch_id, before, recorded_at)"
            " SELECT a.id, %s, to_jsonb(a), %s FROM book_account a JOIN staged_change s ON s.account_id = a.id"
            " ORDER BY a.id FOR UPDATE OF a",
            [batch_id, now],
        )
        plain = ", ".join(f"{name} = s.{name}" for name in UPDATED_COLUMNS)
        execute(f"UPDATE book_account a SET {plain} FROM staged_change s WHERE s.account_id = a.id")

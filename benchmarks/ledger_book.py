"""A book of instalment loans and their receipts for the ledger's benchmarks, landed by the ledger's own doors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

OPENED_DATE = date(2025, 12, 31)
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
DUES = 12

SETUP = """
insert into book_creditor (id, code, name_zh, name_en, institution_kind, institution_group, contact_phone)
values (1, 'bench', '基准银行', 'Bench Bank', 'bank', 'bench', '');
insert into book_product (id, creditor_id, code, name_zh, name_en, kind, currency, dpd_origin, bucket_edges,
                          allocation_policy)
values (1, 1, 'loan', '贷款', 'Loan', 'consumer_loan', 'CNY', 'due_plus_1', '[]', 'cn-loan-instalment');
insert into parties_person (id, name_sealed, name_masked, name_hash, preferred_channel, recorded_at)
select i, '\\x00', '张**', decode(md5(i::text), 'hex'), '', now() from generate_series(1, {accounts}) i;
insert into book_account (id, creditor_id, product_id, person_id, external_ref, currency, opened_date,
                          balance_date, recorded_at)
select i, 1, 1, i, 'B' || i, 'CNY', date '2025-12-31', date '2025-12-31', now()
  from generate_series(1, {accounts}) i;
analyze parties_person; analyze book_account;
"""


def fill_loans(connection: Any, accounts: int) -> None:
    """Fill an empty, migrated database: each loan with twelve dues of principal and interest."""
    from fairdue.contexts.ledger.facade import land_dues, open_accounts

    with connection.cursor() as cursor:
        cursor.execute(SETUP.format(accounts=accounts))
    open_accounts(_openings(accounts), now=NOW.replace(month=1))
    land_dues(_dues(accounts), batch_id=1, now=NOW.replace(month=1))
    with connection.cursor() as cursor:
        for table in ("ledger_accountstate", "ledger_dueitem", "ledger_posting"):
            cursor.execute(f"analyze {table}")


def _accounts(accounts: int) -> pl.DataFrame:
    account_id = pl.int_range(1, accounts + 1, eager=True, dtype=pl.Int64)
    return pl.DataFrame({"account_id": account_id, "person_id": account_id}).with_columns(
        principal=pl.lit(40_000) + pl.col("account_id") * 7919 % 60_000
    )


def _openings(accounts: int) -> pl.DataFrame:
    return _accounts(accounts).select(
        "account_id",
        "person_id",
        creditor_id=pl.lit(1, pl.Int64),
        currency=pl.lit("CNY"),
        component=pl.lit("principal"),
        amount_minor=pl.col("principal") * DUES,
        balance_date=pl.lit(OPENED_DATE),
    )


def _dues(accounts: int) -> pl.DataFrame:
    numbers = pl.DataFrame({"number": range(1, DUES + 1)}).with_columns(
        due_date=pl.date(2026, pl.col("number"), 15),
        due_ref=pl.lit("P") + pl.col("number").cast(pl.String),
    )
    kinds = pl.DataFrame({"component": ["principal", "interest"], "share": [100, 9]})
    return (
        _accounts(accounts)
        .join(numbers, how="cross")
        .join(kinds, how="cross")
        .select(
            "account_id",
            "person_id",
            "due_ref",
            "due_date",
            "component",
            amount_minor=pl.col("principal") * pl.col("share") // 100,
            currency=pl.lit("CNY"),
        )
    )


def receipts(accounts: int) -> pl.DataFrame:
    """Return two payments of each loan: half pay the instalment, others part of it, or one and a half."""
    share = pl.when(pl.col("account_id") % 10 < 5).then(109).when(pl.col("account_id") % 10 < 8).then(60)
    both = pl.DataFrame({"number": [1, 2], "day": [14, 20]})
    return (
        _accounts(accounts)
        .join(both, how="cross")
        .select(
            "account_id",
            "person_id",
            external_ref=pl.format("R{}-{}", "account_id", "number"),
            kind=pl.lit("payment"),
            component=pl.lit(""),
            amount_minor=pl.col("principal") * share.otherwise(163) // 100,
            currency=pl.lit("CNY"),
            effective_date=pl.date(2026, pl.col("number") + pl.col("account_id") % 4, pl.col("day")),
            reverses_ref=pl.lit(""),
        )
        .sort("effective_date", "account_id")
    )

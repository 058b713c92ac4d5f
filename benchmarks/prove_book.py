"""A ledger of any size whose caches follow from its postings, written by COPY for the proof's benchmark.

Each account opens with a principal, has three instalments of principal and interest, one charged fee, and
payments of three parts each: interest and principal of an instalment, and principal in advance.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

OPENED = date(2025, 1, 31)
NOW = datetime(2025, 7, 1, 4, 0, tzinfo=UTC)
INSTALMENTS = 3
BEFORE_PAYMENTS = 2 + INSTALMENTS
PARTS = 3
CHUNK = 100_000
INTEREST_PART, ADVANCE_PART, FEE = 50, 1_000, 500

KEYS = ("account_id", "person_id")
BASIS = """
insert into book_creditor (id, code, name_zh, name_en, institution_kind, institution_group, contact_phone)
values (1, 'bench', '基准银行', 'Bench Bank', 'bank', 'bench', '');
insert into book_product (id, creditor_id, code, name_zh, name_en, kind, currency, dpd_origin, bucket_edges,
                          allocation_policy)
values (1, 1, 'loan', '贷款', 'Loan', 'consumer_loan', 'CNY', 'due_plus_1', '[]', 'cn-loan-instalment');
"""


def fill_ledger(connection: Any, *, accounts: int, postings: int) -> int:
    """Fill an empty, migrated database and return how many postings were written.

    Accounts and persons are not written: the proof reads neither, and foreign keys are not checked here.
    """
    from fairdue.storage.bulk import copy_in_fast

    payments = max((postings - BEFORE_PAYMENTS) // PARTS, 1)
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(BASIS)
        cursor.execute("set session_replication_role = replica")
    for first in range(1, accounts + 1, CHUNK):
        for table, frame in _tables(first, min(first + CHUNK, accounts + 1), payments):
            copy_in_fast(frame, table)
            written += frame.height if table == "ledger_posting" else 0
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = origin")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
    return written


def _tables(first: int, end: int, payments: int) -> Iterator[tuple[str, pl.DataFrame]]:
    accounts = pl.select(account_id=pl.int_range(first, end, dtype=pl.Int64)).with_columns(
        person_id="account_id",
        currency=pl.lit("CNY"),
        share=20_000 + pl.col("account_id") % 977,
        recorded_at=pl.lit(NOW),
    )
    items = _items(accounts, payments)
    events = _events(accounts, payments)
    yield "ledger_accountstate", _states(accounts, items, payments)
    yield (
        "ledger_dueitem",
        items.select(
            "id", *KEYS, "due_ref", "due_date", "component", "amount_minor", "asked_minor", "paid_minor",
            "settled_date", "currency", "recorded_at",
        ),
    )  # fmt: skip
    yield (
        "ledger_transaction",
        events.select(
            "id", *KEYS, "external_ref", "kind", "component", "amount_minor", "currency", "effective_date",
            "recorded_at", "source",
        ),
    )  # fmt: skip
    yield "ledger_posting", _postings(accounts, items, events)


def _items(accounts: pl.DataFrame, payments: int) -> pl.DataFrame:
    """Six items an account, numbered from the account's own number; payment j pays instalment j mod 3."""
    found = []
    for number in range(INSTALMENTS):
        times = len(range(number, payments, INSTALMENTS))
        for index, component in enumerate(("principal", "interest")):
            part = pl.col("share") if component == "principal" else pl.lit(INTEREST_PART)
            amount = (part * (times + number % 2)).cast(pl.Int64)
            is_settled = number % 2 == 0 and times > 0
            final = max(range(number, payments, INSTALMENTS), default=0)
            found.append(
                accounts.with_columns(
                    id=pl.col("account_id") * 10 + number * 2 + index,
                    due_ref=pl.lit(f"I{number + 1}"),
                    due_date=pl.lit(_due_date(number)),
                    component=pl.lit(component),
                    amount_minor=amount,
                    asked_minor=amount,
                    paid_minor=(part * times).cast(pl.Int64),
                    settled_date=pl.lit(_paid_date(final) if is_settled else None, pl.Date),
                )
            )
    return pl.concat(found).sort("account_id", "id")


def _events(accounts: pl.DataFrame, payments: int) -> pl.DataFrame:
    shared = {"source": pl.lit("file:1")}
    fee = accounts.with_columns(
        id=pl.col("account_id") * 100,
        number=pl.lit(-1),
        external_ref=pl.lit("fee"),
        kind=pl.lit("charge"),
        component=pl.lit("fee"),
        amount_minor=pl.lit(FEE, pl.Int64),
        effective_date=pl.lit(OPENED),
        **shared,
    )
    paid = [
        accounts.with_columns(
            id=pl.col("account_id") * 100 + number + 1,
            number=pl.lit(number),
            external_ref=pl.lit(f"payment {number}"),
            kind=pl.lit("payment"),
            component=pl.lit(""),
            amount_minor=(pl.col("share") + INTEREST_PART + ADVANCE_PART).cast(pl.Int64),
            effective_date=pl.lit(_paid_date(number)),
            **shared,
        )
        for number in range(payments)
    ]
    return pl.concat([fee, *paid]).sort("account_id", "id")


def _states(accounts: pl.DataFrame, items: pl.DataFrame, payments: int) -> pl.DataFrame:
    unpaid = items.filter(pl.col("paid_minor") < pl.col("asked_minor"))
    oldest = unpaid.group_by("account_id").agg(oldest_unpaid_due_date=pl.col("due_date").min())
    paid = payments * (pl.col("share") + ADVANCE_PART)
    interest = items.filter(component="interest").group_by("account_id").agg(
        left=(pl.col("amount_minor") - pl.col("paid_minor")).sum()
    )  # fmt: skip
    return (
        accounts.join(oldest, on="account_id", how="left", maintain_order="left")
        .join(interest, on="account_id", how="left", maintain_order="left")
        .select(
            *KEYS,
            "currency",
            "recorded_at",
            "oldest_unpaid_due_date",
            creditor_id=pl.lit(1, pl.Int64),
            balance_date=pl.lit(OPENED),
            balance_minor=(_opening(payments) - paid + pl.col("left") + FEE).cast(pl.Int64),
            credit_balance_minor=pl.lit(0, pl.Int64),
            latest_payment_date=pl.lit(_paid_date(payments - 1)),
            latest_payment_minor=(pl.col("share") + INTEREST_PART + ADVANCE_PART).cast(pl.Int64),
        )
    )


def _postings(accounts: pl.DataFrame, items: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    payments = events.filter(kind="payment").with_columns(transaction_id="id", row="number")
    parts = [
        payments.with_columns(
            kind=pl.lit("allocation"),
            debit=pl.lit("cash"),
            credit=pl.lit(f"receivable:{component}"),
            due_item_id=pl.col("account_id") * 10 + pl.col("number") % INSTALMENTS * 2 + index,
            amount_minor=amount.cast(pl.Int64),
        )
        for index, component, amount in (
            (0, "principal", pl.col("share")),
            (1, "interest", pl.lit(INTEREST_PART)),
        )
    ]
    parts.append(
        parts[0].with_columns(due_item_id=pl.lit(None, pl.Int64), amount_minor=pl.lit(ADVANCE_PART, pl.Int64))
    )
    charges = items.filter(component="interest").with_columns(
        transaction_id=pl.lit(None, pl.Int64),
        row=pl.lit(-2),
        kind=pl.lit("charge"),
        debit=pl.lit("receivable:interest"),
        credit=pl.lit("income:interest"),
        due_item_id="id",
        effective_date="due_date",
    )
    fees = events.filter(kind="charge").with_columns(
        transaction_id="id",
        row=pl.lit(-1),
        debit=pl.lit("receivable:fee"),
        credit=pl.lit("income:fee"),
        due_item_id=pl.lit(None, pl.Int64),
    )
    opening = accounts.with_columns(
        transaction_id=pl.lit(None, pl.Int64),
        row=pl.lit(-3),
        kind=pl.lit("opening"),
        debit=pl.lit("receivable:principal"),
        credit=pl.lit("opening"),
        due_item_id=pl.lit(None, pl.Int64),
        amount_minor=_opening(int(events["number"].max()) + 1).cast(pl.Int64),  # type: ignore[arg-type,operator]
        effective_date=pl.lit(OPENED),
    )
    columns = (*KEYS, "transaction_id", "kind", "debit", "credit", "due_item_id", "amount_minor", "currency",
               "effective_date", "recorded_at", "row")  # fmt: skip
    every = pl.concat([frame.select(columns) for frame in (opening, charges, fees, *parts)])
    return every.sort("account_id", "row").drop("row").with_columns(entry=pl.lit(uuid.uuid4().bytes))


def _opening(payments: int) -> pl.Expr:
    """Enough principal for every payment and what is still asked."""
    return (pl.col("share") + ADVANCE_PART) * (payments + INSTALMENTS)


def _due_date(number: int) -> date:
    return OPENED + timedelta(days=28 * (number + 1))


def _paid_date(number: int) -> date:
    return OPENED + timedelta(days=7 * (number + 1))

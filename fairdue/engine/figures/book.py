"""The book of one night as one line an account, and the persons in it: what every figure is counted over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import polars as pl

from fairdue.engine.ledger.ageing import DEFAULT_EDGES, bucket_expr, days_past_due_expr

ACCOUNT_COLUMNS = (
    "account_id", "person_id", "creditor_id", "product_id", "team_id", "currency", "bucket", "days_past_due",
    "balance_minor", "overdue_minor",
)  # fmt: skip
BETTER, GONE = "M0", "closed"
"""The best bucket, and where an account is that is closed and owes nothing."""


def book_rows(
    accounts: pl.DataFrame, products: pl.DataFrame, states: pl.DataFrame, teams: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Return the accounts of a night, one line each, with bucket, balance and the team that works the case.

    1. A closed account that owes nothing is not in the book.
    2. What falls due on the day itself is overdue under the origin `due_date`, not under `due_plus_1`.
    3. The bucket follows from the days past due by the product's own edges.
    4. `teams`: person_id, team_id; a person without a case has no team.
    """
    known = accounts.select(
        "account_id", "person_id", "creditor_id", "product_id", "currency", "status", "dpd_origin"
    ).join(
        states.select("account_id", "balance_minor", "overdue_minor", "due_today_minor", "oldest_unpaid_due_date"),
        on="account_id",
    )  # fmt: skip
    known = known.join(products.select("product_id", "bucket_edges"), on="product_id", how="left")
    known = known.filter((pl.col("status") != "closed") | (pl.col("balance_minor") > 0))
    counts_today = pl.col("dpd_origin") == "due_date"
    overdue = pl.col("overdue_minor") + pl.when(counts_today).then("due_today_minor").otherwise(0)
    days = days_past_due_expr(
        pl.when(overdue > 0).then("oldest_unpaid_due_date"), as_of, pl.col("dpd_origin")
    )
    known = known.with_columns(overdue.alias("overdue_minor"), days.cast(pl.Int64).alias("days_past_due"))
    known = known.with_columns(_bucket(known).alias("bucket"))
    return known.join(teams.select("person_id", "team_id"), on="person_id", how="left").select(
        ACCOUNT_COLUMNS
    )


def _bucket(rows: pl.DataFrame) -> pl.Expr:
    chain = bucket_expr(pl.col("days_past_due"))
    for text in rows["bucket_edges"].unique().drop_nulls().to_list():
        edges = tuple(json.loads(text))
        if edges and edges != DEFAULT_EDGES:
            own = bucket_expr(pl.col("days_past_due"), edges)
            chain = pl.when(pl.col("bucket_edges") == text).then(own).otherwise(chain)
    return chain


def person_rows(book: pl.DataFrame) -> pl.DataFrame:
    """Return one line a person under the leading account: most days past due, then most overdue, then the older one.

    Amounts are of all the person's accounts in the leading account's currency.
    """
    has_more = book["person_id"].is_duplicated()
    return pl.concat([book.filter(~has_more), _of_many(book.filter(has_more))], how="diagonal").select(
        book.columns
    )


def _of_many(book: pl.DataFrame) -> pl.DataFrame:
    """Lead and sums of persons with several accounts; for all others nothing has to be sorted."""
    ordered = book.sort(
        "person_id", "days_past_due", "overdue_minor", "account_id", descending=[False, True, True, False]
    )
    leading = ordered.unique("person_id", keep="first", maintain_order=True)
    sums = (
        book.join(leading.select("person_id", pl.col("currency").alias("lead")), on="person_id")
        .filter(pl.col("currency") == pl.col("lead"))
        .group_by("person_id")
        .agg(pl.col("balance_minor", "overdue_minor").sum())
    )
    return leading.drop("balance_minor", "overdue_minor").join(sums, on="person_id")


def bucket_order(names: Sequence[str]) -> list[str]:
    """Return buckets from the best to the worst, what is closed first."""
    return sorted(
        set(names), key=lambda name: (-1, "") if name == GONE else (int(name[1:].rstrip("+") or 0), name)
    )

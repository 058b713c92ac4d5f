"""What each card of the dashboards counts: frames of facts in, rows of one shape out (`FIGURE_COLUMNS`)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from fairdue.engine.figures.book import GONE

DIMENSIONS = ("creditor_id", "product_id", "team_id", "bucket", "currency")
"""What one filter form can narrow every card by."""

FIGURES: dict[str, pl.DataType | type[pl.DataType]] = {
    "card": pl.String, "creditor_id": pl.Int64, "product_id": pl.Int64, "team_id": pl.Int64, "bucket": pl.String,
    "currency": pl.String, "key": pl.String, "second": pl.String, "base_date": pl.Date, "total": pl.Int64,
    "other": pl.Int64, "first_minor": pl.Int64, "second_minor": pl.Int64,
}  # fmt: skip
FIGURE_COLUMNS = tuple(FIGURES)
MEASURES = ("total", "other", "first_minor", "second_minor")
"""Columns that are sums; all others say of what."""

WINDOWS = (7, 30, 90)
"""Periods in days that end with the night."""

STAGES = ("due", "reminded", "reached", "promised", "kept")
"""The funnel; each stage counts those of the stage before."""

USED = ("0", "1", "2", "3", "4+")
CONTACT_KINDS = ("conversations", "announcements", "messages")


def figures(rows: pl.DataFrame, card: str, *, by: tuple[str, ...] = (), **measures: pl.Expr) -> pl.DataFrame:
    """Return rows counted by the dimensions and `by`; measures not given are 0, dimensions not there are null."""
    keys = [name for name in (*DIMENSIONS, *by) if name in rows.columns]
    counted = rows.group_by(keys).agg(**{"total": pl.len(), **measures})
    columns = [
        (pl.col(name) if name in counted.columns else pl.lit(_missing(name))).cast(kind).alias(name)
        for name, kind in FIGURES.items()
        if name != "card"
    ]
    texts = pl.col("bucket", "currency", "key", "second").fill_null("")
    return counted.select(pl.lit(card).alias("card"), *columns).with_columns(texts)


def _missing(name: str) -> int | None:
    return 0 if name in MEASURES else None


def book_card(book: pl.DataFrame) -> pl.DataFrame:
    """Count accounts, balance and overdue amount by bucket."""
    return figures(
        book, "book", first_minor=pl.col("balance_minor").sum(), second_minor=pl.col("overdue_minor").sum()
    )


def roll_card(before: pl.DataFrame, now: pl.DataFrame, base_date: date) -> pl.DataFrame:
    """Count how the accounts of an earlier night moved: by bucket then and bucket now (`closed` if no longer in the book).

    `first_minor` is the balance then, `second_minor` the balance now; creditor, product and team are those of then.
    """
    moved = before.join(
        now.select("account_id", pl.col("bucket").alias("key"), pl.col("balance_minor").alias("balance_now")),
        on="account_id", how="left",
    )  # fmt: skip
    moved = moved.with_columns(
        pl.col("key").fill_null(GONE),
        pl.col("balance_now").fill_null(0),
        pl.lit(base_date).alias("base_date"),
    )
    return figures(
        moved, "roll", by=("key", "base_date"),
        first_minor=pl.col("balance_minor").sum(), second_minor=pl.col("balance_now").sum(),
    )  # fmt: skip


def vintage_rows(accounts: pl.DataFrame, defaulted: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return every account with its cohort and the month on book in which it first was more than 30 days past due.

    1. A cohort is the month of disbursement (`YYYY-MM`); MOB 0 is that month; `mob` is null if it never was.
    2. Closed accounts count; what was disbursed after the day does not.
    """
    known = accounts.filter(pl.col("opened_date") <= as_of).join(
        defaulted.select("account_id", "first_default_date"), on="account_id", how="left"
    )
    first, opened = pl.col("first_default_date").dt, pl.col("opened_date").dt
    mob = (first.year() - opened.year()) * 12 + first.month().cast(pl.Int32) - opened.month().cast(pl.Int32)
    return known.with_columns(opened.strftime("%Y-%m").alias("cohort"), mob.alias("mob"))


def vintage_card(defaults: pl.DataFrame) -> pl.DataFrame:
    """Count first defaults by month of disbursement and months on book; `second` is the MOB, or `size` for the cohort.

    `defaults`: creditor_id, product_id, currency, cohort (`YYYY-MM`), mob (null: never), accounts.
    """
    sizes = defaults.with_columns(pl.lit("size").alias("second"))
    first = defaults.filter(pl.col("mob").is_not_null()).with_columns(
        pl.col("mob").cast(pl.String).str.zfill(3).alias("second")
    )
    rows = pl.concat([sizes, first]).rename({"cohort": "key"})
    return figures(rows, "vintage", by=("key", "second"), total=pl.col("accounts").sum())


def funnel_card(persons: pl.DataFrame, dates: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Count persons by the furthest stage that each reached within each window; see `funnel_rows`."""
    found = []
    joined = persons.join(dates, on="person_id", how="left")
    measures = {"total": pl.col("persons").sum(), "first_minor": pl.col("overdue_minor").sum()}
    for window in WINDOWS:
        rows = _staged(joined, as_of, window)
        tally = rows.group_by(*DIMENSIONS, "stage").agg(
            pl.len().alias("persons"), pl.col("overdue_minor").sum()
        )
        for place, stage in enumerate(STAGES):
            at_least = tally.filter(pl.col("stage") >= place).with_columns(
                pl.lit(stage).alias("key"), pl.lit(str(window)).alias("second")
            )
            found.append(figures(at_least, "funnel", by=("key", "second"), **measures))
    return pl.concat(found)


def funnel_rows(persons: pl.DataFrame, dates: pl.DataFrame, as_of: date, window: int) -> pl.DataFrame:
    """Return the persons to whom something was due in the window, with the furthest stage as a number.

    1. Due: overdue on the day, or anything settled or unpaid that fell due within the window (`latest_due_date`).
    2. Reminded: a message, announcement, call, letter or visit that counts; reached: a conversation with the debtor;
       promised: a promise was recorded; kept: a promise recorded in the window was kept. All within the window.
    3. Each stage needs the one before, but for reminders: who calls by himself counts as reminded.
    """
    return _staged(persons.join(dates, on="person_id", how="left"), as_of, window)


def _staged(rows: pl.DataFrame, as_of: date, window: int) -> pl.DataFrame:
    start = as_of - timedelta(days=window - 1)
    is_due = (pl.col("overdue_minor") > 0) | _in(pl.col("latest_due_date"), start, as_of)
    has_kept = _in(pl.col("kept_date"), start, as_of)
    has_promised = _in(pl.col("promised_date"), start, as_of) | has_kept
    was_reached = _in(pl.col("reached_date"), start, as_of) | has_promised
    was_reminded = _in(pl.col("reminded_date"), start, as_of) | was_reached
    stage = sum(
        (flag.fill_null(False).cast(pl.Int8) for flag in (was_reminded, was_reached, has_promised, has_kept)),
        pl.lit(0, pl.Int8),
    )
    return rows.filter(is_due.fill_null(False)).with_columns(stage.alias("stage"))


def _in(day: pl.Expr, start: date, end: date) -> pl.Expr:
    return day.is_between(pl.lit(start), pl.lit(end)).fill_null(False)


def promise_card(persons: pl.DataFrame, promises: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Count promises by how they stand, of those whose day fell in each window or that are open.

    `promises`: person_id, status (`open`, `kept`, `broken`), ended_date, amount_minor.
    """
    found = []
    lines = promises.join(persons.drop("currency", strict=False), on="person_id", how="inner").rename(
        {"status": "key"}
    )
    for window in WINDOWS:
        start = as_of - timedelta(days=window - 1)
        rows = lines.filter((pl.col("key") == "open") | _in(pl.col("ended_date"), start, as_of))
        rows = rows.with_columns(pl.lit(str(window)).alias("second"))
        found.append(
            figures(rows, "promises", by=("key", "second"), first_minor=pl.col("amount_minor").sum())
        )
    return pl.concat(found)


def received_card(book: pl.DataFrame, received: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Sum what came in within each window, by the account's bucket at the end of it; `total` counts accounts that paid.

    `received`: account_id, effective_date, amount_minor (reversed money left out, chargebacks negative).
    """
    found = []
    for window in WINDOWS:
        start = as_of - timedelta(days=window - 1)
        paid = (
            received.filter(_in(pl.col("effective_date"), start, as_of))
            .group_by("account_id")
            .agg(pl.col("amount_minor").sum())
        )
        rows = book.join(paid, on="account_id").with_columns(pl.lit(str(window)).alias("second"))
        found.append(figures(rows, "received", by=("second",), first_minor=pl.col("amount_minor").sum()))
    return pl.concat(found)


def recovery_card(
    decided: pl.DataFrame, persons: pl.DataFrame, received: pl.DataFrame, base_date: date, as_of: date
) -> pl.DataFrame:
    """Sum what came in after the decisions of an earlier night, by strategy row and channel.

    1. `decided`: person_id, row_id, step of that night; `persons` that night's persons with their overdue amount.
    2. Money with an effective day after the decision's day and up to `as_of`, in the currency that the person owed.
    3. `total` persons decided, `other` persons that paid, `first_minor` overdue then, `second_minor` received.
    """
    since = received.filter((pl.col("effective_date") > base_date) & (pl.col("effective_date") <= as_of))
    paid = since.group_by("person_id", "currency").agg(pl.col("amount_minor").sum().alias("paid_minor"))
    rows = (
        decided.join(persons, on="person_id")
        .join(paid, on=["person_id", "currency"], how="left")
        .with_columns(pl.col("paid_minor").fill_null(0), pl.lit(base_date).alias("base_date"))
        .rename({"row_id": "key", "step": "second"})
    )
    return figures(
        rows, "recovery", by=("key", "second", "base_date"), other=(pl.col("paid_minor") > 0).sum(),
        first_minor=pl.col("overdue_minor").sum(), second_minor=pl.col("paid_minor").sum(),
    )  # fmt: skip


def budget_card(persons: pl.DataFrame, contacts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Count persons with something overdue by how many contacts of each kind they had in the seven days up to the day.

    `contacts`: person_id, conversations, announcements, messages (numbers of those days).
    """
    late = persons.filter(pl.col("overdue_minor") > 0).join(contacts, on="person_id", how="left")
    found = []
    for kind in CONTACT_KINDS:
        count = pl.col(kind).fill_null(0)
        used = pl.when(count >= len(USED) - 1).then(pl.lit(USED[-1])).otherwise(count.cast(pl.String))
        rows = late.with_columns(pl.lit(kind).alias("key"), used.alias("second"))
        found.append(figures(rows, "budget", by=("key", "second"), other=count.sum()))
    return pl.concat(found)


def objection_card(persons: pl.DataFrame, objections: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Count complaints, disputes and hardships taken in within each window; `other` counts those still open.

    `objections`: person_id, kind, started_date, is_open.
    """
    lines = objections.join(persons, on="person_id").rename({"kind": "key"})
    found = []
    for window in WINDOWS:
        start = as_of - timedelta(days=window - 1)
        rows = lines.filter(_in(pl.col("started_date"), start, as_of)).with_columns(
            pl.lit(str(window)).alias("second")
        )
        found.append(figures(rows, "objections", by=("key", "second"), other=pl.col("is_open").sum()))
    return pl.concat(found)

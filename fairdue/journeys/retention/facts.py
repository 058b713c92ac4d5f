"""What the periods count from, person by person: debts and when they ended, the latest activity, and what stops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.engine.law.numbers import shipped_numbers
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.storage.bulk import copy_out

REVOLVING = ("credit_card",)
"""Debts that may be drawn again while nothing is owed: they end when the account is closed."""
SCHEMA = {
    "person_id": pl.Int64, "settled_date": pl.Date, "latest_activity_date": pl.Date,
    "products": pl.List(pl.String), "institution_kinds": pl.List(pl.String), "bound": pl.String, "stop": pl.String,
}  # fmt: skip
_ACCOUNTS = {
    "account_id": pl.Int64, "person_id": pl.Int64, "product_kind": pl.String, "institution_kind": pl.String,
    "institution_group": pl.String, "jurisdiction": pl.String, "status": pl.String,
}  # fmt: skip
_ENDS = {"account_id": pl.Int64, "standing": pl.String, "is_even": pl.String, "latest_date": pl.Date}
_MOMENTS = {"person_id": pl.Int64, "day": pl.Date}
_STOPS = {"person_id": pl.Int64, "stop": pl.String}


def person_facts(as_of: date, persons: Sequence[int] | None = None) -> pl.DataFrame:
    """This function will return one row a person with what keeping and deleting of their records depends on.

    1. `settled_date` is the day on which the last of the debts ended; null while one is open. A debt has ended when nothing
       is owed either way; a card only when its account is closed too. A debt written off is still owed: it ends when the
       claim is barred, counted anew from the latest activity (CN-LIM-01); under other laws it does not end.
    2. A person without any debt is settled from the latest activity on.
    3. `stop` names what forbids every deletion: open holds, running or missed deadlines, open requests for money. Null: nothing.
    4. `bound` names jurisdictions and institution groups of the debts, so that persons under the same rules stand together.
    """
    known, active = _activity(persons)
    debts = _debts(persons, active)
    stops = _stops(persons)
    whole = known.join(debts, on="person_id", how="left").join(stops, on="person_id", how="left")
    latest = pl.max_horizontal("latest_activity_date", "debt_date")
    return whole.select(
        "person_id",
        settled_date=pl.when(pl.col("debts").is_null()).then(latest).otherwise(pl.col("settled_date")),
        latest_activity_date=latest,
        products=pl.col("products").fill_null([]),
        institution_kinds=pl.col("institution_kinds").fill_null([]),
        bound=pl.col("bound").fill_null(""),
        stop="stop",
    )


def bound_debts(bound: str) -> tuple[tuple[str, str], ...]:
    """Return jurisdiction and institution group of each debt that `bound` names."""
    pairs = (part.split("|", 1) for part in bound.split(";") if part)
    return tuple((jurisdiction, group) for jurisdiction, group in pairs)


def _of(sql: str, persons: Sequence[int] | None, columns: str, column: str = "person_id") -> str:
    if persons is None:
        return f"SELECT {columns} FROM ({sql}) AS facts"
    listed = ",".join(str(int(person)) for person in persons) or "NULL"
    return f"SELECT {columns} FROM ({sql}) AS facts WHERE {column} IN ({listed})"


def _activity(persons: Sequence[int] | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the latest day on which each person was known, contacted or worked on."""
    day = f"(at AT TIME ZONE '{HOUSE_ZONE.key}')::date"
    frames = [
        copy_out(_of(sql, persons, f"person_id, {day}"), _MOMENTS)
        for sql in (parties.RECORDED_SQL, law.LATEST_CONTACT_SQL, cases.LATEST_OUTCOME_SQL)
    ]
    latest = pl.concat(frames).group_by("person_id").agg(latest_activity_date=pl.col("day").max())
    return latest, latest


def _debts(persons: Sequence[int] | None, active: pl.DataFrame) -> pl.DataFrame:
    accounts = copy_out(_of(book.ACCOUNT_FACTS_SQL, persons, ", ".join(_ACCOUNTS)), _ACCOUNTS)
    ids = None if persons is None else accounts["account_id"].to_list()
    ends = copy_out(_of(ledger.DEBT_ENDS_SQL, ids, ", ".join(_ENDS), "account_id"), _ENDS)
    joined = accounts.join(ends, on="account_id", how="left").join(active, on="person_id", how="left")
    ended = joined.with_columns(ended_date=_ended_date())
    pair = pl.concat_str(pl.col("jurisdiction").fill_null(""), pl.lit("|"), pl.col("institution_group"))
    return ended.group_by("person_id").agg(
        debts=pl.len(),
        settled_date=pl.when(pl.col("ended_date").is_null().any())
        .then(None)
        .otherwise(pl.col("ended_date").max()),
        debt_date=pl.col("latest_date").max(),
        products=pl.col("product_kind").unique().sort(),
        institution_kinds=pl.col("institution_kind").unique().sort(),
        bound=pair.unique().sort().str.join(";"),
    )


def _ended_date() -> pl.Expr:
    even, standing = pl.col("is_even") == "t", pl.col("standing")
    is_closed = (pl.col("status") == "closed") | standing.is_in(["settled", "assigned"])
    is_ended = even & (~pl.col("product_kind").is_in(list(REVOLVING)) | is_closed)
    years = shipped_numbers().rule("CN-LIM-01").integer("years")
    barred = pl.max_horizontal("latest_date", "latest_activity_date").dt.offset_by(f"{years}y")
    is_chinese = pl.col("jurisdiction").fill_null("").is_in(["", "cn"])
    return (
        pl.when(standing == "written_off")
        .then(pl.when(is_chinese).then(barred))
        .when(is_ended)
        .then(pl.col("latest_date"))
    )


def _stops(persons: Sequence[int] | None) -> pl.DataFrame:
    frames = [
        copy_out(_of(sql, persons, "person_id, stop"), _STOPS)
        for sql in (law.RETENTION_STOPS_SQL, payments.OPEN_MONEY_SQL)
    ]
    return pl.concat(frames).group_by("person_id").agg(pl.col("stop").unique().sort().str.join(", "))

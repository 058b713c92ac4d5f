"""The contacts that special facts count, over columns: `live_counts.py` says which contact counts where."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from .live_counts import LENDER, SCOPES, is_own, special_columns_of

MOMENTS = pl.List(pl.Datetime("us", "UTC"))
FORM = ("made_by", "direction", "channel", "mode", "purpose", "result")
Frames = Mapping[str, pl.DataFrame]


def with_counts(found: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Add the counted contacts by column, as lists of moments, and the days since the person wrote from a point."""
    points = frames["points"]
    third = points.filter(pl.col("owner") == "third_party")["contact_point_id"]
    told = (
        frames["told"]
        .with_row_index("contact")
        .with_columns(pl.col("occurred_at").dt.convert_time_zone("UTC").dt.cast_time_unit("us"))
    )
    counted = _classified(
        told.filter(~pl.col("contact_point_id").is_in(third.implode()).fill_null(False)), frames
    )
    by_person = _listed(counted.filter(~pl.col("is_by_point")), ["person_id"])
    by_point = _listed(counted.filter("is_by_point"), ["person_id", "contact_point_id"])
    found = found.join(by_person, on="person_id", how="left")
    found = found.join(by_point, on=["person_id", "contact_point_id"], how="left", nulls_equal=True)
    found = found.with_columns(
        (pl.col(name).fill_null([]) if name in found.columns else pl.lit([], dtype=MOMENTS))
        .cast(MOMENTS)
        .alias(name)
        for name in SCOPES
    )
    found = found.with_columns(_since_latest_talk(found))
    return _with_messages(found, told)


def _since_latest_talk(found: pl.DataFrame) -> pl.Series:
    """The attempts after the latest time that contact was made."""
    talk = pl.col("debt_conversations").list.max().alias("talk")
    rows = found.select("line", "debt_attempts", talk).explode("debt_attempts")
    kept = rows.filter(
        pl.col("debt_attempts").is_not_null()
        & (pl.col("talk").is_null() | (pl.col("debt_attempts") > pl.col("talk")))
    )
    lists = kept.group_by("line", maintain_order=True).agg("debt_attempts")
    return (
        found.select("line")
        .join(lists, on="line", how="left", maintain_order="left")["debt_attempts"]
        .fill_null([])
        .cast(MOMENTS)
    )


def _classified(told: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Return one row a contact and column in which it counts for the lender."""
    forms = told.select(FORM).unique()
    columns = [
        [name for name in special_columns_of(row["channel"], row["mode"], row["direction"], row["purpose"], row["result"])
         if not SCOPES[name].is_own or is_own(row["made_by"], row["direction"], LENDER)]
        for row in forms.iter_rows(named=True)
    ]  # fmt: skip
    rows = told.join(
        forms.with_columns(pl.Series("column", columns, dtype=pl.List(pl.String))), on=FORM
    ).explode("column")
    rows = rows.filter(pl.col("column").is_not_null())
    scopes = pl.DataFrame(
        [(name, scope.is_about, scope.is_by_point, scope.place) for name, scope in SCOPES.items()],
        schema={"column": pl.String, "is_about": pl.Boolean, "is_by_point": pl.Boolean, "wanted_place": pl.String}, orient="row",
    )  # fmt: skip
    rows = rows.join(scopes, on="column").join(_about(told, frames["debts"]), on="contact", how="left")
    points = frames["points"]
    work = points.filter((pl.col("owner") == "employer") | (pl.col("place") == "work"))["contact_point_id"]
    is_work = pl.col("contact_point_id").is_in(work.implode()).fill_null(False)
    is_other = pl.col("column") == "other_debt_conversations"
    return rows.filter(
        (~pl.col("is_about") | pl.col("is_ours"))
        & ((pl.col("wanted_place") == "") | (is_work == (pl.col("wanted_place") == "work")))
        & (~is_other | (pl.col("is_named") & ~pl.col("is_ours")))
    )


def _about(told: pl.DataFrame, debts: pl.DataFrame) -> pl.DataFrame:
    """Tell of each contact whether it named debts, and whether one of them, or all, is concerned."""
    texts = told.select("person_id", "account_ids").unique()
    named = (
        texts.filter(pl.col("account_ids") != "")
        .with_columns(
            pl.col("account_ids").str.split(",").cast(pl.List(pl.Int64), strict=False).alias("account_id")
        )
        .explode("account_id")
    )
    ours = named.join(debts.select("person_id", "account_id"), on=["person_id", "account_id"], how="semi")
    ours = ours.select("person_id", "account_ids").unique().with_columns(is_met=pl.lit(True))
    return (
        told.select("contact", "person_id", "account_ids")
        .join(ours, on=["person_id", "account_ids"], how="left")
        .select(
            "contact",
            is_named=pl.col("account_ids") != "",
            is_ours=(pl.col("account_ids") == "") | pl.col("is_met").fill_null(False),
        )
    )


def _listed(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    names = rows["column"].unique().sort().to_list()
    ordered = rows.sort("occurred_at")
    return ordered.group_by(keys, maintain_order=True).agg(
        pl.col("occurred_at").filter(pl.col("column") == name).alias(name) for name in names
    )


def _with_messages(found: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    wrote = told.filter(
        (pl.col("direction") == "inbound")
        & pl.col("channel").is_in(["sms", "email"])
        & pl.col("made_by").is_in(["debtor", LENDER])
        & pl.col("contact_point_id").is_not_null()
    )
    latest = wrote.group_by("person_id", "contact_point_id").agg(
        pl.col("occurred_at").max().alias("wrote_at")
    )
    found = found.join(latest, on=["person_id", "contact_point_id"], how="left")
    return found.with_columns(days_since(found, "wrote_at").alias("message_days")).drop("wrote_at")


def days_since(found: pl.DataFrame, column: str) -> pl.Expr:
    """Whole local days since a moment, in each line's home zone; null without one."""
    zones = found["home_zone"].unique().to_list()
    days = [
        pl.when(pl.col("home_zone") == zone).then(
            (pl.col("today") - pl.col(column).dt.convert_time_zone(zone).dt.date()).dt.total_days()
        )
        for zone in zones
    ]
    return pl.coalesce(days) if days else pl.lit(None, pl.Int64)

"""Land a batch of judged contact point rows, and the consents that they report."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from fairdue.engine.intake.digests import row_digests
from fairdue.kernel.masking import mask_contact
from fairdue.storage.bulk import copy_in, copy_out, execute
from fairdue.storage.staging import staged, take_ids

from .. import sealing
from ..contracts import PartiesLanded
from ..queries.lookup import person_ids_by_reference

SOURCE_COLUMNS = (
    "medium", "value", "owner", "relation", "zone", "rank", "opted_out", "consent_at", "verified", "status",
)  # fmt: skip
LATER_COLUMNS = ("place", "jurisdiction")
UPDATED_COLUMNS = ("owner", "relation", "zone", "place", "jurisdiction", "rank", "row_digest")
BYTES = {"value_sealed": "bytea", "value_hash": "bytea"}
CHANNELS = {"mobile": "", "landline": "call", "email": "email", "app": "inapp", "address": "visit"}


def land_contact_points(
    rows: pl.DataFrame, *, creditor_code: str, source: str, changed_by: str, now: datetime
) -> tuple[PartiesLanded, pl.DataFrame]:
    """Land typed rows of a contact points file and return the counts and the rows refused.

    1. A person's medium and value name the point. A new value is a new point; the old one stays in use
       until a row says `invalid`.
    2. A row that differs from the last file changes the point; what it said before is kept as a version.
    3. `opted_out` lands as a consent record and closes the point at once. A later file opens it again
       only with a `consent_at` after the latest record.
    4. `invalid` set by hand or by a bounce stays, unless the row changes and says `valid`. What its person took off
       stays off; what waits for its code is in use once the lender names it too.

    Runs in the caller's transaction.
    """
    people = person_ids_by_reference(rows["party_ref"], creditor_code=creditor_code)
    rows = rows.join(people, on="party_ref", how="left", maintain_order="left")
    refused = rows.filter(pl.col("person_id").is_null()).select(
        "line", column=pl.lit("party_ref"), code=pl.lit("intake.party.unknown")
    )
    rows = _prepared(rows.filter(pl.col("person_id").is_not_null()))
    rows = rows.join(
        _known(rows), on=["person_id", "medium", "value_hash"], how="left", maintain_order="left"
    )
    fresh = rows.filter(pl.col("point_id").is_null()).unique(
        subset=["person_id", "medium", "value_hash"], keep="first", maintain_order=True
    )
    changed = rows.filter(pl.col("row_digest") != pl.col("old_digest")).unique(
        subset=["point_id"], keep="last", maintain_order=True
    )
    fresh = _create(fresh, source, now)
    _change(changed, changed_by, now)
    _consent(pl.concat([fresh, changed], how="diagonal"), source, now)
    counts = PartiesLanded(
        created=fresh.height, changed=changed.height, unchanged=rows.height - fresh.height - changed.height
    )
    return counts, refused


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        row_digests(rows, SOURCE_COLUMNS, later=LATER_COLUMNS, key=sealing.digest_key()),
        sealing.hash_all(rows["value"], sealing.CONTACT_PURPOSE).alias("value_hash"),
        relation=pl.col("relation").fill_null(""),
        zone=pl.col("zone").fill_null(""),
        place=pl.col("place").fill_null(""),
        jurisdiction=pl.col("jurisdiction").fill_null(""),
    )


def _known(rows: pl.DataFrame) -> pl.DataFrame:
    with staged(rows.select("person_id", "medium", "value_hash"), "staged_point", BYTES):
        return copy_out(
            r"SELECT DISTINCT c.person_id, c.medium, '\x' || encode(c.value_hash, 'hex'), c.id, c.row_digest"
            " FROM staged_point s JOIN parties_contactpoint c"
            " ON c.person_id = s.person_id AND c.medium = s.medium AND c.value_hash = s.value_hash",
            {"person_id": pl.Int64, "medium": pl.String, "value_hash": pl.String, "point_id": pl.Int64,
             "old_digest": pl.Int64},
        )  # fmt: skip


def _create(fresh: pl.DataFrame, source: str, now: datetime) -> pl.DataFrame:
    if fresh.is_empty():
        return fresh
    masked = [
        mask_contact(medium, value)[:120] for medium, value in fresh.select("medium", "value").iter_rows()
    ]
    fresh = fresh.with_columns(
        take_ids("parties_contactpoint", fresh.height).alias("point_id"),
        sealing.seal_all(fresh["value"], sealing.CONTACT_PURPOSE).alias("value_sealed"),
        pl.Series("value_masked", masked, dtype=pl.String),
        verified_at=pl.when("verified").then(pl.coalesce("consent_at", pl.lit(now))),
        status=pl.when(pl.col("status") == "").then(pl.lit("valid")).otherwise("status"),
        source=pl.lit(source),
        recorded_at=pl.lit(now),
    )
    landing = fresh.rename({"point_id": "id", "opted_out": "is_opted_out"})
    copy_in(
        landing,
        "parties_contactpoint",
        ["id", "person_id", "medium", "owner", "relation", "value_sealed", "value_masked", "value_hash", "zone",
         "place", "jurisdiction", "rank", "status", "is_opted_out", "verified_at", "source", "row_digest", "recorded_at"],
    )  # fmt: skip
    return fresh


def _change(changed: pl.DataFrame, changed_by: str, now: datetime) -> None:
    if changed.is_empty():
        return
    columns = ["point_id", "status", "verified", "consent_at", *UPDATED_COLUMNS]
    with staged(changed.select(columns), "staged_change"):
        execute(
            "INSERT INTO parties_partyversion (subject, subject_id, before, changed_by, recorded_at)"
            " SELECT 'contact_point', c.id, (to_jsonb(c) - 'value_sealed' - 'value_hash')"
            " || jsonb_build_object('value_sealed', encode(c.value_sealed, 'hex')), %s, %s"
            " FROM parties_contactpoint c JOIN staged_change s ON s.point_id = c.id ORDER BY c.id FOR UPDATE OF c",
            [changed_by, now],
        )
        plain = ", ".join(f"{name} = s.{name}" for name in UPDATED_COLUMNS)
        execute(
            f"UPDATE parties_contactpoint c SET {plain},"
            " status = CASE WHEN c.status = 'removed' THEN c.status WHEN s.status <> '' THEN s.status"
            " WHEN c.status = 'pending' THEN 'valid' ELSE c.status END,"
            " verified_at = CASE WHEN s.verified THEN coalesce(c.verified_at, s.consent_at, %s) END"
            " FROM staged_change s WHERE s.point_id = c.id",
            [now],
        )


def _consent(rows: pl.DataFrame, source: str, now: datetime) -> None:
    """Write consents that say something new and keep the points in step with them."""
    said = rows.filter(pl.col("opted_out") | pl.col("consent_at").is_not_null())
    if said.is_empty():
        return
    said = said.select(
        "point_id",
        "person_id",
        kind=pl.when("opted_out").then(pl.lit("opt_out")).otherwise(pl.lit("opt_in")),
        channel=pl.col("medium").replace_strict(CHANNELS, default=""),
        occurred_at=pl.coalesce("consent_at", pl.lit(now)),
    )
    with staged(said, "staged_consent"):
        execute(
            "DELETE FROM staged_consent s USING ("
            " SELECT DISTINCT ON (c.contact_point_id) c.contact_point_id, c.kind, c.occurred_at"
            " FROM parties_consent c JOIN staged_consent n ON n.point_id = c.contact_point_id"
            " WHERE c.kind IN ('opt_in', 'opt_out') ORDER BY c.contact_point_id, c.occurred_at DESC, c.id DESC"
            ") latest WHERE latest.contact_point_id = s.point_id"
            " AND (s.kind = latest.kind OR (s.kind = 'opt_in' AND s.occurred_at <= latest.occurred_at))"
        )
        execute(  # a refusal that is older than a consent we know still counts from today
            "UPDATE staged_consent s SET occurred_at = %s WHERE s.kind = 'opt_out' AND EXISTS (SELECT 1 FROM"
            " parties_consent c WHERE c.contact_point_id = s.point_id AND c.occurred_at >= s.occurred_at)",
            [now],
        )
        execute(
            "INSERT INTO parties_consent"
            " (person_id, contact_point_id, channel, kind, detail, source, occurred_at, recorded_at)"
            " SELECT person_id, point_id, channel, kind, '{}'::jsonb, %s, occurred_at, %s FROM staged_consent",
            [source, now],
        )
        execute(
            "UPDATE parties_contactpoint c SET is_opted_out = (s.kind = 'opt_out')"
            " FROM staged_consent s WHERE s.point_id = c.id AND c.is_opted_out <> (s.kind = 'opt_out')"
        )

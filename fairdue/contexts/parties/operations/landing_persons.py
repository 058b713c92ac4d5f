"""Land a batch of judged person rows: new, changed, unchanged; one person over all debts."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from fairdue.engine.intake.digests import row_digests
from fairdue.engine.intake.reasons import NOTE_NAMES_DIFFER
from fairdue.kernel.masking import mask_id_number, mask_name
from fairdue.storage.bulk import copy_in, copy_out, execute
from fairdue.storage.staging import lock_for_transaction, staged, take_ids

from .. import sealing
from ..contracts import PartiesLanded

SOURCE_COLUMNS = (
    "name", "id_type", "id_number", "birth_date", "sex", "home_zone", "locale", "preferred_channel",
)  # fmt: skip
LATER_COLUMNS = ("residence",)
PERSON_COLUMNS = (
    "name_sealed", "name_masked", "name_hash", "id_type", "id_sealed", "id_masked", "id_hash", "birth_date",
    "sex", "home_zone", "locale", "preferred_channel", "residence",
)  # fmt: skip
BYTES = dict.fromkeys(("name_sealed", "name_hash", "id_sealed", "id_hash"), "bytea")
_ID_COLUMNS = ("id_type", "id_sealed", "id_masked", "id_hash")
_OTHER_PERSON = "intake.id_number.other_person"


def land_persons(
    rows: pl.DataFrame, *, creditor_code: str, changed_by: str, now: datetime
) -> tuple[PartiesLanded, pl.DataFrame]:
    """Land typed rows of a parties file and return the counts and the rows refused (`line`, `column`, `code`).

    1. A reference that is new lands with a new person, or with the known person of the same ID number.
    2. A reference whose row differs from the last file changes its person; what the person said before
       is kept as a version. An empty ID number leaves the known one.
    3. A row that would give a person the ID number of another person is refused: joining two persons is
       not the business of a file.

    Runs in the caller's transaction, one at a time in the installation.
    """
    lock_for_transaction("parties", "persons")
    rows = _with_digests(rows)
    known = _known_references(rows, creditor_code)
    rows = rows.join(known, on="party_ref", how="left", maintain_order="left")
    changed = rows.filter(pl.col("person_id").is_not_null() & (pl.col("row_digest") != pl.col("old_digest")))
    fresh = rows.filter(pl.col("person_id").is_null())
    changed, refused = _change(changed, creditor_code, changed_by, now)
    notes = _create(fresh, creditor_code, now)
    landed = PartiesLanded(
        created=fresh.height,
        changed=changed.height,
        unchanged=rows.height - fresh.height - changed.height - refused.height,
        notes={NOTE_NAMES_DIFFER: notes} if notes else {},
    )
    return landed, refused


def _with_digests(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(
        birth_date=pl.coalesce("birth_date", "id:born"), name=pl.col("name").str.replace_all(r"\s+", " ")
    )
    normal_ids = [
        None if number is None else sealing.normal_id_number(kind, number)
        for kind, number in rows.select("id_type", "id_number").iter_rows()
    ]
    return rows.with_columns(
        row_digests(rows, SOURCE_COLUMNS, later=LATER_COLUMNS, key=sealing.digest_key()),
        sealing.hash_all(normal_ids, sealing.ID_PURPOSE).alias("id_hash"),
    )


def _known_references(rows: pl.DataFrame, creditor_code: str) -> pl.DataFrame:
    with staged(rows.select("party_ref"), "staged_reference"):
        return copy_out(
            "SELECT s.party_ref, r.person_id, r.row_digest FROM staged_reference s JOIN parties_personreference r"
            f" ON r.external_ref = s.party_ref AND r.creditor_code = '{_quoted(creditor_code)}'",
            {"party_ref": pl.String, "person_id": pl.Int64, "old_digest": pl.Int64},
        )


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _owners(rows: pl.DataFrame) -> pl.DataFrame:
    """Who has the ID numbers of some rows already: `id_hash`, `owner_id`, `owner_name_hash`."""
    hashes = rows.select("id_hash").drop_nulls().unique()
    with staged(hashes, "staged_id", BYTES):
        return copy_out(
            r"SELECT '\x' || encode(p.id_hash, 'hex'), p.id, '\x' || encode(p.name_hash, 'hex')"
            " FROM parties_person p JOIN staged_id s ON s.id_hash = p.id_hash",
            {"id_hash": pl.String, "owner_id": pl.Int64, "owner_name_hash": pl.String},
        )


def _sealed(rows: pl.DataFrame) -> pl.DataFrame:
    """Write the personal columns sealed, masked and hashed."""
    names, numbers = rows["name"].to_list(), rows["id_number"].to_list()
    return rows.with_columns(
        sealing.seal_all(names, sealing.NAME_PURPOSE).alias("name_sealed"),
        pl.Series("name_masked", [mask_name(name)[:80] for name in names], dtype=pl.String),
        sealing.hash_all(map(sealing.normal_name, names), sealing.NAME_PURPOSE).alias("name_hash"),
        sealing.seal_all(numbers, sealing.ID_PURPOSE).alias("id_sealed"),
        pl.Series("id_masked", [mask_id_number(n) if n else "" for n in numbers], dtype=pl.String),
    )


def _create(fresh: pl.DataFrame, creditor_code: str, now: datetime) -> int:
    """Land new references, and persons that nobody knew; return how many known ones came with another name."""
    if fresh.is_empty():
        return 0
    fresh = _sealed(fresh).join(_owners(fresh), on="id_hash", how="left", maintain_order="left")
    same_number = (
        pl.when(pl.col("id_hash").is_null()).then(pl.col("line").cast(pl.String)).otherwise("id_hash")
    )
    fresh = fresh.with_columns(group=same_number)
    is_new = pl.col("owner_id").is_null() & pl.col("group").is_first_distinct()
    fresh = fresh.with_columns(is_new=is_new)
    persons = fresh.filter("is_new")
    persons = persons.with_columns(take_ids("parties_person", persons.height), recorded_at=pl.lit(now))
    copy_in(persons, "parties_person", ["id", *PERSON_COLUMNS, "recorded_at"])
    own = persons.select("group", new_id="id", new_name_hash="name_hash")
    linked = fresh.join(own, on="group", how="left", maintain_order="left").with_columns(
        person_id=pl.coalesce("owner_id", "new_id"),
        first_name_hash=pl.coalesce("owner_name_hash", "new_name_hash"),
    )
    references = linked.select(
        "person_id", "row_digest", external_ref="party_ref", creditor_code=pl.lit(creditor_code)
    )
    copy_in(references, "parties_personreference")
    return linked.filter(pl.col("name_hash") != pl.col("first_name_hash")).height


def _change(
    changed: pl.DataFrame, creditor_code: str, changed_by: str, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Update persons whose rows differ; return what changed and what was refused."""
    refused = pl.DataFrame(schema={"line": pl.Int64, "column": pl.String, "code": pl.String})
    if changed.is_empty():
        return changed, refused
    changed = _sealed(changed).join(_owners(changed), on="id_hash", how="left", maintain_order="left")
    claimed = pl.col("person_id").first().over("id_hash")
    is_taken = (pl.col("owner_id") != pl.col("person_id")) | (
        pl.col("id_hash").is_not_null() & (claimed != pl.col("person_id"))
    )
    is_taken = is_taken.fill_null(False)
    refused = changed.filter(is_taken).select("line", column=pl.lit("id_number"), code=pl.lit(_OTHER_PERSON))
    changed = changed.filter(~is_taken)
    latest = changed.unique(subset=["person_id"], keep="last", maintain_order=True)
    with staged(latest.select("person_id", *PERSON_COLUMNS), "staged_person", BYTES):
        _keep_versions(changed_by, now)
        execute(_update_sql())
    with staged(changed.select("party_ref", "row_digest"), "staged_digest"):
        execute(
            "UPDATE parties_personreference r SET row_digest = s.row_digest FROM staged_digest s"
            " WHERE r.external_ref = s.party_ref AND r.creditor_code = %s",
            [creditor_code],
        )
    return changed, refused


def _keep_versions(changed_by: str, now: datetime) -> None:
    """Write down what the persons said before; sealed values stay sealed."""
    before = ", ".join(
        f"'{name}', encode(p.{name}, 'hex')" if name in BYTES else f"'{name}', p.{name}::text"
        for name in PERSON_COLUMNS
    )
    execute(
        "INSERT INTO parties_partyversion (subject, subject_id, before, changed_by, recorded_at)"
        f" SELECT 'person', p.id, jsonb_build_object({before}), %s, %s"
        " FROM parties_person p JOIN staged_person s ON s.person_id = p.id ORDER BY p.id FOR UPDATE OF p",
        [changed_by, now],
    )


def _update_sql() -> str:
    """Set all columns; those of the ID number only where the file gives one."""
    plain = [f"{name} = s.{name}" for name in PERSON_COLUMNS if name not in _ID_COLUMNS]
    kept = [f"{name} = CASE WHEN s.id_hash IS NULL THEN p.{name} ELSE s.{name} END" for name in _ID_COLUMNS]
    return (
        f"UPDATE parties_person p SET {', '.join(plain + kept)} FROM staged_person s WHERE s.person_id = p.id"
    )

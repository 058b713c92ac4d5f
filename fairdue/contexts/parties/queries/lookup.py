"""From a creditor's references to persons."""

from __future__ import annotations

import polars as pl

from fairdue.storage.bulk import read_columns
from fairdue.storage.staging import bounds, staged


def person_ids_by_reference(references: pl.Series, *, creditor_code: str) -> pl.DataFrame:
    """Return `party_ref`, `person_id` of the references that this creditor's files have brought.

    Reads inside the caller's transaction.
    """
    wanted = pl.DataFrame({"party_ref": references.cast(pl.String)}).drop_nulls().unique()
    with staged(wanted, "staged_reference", analyzed=False):
        return read_columns(
            "SELECT s.party_ref, r.person_id FROM staged_reference s JOIN parties_personreference r"
            " ON r.external_ref = s.party_ref AND r.creditor_code = %s AND r.external_ref BETWEEN %s AND %s",
            {"party_ref": pl.String, "person_id": pl.Int64},
            [creditor_code, *bounds("staged_reference", "party_ref")],
        )

"""How personal values are sealed, hashed for search and written as columns; one place for all purposes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import polars as pl
from django.conf import settings

from fairdue.storage.resealing import SealedColumn

NAME_PURPOSE = "parties.person.name"
ID_PURPOSE = "parties.person.id"
CONTACT_PURPOSE = "parties.contact.value"

SEALED_COLUMNS = (
    SealedColumn("parties_person", "name_sealed", NAME_PURPOSE),
    SealedColumn("parties_person", "id_sealed", ID_PURPOSE),
    SealedColumn("parties_contactpoint", "value_sealed", CONTACT_PURPOSE),
)
"""Every sealed column of this context with its purpose; key rotation walks through them."""


def normal_name(name: str) -> str:
    """Write a name as it is searched: NFKC, without spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def normal_id_number(id_type: str, number: str) -> str:
    """Write an ID number as it is searched: upper case, without spaces, its kind before it unless Chinese."""
    bare = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    return bare if id_type == "cn_resident" else f"{id_type}:{bare}"


def seal_all(values: Iterable[str | None], purpose: str) -> pl.Series:
    """Seal a column; the answer is hex text that COPY writes into a bytea column."""
    seal = settings.FIELD_KEYS.seal
    return pl.Series([None if v is None else f"\\x{seal(v, purpose).hex()}" for v in values], dtype=pl.String)


def hash_all(values: Iterable[str | None], purpose: str) -> pl.Series:
    """Hash a column of normalised values; the answer is hex text that COPY writes into a bytea column."""
    search_hash = settings.FIELD_KEYS.search_hash
    return pl.Series(
        [None if v is None else f"\\x{search_hash(v, purpose).hex()}" for v in values], dtype=pl.String
    )


def digest_key() -> bytes:
    """The key of row digests, derived from the key of the search hash."""
    return bytes(settings.FIELD_KEYS.search_hash("row digest", "parties.row_digest"))

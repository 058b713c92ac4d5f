"""The digest of the facts by which a record was decided: equal facts have equal digests, everywhere and always."""

from __future__ import annotations

import hashlib

import polars as pl

from fairdue.engine.strategy.model import Strategy

_BASIS, _PRIME = -3750763034362895579, 1099511628211
_MISSING = -(2**62)


def facts_digest(facts: pl.DataFrame, strategy: Strategy) -> pl.Expr:
    """Return a 64-bit digest of the facts that a strategy reads: the same on any machine and in any version.

    1. FNV-1 over the inputs in the strategy's order, a step a column rather than a byte.
    2. Integers, booleans and dates (days since 1970-01-01) count as they are, numbers rounded to six decimals,
       texts by the first seven bytes of their SHA-256, a missing value as -2^62.
    """
    digest = pl.lit(_BASIS, dtype=pl.Int64)
    for name, type_name in strategy.inputs.items():
        digest = (digest * _PRIME) ^ _number(facts[name], type_name).fill_null(_MISSING)
    return digest


def _number(column: pl.Series, type_name: str) -> pl.Expr:
    if type_name == "text":
        texts = column.cast(pl.String).unique().drop_nulls().to_list()
        hashes = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") for text in texts]
        texted = pl.col(column.name).cast(pl.String)
        return texted.replace_strict(texts, hashes, default=None, return_dtype=pl.Int64)
    if type_name == "number":
        return (pl.col(column.name).cast(pl.Float64) * 1_000_000).round().cast(pl.Int64, strict=False)
    return pl.col(column.name).cast(pl.Int64)

"""A table as bit-sets that are there already: records are found in the intervals, and rows read off the bits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from fairdue.engine.strategy.cells import Cell
from fairdue.engine.strategy.compiled import NONE_FIRED
from fairdue.engine.strategy.outcomes import lists_of

Words = np.ndarray[Any, np.dtype[np.uint64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

CHUNK = 4096
"""Records that are decided at once."""

MOST_FIRED = 50_000_000
"""Rows that may fire in one batch under a hit policy that lists them all."""


class TooManyFired(ValueError):
    """More rows of a table fire than can be listed; the table says too much of everybody."""

    code = "decisions.strategy.too_many_fired"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's order cut into intervals: `cuts` are the written ends, `type_name` says what they are.

    `texts` are the codes of written texts, where only equality is asked.
    """

    name: str
    type_name: str
    cuts: Sequence[Any]
    texts: Mapping[str, int] | None = None

    @property
    def missing(self) -> int:
        """The code of a missing value; codes of intervals are 0 … len(cuts)."""
        return len(self.cuts) + 1

    def codes(self, values: pl.Series) -> Codes:
        """Return the interval of every value."""
        if self.type_name == "text":
            return self._text_codes(values)
        is_missing = values.is_null().to_numpy()
        is_number = self.type_name == "number"
        plain = values.to_physical().cast(pl.Float64 if is_number else pl.Int64).fill_null(0).to_numpy()
        cuts = np.array(self.cuts, dtype=np.float64 if is_number else np.int64)
        codes: Codes = np.searchsorted(cuts, plain, side="right")
        codes[is_missing] = self.missing
        return codes

    def _text_codes(self, values: pl.Series) -> Codes:
        """Texts by a dictionary: of those written, if only equality is asked, else of those that occur."""
        known, default = self.texts, 0
        if known is None:
            found = values.unique().drop_nulls().to_list()
            known = {text: bisect_right(self.cuts, text) for text in found}
        is_missing = values.is_null().to_numpy()
        codes: Codes = (
            values.replace_strict(list(known), list(known.values()), default=default, return_dtype=pl.Int64)
            .fill_null(default)
            .to_numpy(writable=True)
        )
        codes[is_missing] = self.missing
        return codes


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: for each column the set of rows for every code, by way of the code's own intervals here."""

    start: int
    locals: tuple[Any, ...]
    sets: tuple[Words, ...]
    conditional: tuple[tuple[int, int], ...]

    def rows_of(self, codes: Sequence[Codes], conditions: Sequence[Any]) -> Words:
        """Return the sets of rows that fit some records."""
        found: Words = self.sets[0].take(self.locals[0].take(codes[0]), axis=0)
        for place in range(1, len(codes)):
            found &= self.sets[place].take(self.locals[place].take(codes[place]), axis=0)
        for number, row in self.conditional:
            found[~conditions[number], row >> 6] &= ~np.uint64(1 << (row & 63))
        return found


@dataclass(frozen=True, slots=True)
class Index:
    """A table as bit-sets."""

    columns: tuple[str, ...]
    cut: tuple[Column, ...]
    blocks: tuple[Block, ...]
    conditions: tuple[tuple[str, Cell], ...]
    count: int

    def first_fired(self, records: pl.DataFrame) -> pl.Series:
        """Return the first row that fits each record."""
        found = np.full(records.height, NONE_FIRED, dtype=np.uint32)
        for start, codes, conditions in self._chunks(records):
            waiting = np.arange(len(codes[0]))
            for block in self.blocks:
                sets = block.rows_of(
                    [each[waiting] for each in codes], [each[waiting] for each in conditions]
                )
                places, words = _first_words(sets)
                hit = words != 0
                found[start + waiting[hit]] = block.start + places[hit] * 64 + _lowest_bit(words[hit])
                waiting = waiting[~hit]
                if not len(waiting):
                    break
        return pl.Series(found)

    def last_fired(self, records: pl.DataFrame) -> pl.Series:
        """Return the last row that fits each record."""
        found = np.full(records.height, NONE_FIRED, dtype=np.uint32)
        for start, codes, conditions in self._chunks(records):
            waiting = np.arange(len(codes[0]))
            for block in reversed(self.blocks):
                sets = block.rows_of(
                    [each[waiting] for each in codes], [each[waiting] for each in conditions]
                )
                places, words = _first_words(sets[:, ::-1])
                hit = words != 0
                place = sets.shape[1] - 1 - places[hit]
                found[start + waiting[hit]] = block.start + place * 64 + _highest_bit(words[hit])
                waiting = waiting[~hit]
                if not len(waiting):
                    break
        return pl.Series(found)

    def all_fired(self, records: pl.DataFrame) -> pl.Series:
        """Return every row that fits each record.

        :raises TooManyFired: if they are more than can be listed
        """
        found: list[Any] = []
        total = 0
        for start, codes, conditions in self._chunks(records):
            for block in self.blocks:
                keys = _pairs(block.rows_of(codes, conditions), start, block.start)
                total += len(keys[0])
                if total > MOST_FIRED:
                    raise TooManyFired(
                        f"more than {MOST_FIRED:,} rows fire; let fewer rows fit the same records"
                    )
                found.append(keys)
        return _listed(found, records.height)

    def _chunks(self, records: pl.DataFrame) -> Iterator[tuple[int, list[Codes], list[Any]]]:
        codes = [column.codes(records[column.name]) for column in self.cut]
        if not codes:
            codes = [np.zeros(records.height, dtype=np.int64)]
        conditions = [records[f"~{number}"].to_numpy() for number in range(len(self.conditions))]
        for start in range(0, records.height, CHUNK):
            stop = start + CHUNK
            yield start, [each[start:stop] for each in codes], [each[start:stop] for each in conditions]


def _first_words(sets: Words) -> tuple[Any, Words]:
    """The first word of each set that has a bit, and its place."""
    places = (sets != 0).argmax(axis=1)
    return places, sets[np.arange(len(sets)), places]


def _lowest_bit(words: Words) -> Any:
    one = np.uint64(1)
    return np.bitwise_count((words & (~words + one)) - one)


def _highest_bit(words: Words) -> Any:
    filled = words.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        filled |= filled >> np.uint64(shift)
    return np.bitwise_count(filled) - 1


def _pairs(sets: Words, first_record: int, first_row: int) -> tuple[Any, Any]:
    """Every bit that is set, as record and row, in order."""
    records, bits = np.nonzero(np.unpackbits(sets.view(np.uint8), axis=1, bitorder="little"))
    return records + first_record, (bits + first_row).astype(np.uint32)


def _listed(found: Sequence[tuple[Any, Any]], height: int) -> pl.Series:
    records = np.concatenate([each[0] for each in found]) if found else np.zeros(0, dtype=np.int64)
    rows = np.concatenate([each[1] for each in found]) if found else np.zeros(0, dtype=np.uint32)
    order = np.argsort(records, kind="stable")
    offsets = np.zeros(height + 1, dtype=np.int64)
    np.cumsum(np.bincount(records, minlength=height), out=offsets[1:])
    return lists_of(rows[order], offsets)

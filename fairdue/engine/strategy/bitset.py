"""Large tables decided by bit-sets: per column one set of rows for every interval between two written values.

1. Every test of a cell is a range [low, high) of its column's order, for integers, dates and texts as well as
   for doubles (`<= x` ends at the value after x). The ends of all ranges of a column cut its order into
   elementary intervals; no test tells two values of one interval apart.
2. For each interval, and for a missing value, one bit a row says whether the row's cell passes. The rows that
   fit a record are the AND over its columns: the first bit set is FIRST, all of them are COLLECT.
3. Rows stand in blocks, and records in chunks that fit the processor's cache. A table of the most rows that may
   be read (`reading.MOST_ROWS`) takes a few hundred megabytes.
4. Cells whose ends are names are asked by the compiled reading, and their rows' bits cleared where they fail.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from fairdue.engine.strategy.bitset_index import Block, Column, Index, Words
from fairdue.engine.strategy.cells import Cell, Compare, Interval, ends_of
from fairdue.engine.strategy.compiled import tests_expr
from fairdue.engine.strategy.interpret import ordered_rows
from fairdue.engine.strategy.model import Row, Table
from fairdue.engine.strategy.outcomes import lists_rows
from fairdue.engine.strategy.terms import MOST_INTEGER, Term

Range = tuple[Any, Any]
"""`(low, high)`: from low, below high; None is without end."""

BLOCK = 1024
"""Rows of a block."""

_EPOCH = date(1970, 1, 1)
_NULL: Range = ("null", "null")


def fired_exprs(table: Table, asked: Mapping[str, pl.Expr], visible: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    """Return what `decide` needs to know: the row that fired, or all that did; under UNIQUE the last one too."""
    index = _index_of(table)
    columns = [asked[name].alias(name) for name in index.columns]
    conditions = [
        tests_expr(cell, asked[name], visible).alias(f"~{number}")
        for number, (name, cell) in enumerate(index.conditions)
    ]
    record = pl.struct(*columns, *conditions) if columns or conditions else pl.struct(pl.first())
    if lists_rows(table):
        return [_batches(record, index.all_fired, pl.List(pl.UInt32()))]
    if table.hit_policy == "UNIQUE":
        return [
            _batches(record, index.first_fired, pl.UInt32()),
            _batches(record, index.last_fired, pl.UInt32()),
        ]
    return [_batches(record, index.first_fired, pl.UInt32())]


def _batches(record: pl.Expr, work: Any, kind: Any) -> pl.Expr:
    return record.map_batches(
        lambda series: work(series.struct.unnest()).alias(series.name), return_dtype=kind, is_elementwise=True
    )


_KEPT: OrderedDict[int, tuple[Table, Index]] = OrderedDict()
_MOST_KEPT = 8


def _index_of(table: Table) -> Index:
    """Return a table's index, built once for as long as few other tables are used."""
    kept = _KEPT.get(id(table))
    if kept is None:
        kept = _KEPT[id(table)] = (table, build(table))
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return kept[1]


def build(table: Table) -> Index:
    """Return a table as bit-sets."""
    rows = ordered_rows(table)
    asked = [
        name for name in table.inputs if any(not row.cells[name].is_any for row in rows if name in row.cells)
    ]
    ranges = {name: _ranges_by_cell(name, rows) for name in asked}
    conditions = tuple((name, cell) for name in asked for cell in _conditional(name, rows))
    cut = tuple(_column(name, table.inputs[name].type_name, ranges[name].values()) for name in asked)
    blocks = tuple(
        _block(start, rows[start : start + BLOCK], cut, ranges, conditions)
        for start in range(0, len(rows), BLOCK)
    )
    return Index(tuple(asked), cut, blocks, conditions, len(rows))


def _is_conditional(cell: Cell) -> bool:
    return any(isinstance(end, Term) for end in ends_of(cell))


def _conditional(name: str, rows: Sequence[Row]) -> list[Cell]:
    """The distinct cells of a column whose ends are names."""
    found = {id(row.cells[name]): row.cells[name] for row in rows if name in row.cells}
    return [cell for cell in found.values() if _is_conditional(cell)]


def _ranges_by_cell(name: str, rows: Sequence[Row]) -> dict[int, list[Range]]:
    cells = {id(row.cells[name]): row.cells[name] for row in rows if name in row.cells}
    return {
        key: [_range(test, cell.type_name) for test in cell.tests]
        for key, cell in cells.items()
        if not cell.is_any and not _is_conditional(cell)
    }


def _range(test: Compare | Interval, type_name: str) -> Range:
    if isinstance(test, Compare) and test.value is None:
        return _NULL
    if isinstance(test, Interval):
        low, high = _ordinal(test.low, type_name), _ordinal(test.high, type_name)
        return (_after(low) if test.is_low_open else low, high if test.is_high_open else _after(high))
    value = _ordinal(test.value, type_name)
    match test.operator:
        case "<":
            return None, value
        case "<=":
            return None, _after(value)
        case ">":
            return _after(value), None
        case ">=":
            return value, None
        case _:
            return value, _after(value)


def _ordinal(value: Any, type_name: str) -> Any:
    """A value in its column's order: dates as days, booleans as 0 and 1, numbers as doubles."""
    if isinstance(value, date):
        return (value - _EPOCH).days
    return float(value) if type_name == "number" else int(value) if isinstance(value, bool) else value


def _after(value: Any) -> Any:
    """The next value of the order; none after the greatest integer."""
    if isinstance(value, str):
        return value + "\0"
    if isinstance(value, float):
        return math.nextafter(value, math.inf)
    return value + 1


def _column(name: str, type_name: str, ranges: Iterable[Sequence[Range]]) -> Column:
    every = [each for tests in ranges for each in tests if each is not _NULL]
    cuts = sorted({end for each in every for end in each if end is not None and not _is_beyond(end)})
    if type_name == "text" and all(low is not None and high == low + "\0" for low, high in every):
        return Column(name, type_name, cuts, {low: bisect_right(cuts, low) for low, _ in every})
    return Column(name, type_name, cuts)


def _is_beyond(end: Any) -> bool:
    return isinstance(end, int) and end > MOST_INTEGER


def _block(
    start: int,
    rows: Sequence[Row],
    cut: Sequence[Column],
    ranges: Mapping[str, Mapping[int, Sequence[Range]]],
    conditions: Sequence[tuple[str, Cell]],
) -> Block:
    numbers = {(name, id(cell)): number for number, (name, cell) in enumerate(conditions)}
    conditional = tuple(
        (numbers[name, id(cell)], place)
        for place, row in enumerate(rows)
        for name, cell in row.cells.items()
        if (name, id(cell)) in numbers
    )
    built = [_sets(column, rows, ranges[column.name]) for column in cut]
    if not built:
        built = [(np.zeros(1, dtype=np.int32), _packed(np.ones((1, len(rows)), dtype=bool)))]
    locals_, sets = zip(*built, strict=True)
    return Block(start, locals_, sets, conditional)


def _sets(column: Column, rows: Sequence[Row], ranges: Mapping[int, Sequence[Range]]) -> tuple[Any, Words]:
    """For the rows of a block: which of its own intervals each code is in, and the rows that pass there."""
    spans = [_spans(row, column, ranges) for row in rows]
    edges = sorted({0, column.missing + 1, *(end for each in spans for span in each[0] for end in span)})
    place = {edge: number for number, edge in enumerate(edges)}
    change = np.zeros((len(edges), len(rows)), dtype=np.int16)
    for number, (covered, _) in enumerate(spans):
        for low, high in covered:
            change[place[low], number] += 1
            change[place[high], number] -= 1
    passes = np.cumsum(change, axis=0, dtype=np.int16) > 0
    negated = np.array([is_negated for _, is_negated in spans], dtype=bool)
    passes ^= negated
    locals_ = np.searchsorted(np.array(edges), np.arange(column.missing + 1), side="right") - 1
    return locals_.astype(np.min_scalar_type(len(edges))), _packed(passes)


def _spans(
    row: Row, column: Column, ranges: Mapping[int, Sequence[Range]]
) -> tuple[list[tuple[int, int]], bool]:
    """The codes that pass a row's cell, as half-open spans, and whether they are to be turned round."""
    cell = row.cells.get(column.name)
    tests = ranges.get(id(cell)) if cell is not None else None
    if cell is None or tests is None:
        return [(0, column.missing + 1)], False
    spans = [_span(each, column) for each in tests]
    return [(low, high) for low, high in spans if low < high], cell.is_negated


def _span(each: Range, column: Column) -> tuple[int, int]:
    if each is _NULL:
        return column.missing, column.missing + 1
    low, high = each
    if low is not None and _is_beyond(low):
        return 0, 0
    first = 0 if low is None else bisect_left(column.cuts, low) + 1
    unbounded = high is None or _is_beyond(high)
    return first, column.missing if unbounded else bisect_left(column.cuts, high) + 1


def _packed(passes: Any) -> Words:
    """Bits of rows in words of 64, the first row the lowest bit."""
    width = -(-passes.shape[1] // 64) * 8
    packed = np.zeros((passes.shape[0], width), dtype=np.uint8)
    bits = np.packbits(passes, axis=1, bitorder="little")
    packed[:, : bits.shape[1]] = bits
    return packed.view(np.dtype("<u8"))

"""From the positions of the rows that fired to outputs, as columns: what each hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from fairdue.engine.strategy.compiled import NONE_FIRED, POLARS_TYPES
from fairdue.engine.strategy.interpret import nothing, ordered_rows
from fairdue.engine.strategy.model import Row, Table

IDS = pl.List(pl.String())


def column_type(table: Table, name: str) -> Any:
    """Return the type of an output's column."""
    output = table.outputs[name]
    if table.aggregation == "count":
        return POLARS_TYPES["integer"]
    plain = POLARS_TYPES[output.type_name]
    return pl.List(plain) if table.is_list and not table.aggregation else plain


def output_expr(table: Table, name: str, fired: pl.Expr) -> pl.Expr:
    """Return an output's column: looked up by the row that fired, or gathered from all that did."""
    rows, kind = ordered_rows(table), column_type(table, name)
    if not table.is_list:
        look_up = _looking_up(rows, name, nothing(table, name), kind)
        return _each(_first(fired) if table.hit_policy == "ANY" else fired, look_up, kind)
    plain = POLARS_TYPES[table.outputs[name].type_name]
    values = pl.Series([row.outputs[name] for row in rows], dtype=plain)
    empty = pl.Series([nothing(table, name)], dtype=kind)
    return _each(fired, lambda lists: _or_nothing(lists, _from_all(table, lists, values), empty), kind)


def _from_all(table: Table, lists: pl.Series, values: pl.Series) -> pl.Series:
    """Make one value of all rows that fired, record by record."""
    match table.aggregation:
        case "count":
            return lists.list.len().cast(pl.Int64)
        case "sum":
            return _sums(lists, values)
        case "min":
            return _gathered(lists, values).list.min()
        case "max":
            return _gathered(lists, values).list.max()
        case _:
            return _gathered(lists, values)


def _or_nothing(lists: pl.Series, found: pl.Series, empty: pl.Series) -> pl.Series:
    """Put what an output is when no row fires where none did."""
    return pl.select(pl.when(lists.list.len() > 0).then(found).otherwise(pl.lit(empty).first())).to_series()


def rows_fired_expr(tables: Sequence[Table], fired: Sequence[pl.Expr]) -> pl.Expr:
    """Return the ids of the rows that made the outputs of all tables, in the tables' order."""
    ids = pl.Series([row.row_id for table in tables for row in ordered_rows(table)], dtype=pl.String)
    record = pl.struct(column.alias(str(place)) for place, column in enumerate(fired))
    starts = [sum(len(table.rows) for table in tables[:place]) for place in range(len(tables))]
    return _each(record, lambda batch: _gathered(_joined(batch.struct.unnest(), starts), ids), IDS)


def _joined(batch: pl.DataFrame, starts: Sequence[int]) -> pl.Series:
    """Write the positions of several columns one behind the other, record by record, as positions over all."""
    parts = [_part(column, start) for column, start in zip(batch, starts, strict=True)]
    offsets = np.zeros(batch.height + 1, dtype=np.int64)
    np.cumsum(sum(counts for counts, _ in parts), out=offsets[1:])
    joined, place = np.empty(offsets[-1], dtype=np.uint32), offsets[:-1].copy()
    for counts, positions in parts:
        before = np.repeat(np.cumsum(counts) - counts, counts)
        joined[np.repeat(place, counts) + np.arange(len(positions)) - before] = positions
        place += counts
    return lists_of(joined, offsets)


def _part(column: pl.Series, start: int) -> tuple[Any, Any]:
    """How many rows fired for each record, and which, as positions over all tables."""
    if isinstance(column.dtype, pl.List):
        counts = column.list.len().cast(pl.Int64).to_numpy()
        return counts, _flat(column).to_numpy() + np.uint32(start)
    positions = column.to_numpy()
    has_fired = positions != NONE_FIRED
    return has_fired.astype(np.int64), positions[has_fired] + np.uint32(start)


def _flat(lists: pl.Series) -> pl.Series:
    return lists.filter(lists.list.len() > 0).explode()


def lists_of(positions: np.ndarray[Any, Any], offsets: np.ndarray[Any, Any]) -> pl.Series:
    """Return positions as one list a record; `offsets` says where each begins."""
    listed = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(positions, pa.uint32()))
    return pl.Series(pl.from_arrow(listed), dtype=pl.List(pl.UInt32))


def row_id_expr(table: Table, fired: pl.Expr) -> pl.Expr:
    """Return the id of the row that fired, of the first one where several did; null if none did."""
    ids = pl.Series([*(row.row_id for row in ordered_rows(table)), None], dtype=pl.String)
    positions = _first(fired) if lists_rows(table) else fired
    return _each(positions, lambda found: ids.gather(_bounded(found, len(ids) - 1)), pl.String())


def lists_rows(table: Table) -> bool:
    """Tell whether all rows that fit are kept, not only the first."""
    return table.is_list or table.hit_policy == "ANY"


def _first(fired: pl.Expr) -> pl.Expr:
    return fired.list.first().fill_null(NONE_FIRED)


def _each(column: pl.Expr, work: Callable[[pl.Series], pl.Series], kind: Any) -> pl.Expr:
    """Apply a function of whole columns, batch by batch."""
    return column.map_batches(
        lambda series: work(series).alias(series.name), return_dtype=kind, is_elementwise=True
    )


def _looking_up(
    rows: Sequence[Row], name: str, otherwise: Any, kind: Any
) -> Callable[[pl.Series], pl.Series]:
    values = pl.Series([*(row.outputs[name] for row in rows), otherwise], dtype=kind)
    return lambda positions: values.gather(_bounded(positions, len(rows)))


def _bounded(positions: pl.Series, most: int) -> pl.Series:
    """Positions of a look-up whose last value stands for "no row fired"."""
    return positions.clip(upper_bound=most)


def _gathered(lists: pl.Series, values: pl.Series) -> pl.Series:
    """Replace positions within lists by their values."""
    return lists.list.eval(
        pl.element().map_batches(
            lambda positions: values.gather(positions), return_dtype=values.dtype, is_elementwise=True
        )
    )


def _sums(lists: pl.Series, values: pl.Series) -> pl.Series:
    """Add up values by record in the order of the rows; null where none has a value or the sum does not fit."""
    lengths = lists.list.len().to_numpy()
    records = np.repeat(np.arange(len(lists)), lengths)
    found = values.gather(_flat(lists))
    known = found.is_not_null().to_numpy()
    records, found = records[known], found.drop_nulls()
    if values.dtype == pl.Int64:
        return _whole_sums(records, found, len(lists))
    total = np.bincount(records, weights=found.to_numpy(), minlength=len(lists))
    counted = np.bincount(records, minlength=len(lists))
    is_known = (counted > 0) & np.isfinite(total)
    return pl.select(pl.when(pl.Series(is_known)).then(pl.Series(total))).to_series()


def _whole_sums(records: np.ndarray[Any, Any], found: pl.Series, count: int) -> pl.Series:
    added = (
        pl.DataFrame({"record": records, "value": found})
        .group_by("record")
        .agg(pl.col("value").cast(pl.Int128).sum().cast(pl.Int64, strict=False))
    )
    every = pl.DataFrame({"record": np.arange(count)})
    return every.join(added, on="record", how="left", maintain_order="left")["value"]


def gathered_expr(lists: pl.Expr, values: pl.Series) -> pl.Expr:
    """Return lists of positions as lists of values."""
    return _each(lists, lambda each: _gathered(each, values), pl.List(values.dtype))


def disagreeing(table: Table, fired: pl.Expr) -> pl.Expr:
    """Return the first row that fired and the first one that says something else; null where all agree."""
    rows = ordered_rows(table)
    said: dict[str, int] = {}
    kinds = pl.Series([said.setdefault(repr(row.outputs), len(said)) for row in rows], dtype=pl.UInt32)
    return _each(fired, lambda lists: _disagreeing(lists, kinds), pl.List(pl.UInt32))


def _disagreeing(lists: pl.Series, kinds: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"record": np.arange(len(lists)), "first": lists.list.first(), "row": lists})
    flat = frame.explode("row").drop_nulls()
    said = flat.with_columns(one=kinds.gather(flat["first"]), other=kinds.gather(flat["row"]))
    others = said.filter(pl.col("one") != pl.col("other")).unique("record", keep="first", maintain_order=True)
    pairs = others.select("record", pair=pl.concat_list("first", "row"))
    every = frame.select("record")
    return every.join(pairs, on="record", how="left", maintain_order="left")["pair"]

"""From the positions of the rows that fired to outputs, as columns: what each hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

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


def ids_expr(table: Table, fired: pl.Expr) -> pl.Expr:
    """Return the ids of the rows that made the outputs."""
    rows = ordered_rows(table)
    ids = pl.Series([row.row_id for row in rows], dtype=pl.String)
    if table.is_list or table.hit_policy == "ANY":
        return _each(fired, lambda lists: _gathered(lists, ids), IDS)
    single = pl.Series([*([row.row_id] for row in rows), []], dtype=IDS)
    return _each(fired, lambda positions: single.gather(_bounded(positions, len(rows))), IDS)


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
    found = values.gather(lists.filter(lists.list.len() > 0).explode())
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
    said: list[Any] = []
    for row in rows:
        if row.outputs not in said:
            said.append(row.outputs)
    kinds = pl.Series([said.index(row.outputs) for row in rows], dtype=pl.UInt32)
    return _each(fired, lambda lists: _disagreeing(lists, kinds), pl.List(pl.UInt32))


def _disagreeing(lists: pl.Series, kinds: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"record": np.arange(len(lists)), "first": lists.list.first(), "row": lists})
    flat = frame.explode("row").drop_nulls()
    said = flat.with_columns(one=kinds.gather(flat["first"]), other=kinds.gather(flat["row"]))
    others = said.filter(pl.col("one") != pl.col("other")).unique("record", keep="first", maintain_order=True)
    pairs = others.select("record", pair=pl.concat_list("first", "row"))
    every = frame.select("record")
    return every.join(pairs, on="record", how="left", maintain_order="left")["pair"]

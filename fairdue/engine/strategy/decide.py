"""Deciding: a strategy compiled to one Polars expression, and its plain reading for one record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import polars as pl

from fairdue.engine.strategy.cells import compile_cell, matches
from fairdue.engine.strategy.table import Row, Strategy

ROW_ID = "row_id"
"""Column with the stable id of the row that fired."""

_POLARS_TYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "number": pl.Float64,
    "text": pl.String,
    "boolean": pl.Boolean,
    "list": pl.List(pl.String),
}


class FactsMissing(ValueError):
    """The facts lack columns that the strategy reads, or have them with another type."""

    code = "decisions.facts.missing"


def decide(facts: pl.DataFrame, strategy: Strategy) -> pl.DataFrame:
    """Return the facts with the id of the first row that each record passes, and that row's outputs.

    :raises FactsMissing: if an input is not among the columns, or is not of its type
    """
    _check_columns(facts, strategy)
    return (
        facts.with_columns(_first_row(strategy).alias("_row"))
        .join(_outputs(strategy), on="_row", how="left", maintain_order="left")
        .drop("_row")
    )


def decide_one(record: Mapping[str, Any], strategy: Strategy) -> Row:
    """Return the first row that one record passes, reading the table cell by cell."""
    return next(
        row for row in strategy.rows if all(matches(cell, record[name]) for name, cell in row.cells.items())
    )


def _first_row(strategy: Strategy) -> pl.Expr:
    """The position of the first row that passes, as a chain of when and then, built from its end."""
    last = pl.lit(len(strategy.rows) - 1, dtype=pl.UInt16)
    chain = last
    for position in range(len(strategy.rows) - 2, -1, -1):
        condition = _condition(strategy.rows[position])
        chain = pl.when(condition).then(pl.lit(position, dtype=pl.UInt16)).otherwise(chain)
    return chain


def _condition(row: Row) -> pl.Expr:
    found = [compile_cell(cell, name) for name, cell in row.cells.items()]
    return reduce(lambda left, right: left & right, (cell for cell in found if cell is not None))


def _outputs(strategy: Strategy) -> pl.DataFrame:
    """One line a row of the table: its position, its id and its outputs."""
    columns = {
        name: pl.Series(
            name, [row.outputs[name] for row in strategy.rows], dtype=_POLARS_TYPES[output.type_name]
        )
        for name, output in strategy.outputs.items()
    }
    ids = pl.Series(ROW_ID, [row.row_id for row in strategy.rows])
    positions = pl.Series("_row", range(len(strategy.rows)), dtype=pl.UInt16)
    return pl.DataFrame([positions, ids, *columns.values()])


def _check_columns(facts: pl.DataFrame, strategy: Strategy) -> None:
    for name, type_name in strategy.inputs.items():
        if name not in facts.columns:
            raise FactsMissing(f"the strategy {strategy.code} reads {name}, which the facts do not have")
        if not _is_of_type(facts.schema[name], type_name):
            raise FactsMissing(f"{name} is {facts.schema[name]} in the facts, {type_name} in {strategy.code}")


def _is_of_type(found: Any, type_name: str) -> bool:
    if found == pl.Null:
        return True
    return {
        "integer": found.is_integer(),
        "number": found.is_numeric(),
        "text": found in (pl.String, pl.Categorical) or isinstance(found, pl.Enum),
        "boolean": found == pl.Boolean,
    }[type_name]

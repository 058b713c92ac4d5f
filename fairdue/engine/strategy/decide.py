"""Deciding: a strategy over columns of facts, as expressions that Polars runs batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from fairdue.engine.strategy import bitset, outcomes
from fairdue.engine.strategy.compiled import (
    POLARS_TYPES,
    all_fired,
    finite,
    first_fired,
    last_fired,
    row_exprs,
    term_expr,
)
from fairdue.engine.strategy.interpret import (
    FactsMissing,
    HitPolicyBroken,
    decide_one,
    ordered_rows,
    trace_one,
)
from fairdue.engine.strategy.model import Literal, Strategy, Table

__all__ = [
    "CONFLICT",
    "LARGE",
    "ROWS_FIRED",
    "ROW_ID",
    "FactsMissing",
    "HitPolicyBroken",
    "decide",
    "decide_lazy",
    "decide_one",
    "trace_one",
]

ROW_ID = "row_id"
"""Column with the stable id of the result table's row that fired; null if none did."""

ROWS_FIRED = "rows_fired"
"""Column with the ids of all rows that made outputs: the result's first, then by the graph's order."""

CONFLICT = "conflict"
"""Column with `decision: row, row` where two rows contradict each other; null where none do."""

LARGE = 200
"""Tables of so many rows are decided by bit-sets."""

_OWN = "~"
"""Begins the names of columns that exist only while deciding."""


def decide(
    facts: pl.DataFrame, strategy: Strategy, *, on_conflict: str = "raise", large: int = LARGE
) -> pl.DataFrame:
    """Return the facts with every output of every decision, `row_id` and `rows_fired`.

    1. Records are decided one by one: any split of the facts gives the same rows.
    2. Two rows that contradict each other (two fit under UNIQUE, two disagree under ANY) raise; with
       `on_conflict="reject"` they leave that decision's outputs null and are named in the column `conflict`.

    :param large: tables with at least so many rows are decided by bit-sets
    :raises FactsMissing: if an input is not among the columns, or is not of its type, or an output already is
    :raises HitPolicyBroken: if rows contradict each other and `on_conflict` is "raise"
    """
    made = _decided(facts.lazy(), strategy, large).select(*_made(strategy), CONFLICT).collect()
    if on_conflict == "reject":
        return facts.hstack(made)
    _raise_conflict(facts, made[CONFLICT])
    return facts.hstack(made.drop(CONFLICT))


def decide_lazy(facts: pl.LazyFrame, strategy: Strategy, *, large: int = LARGE) -> pl.LazyFrame:
    """Return a plan that adds what `decide` adds, with the column `conflict`; it streams.

    :raises FactsMissing: as `decide`
    """
    columns = facts.collect_schema().names()
    return _decided(facts, strategy, large).select(*columns, *_made(strategy), CONFLICT)


def _made(strategy: Strategy) -> list[str]:
    return [*strategy.types, ROW_ID, ROWS_FIRED]


def _raise_conflict(facts: pl.DataFrame, conflicts: pl.Series) -> None:
    count = len(conflicts) - conflicts.null_count()
    if count:
        place = conflicts.is_not_null().arg_max() or 0
        person_id = facts["person_id"][place] if "person_id" in facts.columns else None
        raise HitPolicyBroken(conflicts[place], person_id, count)


def _decided(facts: pl.LazyFrame, strategy: Strategy, large: int) -> pl.LazyFrame:
    _check_columns(facts.collect_schema(), strategy)
    facts = facts.with_columns(_fact(name, kind).alias(_OWN + name) for name, kind in strategy.inputs.items())
    names = {name: pl.col(_OWN + name) for name in strategy.inputs}
    names |= {name: pl.col(name) for name in strategy.types}
    for decision in strategy.decisions:
        if isinstance(decision, Literal):
            value = _typed(term_expr(decision.expression, names), decision.type_name)
            facts = facts.with_columns(value.alias(decision.decision_id))
        else:
            facts = _with_table(facts, decision, names, large)
    return facts.with_columns(_conflict_column(strategy), *_fired_columns(strategy))


def _fact(name: str, kind: str) -> pl.Expr:
    return _typed(pl.col(name), kind)


def _typed(column: pl.Expr, kind: str) -> pl.Expr:
    found = column.cast(POLARS_TYPES[kind])
    return finite(found) if kind == "number" else found


def _with_table(facts: pl.LazyFrame, table: Table, names: Mapping[str, pl.Expr], large: int) -> pl.LazyFrame:
    """Add what a table asks, then the rows that fired, then its outputs."""
    prefix = f"{_OWN}{table.decision_id}{_OWN}"
    asked = {name: pl.col(prefix + name) for name in table.inputs}
    facts = facts.with_columns(
        _typed(term_expr(item.expression, names) if item.expression else names[name], item.type_name).alias(
            prefix + name
        )
        for name, item in table.inputs.items()
    )
    visible = {**names, **asked}
    fired, latest = pl.col(f"{prefix}{_OWN}fired"), pl.col(f"{prefix}{_OWN}latest")
    make = bitset.fired_exprs if len(table.rows) >= large else _fired_exprs
    found = make(table, asked, visible)
    facts = facts.with_columns(
        each.alias(f"{prefix}{_OWN}{part}") for part, each in zip(("fired", "latest"), found, strict=False)
    )
    facts = facts.with_columns(_conflict(table, fired, latest).alias(f"{prefix}{_OWN}conflict"))
    facts = facts.with_columns(outcomes.output_expr(table, name, fired).alias(name) for name in table.outputs)
    facts = facts.with_columns(outcomes.ids_expr(table, fired).alias(f"{prefix}{_OWN}ids"))
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return facts
    is_free, no_rows = _own(table, "conflict").is_null(), pl.lit([], dtype=outcomes.IDS)
    return facts.with_columns(
        *(pl.when(is_free).then(pl.col(name)).alias(name) for name in table.outputs),
        pl.when(is_free).then(_own(table, "ids")).otherwise(no_rows).alias(f"{prefix}{_OWN}ids"),
    )


def _fired_exprs(table: Table, asked: Mapping[str, pl.Expr], visible: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    """The row that fired, or all that did; under UNIQUE the last one that fits too."""
    conditions = row_exprs(table, asked, visible)
    if table.is_list or table.hit_policy == "ANY":
        return [all_fired(conditions)]
    first = first_fired(conditions)
    return [first, last_fired(conditions)] if table.hit_policy == "UNIQUE" else [first]


def _conflict(table: Table, fired: pl.Expr, latest: pl.Expr) -> pl.Expr:
    """Name two rows that contradict each other, null where none do."""
    if table.hit_policy == "UNIQUE":
        pairs: pl.Expr = pl.when(fired != latest).then(pl.concat_list(fired, latest))
    elif table.hit_policy == "ANY":
        pairs = outcomes.disagreeing(table, fired)
    else:
        return pl.lit(None, dtype=pl.String)
    ids = pl.Series([row.row_id for row in ordered_rows(table)], dtype=pl.String)
    named = outcomes.gathered_expr(pairs, ids).list.join(", ")
    return pl.lit(f"{table.decision_id}: ") + named


def _fired_columns(strategy: Strategy) -> Iterator[pl.Expr]:
    """The columns `row_id` and `rows_fired`, the result's rows first."""
    result = strategy.decision(strategy.result)
    tables = sorted(strategy.tables, key=lambda table: table is not result)
    listed = [_own(table, "ids") for table in tables]
    first = _own(result, "ids").list.first() if isinstance(result, Table) else pl.lit(None, dtype=pl.String)
    yield first.alias(ROW_ID)
    yield (pl.concat_list(listed) if listed else pl.lit([], dtype=outcomes.IDS)).alias(ROWS_FIRED)


def _own(table: Table, part: str) -> pl.Expr:
    return pl.col(f"{_OWN}{table.decision_id}{_OWN}{_OWN}{part}")


def _conflict_column(strategy: Strategy) -> pl.Expr:
    found = [_own(table, "conflict") for table in strategy.tables if table.hit_policy in ("UNIQUE", "ANY")]
    return (pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)).alias(CONFLICT)


def _check_columns(schema: Mapping[str, Any], strategy: Strategy) -> None:
    for name, type_name in strategy.inputs.items():
        if name not in schema:
            raise FactsMissing(f"the strategy {strategy.code} reads {name}, which the facts do not have")
        if not _is_of_type(schema[name], type_name):
            raise FactsMissing(f"{name} is {schema[name]} in the facts, {type_name} in {strategy.code}")
    for name in (*strategy.types, ROW_ID, ROWS_FIRED):
        if name in schema:
            raise FactsMissing(f"the facts have {name} already, which the strategy {strategy.code} decides")


def _is_of_type(found: Any, type_name: str) -> bool:
    if found == pl.Null:
        return True
    return {
        "integer": found.is_integer(),
        "number": found.is_numeric(),
        "text": found in (pl.String, pl.Categorical) or isinstance(found, pl.Enum),
        "boolean": found == pl.Boolean,
        "date": found == pl.Date,
    }[type_name]

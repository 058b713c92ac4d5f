"""Deciding: a strategy over columns of facts, as expressions that Polars runs batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from fairdue.engine.strategy import outcomes
from fairdue.engine.strategy.compiled import term_expr
from fairdue.engine.strategy.interpret import FactsMissing, HitPolicyBroken, decide_one, trace_one
from fairdue.engine.strategy.model import Literal, Strategy, Table
from fairdue.engine.strategy.table_plan import CONTRADICTABLE, OWN, TablePlan, own, typed

__all__ = [
    "CONFLICT",
    "LARGE",
    "LARGE_LISTED",
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

LARGE = 60
"""Tables of so many rows are decided by bit-sets: from there on they are faster than a chain of conditions."""

LARGE_LISTED = 4
"""The same for tables of which every row that fits counts."""


def decide(
    facts: pl.DataFrame, strategy: Strategy, *, on_conflict: str = "raise", large: int | None = None
) -> pl.DataFrame:
    """Return the facts with every output of every decision, `row_id` and `rows_fired`.

    1. Records are decided one by one: any split of the facts gives the same rows.
    2. Two rows that contradict each other (two fit under UNIQUE, two disagree under ANY) raise; with
       `on_conflict="reject"` they leave that decision's outputs null and are named in the column `conflict`.

    :param large: tables with at least so many rows are decided by bit-sets; LARGE and LARGE_LISTED unless given
    :raises FactsMissing: if an input is not among the columns, or is not of its type, or an output already is
    :raises HitPolicyBroken: if rows contradict each other and `on_conflict` is "raise"
    """
    made = _decided(facts.lazy(), strategy, large).select(*_made(strategy), CONFLICT).collect()
    if on_conflict == "reject":
        return facts.hstack(made)
    _raise_conflict(facts, made[CONFLICT])
    return facts.hstack(made.drop(CONFLICT))


def decide_lazy(facts: pl.LazyFrame, strategy: Strategy, *, large: int | None = None) -> pl.LazyFrame:
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


def _decided(facts: pl.LazyFrame, strategy: Strategy, large: int | None) -> pl.LazyFrame:
    _check_columns(facts.collect_schema(), strategy)
    facts = facts.with_columns(
        typed(pl.col(name), kind).alias(OWN + name) for name, kind in strategy.inputs.items()
    )
    names = {name: pl.col(OWN + name) for name in strategy.inputs}
    names |= {name: pl.col(name) for name in strategy.types}
    for decision in strategy.decisions:
        if isinstance(decision, Literal):
            value = typed(term_expr(decision.expression, names), decision.type_name)
            facts = facts.with_columns(value.alias(decision.decision_id))
        else:
            facts = TablePlan(decision, _is_large(decision, large)).added(facts, names)
    return facts.with_columns(*_fired_columns(strategy), _conflict_column(strategy))


def _is_large(table: Table, large: int | None) -> bool:
    usual = LARGE_LISTED if outcomes.lists_rows(table) else LARGE
    return len(table.rows) >= (usual if large is None else large)


def _fired_columns(strategy: Strategy) -> Iterator[pl.Expr]:
    """The columns `row_id` and `rows_fired`, the result's rows first."""
    result = strategy.decision(strategy.result)
    tables = sorted(strategy.tables, key=lambda table: table is not result)
    fired = [own(table, "fired") for table in tables]
    first = (
        outcomes.row_id_expr(tables[0], fired[0])
        if isinstance(result, Table)
        else pl.lit(None, dtype=pl.String)
    )
    yield first.alias(ROW_ID)
    listed = outcomes.rows_fired_expr(tables, fired) if tables else pl.lit([], dtype=outcomes.IDS)
    yield listed.alias(ROWS_FIRED)


def _conflict_column(strategy: Strategy) -> pl.Expr:
    found = [own(table, "conflict") for table in strategy.tables if table.hit_policy in CONTRADICTABLE]
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

"""One table as a step of a plan over columns: what it asks, the rows that fire, then its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fairdue.engine.strategy import bitset, outcomes
from fairdue.engine.strategy.compiled import (
    NONE_FIRED,
    POLARS_TYPES,
    all_fired,
    finite,
    first_fired,
    last_fired,
    row_exprs,
    term_expr,
)
from fairdue.engine.strategy.interpret import ordered_rows
from fairdue.engine.strategy.model import Table

OWN = "~"
"""Begins the names of columns that exist only while deciding."""

CONTRADICTABLE = ("UNIQUE", "ANY")
"""Hit policies under which two rows that fit can contradict each other."""


def typed(column: pl.Expr, kind: str) -> pl.Expr:
    """Return a column as its type's own; a number that is not finite has no value."""
    found = column.cast(POLARS_TYPES[kind])
    return finite(found) if kind == "number" else found


def own(table: Table, part: str) -> pl.Expr:
    """Return a column that a table's step adds for itself: `fired` or `conflict`."""
    return pl.col(_name(table, part))


def _name(table: Table, part: str) -> str:
    return f"{OWN}{table.decision_id}{OWN}{OWN}{part}"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table, and whether it is decided by bit-sets."""

    table: Table
    is_large: bool

    def added(self, facts: pl.LazyFrame, names: Mapping[str, pl.Expr]) -> pl.LazyFrame:
        """Return the facts with the table's outputs; `names` are the columns of facts and earlier outputs."""
        table = self.table
        facts = facts.with_columns(**self._asked(names))
        facts = facts.with_columns(**self._fired(names))
        if table.hit_policy in CONTRADICTABLE:
            facts = facts.with_columns(self._conflict().alias(_name(table, "conflict")))
            facts = facts.with_columns(self._fired_freely().alias(_name(table, "fired")))
        fired = own(table, "fired")
        facts = facts.with_columns(
            **{name: outcomes.output_expr(table, name, fired) for name in table.outputs}
        )
        if table.hit_policy in CONTRADICTABLE:
            is_free = own(table, "conflict").is_null()
            facts = facts.with_columns(
                **{name: pl.when(is_free).then(pl.col(name)) for name in table.outputs}
            )
        return facts

    def _column(self, name: str) -> str:
        return f"{OWN}{self.table.decision_id}{OWN}{name}"

    def _asked(self, names: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        return {
            self._column(name): typed(
                term_expr(item.expression, names) if item.expression else names[name], item.type_name
            )
            for name, item in self.table.inputs.items()
        }

    def _fired(self, names: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        """The row that fired, or all that did; under UNIQUE the last one that fits too."""
        asked = {name: pl.col(self._column(name)) for name in self.table.inputs}
        make = bitset.fired_exprs if self.is_large else _fired_exprs
        found = make(self.table, asked, {**names, **asked})
        return {_name(self.table, part): each for part, each in zip(("fired", "latest"), found, strict=False)}

    def _conflict(self) -> pl.Expr:
        """Name two rows that contradict each other, null where none do."""
        fired = own(self.table, "fired")
        if self.table.hit_policy == "UNIQUE":
            latest = own(self.table, "latest")
            pairs: pl.Expr = pl.when(fired != latest).then(pl.concat_list(fired, latest))
        else:
            pairs = outcomes.disagreeing(self.table, fired)
        ids = pl.Series([row.row_id for row in ordered_rows(self.table)], dtype=pl.String)
        return pl.lit(f"{self.table.decision_id}: ") + outcomes.gathered_expr(pairs, ids).list.join(", ")

    def _fired_freely(self) -> pl.Expr:
        """No row where two contradict each other."""
        listed = outcomes.lists_rows(self.table)
        none = pl.lit([], dtype=pl.List(pl.UInt32)) if listed else pl.lit(NONE_FIRED, dtype=pl.UInt32)
        return pl.when(own(self.table, "conflict").is_null()).then(own(self.table, "fired")).otherwise(none)


def _fired_exprs(table: Table, asked: Mapping[str, pl.Expr], visible: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    conditions = row_exprs(table, asked, visible)
    if outcomes.lists_rows(table):
        return [all_fired(conditions)]
    first = first_fired(conditions)
    return [first, last_fired(conditions)] if table.hit_policy == "UNIQUE" else [first]

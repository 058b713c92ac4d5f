"""The space of a strategy: its axes, the boxes of its rows, and accounts that lie in a box.

A box over a table's columns becomes an account by walking the graph back: outputs of other tables are replaced by
the regions of the rows that give them, until only facts are left, and what the catalogue says cannot occur is cut out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from random import Random
from typing import Any

from fairdue.engine.strategy.catalogue import Catalogue
from fairdue.engine.strategy.cells import Cell, cell_names, parse_cell
from fairdue.engine.strategy.checks.affine import Affine, affine
from fairdue.engine.strategy.checks.axes import (
    Axis,
    atoms,
    ends_of,
    fact_axis,
    is_plain,
    number_axis,
    value_axis,
)
from fairdue.engine.strategy.checks.regions import MOST_WORK, Box, Branch, Division, Leaf, TooMuch, paths
from fairdue.engine.strategy.interpret import ordered_rows
from fairdue.engine.strategy.model import Literal, Row, Strategy, Table
from fairdue.engine.strategy.terms import Name, Term, names_of

MOST_PATHS = 5_000
"""Boxes that may be tried on the way from a table to an account."""

MOST_GUESSES = 3_000
"""Accounts that are tried where an expression or a comparison of two names is not solved but searched."""

_ROUND = (0, 1, 2, 5, 10, 50, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_BY_ORDER = ("FIRST", "PRIORITY")

Record = Mapping[str, Any]
Shows = Callable[[Record], bool]


class Undecided(Exception):
    """Whether such an account exists was neither shown nor ruled out."""


@dataclass(eq=False)
class Space:
    """Axes, boxes and divisions of one strategy over one catalogue."""

    strategy: Strategy
    catalogue: Catalogue
    opaque: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _roots: dict[str, Branch | Leaf | None] = field(default_factory=dict)

    @cached_property
    def literals(self) -> dict[str, Literal]:
        """Decisions by an expression, by the name of their output."""
        return {each.decision_id: each for each in self.strategy.decisions if isinstance(each, Literal)}

    @cached_property
    def columns(self) -> dict[tuple[str, str], Affine | None]:
        """What each input of each table is: a multiple of one name, or None where it is more than that."""
        found: dict[tuple[str, str], Affine | None] = {}
        for table in self.strategy.tables:
            for name, item in table.inputs.items():
                found[table.decision_id, name] = self._column(name, item.expression)
        return found

    def _column(self, name: str, expression: Term | None) -> Affine | None:
        term = expression or Name(name, "")
        while isinstance(term, Name) and term.name in self.literals:
            term = self.literals[term.name].expression
        if isinstance(term, Name):
            return Affine(term.name, Fraction(1), Fraction(0))
        form = affine(term, self.literals)
        return form if form is not None and form.base and self._is_numeric(form.base) else None

    def _is_numeric(self, name: str) -> bool:
        known = {**self.strategy.inputs, **self.strategy.types}
        return known.get(name) in ("integer", "number")

    @cached_property
    def axes(self) -> dict[str, Axis]:
        """Every name and every expression that is searched, cut where cells cut it."""
        cuts = self._cuts()
        axes = {
            name: fact_axis(name, kind, self.catalogue.facts.get(name), cuts.get(name, ()))
            for name, kind in self.strategy.inputs.items()
        }
        for table in self.strategy.tables:
            for name, output in table.outputs.items():
                axes[name] = self._output_axis(table, name, output.otherwise, cuts.get(name, ()))
        for name, kind, names in self._searched():
            self.opaque[name] = self._facts_under(names)
            axes[name] = (
                Axis(name, kind, (False, True), may_be_missing=False)
                if kind == "boolean"
                else fact_axis(name, kind, None, cuts.get(name, ()))
            )
        return axes

    def _output_axis(self, table: Table, name: str, otherwise: Any, cuts: Any) -> Axis:
        kind = table.types[name]
        if table.is_list and kind in ("integer", "number"):
            self.opaque[name] = tuple(self.strategy.inputs)
            return number_axis(name, kind, cuts, low=None, high=None, may_be_missing=True)
        values = [row.outputs[name] for row in table.rows if row.outputs.get(name) is not None]
        if kind == "list":
            values = []
        elif otherwise is not None:
            values.append(otherwise)
        return value_axis(name, kind, values, may_be_missing=True)

    def _cuts(self) -> dict[str, list[Any]]:
        cuts: dict[str, list[Any]] = {}
        for table in self.strategy.tables:
            for name, cell in {(n, c) for row in table.rows for n, c in row.cells.items()}:
                form = self.columns[table.decision_id, name]
                if form is None:
                    cuts.setdefault(f"{table.decision_id}·{name}", []).extend(ends_of(cell))
                elif form.is_itself:
                    cuts.setdefault(form.base, []).extend(ends_of(cell))
                elif is_plain(cell):
                    cuts.setdefault(form.base, []).extend(form.cuts(cell))
        for line in self._lines:
            for name, cell in line.items():
                cuts.setdefault(name, []).extend(ends_of(cell))
        return cuts

    def _searched(self) -> Iterator[tuple[str, str, set[str]]]:
        """Axes without an exact account of their own, with their types and the names on which they depend."""
        for table in self.strategy.tables:
            for name, item in table.inputs.items():
                if self.columns[table.decision_id, name] is None:
                    term = item.expression or self.literals[name].expression
                    yield f"{table.decision_id}·{name}", item.type_name, set(names_of(term))
            for row in table.rows:
                for name, cell in row.cells.items():
                    if not is_plain(cell):
                        names = {name, *cell_names(cell)}
                        yield f"{table.decision_id}·{row.row_id}·{name}", "boolean", names

    def _facts_under(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the facts on which names depend, through expressions and tables."""
        found: dict[str, None] = {}
        waiting, seen = list(names), set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.strategy.inputs:
                found[name] = None
            for decision in self.strategy.decisions:
                own = decision.inputs if isinstance(decision, Table) else {}
                if name in decision.outputs or (name in own and own[name].expression):
                    waiting.extend(decision.requires)
        return tuple(sorted(found))

    @cached_property
    def _lines(self) -> tuple[dict[str, Cell], ...]:
        """Records that cannot occur, of those whose facts are all read."""
        known = self.strategy.inputs
        return tuple(
            {name: parse_cell(cell, self.catalogue.facts[name].type_name) for name, cell in line.items()}
            for line in self.catalogue.impossible
            if all(known.get(name) == self.catalogue.facts[name].type_name for name in line)
        )

    @cached_property
    def impossible(self) -> tuple[dict[str, int], ...]:
        """The boxes that cannot occur."""
        return tuple({n: self.axes[n].mask(cell) for n, cell in line.items()} for line in self._lines)

    def box(self, table: Table, row: Row) -> dict[str, int]:
        """Return the records that fit a row, whatever other rows say."""
        found: dict[str, int] = {}
        for name, cell in row.cells.items():
            if cell.is_any:
                continue
            axis, mask = self._cell(table, row, name, cell)
            found[axis] = found.get(axis, self.axes[axis].full) & mask
        return found

    def _cell(self, table: Table, row: Row, name: str, cell: Cell) -> tuple[str, int]:
        if not is_plain(cell):
            return f"{table.decision_id}·{row.row_id}·{name}", 0b10
        form = self.columns[table.decision_id, name]
        if form is None:
            axis = f"{table.decision_id}·{name}"
            return axis, self.axes[axis].mask(cell)
        return form.base, form.mask(cell, self.axes[form.base])

    def ordered(self, table: Table) -> list[Row]:
        """Return the rows in the order in which they are asked."""
        return list(ordered_rows(table))

    def root(self, table: Table) -> Branch | Leaf:
        """Return the table's division, made once.

        :raises TooMuch: if it needs more work than is allowed
        """
        if table.decision_id not in self._roots:
            self._roots[table.decision_id] = self._divide(table)
        root = self._roots[table.decision_id]
        if root is None:
            raise TooMuch
        return root

    def _divide(self, table: Table) -> Branch | Leaf | None:
        rows = [self.box(table, row) for row in self.ordered(table)]
        used = {name for row in rows for name in row}
        barred = [line for line in self.impossible if used.issuperset(line)]
        axes = {name: self.axes[name] for name in sorted(used)}
        try:
            return Division(axes, rows, barred, table.hit_policy in _BY_ORDER, MOST_WORK).root()
        except TooMuch:
            return None

    # ------------------------------------------------------------------------------------------ accounts

    def account(self, box: Box, shows: Shows) -> Record | None:
        """Return an account in a box that shows something, or None if none lies in it.

        :raises Undecided: if the search was not exhaustive
        """
        is_sure = True
        try:
            for facts in islice(self._facts(dict(box)), MOST_PATHS):
                for record in self._records(facts):
                    if shows(record):
                        return record
                is_sure = False
        except TooMuch as limit:
            raise Undecided from limit
        if not is_sure:
            raise Undecided
        return None

    def completed(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Return an account with the facts that are known and, for the others, the first that can occur with them."""
        box = {name: 1 << self.axes[name].atom(value) for name, value in known.items()}
        whole = next(self._possible(box, list(self.impossible)), box)
        return {
            name: known[name] if name in known else next(self._values(name, whole.get(name)))
            for name in self.strategy.inputs
        }

    def _facts(self, box: dict[str, int]) -> Iterator[dict[str, int]]:
        """Walk back through the tables until only facts are asked, then leave out what cannot occur."""
        for table in reversed(self.strategy.tables):
            asked = [
                n for n in table.outputs if n in box and n not in self.opaque and box[n] != self.axes[n].full
            ]
            if asked:
                yield from self._through(table, asked, box)
                return
        yield from self._possible(box, list(self.impossible))

    def _through(self, table: Table, asked: list[str], box: dict[str, int]) -> Iterator[dict[str, int]]:
        rows = self.ordered(table)
        rest = {name: mask for name, mask in box.items() if name not in table.outputs}
        for path, leaf in paths(self.root(table), rest):
            if all(box[name] >> self._atom(table, rows, leaf, name) & 1 for name in asked):
                yield from self._facts(path)

    def _atom(self, table: Table, rows: list[Row], leaf: Leaf, name: str) -> int:
        value = rows[leaf.rows[0]].outputs.get(name) if leaf.rows else table.outputs[name].otherwise
        if is_conflict(table, rows, leaf):
            value = None
        axis = self.axes[name]
        return len(axis.values) if value is None or value not in axis.values else axis.values.index(value)

    def _possible(self, box: dict[str, int], lines: list[dict[str, int]]) -> Iterator[dict[str, int]]:
        for position, line in enumerate(lines):
            have = {name: box.get(name, self.axes[name].full) for name in line}
            if any(not have[name] & mask for name, mask in line.items()):
                continue
            for name, mask in line.items():
                if have[name] & ~mask:
                    yield from self._possible({**box, name: have[name] & ~mask}, lines[position + 1 :])
            return
        if all(box.values()):
            yield box

    def _records(self, box: Box) -> Iterator[Record]:
        """Accounts in a box of facts: one, or many to try where something is searched."""
        plain = {name: next(self._values(name, box.get(name))) for name in self.strategy.inputs}
        yield plain
        varied = sorted({fact for name in box if name in self.opaque for fact in self.opaque[name]})
        if not varied:
            return
        choices = {name: list(self._guesses(name, box.get(name))) for name in varied}
        chance = Random(0)  # noqa: S311
        for _ in range(MOST_GUESSES):
            yield plain | {name: chance.choice(values) for name, values in choices.items()}

    def _values(self, name: str, mask: int | None) -> Iterator[Any]:
        axis = self.axes[name]
        for atom in atoms(axis.full if mask is None else mask):
            yield _value(axis.value(atom), axis.type_name)

    def _guesses(self, name: str, mask: int | None) -> Iterator[Any]:
        """One value an atom, its ends, and round numbers between them."""
        axis = self.axes[name]
        yield from self._values(name, mask)
        if axis.type_name not in ("integer", "number"):
            return
        for atom in atoms(axis.full if mask is None else mask):
            if atom < len(axis.values):
                low, high = axis.spans[atom]
                near = [n for end in (low, high) if end is not None for n in (end - 1, end + 1)]
                inside = ((low is None or n > low) and (high is None or n < high) for n in (*_ROUND, *near))
                yield from (
                    _value(n, axis.type_name)
                    for n, fits in zip((*_ROUND, *near), inside, strict=True)
                    if fits
                )
                yield from (
                    _value(end, axis.type_name) for end in (low, high) if end is not None and low == high
                )

    def words(self, box: Box) -> str:
        """Return a box in the words of cells."""
        parts = [
            f"{name}: {self.axes[name].words(mask)}" for name, mask in box.items() if name not in self.opaque
        ]
        return "; ".join(parts) or "-"


def is_conflict(table: Table, rows: list[Row], leaf: Leaf) -> bool:
    """Tell whether the rows of a leaf contradict each other under the table's hit policy."""
    if len(leaf.rows) < 2 or table.hit_policy not in ("UNIQUE", "ANY"):
        return False
    return table.hit_policy == "UNIQUE" or any(
        rows[number].outputs != rows[leaf.rows[0]].outputs for number in leaf.rows
    )


def _value(value: Any, type_name: str) -> Any:
    if value is None or type_name not in ("integer", "number"):
        return value
    return int(value) if type_name == "integer" else float(value)

"""Checks of what a strategy reads: facts of the catalogue, with its types and within its domains."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.engine.strategy.catalogue import Catalogue
from fairdue.engine.strategy.cells import Cell, cell_names
from fairdue.engine.strategy.checks.axes import ends_of, is_plain, written
from fairdue.engine.strategy.checks.findings import Finding
from fairdue.engine.strategy.checks.kinds import finding
from fairdue.engine.strategy.checks.space import Space
from fairdue.engine.strategy.model import Strategy, Table


def fact_findings(strategy: Strategy, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield facts that are not in the catalogue, are of another type, or are never asked."""
    asked = _asked(strategy)
    for name, kind in strategy.inputs.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            yield finding("unknown_fact", "", (), name=name)
        elif fact.type_name != kind:
            yield finding("type_differs", "", (), name=name, is_type=fact.type_name, said=kind)
        if name not in asked:
            yield finding("unused_fact", "", (), name=name)


def _asked(strategy: Strategy) -> set[str]:
    found: set[str] = set()
    for decision in strategy.decisions:
        if not isinstance(decision, Table):
            found |= set(decision.requires)
            continue
        used = {name for row in decision.rows for name, cell in row.cells.items() if not cell.is_any}
        found |= used
        found |= {name for row in decision.rows for cell in row.cells.values() for name in cell_names(cell)}
        for name in used:
            if decision.inputs[name].expression is not None:
                found |= set(decision.requires)
    return found


def value_findings(space: Space) -> Iterator[Finding]:
    """Yield tests for values that the fact never has."""
    for table in space.strategy.tables:
        for row in table.rows:
            for name, cell in row.cells.items():
                for value in _outside(space, table, name, cell):
                    yield finding(
                        "value_never", table.decision_id, (row.row_id,), name=name, value=written(value)
                    )


def _outside(space: Space, table: Table, name: str, cell: Cell) -> Iterator[object]:
    """Values of `=` tests that lie on no atom of the axis."""
    form = space.columns[table.decision_id, name]
    if form is None or not form.is_itself or not is_plain(cell) or cell.is_negated:
        return
    axis = space.axes[form.base]
    for test in cell.tests:
        single = Cell((test,))
        if not axis.mask(single):
            yield next(iter(ends_of(single)), None)

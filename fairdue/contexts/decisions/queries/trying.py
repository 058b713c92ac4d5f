"""Trying a version on one record, and telling two versions apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairdue.contexts.decisions.contracts_life import CellTrace, DecisionTrace, RowTrace, StrategyTrace
from fairdue.contexts.decisions.documents import digest, tables
from fairdue.contexts.decisions.queries.strategies import strategy_by_id
from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.cell_words import cell_words, value_words
from fairdue.engine.strategy.diff import Change, diff_documents
from fairdue.engine.strategy.interpret import Step, matches, trace_one, value_as
from fairdue.engine.strategy.model import Decision, Literal, Row, Strategy, Table
from fairdue.engine.strategy.table import read_strategy


def try_record(strategy_id: int, record: Mapping[str, Any]) -> StrategyTrace:
    """Return what a version of any status decides for one record, with every row and cell on the way.

    Facts that the record lacks are missing values.

    :raises StrategyUnknown: if there is no such version
    :raises StrategyErrors: if it is a draft that cannot be read
    """
    return trace_document(strategy_by_id(strategy_id).content, record, strategy_id=strategy_id)


def trace_document(
    document: Mapping[str, Any], record: Mapping[str, Any], *, strategy_id: int = 0
) -> StrategyTrace:
    """Return what a document decides for one record, as `try_record` does for a version.

    :raises StrategyErrors: if the document cannot be read
    """
    strategy = read_strategy(document)
    values: dict[str, Any] = {
        name: value_as(record.get(name), kind) for name, kind in strategy.inputs.items()
    }
    written = _cells_as_written(document)
    steps = trace_one(values, strategy, on_conflict="reject")
    traced = []
    for step in steps:
        decision = strategy.decision(step.decision_id)
        traced.append(_decision(decision, step, {**values, **step.inputs}, written))
        values |= step.outputs
    result = next(step for step in steps if step.decision_id == strategy.result)
    return StrategyTrace(
        strategy_id=strategy_id,
        outputs={name: value for step in steps for name, value in step.outputs.items()},
        row_id=result.row_ids[0] if result.row_ids else "",
        rows_fired=_fired(steps, strategy),
        decisions=tuple(sorted(traced, key=lambda each: each.decision_id == strategy.result)),
        problem=next((step.conflict for step in steps if step.conflict), ""),
    )


def _fired(steps: Iterable[Step], strategy: Strategy) -> tuple[str, ...]:
    made = sorted(steps, key=lambda step: step.decision_id != strategy.result)
    return tuple(row_id for step in made for row_id in step.row_ids)


def _cells_as_written(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        str(row.get("id")): row.get("when") or {}
        for table in tables(document)
        for row in table.get("rows") or ()
    }


def _decision(
    decision: Decision, step: Step, values: Mapping[str, Any], written: Mapping[str, Mapping[str, Any]]
) -> DecisionTrace:
    rows = _rows(decision, step, values, written) if isinstance(decision, Table) else ()
    return DecisionTrace(
        decision_id=decision.decision_id,
        title_zh=decision.title_zh,
        title_en=decision.title_en,
        hit_policy=decision.hit_policy if isinstance(decision, Table) else "",
        inputs=step.inputs,
        rows=rows,
        outputs=step.outputs,
        expression=decision.source if isinstance(decision, Literal) else "",
    )


def _rows(
    table: Table, step: Step, values: Mapping[str, Any], written: Mapping[str, Mapping[str, Any]]
) -> tuple[RowTrace, ...]:
    return tuple(
        RowTrace(
            row_id=row.row_id,
            title_zh=row.title_zh,
            title_en=row.title_en,
            has_fired=row.row_id in step.row_ids,
            cells=_cells(table, row, step, values, written.get(row.row_id, {})),
        )
        for row in table.rows
    )


def _cells(
    table: Table, row: Row, step: Step, values: Mapping[str, Any], written: Mapping[str, Any]
) -> tuple[CellTrace, ...]:
    """In the order of the table's columns, which the database does not keep within a row."""
    return tuple(
        _cell(table, row, name, step.inputs[name], values, _text(written.get(name, "")))
        for name in table.inputs
        if name in row.cells and not row.cells[name].is_any
    )


def _cell(table: Table, row: Row, name: str, value: Any, values: Mapping[str, Any], text: str) -> CellTrace:
    cell = row.cells[name]
    said, words = value_words(value, name), cell_words(cell, name) or (text, text)
    title = names_of(table, name)
    return CellTrace(
        name=name,
        title_zh=title[0],
        title_en=title[1],
        text=text,
        words_zh=words[0],
        words_en=words[1],
        value=value,
        value_zh=said[0],
        value_en=said[1],
        has_passed=matches(cell, value, values),
    )


def names_of(table: Table, name: str) -> tuple[str, str]:
    """Return what an input is called: by the strategy, else by the catalogue of facts, else its name."""
    given, fact = table.inputs[name], load_catalogue().facts.get(name)
    zh = given.title_zh or (fact.zh if fact else name)
    return zh, given.title_en or (fact.en if fact else name)


def _text(source: Any) -> str:
    return str(source).lower() if isinstance(source, bool) else str(source)


def diff_versions(first_id: int, second_id: int) -> tuple[Change, ...]:
    """Return the changes from one version to another in words of both languages; none if the content is the same.

    :raises StrategyUnknown: if there is no such version
    """
    first, second = strategy_by_id(first_id).content, strategy_by_id(second_id).content
    if digest(first) == digest(second):
        return ()
    words = {name: (fact.zh, fact.en) for name, fact in load_catalogue().facts.items()}
    return diff_documents(first, second, words)

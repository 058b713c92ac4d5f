"""The tables of a strategy to read: conditions and results in words, and what each row did last month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fairdue.contexts.book.facade import book_currency
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.interchange.book import Book, BookColumn, BookRow, BookTable
from fairdue.engine.strategy.interchange.texts import list_of, value_of_output
from fairdue.engine.strategy.interchange.xlsx_words import HIT_POLICY_WORDS
from fairdue.engine.strategy.interchange.xlsx_words import say as say_in
from fairdue.web.ui.tables import Column, Table
from fairdue.web.workbench.office_words import PURPOSES, STEPS, TEXTS
from fairdue.web.workbench.strategy_picture import table_name
from fairdue.web.workbench.strategy_words import fact_label, is_chinese, language, output_words, sum_text
from fairdue.web.workbench.words import CHANNELS, QUEUE_WORDS, WORK_KINDS, say

MOST_ROWS = 500
"""A page shows so many rows of a table; longer ones are read in the editor or as a file."""

VALUE_WORDS = {
    "step": STEPS,
    "channels": CHANNELS,
    "queue": QUEUE_WORDS,
    "kind": WORK_KINDS,
    "purpose": PURPOSES,
    "template": TEXTS,
}
"""Outputs whose values are codes with words."""

Figures = Mapping[str, decisions.RowFigures]


def sections(book: Book, figures: Figures) -> list[dict[str, Any]]:
    """Return every decision of a strategy as the page shows it, the result first."""
    ordered = sorted(book.tables, key=lambda table: table.decision_id != book.result)
    results = result_labels(book)
    stages = {stage.name: (stage.zh if is_chinese() else stage.en) or stage.name for stage in book.stages}
    return [
        {
            "id": table.decision_id,
            "name": table_name(table),
            "is_result": table.decision_id == book.result,
            "expression": table.expression if table.is_calculation else "",
            "policy": table.hit_policy,
            "policy_words": _policy(table),
            "table": None if table.is_calculation else read_table(table, figures, stages, results),
            "left_out": max(len(table.rows) - MOST_ROWS, 0),
        }
        for table in ordered
    ]


def _policy(table: BookTable) -> str:
    words = HIT_POLICY_WORDS.get(table.hit_policy)
    return say_in(words, language()) if words else ""


def read_table(
    table: BookTable, figures: Figures, stages: Mapping[str, str], results: Mapping[str, str]
) -> Table:
    """Return a decision table with the columns that any row uses, in their order."""
    conditions = [c for c in table.columns if c.kind == "when" and _is_used(table, c)]
    outputs = [c for c in table.columns if c.kind == "then" and _is_used(table, c)]
    columns = [
        Column("row_id", _("Row"), is_row_head=True, align="stuck", render=_row_head),
        *([_stage(stages)] if any(row.stage for row in table.rows) else []),
        *[_condition(column, results) for column in conditions],
        *[_effect(column) for column in outputs],
        *(_figures(figures) if any(row.row_id in figures for row in table.rows) else []),
    ]  # fmt: skip
    return Table(table.rows[:MOST_ROWS], columns=columns, caption=table_name(table), name=table.decision_id)


def _stage(stages: Mapping[str, str]) -> Column:
    return Column("stage", _("Stage"), lambda row: stages.get(row.stage, row.stage), align="wide")


def _is_used(table: BookTable, column: BookColumn) -> bool:
    return any(row.cells.get(column.key, "-") not in ("", "-") for row in table.rows)


def _row_head(_value: Any, row: BookRow) -> Any:
    words = (row.zh if is_chinese() else row.en) or row.row_id
    return format_html(
        '<span id="row-{}">{}</span><br><span class="mono muted small">{}</span>',
        row.row_id,
        words,
        row.row_id,
    )


def result_labels(book: Book) -> dict[str, str]:
    """Return what the results of every decision are called: conditions of other tables ask them by these words."""
    found = {table.decision_id: table_name(table) for table in book.tables if table.is_calculation}
    for table in book.tables:
        found |= {column.name: column_label(column) for column in table.columns if column.kind == "then"}
    return found


def column_label(column: BookColumn, results: Mapping[str, str] | None = None) -> str:
    """Return what a column is called: its own words, the fact's, the result's that it asks, or its name."""
    own = column.zh if is_chinese() else column.en
    if own:
        return own
    if column.kind == "then":
        return output_words().get(column.name, column.name)
    if column.expression:
        return column.name
    return (results or {}).get(column.name) or fact_label(column.name)


def _condition(column: BookColumn, results: Mapping[str, str]) -> Column:
    label = column_label(column, results)
    label = f"{label} = {column.expression}" if column.expression else label
    return Column(
        column.name, label, lambda row: _cell(row.cells.get(column.key, "-")), align="wide", render=_muted_dash
    )  # fmt: skip


def _muted_dash(value: str, _row: Any) -> Any:
    """Show a condition; "any value" steps back, so that the conditions stand out."""
    return SafeString('<span class="muted">–</span>') if value == "-" else value


def _effect(column: BookColumn) -> Column:
    """Return the column of an output; a code stands in words where there are some, a default steps back."""

    def shown(row: BookRow) -> str:
        return output_text(column, row.cells.get(column.key, ""))

    return Column(
        column.name, f"→ {column_label(column)}", shown, align="wide",
        render=lambda value, row: value if row.cells.get(column.key) else _default(column),
    )  # fmt: skip


def _default(column: BookColumn) -> Any:
    text = output_text(column, column.default)
    return format_html('<span class="muted">{}</span>', text) if text else ""


def output_text(column: BookColumn, text: str) -> str:
    """Return an output's value in words."""
    if not text:
        return ""
    value = list_of(text) if column.type_name == "list" else value_of_output(text, column.type_name)
    words = VALUE_WORDS.get(column.name)
    values = value if isinstance(value, list) else [value]
    said = (say(words, each) if words and each else _cell(each) for each in values)
    return _(", ").join(said)


def _cell(value: Any) -> str:
    """Return a cell as written; yes and no in words."""
    if value in (True, "true") or value in (False, "false"):
        return _("yes") if value in (True, "true") else _("no")
    return "" if value is None else str(value)


def _figures(figures: Figures) -> list[Column]:
    currency = book_currency()

    def count(get: Any) -> Any:
        return lambda row: f"{get(figures[row.row_id]):,}" if row.row_id in figures else "–"

    def money(get: Any) -> Any:
        return lambda row: sum_text(get(figures[row.row_id]), currency) if row.row_id in figures else "–"

    return [
        Column("persons", _("Persons"), count(lambda found: found.persons), align="num"),
        Column("contacts", _("Contacts"), count(lambda found: found.contacts), align="num"),
        Column("overdue", _("Overdue"), money(lambda found: found.overdue_minor), align="num"),
        Column("paid", _("Paid within 7 days"), money(lambda found: found.paid_minor), align="num"),
    ]

"""Strategies in words: states of a version, findings, hit policies, and everything that the editor says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.catalogue import Catalogue, load_catalogue
from fairdue.engine.strategy.interchange.book import TYPES
from fairdue.engine.strategy.interchange.xlsx_words import HIT_POLICY_WORDS, TYPE_WORDS, say
from fairdue.kernel.money import Money
from fairdue.web.workbench.office_words import STRATEGY_OUTPUTS

STATES = {
    "draft": word("Draft version"),
    "checked": word("Checked"),
    "shadow": word("In the shadow"),
    "approved": word("Approved"),
    "published": word("Published"),
    "retired": word("Retired"),
}  # fmt: skip
STATE_TONES = {
    "draft": "info",
    "checked": "info",
    "shadow": "wait",
    "approved": "ok",
    "published": "ok",
    "retired": "",
}
ORIGINS = {"pack": word("Shipped"), "desk": word("Written here")}
SEVERITIES = {"error": word("Error"), "warning": word("Warning"), "note": word("Hint")}
SEVERITY_TONES = {"error": "stop", "warning": "wait", "note": "info"}

_EDITOR = {
    "title_zh": word("What it does (Chinese)"),
    "title_en": word("What it does (English)"),
    "stage": word("Stage"),
    "row": word("Row"),
    "no": word("Place"),
    "if": word("If"),
    "then": word("Then"),
    "blank": word("blank"),
    "changed": word("Changed"),
    "cleared": word("Cleared"),
    "filled": word("Filled down"),
    "place": word("Row {row}, {column}"),
    "cells": word("{count} cells"),
    "editing": word("{column}, row {row}"),
    "copied": word("Copied {rows} rows and {columns} columns"),
    "pasted": word("Pasted {rows} rows and {columns} columns"),
    "pasted_cut": word("Pasted {rows} rows and {columns} columns; {over} columns found no place"),
    "row_added": word("Row {row} added"),
    "rows_copied": word("{count} rows duplicated"),
    "rows_deleted": word("{count} rows deleted; Ctrl+Z brings them back"),
    "rows_moved": word("{count} rows moved to place {row}"),
    "edge": word("It cannot move further"),
    "leave": word("Tab now leaves the table"),
    "undone": word("Undone"),
    "redone": word("Done again"),
    "nothing_to_undo": word("Nothing to undo"),
    "nothing_to_redo": word("Nothing to do again"),
    "no_rows": word("No row yet: press Insert to add one"),
    "saving": word("Saving …"),
    "saved": word("Saved"),
    "unsaved": word("Not saved yet"),
    "not_saved": word("Not saved: try again"),
    "offline": word("Not saved: no connection. It is tried again with the next change."),
    "conflict": word("Not saved: conflict"),
    "conflict_by": word("{by} saved this draft at {at}. Yours stands unsaved on this page; nothing is lost."),
    "theirs_taken": word("Their version is shown; Ctrl+Z brings yours back"),
    "problem_count": word("{count} to mend"),
    "no_problems": word("Every cell can be read"),
    "column": word("Column"),
    "columns": word("Columns"),
    "type": word("Type"),
    "default": word("Default"),
    "otherwise": word("If no row fires"),
    "expression": word("Expression"),
    "allowed": word("Allowed values"),
    "expression_or_values": word("Expression or allowed values"),
    "actions": word("Actions"),
    "fact": word("a fact"),
    "remove": word("Remove"),
    "move_left": word("Move left"),
    "move_right": word("Move right"),
    "add": word("Add"),
    "new_condition": word("New condition"),
    "new_output": word("New output (name)"),
    "own_expression": word("An expression of its own"),
    "other_tables": word("Results of other tables"),
    "column_added": word("Column added"),
    "column_removed": word("Column removed; Ctrl+Z brings it back"),
    "column_moved": word("Column moved"),
    "name_needed": word("Give the output a name of Latin letters that is not taken"),
    "hit_policy": word("Which rows count"),
    "aggregation": word("Aggregation"),
    "as_list": word("a list"),
    "expression_hint": word(
        "Arithmetic over facts and results of other tables, such as overdue_minor / balance_minor"
    ),
    "version": word("Version"),
    "result": word("Table that the night carries out"),
    "stages": word("Stages"),
    "no_stages": word("No stages"),
    "add_stage": word("Add a stage"),
    "final": word("Final"),
    "name": word("Name"),
    "strategy": word("The whole strategy"),
    "table_added": word("Table added"),
    "table_removed": word("Table removed; Ctrl+Z brings it back"),
}


def is_chinese() -> bool:
    """Tell whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def language() -> str:
    """Return `zh` or `en`."""
    return "zh" if is_chinese() else "en"


def editor_words() -> dict[str, Any]:
    """Return everything that the editor's script says, in the reader's language."""
    return {
        **{key: _(text) for key, text in _EDITOR.items()},
        "types": {code: say(TYPE_WORDS[code], language()) for code in TYPES},
        "policies": {code: say(words, language()) for code, words in HIT_POLICY_WORDS.items()},
    }


def output_words() -> dict[str, str]:
    """Return the names of the outputs that the night knows."""
    return {code: _(text) for code, text in STRATEGY_OUTPUTS.items()}


def fact_label(name: str) -> str:
    """Return what a fact is called, or its name; an amount with its unit, which is not the one that people count in."""
    fact = load_catalogue().facts.get(name)
    if fact is None:
        return name
    zh = is_chinese()
    label, unit = (fact.zh, fact.unit_zh) if zh else (fact.en, fact.unit_en)
    if not name.endswith("_minor"):
        return label
    return f"{label}（{unit}）" if zh else f"{label} ({unit})"


def sum_text(minor: int, currency: str) -> str:
    """Write a sum over persons with the currency of the book; one in several has none that it could be told in."""
    figure = f"{Money(minor, currency or 'CNY').amount:,}".replace("-", "−")
    return f"{currency} {figure}" if currency else _("%s, several currencies") % figure


def fact_list(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the facts of the catalogue as the editor offers them; `values` are written as cells."""
    zh = is_chinese()
    return [
        {
            "name": fact.name, "type_name": fact.type_name, "label": fact.zh if zh else fact.en,
            "group": catalogue.groups[fact.group].zh if zh else catalogue.groups[fact.group].en,
            "values": [f'"{value}"' for value in fact.domain.values],
        }
        for fact in catalogue.facts.values()
    ]  # fmt: skip


def version_label(card: decisions.StrategyCard) -> str:
    """Return a version as `code version`."""
    return f"{card.code} {card.version}"

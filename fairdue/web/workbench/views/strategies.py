"""Strategies: each published decision table as a business user reads it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.web.ui.tables import Column, Table
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import PURPOSES, STEPS, STRATEGY_OUTPUTS, TEXTS
from fairdue.web.workbench.words import CHANNELS, QUEUE_WORDS, WORK_KINDS, say

VALUE_WORDS = {
    "step": STEPS,
    "channels": CHANNELS,
    "queue": QUEUE_WORDS,
    "kind": WORK_KINDS,
    "purpose": PURPOSES,
    "template": TEXTS,
}
"""Outputs whose values are codes with words."""


@staff_page("strategy.view")
def strategies(request: DeskRequest) -> HttpResponse:
    """Show each published strategy as a table: a row a line, its conditions, then what it does."""
    cards = [card for card in decisions.strategies() if card.status == "published"]
    context = {"strategies": [{"card": card, "table": _table(card)} for card in cards]}
    return render(request, "workbench/strategies.html", context)


def _table(card: decisions.StrategyCard) -> Table:
    """Return the columns that any row uses, in the order in which the strategy declares them."""
    inputs = [each for each in card.content["inputs"] if any(each["name"] in row.cells for row in card.rows)]
    outputs = [
        each for each in card.content["outputs"] if any(each["name"] in row.outputs for row in card.rows)
    ]
    columns = [
        Column("row_id", _("Row"), is_row_head=True, align="stuck", render=_row_head),
        *[_condition(each["name"], in_language(each, "label") or each["name"]) for each in inputs],
        *[_effect(each["name"]) for each in outputs],
    ]
    return Table(card.rows, columns=columns, caption=in_language(card, "title"))


def _row_head(_value: Any, row: decisions.StrategyRowCard) -> Any:
    words = in_language(row, "title")
    return format_html('{}<br><span class="mono muted small">{}</span>', words, row.row_id)


def _condition(name: str, label: str) -> Column:
    return Column(name, label, lambda row: _cell(row.cells.get(name, "-")), align="wide", render=_muted_dash)


def _muted_dash(value: str, _row: Any) -> Any:
    """Show a condition; "any value" steps back, so that the conditions stand out."""
    return SafeString('<span class="muted">–</span>') if value == "-" else value


def _effect(name: str) -> Column:
    """Return the column of an output; a code stands in words where there are some."""
    words, label = VALUE_WORDS.get(name), say(STRATEGY_OUTPUTS, name)

    def shown(row: decisions.StrategyRowCard) -> str:
        value = row.outputs.get(name, "")
        values = value if isinstance(value, list) else [value]
        return _(", ").join(say(words, each) if words and each else _cell(each) for each in values)

    return Column(name, f"→ {label}", shown, align="wide")


def _cell(value: Any) -> str:
    """Return a cell as written; yes and no in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)

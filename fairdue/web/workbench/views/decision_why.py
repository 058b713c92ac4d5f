"""Why the latest night decided what it did for the person of a case, in sentences, table by table."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.cell_words import value_words
from fairdue.journeys.explain_decision import (
    DecisionExplanation,
    NothingDecided,
    explain_decision,
    lake_of_nights,
)
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page


@staff_page("cases.view")
def decision_why(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show the grounds of the latest decision: beside the next step, or on a page of its own."""
    try:
        card = cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    try:
        found = explain_decision(person_id=card.person_id, cycle_date=None, lake=lake_of_nights())
    except NothingDecided as nothing:
        raise Http404 from nothing
    place = 0 if _is_chinese() else 1
    context = {
        "case_id": case_id, "found": found, "sentences": [words[place] for words in found.sentences],
        "is_proven": found.facts_state == "proven", "tables": _tables(found),
    }  # fmt: skip
    is_panel = request.headers.get("HX-Request") == "true"
    return render(request, f"workbench/{'_decision_why' if is_panel else 'decision_why'}.html", context)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _tables(found: DecisionExplanation) -> list[dict[str, Any]]:
    """Each table of the strategy: what it read, the row that fired with its conditions, what came out."""
    if found.trace is None:
        return []
    return [
        {
            "title": in_language(each, "title"),
            "rows": [_row(row) for row in each.rows if row.has_fired],
            "outputs": [(name, _value(value, name)) for name, value in each.outputs.items()],
        }
        for each in found.trace.decisions
    ]


def _row(row: decisions.RowTrace) -> dict[str, Any]:
    cells = [
        _("%(fact)s: %(value)s (%(condition)s)")
        % {
            "fact": in_language(cell, "title"),
            "value": in_language(cell, "value"),
            "condition": in_language(cell, "words"),
        }
        for cell in row.cells
    ]
    return {"title": in_language(row, "title"), "row_id": row.row_id, "cells": cells}


def _value(value: Any, name: str) -> str:
    return value_words(value, name)[0 if _is_chinese() else 1]

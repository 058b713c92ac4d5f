"""Trying a version on one account: facts by hand or those of a person, and what every table says to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.parties import facade as parties
from fairdue.engine.strategy.catalogue import Fact, load_catalogue
from fairdue.engine.strategy.interchange.book import Book, BookColumn, book_of
from fairdue.engine.strategy.interchange.texts import text_of_output, value_of_output
from fairdue.engine.strategy.table import StrategyErrors
from fairdue.journeys.explain_decision import lake_of_nights
from fairdue.journeys.night_facts import facts_of_person
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.strategy_tables import column_label, output_text, result_labels
from fairdue.web.workbench.strategy_words import is_chinese
from fairdue.web.workbench.views.strategies import head, version_or_404
from fairdue.web.workbench.views.strategy_edit import faults
from fairdue.web.workbench.views.strategy_findings import fact_text

MOST_ROWS = 200
KINDS: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "boolean": (bool,)}


@sensitive_post_parameters()
@staff_page("strategy.view", methods=("GET", "POST"))
def attempt(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Decide one record that is typed here or comes from a finding; nothing is recorded."""
    card = version_or_404(strategy_id)
    book = book_of(card.content)
    kinds = {fact.name: fact.type_name for fact in book.facts}
    wrong: dict[str, str] = {}
    may_search = request.actor.may("parties.search")
    context: dict[str, Any] = {**head(request, card), "may_search": may_search}
    if may_search and request.method == "POST" and "text" in request.POST:
        given = _of_person(request, kinds, context)
    else:
        given, wrong = _given(request, kinds)
    record = {name: given.get(name) for name in kinds}
    if given and not wrong:
        try:
            context |= _decided(decisions.try_record(strategy_id, record), book)
        except StrategyErrors:
            context["faults"] = faults(card.content)
    context["groups"] = _groups(kinds, record, wrong)
    return render(
        request,
        "workbench/strategy_try.html",
        context,
        status=422 if wrong and request.method == "POST" else 200,
    )


def _given(request: DeskRequest, kinds: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the facts that were typed, and those that cannot be read as they were typed."""
    if request.method != "POST":
        return _from_finding(request.GET.get("facts", ""), kinds), {}
    given: dict[str, Any] = {"": True}
    wrong: dict[str, str] = {}
    for name, kind in kinds.items():
        text = request.POST.get(f"f-{name}", "").strip()[:200]
        if not text:
            continue
        value = value_of_output(text, kind)
        fits = KINDS.get(kind, (str,))
        if isinstance(value, fits) and (kind == "boolean" or not isinstance(value, bool)):
            given[name] = value
        else:
            wrong[name] = text
    return given, wrong


def _of_person(request: DeskRequest, kinds: Mapping[str, str], context: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that the latest night kept of the one person in scope whom the text finds."""
    found = parties.search(text=request.POST["text"].strip(), actor=request.actor)
    in_scope = list(cases.scoped_case_ids(person_ids=found, actor=request.actor))
    if len(in_scope) != 1:
        context["person_note"] = (
            _("Several persons fit: give the phone or ID number")
            if in_scope
            else _("Nobody found, or outside your data scope")
        )
        return {}
    kept = facts_of_person(in_scope[0], lake_of_nights())
    if kept is None:
        context["person_note"] = _("Last night holds no facts of this person")
        return {}
    night, facts = kept
    context["person_name"] = parties.person_cards(in_scope)[in_scope[0]].name_masked
    context["person_note"] = _("Facts of the night of %(day)s") % {"day": day(night)}
    return {name: facts.get(name) for name in kinds}


def _from_finding(text: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    try:
        found = json.loads(text[:20_000]) if text else {}
    except (ValueError, RecursionError):
        return {}
    return {name: found[name] for name in kinds if name in found} if isinstance(found, dict) else {}


def _groups(
    kinds: Mapping[str, str], record: Mapping[str, Any], wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the facts that the version reads as fields, by the catalogue's groups."""
    catalogue = load_catalogue()
    by_group: dict[str, list[dict[str, Any]]] = {}
    for name, kind in kinds.items():
        fact = catalogue.facts.get(name)
        group = in_language(catalogue.groups[fact.group], "") if fact else _("Other facts")
        by_group.setdefault(group, []).append(_field(name, kind, fact, record.get(name), wrong.get(name, "")))
    return [{"name": name, "fields": fields} for name, fields in by_group.items()]


def _field(name: str, kind: str, fact: Fact | None, value: Any, wrong: str) -> dict[str, Any]:
    choices: list[tuple[str, str]] = []
    if kind == "boolean":
        choices = [("true", _("yes")), ("false", _("no"))]
    elif fact and fact.domain.values:
        choices = [(each, each) for each in fact.domain.values]
    unit = (fact.unit_zh if is_chinese() else fact.unit_en) if fact else ""
    text = wrong or ("" if value is None else value if isinstance(value, str) else text_of_output(value))
    label = in_language(fact, "") if fact else name
    return {
        "name": name, "label": label, "unit": unit, "choices": choices, "text": text, "is_wrong": bool(wrong),
        "type": "date" if kind == "date" else "text", "is_number": kind in ("integer", "number"),
    }  # fmt: skip


def _decided(trace: decisions.StrategyTrace, book: Book) -> dict[str, Any]:
    """Return what came out, in words and table by table."""
    columns = {
        table.decision_id: {c.name: c for c in table.columns if c.kind == "then"} for table in book.tables
    }
    results = result_labels(book)
    names = {
        table.decision_id: {c.name: column_label(c, results) for c in table.columns if c.kind == "when"}
        for table in book.tables
    }
    tables = [
        _traced(each, columns.get(each.decision_id, {}), names.get(each.decision_id, {}))
        for each in trace.decisions
    ]
    result = next((each for each in tables if each["id"] == book.result), tables[-1] if tables else None)
    return {"result": result, "tables": tables, "problem": trace.problem}


def _traced(
    trace: decisions.DecisionTrace, columns: Mapping[str, BookColumn], names: Mapping[str, str]
) -> dict[str, Any]:
    rows = [
        {
            "id": row.row_id,
            "title": in_language(row, "title") or row.row_id,
            "has_fired": row.has_fired,
            "passes": not row.failed,
            "cells": [
                {
                    "label": names.get(cell.name, cell.name),
                    "asks": {"true": _("yes"), "false": _("no")}.get(cell.text, cell.text),
                    "is": fact_text(cell.value),
                    "has_passed": cell.has_passed,
                }
                for cell in row.cells
            ],
        }
        for row in trace.rows
    ]
    fired = [row for row in rows if row["has_fired"]]
    return {
        "id": trace.decision_id,
        "name": in_language(trace, "title") or trace.decision_id,
        "policy": trace.hit_policy,
        "expression": trace.expression,
        "inputs": [(names.get(name, name), fact_text(value)) for name, value in trace.inputs.items()],
        "fired": fired,
        "rows": rows[:MOST_ROWS],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "outputs": [
            (column_label(columns[name]) if name in columns else name, _said(columns.get(name), value))
            for name, value in trace.outputs.items()
            if value not in (None, "", [], 0)
        ],
    }


def _said(column: BookColumn | None, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = text_of_output(value)
    return output_text(column, text) if column is not None else text

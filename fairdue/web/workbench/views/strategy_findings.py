"""What the checks found in a version: each finding with its account and path, and a way to the cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.interchange.book import Book, book_of
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.strategy_picture import table_name
from fairdue.web.workbench.strategy_words import SEVERITIES, SEVERITY_TONES, fact_label, is_chinese
from fairdue.web.workbench.views.strategies import REFUSALS, head, version_or_404
from fairdue.web.workbench.views.strategy_edit import faults
from fairdue.web.workbench.words import say


@staff_page("strategy.view", methods=("GET", "POST"))
def findings(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Show what the checks found; a post runs them and closes the draft if it passes."""
    card = version_or_404(strategy_id)
    if request.method == "POST":
        return _check(request, card)
    found = decisions.version_findings(strategy_id)
    book = book_of(card.content)
    shown = [_shown(each, card, book) for each in found]
    context = {
        **head(request, card),
        "findings": shown,
        "counts": [(_(SEVERITIES[key]), SEVERITY_TONES[key], sum(f.severity == key for f in found)) for key in SEVERITIES],
        "faults": faults(card.content) if card.status == "draft" else [],
        "is_checked": card.checked_at is not None or bool(found),
        "needs_acknowledgement": card.status == "draft"
        and any(each.severity == "warning" for each in found)
        and all(each.severity != "error" for each in found),
    }  # fmt: skip
    return render(request, "workbench/strategy_findings.html", context)


def _check(request: DeskRequest, card: decisions.StrategyCard) -> HttpResponse:
    try:
        checked = decisions.check_version(
            strategy_id=card.strategy_id, acknowledge=request.POST.get("acknowledge") == "yes",
            actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSALS as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:strategy_findings", strategy_id=card.strategy_id)
    if checked.is_publishable:
        messages.success(request, _("Checked: it can go into the shadow now."))
    else:
        text = _("It stays a draft: mend the errors, and mend the warnings or say that they may stand.")
        messages.add_message(request, messages.WARNING, text, "wait")
    return redirect("workbench:strategy_findings", strategy_id=card.strategy_id)


def _shown(finding: decisions.FindingCard, card: decisions.StrategyCard, book: Book) -> dict[str, Any]:
    """Return one finding as the page shows it."""
    titles = {row.row_id: (row.zh if is_chinese() else row.en) for table in book.tables for row in table.rows}
    names = {table.decision_id: table_name(table) for table in book.tables}
    example = dict(finding.example or {})
    return {
        "message": finding.message_zh if is_chinese() else finding.message_en,
        "kind": finding.kind,
        "severity": _(SEVERITIES[finding.severity]),
        "tone": SEVERITY_TONES[finding.severity],
        "decision": names.get(finding.decision, finding.decision),
        "rows": [(titles.get(row_id) or row_id, _place(card, finding.decision, row_id)) for row_id in finding.row_ids],
        "place": "" if finding.row_ids else _place(card, finding.decision, ""),
        "example": fact_rows(example),
        "try": f"{reverse('workbench:try_strategy', args=[card.strategy_id])}?{urlencode({'facts': json.dumps(example, default=str)})}"
        if example
        else "",
        "path": [_moment(each, book) for each in finding.path],
    }  # fmt: skip


def _place(card: decisions.StrategyCard, decision: str, row_id: str) -> str:
    """Return the address of a cell: in the editor of a draft, else in the tables to read."""
    if card.status == "draft":
        address = reverse("workbench:edit_strategy", args=[card.strategy_id])
        return f"{address}?{urlencode({'table': decision, 'row': row_id})}"
    address = reverse("workbench:strategy", args=[card.strategy_id])
    return f"{address}#{f'row-{row_id}' if row_id else f'table-{decision}'}"


def fact_rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return facts in words; those that are missing or no stand last."""
    rows = [(fact_label(name), fact_text(value)) for name, value in record.items()]
    dull = (fact_text(None), _("no"), "0")
    return sorted(rows, key=lambda pair: pair[1] in dull)


def fact_text(value: Any) -> str:
    """Return a fact's value in words."""
    if value is None or value == "":
        return _("missing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def _moment(step: Mapping[str, Any], book: Book) -> dict[str, Any]:
    events, row_id = load_catalogue().events, step.get("row_id") or ""
    event = str(step.get("event", ""))
    rows = {row.row_id: row for table in book.tables for row in table.rows}
    stages = {stage.name: (stage.zh if is_chinese() else stage.en) for stage in book.stages}
    row = rows.get(row_id)
    return {
        "day": step.get("day"),
        "event": _("start") if event == "start" else in_language(events[event], "") if event in events else say({}, event),
        "facts": [f"{fact_label(name)}: {fact_text(value)}" for name, value in (step.get("facts") or {}).items()]
        if event != "start" else [],
        "row": ((row.zh if is_chinese() else row.en) if row else row_id) or "–",
        "stage": stages.get(str(step.get("stage", "")), step.get("stage", "")),
    }  # fmt: skip

"""The editor of a draft: the page, one check of cells while somebody types, and saving."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.diff import diff_documents
from fairdue.engine.strategy.interchange.book import book_of
from fairdue.engine.strategy.interchange.book_json import BookUnreadable, book_from_json, with_facts_read
from fairdue.engine.strategy.interchange.cell_check import condition_problem, output_problem
from fairdue.engine.strategy.interchange.rebuild import document_of
from fairdue.engine.strategy.table import StrategyErrors, read_strategy
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.strategy_words import editor_words, fact_list, is_chinese, output_words
from fairdue.web.workbench.views.strategies import REFUSALS, head, version_or_404

MOST_CELLS = 2_000
MOST_CHANGES = 40


@staff_page("strategy.edit")
def edit(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Open a draft in the editor; what is no draft is shown to be read."""
    card = version_or_404(strategy_id)
    if card.status != "draft":
        return redirect("workbench:strategy", strategy_id=strategy_id)
    data = {
        "book": book_of(card.content).as_json(),
        "sha256": card.sha256,
        "faults": faults(card.content),
        "facts": fact_list(load_catalogue()),
        "words": editor_words(),
        "outputWords": output_words(),
        "isChinese": is_chinese(),
        "addresses": {
            "save": reverse("workbench:save_strategy", args=[strategy_id]),
            "cell": reverse("workbench:check_cells", args=[strategy_id]),
        },
        "open": request.GET.get("table", "")[:80],
        "row": request.GET.get("row", "")[:80],
        "column": request.GET.get("column", "")[:80],
    }
    return render(request, "workbench/strategy_edit.html", {**head(request, card), "data": data})


def faults(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return why a document is no strategy that may run, each with its place, in the reader's language."""
    try:
        read_strategy(document)
    except StrategyErrors as errors:
        return [
            {
                "decision": fault.decision, "row_id": fault.row_id, "column": fault.column,
                "text": fault.message_zh if is_chinese() else fault.message_en,
            }
            for fault in errors.faults[:500]
        ]  # fmt: skip
    return []


@staff_page("strategy.edit", methods=("POST",))
def check_cells(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Say what is wrong with cells as typed; nothing is read from the draft and nothing is changed."""
    sent = _json(request)
    cells, types = sent.get("cells"), sent.get("types")
    if not isinstance(cells, list) or len(cells) > MOST_CELLS or not isinstance(types, dict):
        return JsonResponse({"refused": _("This cannot be read.")}, status=400)
    known = {str(name): str(kind) for name, kind in types.items()}
    return JsonResponse({"problems": [_problem(each, known) for each in cells]})


def _problem(cell: Any, types: Mapping[str, str]) -> str:
    if not isinstance(cell, dict):
        return ""
    text, kind = str(cell.get("text", ""))[:5_000], str(cell.get("type", ""))
    if cell.get("kind") == "when":
        found = condition_problem(text, kind, types)
    else:
        found = output_problem(
            text, kind, allowed=str(cell.get("allowed", "")), has_default=cell.get("has_default") is True
        )
    return "" if found is None else found.zh if is_chinese() else found.en


@staff_page("strategy.edit", methods=("POST",))
def save(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Save the editor's book over the draft, or as a draft of its own; another's newer save is shown instead."""
    card = version_or_404(strategy_id)
    sent = _json(request)
    try:
        book = book_from_json(sent.get("book"))
    except BookUnreadable:
        return JsonResponse({"refused": _("This cannot be read.")}, status=400)
    types = {name: fact.type_name for name, fact in load_catalogue().facts.items()}
    document = document_of(with_facts_read(book, card.content, types), card.content)
    is_copy = sent.get("as_copy") is True
    try:
        saved = decisions.save_draft(
            code=card.code, document=document, actor=request.actor, now=clock.now(),
            base_version_id=strategy_id if is_copy else None, draft_id=None if is_copy else strategy_id,
            expected_sha256=None if is_copy else str(sent.get("expected", "")),
        )  # fmt: skip
    except decisions.StrategyChangedMeanwhile:
        return JsonResponse(_conflict(decisions.strategy_by_id(strategy_id), document), status=409)
    except REFUSALS as refusal:
        return JsonResponse({"refused": refusal_text(refusal)}, status=422)
    answer: dict[str, Any] = {"sha256": saved.sha256, "faults": faults(saved.content)}
    if is_copy:
        answer["goto"] = reverse("workbench:edit_strategy", args=[saved.strategy_id])
    return JsonResponse(answer)


def _conflict(card: decisions.StrategyCard, mine: Mapping[str, Any]) -> dict[str, Any]:
    changes = diff_documents(card.content, mine)
    texts = [change.text_zh if is_chinese() else change.text_en for change in changes[:MOST_CHANGES]]
    left_out = len(changes) - len(texts)
    return {
        "by": card.author,
        "at": minute(card.changed_at),
        "book": book_of(card.content).as_json(),
        "sha256": card.sha256,
        "changes": [*texts, *([_("and %(count)s more") % {"count": left_out}] if left_out else [])],
    }


def _json(request: DeskRequest) -> dict[str, Any]:
    """Return what a script sent, or nothing that can be used."""
    if request.content_type != "application/json":
        return {}
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError, RequestDataTooBig):
        return {}
    return found if isinstance(found, dict) else {}

"""Strategies: every version with its state, and one version as a business user reads it."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.interchange.book import book_of
from fairdue.engine.strategy.interchange.files import FORMS
from fairdue.kernel import clock
from fairdue.web.ui.tables import Column, Table, row_link
from fairdue.web.ui.templatetags.ui import in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.strategy_life import BY_CODE, steps
from fairdue.web.workbench.strategy_picture import requirement_picture
from fairdue.web.workbench.strategy_tables import sections
from fairdue.web.workbench.strategy_words import ORIGINS, STATE_TONES, STATES, version_label
from fairdue.web.workbench.words import say

FIGURE_DAYS = 30
REFUSALS = (
    decisions.StrategyChangedMeanwhile, decisions.StrategyNotWritable, decisions.StrategyVersionTaken,
    decisions.StrategyDocumentUnusable, decisions.StrategyStepRefused, decisions.ApproverIsAuthor,
    decisions.ApproverIsNobody, decisions.StrategyInExperiment,
)  # fmt: skip


def version_or_404(strategy_id: int) -> decisions.StrategyCard:
    """Return a version by its id, or answer that there is none."""
    try:
        return decisions.strategy_by_id(strategy_id)
    except decisions.StrategyUnknown as unknown:
        raise Http404 from unknown


@staff_page("strategy.view")
def strategies(request: DeskRequest) -> HttpResponse:
    """List every strategy with its versions, what decides now first."""
    groups = []
    for code, found in groupby(decisions.strategies(), key=lambda card: card.code):
        cards = list(found)
        live = next((card for card in cards if card.status == "published"), None)
        groups.append({"code": code, "live": live, "title": live or cards[0], "table": _versions(cards)})
    context = {"strategies": groups, "may_edit": request.actor.may("strategy.edit")}
    return render(request, "workbench/strategies.html", context)


def _versions(cards: list[decisions.StrategyCard]) -> Table:
    return Table(
        cards,
        columns=[
            Column("version", _("Version"), is_row_head=True, render=_link),
            state_column("status", _("State"), STATES, STATE_TONES),
            Column("rows", _("Rows"), lambda card: sum(len(table.rows) for table in book_of(card.content).tables), align="num"),
            word_column("origin", _("Origin"), ORIGINS),
            Column("author", _("Written by"), lambda card: card.author or "–"),
            Column("approved_by", _("Approved by"), lambda card: card.approved_by or "–"),
            Column(
                "changed_at", _("Changed"), lambda card: card.changed_at or card.loaded_at,
                render=lambda value, _row: minute(value), align="nowrap",
            ),
            Column("published_at", _("Published at"), render=lambda value, _row: minute(value), align="nowrap"),
        ],
        caption=_("Versions of %(code)s") % {"code": cards[0].code},
    )  # fmt: skip


def _link(value: str, card: decisions.StrategyCard) -> Any:
    return row_link(reverse("workbench:strategy", args=[card.strategy_id]), value)


@staff_page("strategy.view")
def strategy(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Show one version: its life, the graph, every table with what its rows did last month."""
    card = version_or_404(strategy_id)
    book = book_of(card.content)
    today = clock.business_date(clock.now())
    figures = decisions.row_figures(card.code, today - timedelta(days=FIGURE_DAYS), today)
    context = {
        **head(request, card),
        "picture": requirement_picture(book),
        "sections": sections(book, figures),
        "has_figures": bool(figures),
        "figure_days": FIGURE_DAYS,
        "others": [
            each for each in decisions.strategy_versions(card.code) if each.strategy_id != strategy_id
        ],
    }
    return render(request, "workbench/strategy.html", context)


def head(request: DeskRequest, card: decisions.StrategyCard) -> dict[str, Any]:
    """Return what stands on top of every page of a version."""
    may_edit = request.actor.may("strategy.edit")
    return {
        "card": card,
        "file_forms": [
            (code, form.name) for code, form in FORMS.items() if card.content.get("stages") or not form.needs_stages
        ],
        "label": version_label(card),
        "state": say(STATES, card.status),
        "tone": STATE_TONES.get(card.status, ""),
        "is_draft": card.status == "draft",
        "may_edit": may_edit,
        "steps": steps(card, request.actor),
        "tabs": _tabs(card, may_edit, request.path),
        "life": [
            (_("Written by"), card.author or say(ORIGINS, card.origin)),
            (_("Changed"), minute(card.changed_at or card.loaded_at)),
            *([(_("Checked"), minute(card.checked_at))] if card.checked_at else []),
            *([(_("In the shadow since"), minute(card.shadow_at))] if card.shadow_at else []),
            *([(_("Approved by"), format_html("{} · {}", card.approved_by, minute(card.approved_at)))] if card.approved_by else []),
            *([(_("Published at"), minute(card.published_at))] if card.published_at else []),
            *([(_("Retired"), minute(card.retired_at))] if card.retired_at else []),
        ],
    }  # fmt: skip


def _tabs(card: decisions.StrategyCard, may_edit: bool, path: str) -> list[dict[str, Any]]:
    pages = [
        ("strategy", _("Tables"), True),
        ("edit_strategy", _("Edit"), card.status == "draft" and may_edit),
        ("strategy_stages", _("Stages"), True),
        ("strategy_findings", _("Findings"), True),
        ("try_strategy", _("Try an account"), True),
        ("strategy_shadow", _("Shadow"), card.shadow_at is not None),
    ]
    links = [
        (reverse(f"workbench:{name}", args=[card.strategy_id]), label)
        for name, label, is_shown in pages
        if is_shown
    ]
    return [{"href": href, "label": label, "is_current": href == path} for href, label in links]


@staff_page("strategy.edit", methods=("POST",))
def copy(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Copy a version of any state to a new draft and open the editor."""
    card = version_or_404(strategy_id)
    draft = decisions.save_draft(
        code=card.code, document=card.content, base_version_id=card.strategy_id, actor=request.actor, now=clock.now()
    )  # fmt: skip
    messages.success(request, _("Draft %(version)s is yours to change.") % {"version": draft.version})
    return redirect("workbench:edit_strategy", strategy_id=draft.strategy_id)


@staff_page("strategy.edit", methods=("POST",))
def delete(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Delete a draft."""
    card = version_or_404(strategy_id)
    try:
        decisions.delete_draft(draft_id=strategy_id, actor=request.actor, now=clock.now())
    except REFUSALS as refusal:
        return _refused(request, strategy_id, refusal)
    messages.success(request, _("The draft %(version)s is deleted.") % {"version": card.version})
    return redirect("workbench:strategies")


@staff_page("strategy.view", methods=("POST",))
def step(request: DeskRequest, strategy_id: int, code: str) -> HttpResponse:
    """Take one step of a version's life; the facade asks for the permission."""
    kind = BY_CODE.get(code)
    if kind is None or code == "check":
        raise Http404
    version_or_404(strategy_id)
    try:
        kind.act(strategy_id=strategy_id, actor=request.actor, now=clock.now())
    except REFUSALS as refusal:
        return _refused(request, strategy_id, refusal)
    messages.success(request, _(kind.done))
    return redirect("workbench:strategy", strategy_id=strategy_id)


def _refused(request: DeskRequest, strategy_id: int, refusal: Exception) -> HttpResponse:
    text = f"{_('Nothing was changed.')} {refusal_text(refusal)}"
    messages.add_message(request, messages.ERROR, text, "stop")
    return redirect("workbench:strategy", strategy_id=strategy_id)


@staff_page("strategy.view")
def compare(request: DeskRequest) -> HttpResponse:
    """Tell two versions apart in words and as a table."""
    first, second = (whole(request.GET.get(name)) for name in ("a", "b"))
    if first is None or second is None:
        raise Http404
    before, after = version_or_404(first), version_or_404(second)
    changes = decisions.diff_versions(first, second)
    groups = [
        {"name": name, "changes": list(found)}
        for name, found in groupby(changes, key=lambda change: change.where.partition("/")[0])
    ]
    context = {
        "before": before, "after": after, "groups": groups, "count": len(changes), "table": _changes(changes),
        "versions": decisions.strategy_versions(after.code),
    }  # fmt: skip
    return render(request, "workbench/strategy_compare.html", context)


def _changes(changes: tuple[Any, ...]) -> Table:
    return Table(
        changes,
        columns=[
            Column("where", _("Where"), lambda change: change.where or "–", is_row_head=True),
            Column("text", _("Change"), lambda change: in_language(change, "text"), align="wide"),
            Column("before", _("Before"), lambda change: change.before or "–", align="wide"),
            Column("after", _("After"), lambda change: change.after or "–", align="wide"),
        ],
        caption=_("Changes"),
    )

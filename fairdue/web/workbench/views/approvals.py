"""The second pair of eyes: what was asked for, what it would change now, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.engine.ledger.event_kinds import KINDS, DetailField
from fairdue.journeys.decide_request import approve_request
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.changes import ChangesView, changes_view
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.event_forms import CHOICES
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.money_words import (
    REQUEST_KINDS,
    REQUEST_STATES,
    REQUEST_TONES,
    WHY_NOT,
    component_word,
)
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

EVENT_OF_REQUEST = {"hand_payment": "payment"}
"""Requests whose event has another name; a return of waiting money touches no debt and has none."""
REASON_LIMIT = 400


@staff_page("ledger.view")
def approvals(request: DeskRequest) -> HttpResponse:
    """List what waits for a second pair of eyes, oldest first."""
    table = Table(
        payments.open_requests(actor=request.actor),
        columns=[
            InstantColumn("requested_at", _("Asked for")),
            Column("kind", _("What"), is_row_head=True, render=_link),
            MoneyColumn("amount", _("Amount")),
            Column("name_masked", _("Debtor")),
            Column("account_ref_masked", _("Debt")),
            Column("requested_by", _("Asked by")),
            Column("reason", _("Why"), align="wide"),
            Column("may_approve", _("You"), render=_may, export=lambda row: "" if row.may_approve else row.why_not),
        ],
        caption=_("Waiting for a second pair of eyes"), key="approvals", sorts_here=True,
        is_exportable=True,
        empty=EmptyState(
            title=_("Nothing waits for a decision"),
            text=_("Payments by hand, waivers, refunds, settlements and charge-offs wait here for somebody else than who asked."),
            icon="check",
        ),
    )  # fmt: skip
    if file := exported(request, table, name="approvals"):
        return file
    return render(request, "workbench/approvals.html", {"table": table})


def _link(value: str, row: payments.RequestCard) -> Any:
    return row_link(reverse("workbench:request", args=[row.request_id]), say(REQUEST_KINDS, value))


def _may(value: bool, row: payments.RequestCard) -> Any:
    return (
        badge(_("You may decide"), "ok")
        if value
        else badge(_("Your own") if row.why_not == "own_request" else _("Others decide"))
    )


@staff_page("ledger.view")
def show(request: DeskRequest, request_id: int) -> HttpResponse:
    """Show one request with what it would change now."""
    return _page(request, request_id)


def _page(request: DeskRequest, request_id: int, error: str = "", said: str = "") -> HttpResponse:
    card = _card(request, request_id)
    changes, problem = _preview(request, card) if card.status == "open" else (None, "")
    context = {
        "card": card, "kind": say(REQUEST_KINDS, card.kind), "state": say(REQUEST_STATES, card.status),
        "tone": REQUEST_TONES.get(card.status, ""), "facts": list(detail_facts(card)), "changes": changes,
        "problem": problem, "error": error, "said": said,
        "why_not": say(WHY_NOT, card.why_not) if card.why_not else "",
        "is_own": card.requested_by_id == request.actor.id,
        "may_see_account": card.account_id is not None,
    }  # fmt: skip
    return render(request, "workbench/request.html", context, status=422 if error else 200)


def _card(request: DeskRequest, request_id: int) -> payments.RequestCard:
    try:
        return payments.request_card(request_id=request_id, actor=request.actor)
    except payments.RequestUnknown as unknown:
        raise Http404 from unknown


def _preview(request: DeskRequest, card: payments.RequestCard) -> tuple[ChangesView | None, str]:
    """Return what the request would change now, or why the ledger would refuse it now."""
    kind = EVENT_OF_REQUEST.get(card.kind, card.kind)
    if card.account_id is None or kind not in KINDS:
        return None, ""
    details = {name: value for name, value in card.details.items() if KINDS[kind].field(name)}
    try:
        changes = ledger.preview_event(
            account_id=card.account_id, kind=kind, amount=card.amount, effective_date=card.effective_date,
            details=details, actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSED as refusal:
        return None, refusal_text(refusal)
    return changes_view(changes), ""


def detail_facts(card: payments.RequestCard) -> Any:
    """Yield what a request says beyond its amount, as term and value."""
    for name, label in (("evidence_ref", _("Payment reference")), ("payee", _("Payer or payee"))):
        if card.details.get(name):
            yield label, card.details[name]
    kind = KINDS.get(card.kind)
    for described in kind.fields if kind else ():
        value = card.details.get(described.name)
        if value not in (None, "", [], {}):
            yield in_language(described, ""), _value(described, value, card)


def _value(described: DetailField, value: Any, card: payments.RequestCard) -> str:
    currency = card.amount.currency if card.amount else "CNY"
    match described.type:
        case "rows":
            parts = [
                (f"{row['due_date']} {component_word(row['component'])}", row["amount"]) for row in value
            ]
            return _amounts(parts, currency)
        case "amounts":
            return _amounts([(component_word(code), part) for code, part in value.items()], currency)
        case "choice":
            return _(CHOICES.get(str(value), str(value)))
        case "flag":
            return _("Yes") if value else _("No")
    if described.name == "due_ref":
        return due_word(str(value))
    return component_word(str(value)) if described.name == "component" else str(value)


def _amounts(parts: list[tuple[str, int]], currency: str) -> str:
    return " · ".join(f"{text} {Money(minor, currency).amount:,}" for text, minor in parts)


Decision = Callable[..., Any]


@staff_page("ledger.view", methods=("POST",))
def decide(request: DeskRequest, request_id: int) -> HttpResponse:
    """Approve, refuse or withdraw; what was approved happens in the same transaction."""
    _card(request, request_id)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()[:REASON_LIMIT]
    verbs: dict[str, tuple[Decision, str]] = {
        "approve": (approve_request, _("Approved: it was done in the same moment.")),
        "refuse": (payments.refuse, _("Refused: nothing was moved.")),
        "withdraw": (payments.withdraw, _("Withdrawn.")),
    }
    if verb not in verbs:
        raise Http404
    act, text = verbs[verb]
    try:
        act(request_id=request_id, reason=reason, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        return _page(request, request_id, refusal_text(refusal), reason)
    messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:approvals")

"""Events by hand: a form for each kind, what it would change, and then either done or asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.engine.ledger.event_kinds import KINDS, EventKind
from fairdue.journeys import record_event as recording
from fairdue.journeys.view_account import AccountHead
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.changes import ChangesView, changes_view
from fairdue.web.workbench.event_forms import EventForm
from fairdue.web.workbench.money_words import KIND_RULES, component_word, kind_word
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.account import EVENTS_SHOWN, OFFERED, load_head
from fairdue.web.workbench.words import say


@staff_page("ledger.view", "ledger.adjust", methods=("GET", "POST"))
def event(request: DeskRequest, account_id: int, kind: str) -> HttpResponse:
    """Take an event's facts, show what it would change, and then record it or ask for its approval."""
    if kind not in OFFERED:
        raise Http404
    head, now = load_head(request, account_id), clock.now()
    form = _form(KINDS[kind], account_id, now, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _page(request, head, form)
    if not form.is_valid():
        return _page(request, head, form, status=422)
    try:
        if request.POST.get("step") == "confirm" and form.is_seen:
            return _done(request, head, form, now)
        changes = ledger.preview_event(
            account_id=account_id, kind=kind, amount=form.money, effective_date=form.cleaned_data["effective_date"],
            details=form.details, actor=request.actor, now=now,
        )  # fmt: skip
    except REFUSED as refusal:
        form.add_error(None, refusal_text(refusal))
        return _page(request, head, form, status=422)
    return _page(request, head, form, changes=changes_view(changes))


def _form(kind: EventKind, account_id: int, now: datetime, data: Any) -> EventForm:
    today = business_date(now)
    return EventForm(
        kind, ledger.account_summary(account_id, today), ledger.account_dues(account_id, today),
        ledger.account_transactions(account_id, EVENTS_SHOWN), today, data,
    )  # fmt: skip


def _page(
    request: DeskRequest, head: AccountHead, form: EventForm, changes: ChangesView | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    kind = form.kind
    context = {
        "head": head, "form": form, "kind": kind, "title": kind_word(kind.code), "rule": say(KIND_RULES, kind.code),
        "citation": in_language(kind.citation, ""), "changes": changes, "product": in_language(head.card, "product_name"),
        "needs_approval": form.needs_approval, "digest": form.digest if changes else "", "rows": _plan_rows(form) if changes else [],
        "may_ask": request.actor.may("ledger.adjust"),
    }  # fmt: skip
    return render(request, "workbench/event.html", context, status=status)


def _plan_rows(form: EventForm) -> list[tuple[str, str, str]]:
    """Return the rows that a plan would have, as the page lists them."""
    rows = form.details.get("rows", [])
    currency = form.summary.currency
    return [
        (row["due_date"], component_word(row["component"]), f"{Money(row['amount'], currency).amount:,}")
        for row in rows
    ]


def _done(request: DeskRequest, head: AccountHead, form: EventForm, now: datetime) -> HttpResponse:
    """Record the event, or ask for it where a second person decides."""
    account_id, said = head.card.account_id, form.cleaned_data
    facts: dict[str, Any] = {
        "account_id": account_id, "kind": form.kind.code, "amount": form.money, "effective_date": said["effective_date"],
        "details": form.details, "actor": request.actor, "now": now,
    }  # fmt: skip
    if form.needs_approval:
        asked = payments.request(**facts, reason=said["reason"])
        text = _("Asked for: somebody else must approve it before anything happens.")
        messages.add_message(request, messages.SUCCESS, text, "wait")
        return redirect("workbench:request", request_id=asked.request_id)
    done = recording.record_event(**facts, external_ref=form.external_ref)
    messages.add_message(
        request, messages.SUCCESS, _recorded_text(form, done), "info" if done.receipt.is_repeated else "ok"
    )
    return redirect(f"{reverse('workbench:account', args=[account_id])}?show=events")


def _recorded_text(form: EventForm, done: recording.EventRecorded) -> str:
    if done.receipt.is_repeated:
        return _("This was recorded before: nothing was recorded again.")
    said = {"what": kind_word(form.kind.code), "day": day(done.receipt.effective_date)}
    parts = [_("%(what)s recorded, counting from %(day)s.") % said]
    if done.closed_work_count:
        parts.append(_("Nothing is due any more: the open work was closed."))
    return " ".join(parts)


@staff_page("ledger.view", "payments.reverse", methods=("GET", "POST"))
def reverse_event(request: DeskRequest, account_id: int, transaction_id: int) -> HttpResponse:
    """Take an event of any kind back, with a reason; the account then stands as if it had never been."""
    head, now = load_head(request, account_id), clock.now()
    try:
        row = recording.transaction_of(account_id, transaction_id)
    except recording.ReversalRefused as unknown:
        raise Http404 from unknown
    reason, error = request.POST.get("reason", "").strip()[:400], ""
    if request.method == "POST":
        try:
            recording.take_back_event(
                account_id=account_id,
                transaction_id=transaction_id,
                reason=reason,
                actor=request.actor,
                now=now,
            )
        except REFUSED as refusal:
            error = refusal_text(refusal)
        else:
            text = _("%(what)s taken back; the account stands as if it had never been.") % {
                "what": kind_word(row.kind)
            }
            messages.add_message(request, messages.SUCCESS, text, "ok")
            return redirect(f"{reverse('workbench:account', args=[account_id])}?show=events")
    context = {
        "head": head, "row": row, "what": kind_word(row.kind), "product": in_language(head.card, "product_name"),
        "component": component_word(row.component) if row.component else "", "reason": reason, "error": error,
        "is_standing": not row.reversed_by_id and row.kind != "reversal",
    }  # fmt: skip
    return render(request, "workbench/reverse_event.html", context, status=422 if error else 200)

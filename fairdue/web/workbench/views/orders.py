"""Money that goes out: refunds and returns, from the approval to the bank's answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.kernel import clock
from fairdue.web.ui.filters import Choice, Filters
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import in_language, minute
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

FILE_KINDS = {"pain.001": "application/xml", "csv": "text/csv; charset=utf-8"}


@staff_page("payments.view")
def orders(request: DeskRequest) -> HttpResponse:
    """List payment orders, newest first."""
    states = [(code, say(words.ORDER_STATES, code)) for code in words.ORDER_STATES]
    filters = Filters(request, Choice(name="status", label=_("State"), options=states, any_label=_("All")))
    found = payments.orders(actor=request.actor, status=filters["status"])
    may = request.actor.may("payments.approve")
    table = Table(
        found,
        columns=[
            InstantColumn("made_at", _("Approved")),
            word_column("kind", _("What"), words.ORDER_KINDS, is_row_head=True),
            MoneyColumn("amount", _("Amount")),
            Column("payee_name_masked", _("Payee")),
            Column("payee_account_masked", _("Account")),
            state_column("status", _("State"), words.ORDER_STATES, words.ORDER_TONES),
            Column("export_ref", _("Bank file"), align="mono"),
            InstantColumn("sent_at", _("Handed over")),
            Column("answer", _("The bank's answer"), "status", is_exported=False, render=lambda _value, row: _answer(row, may)),
        ],
        caption=_("Payment orders"), key="orders", filters=filters, sorts_here=True,
        is_exportable=True,
        empty=EmptyState(title=_("No money goes out"), text=_("Approved refunds and returns appear here for the bank."), icon="outbox"),
    )  # fmt: skip
    if file := exported(request, table, name="payment-orders"):
        return file
    waiting = {row.creditor_id for row in found if row.status == "open"}
    context = {
        "table": table, "may_hand_over": may,
        "creditors": [(card.creditor_id, in_language(card)) for card in book.creditors(request.actor) if card.creditor_id in waiting],
    }  # fmt: skip
    return render(request, "workbench/orders.html", context)


def _answer(row: payments.OrderCard, may: bool) -> Any:
    if row.status != "sent" or not may:
        return minute(row.confirmed_at) if row.confirmed_at else "–"
    hidden = format_html('<span class="visually-hidden"> {} {}</span>', row.amount, row.payee_name_masked)
    return format_html(
        '<span class="row"><button class="btn btn-quiet" form="answer" name="confirm" value="{}">{}{}</button>'
        '<button class="btn btn-quiet" form="answer" name="fail" value="{}">{}{}</button></span>',
        row.order_id, _("Executed"), hidden, row.order_id, _("Refused"), hidden,
    )  # fmt: skip


@staff_page("payments.view", "payments.approve", methods=("POST",))
def hand_over(request: DeskRequest) -> HttpResponse:
    """Return the bank's file with a creditor's open orders; they are handed over from now on."""
    kind = request.POST.get("format", "pain.001")
    try:
        file = payments.export_orders(
            creditor_id=whole(request.POST.get("creditor")) or 0, format=kind if kind in FILE_KINDS else "pain.001",
            actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:orders")
    response = HttpResponse(file.content, content_type=FILE_KINDS.get(kind, "application/xml"))
    response["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    return response


@staff_page("payments.view", "payments.approve", methods=("POST",))
def answer(request: DeskRequest) -> HttpResponse:
    """Note what the bank said of an order: executed, or refused with a reason."""
    confirmed, failed = whole(request.POST.get("confirm")), whole(request.POST.get("fail"))
    reason = request.POST.get("reason", "").strip()[:300]
    try:
        if confirmed is not None:
            payments.confirm_order(order_id=confirmed, actor=request.actor, now=clock.now())
        elif failed is not None:
            payments.fail_order(order_id=failed, reason=reason, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, _("Done. The audit log names you."), "ok")
    return redirect("workbench:orders")

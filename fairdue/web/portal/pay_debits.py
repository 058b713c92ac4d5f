"""Direct debit: give it with its words and a one-time code, see what it takes when, stop it at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import MandateCard
from fairdue.journeys.direct_debit import ask_for_mandate, give_mandate, resend_code, stop_mandate
from fairdue.journeys.pay_quote import payable_debts
from fairdue.journeys.send_code import NoWayForCode
from fairdue.kernel.clock import business_date
from fairdue.web.portal import attempts, pay_words
from fairdue.web.portal.frame import show
from fairdue.web.portal.pay_pages import read_amount
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.ui.forms import DeskForm

ASKED = attempts.Limit("mandates", 8)
CODE = "portal_mandate_codes"
"""Numbers of the codes that were sent for mandates of this visit."""


class MandateForm(DeskForm):
    """From which account, and how much at most."""

    payer_name = forms.CharField(
        max_length=140,
        label=gettext_lazy("Whose account is it?"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    payer_account = forms.CharField(
        max_length=42,
        label=gettext_lazy("Account number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    payer_bank = forms.CharField(
        max_length=60, required=False, label=gettext_lazy("Bank (if you know it)"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    cap = forms.CharField(
        max_length=20,
        label=gettext_lazy("The most that may be taken at a time"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class CodeForm(DeskForm):
    """The code that accepts the mandate."""

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("The code from the message"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-field"}
        ),
    )


@visit_page
def mandates(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show the direct debits that were given, what they took, and where one could be given."""
    found = payments.mandates_of(person_id=person_id)
    debits = payments.debits_of(mandate_ids=[card.mandate_id for card in found], limit=6)
    active = {card.account_id for card in found if card.status == "active"}
    debts = payable_debts(person_id=person_id, as_of=business_date(now))
    accounts = {debt.account.account_id: debt.account for debt in debts}
    return show(
        request, "portal/pay_mandates.html", person_id, is_open=payments.is_open(),
        mandates=[_shown(card, accounts, debits) for card in found],
        free=[debt.account for debt in debts if debt.account.account_id not in active],
    )  # fmt: skip


def _shown(card: MandateCard, accounts: dict[int, Any], debits: dict[int, Any]) -> dict[str, Any]:
    rows = [
        {"debit": row, "status": pay_words.debit_word(row.status)} for row in debits.get(card.mandate_id, ())
    ]
    return {
        "card": card,
        "cap": f"{card.cap.amount:,}",
        "account": accounts.get(card.account_id),
        "debits": rows,
        "end": pay_words.end_word(card.end_reason),
    }


@visit_page
def give(request: HttpRequest, person_id: int, now: datetime, account_id: int) -> HttpResponse:
    """Ask from which account and how much at most; then the words are shown and a code is sent."""
    debts = payable_debts(person_id=person_id, as_of=business_date(now), account_ids=[account_id])
    if not debts or not payments.is_open():
        raise Http404(str(account_id))
    form = MandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not attempts.count(ASKED, str(person_id), now):
            return show(request, "portal/wait.html", person_id, status=429)
        mandate_id = _offer(request, form, person_id, debts[0].account, now)
        if mandate_id is not None:
            return redirect("portal:mandate_code", mandate_id=mandate_id)
    status = 422 if request.method == "POST" else 200
    terms = payments.debit_terms()
    return show(
        request, "portal/pay_mandate.html", person_id, form=form, debt=debts[0], terms=terms,
        retries=len(terms.retry_after_days), status=status,
    )  # fmt: skip


def _offer(
    request: HttpRequest, form: MandateForm, person_id: int, account: Any, now: datetime
) -> int | None:
    """Write the mandate and send its code; None with the reason on the form if that cannot be done."""
    cap = read_amount(form.cleaned_data["cap"], account.currency)
    if cap is None:
        form.add_error("cap", pay_words.refusal_word("pay.amount"))
        return None
    try:
        card, sent = ask_for_mandate(
            person_id=person_id, account_id=account.account_id, cap=cap, payer_name=form.cleaned_data["payer_name"],
            payer_account=form.cleaned_data["payer_account"], payer_bank=form.cleaned_data["payer_bank"],
            locale=get_language() or "", actor=borrower(person_id), now=now,
        )  # fmt: skip
    except (payments.MandateInvalid, NoWayForCode) as refused:
        form.add_error(None, pay_words.refusal_word(refused.code))
        return None
    _remember(request, card.mandate_id, sent.code_id)
    return card.mandate_id


def _remember(request: HttpRequest, mandate_id: int, code_id: int) -> None:
    request.session[CODE] = request.session.get(CODE, {}) | {str(mandate_id): code_id}


@visit_page
def code(request: HttpRequest, person_id: int, now: datetime, mandate_id: int) -> HttpResponse:
    """Show the words of the mandate, and take the code that accepts exactly these."""
    try:
        card = payments.mandate(mandate_id=mandate_id, person_id=person_id)
    except payments.MandateUnknown as unknown:
        raise Http404(str(mandate_id)) from unknown
    if card.status != "offered":
        return redirect("portal:mandates")
    if request.method == "POST" and "again" in request.POST:
        if not attempts.count(ASKED, str(person_id), now):
            return show(request, "portal/wait.html", person_id, status=429)
        sent = resend_code(card=card, actor=borrower(person_id), now=now, locale=get_language() or "")
        _remember(request, mandate_id, sent.code_id)
        return redirect("portal:mandate_code", mandate_id=mandate_id)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code_id = request.session.get(CODE, {}).get(str(mandate_id), 0)
        try:
            given = give_mandate(
                mandate_id=mandate_id, person_id=person_id, code_id=code_id, code=form.cleaned_data["code"],
                actor=borrower(person_id), now=now,
            )  # fmt: skip
        except (payments.MandateCodeWrong, payments.MandateInvalid, payments.MandateEnded) as refused:
            form.add_error("code", pay_words.refusal_word(refused.code))
        else:
            if given.status == "active":
                messages.success(
                    request, _("The direct debit is in force. You can stop it here at any moment.")
                )
            else:
                messages.warning(request, _("The bank did not accept this account. Nothing will be taken."))
            return redirect("portal:mandates")
    return show(
        request, "portal/pay_mandate_code.html", person_id, card=card, form=form,
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


@require_POST
@visit_page
def stop(request: HttpRequest, person_id: int, now: datetime, mandate_id: int) -> HttpResponse:
    """Stop a direct debit at once, without asking why."""
    try:
        stop_mandate(
            mandate_id=mandate_id,
            person_id=person_id,
            reason="by_borrower",
            actor=borrower(person_id),
            now=now,
        )
    except payments.MandateUnknown as unknown:
        raise Http404(str(mandate_id)) from unknown
    messages.success(
        request, _("Stopped. Nothing more is taken. What the bank had already taken over is shown below.")
    )
    return redirect("portal:mandates")

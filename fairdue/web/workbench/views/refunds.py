"""A credit balance goes back to the borrower: asked for on the debt, paid out when somebody else approves."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import reason_field
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.account import load_head

PLAIN = {"autocomplete": "off"}


class RefundForm(DeskForm):
    """How much goes to whom; payee and account are sealed and shown masked from then on."""

    amount = forms.DecimalField(
        label=lazy("Amount"), max_digits=16, decimal_places=2, min_value=Decimal("0.01")
    )
    payee_name = forms.CharField(label=lazy("Payee"), max_length=80, widget=forms.TextInput(attrs=PLAIN))
    payee_account = forms.CharField(label=lazy("Account"), max_length=40, widget=forms.TextInput(attrs=PLAIN))
    payee_bank = forms.CharField(
        label=lazy("Bank"), max_length=60, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    reason = reason_field(lazy("Why? (kept in the log)"))


@sensitive_post_parameters("payee_name", "payee_account")
@staff_page("ledger.view", "payments.record", methods=("GET", "POST"))
def refund(request: DeskRequest, account_id: int) -> HttpResponse:
    """Ask that a credit balance be paid out; more than there is is refused in place."""
    head, now = load_head(request, account_id), clock.now()
    held = ledger.account_summary(account_id, business_date(now)).credit_balance
    form = RefundForm(request.POST or None, initial={"amount": held.amount})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            asked = payments.request_refund(
                account_id=account_id, amount=Money.of(said["amount"], head.card.currency), payee_name=said["payee_name"],
                payee_account=said["payee_account"], payee_bank=said["payee_bank"], reason=said["reason"],
                actor=request.actor, now=now,
            )  # fmt: skip
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = _("Asked for: somebody else must approve it before anything happens.")
            messages.add_message(request, messages.SUCCESS, text, "wait")
            return redirect("workbench:request", request_id=asked.request_id)
    context = {"head": head, "product": in_language(head.card, "product_name"), "form": form, "held": held}
    return render(request, "workbench/refund.html", context, status=422 if form.errors else 200)

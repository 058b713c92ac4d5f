"""Money by hand on a case: a payment that somebody else approves, a payment that is taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.journeys import take_payment as paying
from fairdue.journeys.ask_payment import PaymentAsked, ask_payment
from fairdue.kernel import clock
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import PaymentForm
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.money_words import REQUEST_STATES
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import back_to_case, basics, render_case
from fairdue.web.workbench.words import say


@staff_page("cases.view", "payments.record", methods=("POST",))
def take_payment(request: DeskRequest, case_id: int) -> HttpResponse:
    """Ask that a payment taken by hand be booked, or show the form again with what is wrong."""
    now = clock.now()
    form = PaymentForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            asked = ask_payment(
                case_id=case_id, account_id=said["account_id"], amount=said["money"],
                effective_date=said["effective_date"], evidence_ref=said["external_ref"], reason=said["reason"],
                payer_name=said["payer_name"], actor=request.actor, now=now,
            )  # fmt: skip
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.add_message(
                request, messages.SUCCESS, _asked(asked), "info" if asked.is_repeated else "wait"
            )
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


def _asked(asked: PaymentAsked) -> str:
    said = {"amount": str(asked.request.amount), "state": say(REQUEST_STATES, asked.request.status)}
    if asked.is_repeated:
        return _("A payment of %(amount)s with this reference was asked for before: %(state)s.") % said
    return _("Payment of %(amount)s asked for: it is booked when somebody else approves it.") % said


@staff_page("cases.view", "payments.reverse", methods=("POST",))
def reverse_payment(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take a payment back, or say on its card why not."""
    now = clock.now()
    basics(request, case_id, now)
    account_id, transaction_id = (
        whole(request.POST.get(name)) or 0 for name in ("account_id", "transaction_id")
    )
    reason = request.POST.get("reason", "").strip()[:400]
    try:
        promises = paying.reverse_payment(
            case_id=case_id, account_id=account_id, transaction_id=transaction_id, reason=reason,
            external_ref="", actor=request.actor, now=now,
        )  # fmt: skip
    except REFUSED as refusal:
        error = {"transaction_id": transaction_id, "reason": reason, "error": refusal_text(refusal)}
        return render_case(request, case_id, status=422, reversal=error)
    said = [_("The payment was reversed; the account stands as if it had never come.")]
    if promises.reopened or promises.broken:
        said.append(_("A promise that it had kept is not kept any more."))
    messages.add_message(request, messages.SUCCESS, " ".join(said), "ok")
    return back_to_case(case_id)

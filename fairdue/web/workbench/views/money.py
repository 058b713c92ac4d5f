"""Money by hand on a case: a payment that arrived, a payment that is taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.journeys import take_payment as paying
from fairdue.kernel import clock
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import PaymentForm
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.timeline import parts_text
from fairdue.web.workbench.views.case import back_to_case, load, render_case


@staff_page("cases.view", "payments.record", methods=("POST",))
def take_payment(request: DeskRequest, case_id: int) -> HttpResponse:
    """Record a payment and say where it went, or show the form again with what is wrong."""
    now = clock.now()
    form = PaymentForm(load(request, case_id, now), now, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            taken = paying.take_payment(
                case_id=case_id, account_id=said["account_id"], amount=said["money"],
                effective_date=said["effective_date"], external_ref=said["external_ref"], actor=request.actor, now=now,
            )  # fmt: skip
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.add_message(
                request, messages.SUCCESS, _taken(taken), "info" if taken.receipt.is_repeated else "ok"
            )
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


def _taken(taken: paying.PaymentTaken) -> str:
    receipt = taken.receipt
    first = (
        _("A payment of %(amount)s with this reference was recorded before: nothing was recorded again.")
        if receipt.is_repeated
        else _("Payment of %(amount)s recorded.")
    )
    parts = [first % {"amount": str(receipt.amount)}]
    parts.append(_("It went to: %(parts)s.") % {"parts": parts_text(receipt.parts)})
    if taken.promises.kept:
        parts.append(_("The promise is kept."))
    if taken.closed_work_count:
        parts.append(_("Nothing is due any more: the open work was closed."))
    return " ".join(parts)


@staff_page("cases.view", "payments.reverse", methods=("POST",))
def reverse_payment(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take a payment back, or say on its card why not."""
    now = clock.now()
    load(request, case_id, now)
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

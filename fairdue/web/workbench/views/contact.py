"""Making a contact and saying what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.journeys import dial as dialling
from fairdue.journeys import record_contact as recording
from fairdue.kernel import clock
from fairdue.web.ui import drafts, undo
from fairdue.web.ui.templatetags.ui import day, in_language, minute
from fairdue.web.workbench import words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.case_forms import OutcomeForm
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import load, outcome_form, render_case
from fairdue.web.workbench.words import say


@staff_page("cases.work", "contacts.make", methods=("POST",))
def start_call(request: DeskRequest, case_id: int) -> HttpResponse:
    """Ask the gate for a permit to call one number; with it the number is shown, without it the reason."""
    now = clock.now()
    try:
        done = dialling.dial_number(
            case_id=case_id,
            contact_point_id=whole(request.POST.get("contact_point_id")) or 0,
            actor=request.actor,
            now=now,
        )
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:case", case_id=case_id)
    if done.call_id is None:
        messages.add_message(request, messages.ERROR, _refused(done.reservation.verdict), "stop")
    elif done.state in ("failed", "unknown"):
        text = _("The exchange did not dial. Dial by hand: the permit holds, and the call counts.")
        messages.add_message(request, messages.WARNING, text, "wait")
    return redirect("workbench:case", case_id=case_id)


def _refused(verdict: Any) -> str:
    reasons = " ".join(
        f"{in_language(reason, 'message')} ({reason.citation})" for reason in verdict.reasons[:2]
    )
    later = " " + _("From %(at)s.") % {"at": minute(verdict.retry_after)} if verdict.retry_after else ""
    return f"{_('The call was not started.')} {say(words.GATE_WORDS, verdict.outcome)}: {reasons}{later}"


@staff_page("cases.work", methods=("POST",))
def record_outcome(request: DeskRequest, case_id: int) -> HttpResponse:
    """Record the outcome with everything that follows from it, or show the form again with what is wrong."""
    now = clock.now()
    form = outcome_form(load(request, case_id, now), request.actor, request.POST)
    if not form.is_valid():
        return render_case(request, case_id, form, status=422)
    data = form.cleaned_data
    channel, code = data["outcome"].split(":", 1)
    try:
        done = recording.record_contact(
            case_id=case_id, code=code, channel=channel, note=data["note"], actor=request.actor, now=now,
            contact_id=data["contact_id"] if channel in ("call", "visit") else None, promise=_promise(form),
            work_item_id=data["work_item_id"], contact_point_id=data["contact_point_id"],
        )  # fmt: skip
    except REFUSED as refusal:
        form.add_error(None, refusal_text(refusal))
        return render_case(request, case_id, form, status=422)
    dialling.finish_call(call_id=done.call_id)
    drafts.clear(request, f"case:{case_id}:outcome")
    if code == "note":
        undo.offer(request, "case.note", text=_("The note was saved."), facts={"outcome": done.outcome_id})
    else:
        messages.add_message(request, messages.SUCCESS, _done(done), "ok")
    return redirect(f"{reverse('workbench:case', args=[case_id])}?item={data['work_item_id'] or ''}")


def _promise(form: OutcomeForm) -> recording.PromiseDraft | None:
    data = form.cleaned_data
    if not form.by_key[data["outcome"]].asks_promise:
        return None
    return recording.PromiseDraft(
        amount=data["money"], promised_date=data["promised_date"], account_id=data["account_id"]
    )


def _done(done: recording.ContactRecorded) -> str:
    parts = [_("Outcome recorded.")]
    if done.promise:
        parts.append(
            _("Promise of %(amount)s by %(date)s recorded.")
            % {"amount": str(done.promise.amount), "date": day(done.promise.promised_date)}
        )
    if done.hold_id:
        parts.append(_("A hold was placed: contacts stop."))
    if "contact_point.invalid" in done.consequences:
        parts.append(_("The number was marked invalid."))
    if "contacts.opt_out" in done.consequences:
        parts.append(_("The opt-out was recorded."))
    return " ".join(parts)

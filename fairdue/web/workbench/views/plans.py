"""One agreed plan: its instalments, how it was agreed, its file, and what may be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.plan_forms import WishForm
from fairdue.web.workbench.plan_words import (
    ACCEPTED,
    END_REASONS,
    INSTALMENT_STATES,
    INSTALMENT_TONES,
    PLAN_STATES,
    PLAN_TONES,
    offer_word,
)
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say


@staff_page("plans.view")
def plan(request: DeskRequest, plan_id: int) -> HttpResponse:
    """Show one plan: its instalments, how it was agreed, its file, and what may be done."""
    return _plan_page(request, plan_id)


def _plan_page(
    request: DeskRequest, plan_id: int, error: str = "", form: WishForm | None = None
) -> HttpResponse:
    card = _card(request, plan_id)
    agreed = arrangements.agreement(card.agreement_id, actor=request.actor)
    may, is_running = request.actor.may, card.state == "running"
    case_ids = (
        cases.scoped_case_ids(person_ids=[card.person_id], actor=request.actor) if may("cases.view") else {}
    )
    debts = book.account_cards_by_id(card.account_ids) if len(card.account_ids) > 1 else {}
    instalments = [
        {
            "row": each, "badge": instalment_badge(each.state),
            "debt": debts[each.account_id].ref_masked if each.account_id in debts else "",
        }
        for each in card.instalments
    ]  # fmt: skip
    context = {
        "card": card, "agreed": agreed, "instalments": instalments, "debts": debts, "error": error,
        "name": parties.person_card(card.person_id).name_masked, "kind": offer_word("kinds", card.kind),
        "state": say(PLAN_STATES, card.state), "tone": PLAN_TONES[card.state],
        "how": say(ACCEPTED, agreed.accepted_how),
        "why_ended": say(END_REASONS, card.end_reason) if card.end_reason else "",
        "case_id": case_ids.get(card.person_id),
        "form": (form or WishForm()) if is_running and card.replans_left and may("plans.work") else None,
        "may_end": is_running and may("plans.approve"),
    }  # fmt: skip
    return render(
        request, "workbench/plan.html", context, status=422 if error or (form and form.errors) else 200
    )


@staff_page("plans.view", "plans.work", methods=("POST",))
def replan(request: DeskRequest, plan_id: int) -> HttpResponse:
    """Propose a plan in the place of this one."""
    card, form = _card(request, plan_id), WishForm(request.POST)
    if not form.is_valid():
        return _plan_page(request, plan_id, form=form)
    try:
        made = arrangements.replan(
            plan_id=plan_id, reason=form.cleaned_data["reason"], wish=form.wish(card.currency), actor=request.actor,
            now=clock.now(),
        )  # fmt: skip
    except arrangements.WishRefused as refused:
        form.add_error(
            None, offer_word("refused", refused.refused.reason, refused.refused.facts, card.currency)
        )
        return _plan_page(request, plan_id, form=form)
    except REFUSED as refusal:
        return _plan_page(request, plan_id, refusal_text(refusal), form)
    return redirect("workbench:proposal", proposal_id=made.proposal_id)


@staff_page("plans.view", "plans.approve", methods=("POST",))
def end(request: DeskRequest, plan_id: int) -> HttpResponse:
    """End a plan; the original due items return."""
    _card(request, plan_id)
    try:
        arrangements.end_plan(
            plan_id=plan_id, reason=request.POST.get("reason", "")[:60], actor=request.actor, now=clock.now()
        )
    except REFUSED as refusal:
        return _plan_page(request, plan_id, refusal_text(refusal))
    messages.add_message(request, messages.SUCCESS, _("Ended: the original due items are back."), "ok")
    return redirect("workbench:plan", plan_id=plan_id)


@staff_page("plans.view")
def agreement_file(request: DeskRequest, agreement_id: int) -> HttpResponse:
    """Hand out the signed file of an agreement."""
    try:
        number = arrangements.agreement(agreement_id, actor=request.actor).number
        pdf = arrangements.agreement_pdf(agreement_id, actor=request.actor, now=clock.now())
    except arrangements.AgreementUnknown as unknown:
        raise Http404 from unknown
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response


def _card(request: DeskRequest, plan_id: int) -> arrangements.PlanCard:
    try:
        return arrangements.plan(plan_id, actor=request.actor)
    except arrangements.PlanUnknown as unknown:
        raise Http404 from unknown


def instalment_badge(value: str, _row: Any = None) -> Any:
    """Return the state of an instalment as a badge."""
    return badge(say(INSTALMENT_STATES, value), INSTALMENT_TONES[value])

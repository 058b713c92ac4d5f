"""Agreed plans: all of them, the calendar of instalments, what was broken, what waits, and one plan with its file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, InstantColumn, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.plan_forms import WishForm
from fairdue.web.workbench.plan_words import (
    ACCEPTED,
    AUTHORITIES,
    END_REASONS,
    INSTALMENT_STATES,
    INSTALMENT_TONES,
    PLAN_STATES,
    PLAN_TONES,
    offer_word,
)
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

AHEAD = timedelta(days=14)
BEHIND = timedelta(days=7)


@staff_page("plans.view")
def plans(request: DeskRequest) -> HttpResponse:
    """List plans of one state, or all."""
    state = request.GET.get("state", "running")
    state = state if state in PLAN_STATES else ""
    rows = arrangements.plans(actor=request.actor, state=state, after_id=whole(request.GET.get("after")))
    table = Table(
        list(rows),
        columns=[
            Column("number", _("Agreement"), is_row_head=True, render=lambda value, row: _to_plan(row.plan_id, value)),
            Column("kind", _("Plan"), render=lambda value, _row: offer_word("kinds", value)),
            Column("state", _("State"), render=lambda value, _row: badge(say(PLAN_STATES, value), PLAN_TONES[value])),
            MoneyColumn("paid", _("Paid")),
            MoneyColumn("total", _("Of")),
            Column("next_instalment", _("Next"), render=_next, export=lambda row: ""),
            DateColumn("started_date", _("Agreed on")),
        ],
        caption=_("Plans"), key="plans", is_exportable=True,
        next_cursor=str(rows[-1].plan_id) if len(rows) == 50 else None,
        empty=EmptyState(title=_("No plans"), text=_("Plans are agreed on a case, or by borrowers themselves."), icon="check"),
    )  # fmt: skip
    if file := exported(request, table, name="plans"):
        return file
    return _list(request, table, _("Plans"), state or "all")


@staff_page("plans.view")
def calendar(request: DeskRequest) -> HttpResponse:
    """List the instalments of running plans around today."""
    today = business_date(clock.now())
    rows = arrangements.plan_calendar(actor=request.actor, since=today - BEHIND, until=today + AHEAD)
    table = Table(
        list(rows),
        columns=[
            Column("due", _("Due"), accessor=lambda row: row.instalment.due_date, is_row_head=True,
                   render=lambda value, row: _to_plan(row.plan_id, day(value))),
            Column("name_masked", _("Debtor")),
            Column("number", _("Agreement")),
            MoneyColumn("amount", _("Amount"), accessor=lambda row: row.instalment.amount),
            MoneyColumn("paid", _("Paid"), accessor=lambda row: row.instalment.paid),
            Column("state", _("State"), accessor=lambda row: row.instalment.state, render=_instalment_badge),
        ],
        caption=_("Instalments, from a week ago to two weeks ahead"), key="instalments", is_exportable=True,
        empty=EmptyState(title=_("No instalments in these days"), icon="check"),
    )  # fmt: skip
    if file := exported(request, table, name="instalments"):
        return file
    return _list(request, table, _("Instalment calendar"), "calendar")


@staff_page("plans.view")
def broken(request: DeskRequest) -> HttpResponse:
    """List broken plans, the latest first."""
    table = Table(
        list(arrangements.breaches(actor=request.actor)),
        columns=[
            DateColumn("ended_date", _("Broken on")),
            Column("number", _("Agreement"), is_row_head=True, render=lambda value, row: _to_plan(row.plan_id, value)),
            Column("name_masked", _("Debtor")),
            Column("kind", _("Plan"), render=lambda value, _row: offer_word("kinds", value)),
            Column("reason", _("Why"), render=lambda value, _row: say(END_REASONS, value)),
            MoneyColumn("paid", _("Paid")),
            MoneyColumn("total", _("Of")),
        ],
        caption=_("Broken plans"), key="broken-plans", is_exportable=True,
        empty=EmptyState(title=_("No plan was broken"), icon="check"),
    )  # fmt: skip
    if file := exported(request, table, name="broken-plans"):
        return file
    return _list(request, table, _("Broken plans"), "broken")


@staff_page("plans.view")
def waiting(request: DeskRequest) -> HttpResponse:
    """List the proposals that wait for a second pair of eyes, the oldest first."""
    rows = arrangements.waiting_proposals(actor=request.actor, now=clock.now())
    table = Table(
        list(rows),
        columns=[
            InstantColumn("proposed_at", _("Proposed")),
            Column("kind", _("Plan"), accessor=lambda row: row.offer.kind, is_row_head=True, render=_to_proposal),
            MoneyColumn("total", _("Total"), accessor=lambda row: row.offer.total_minor, render=_total),
            Column("proposed_by", _("Proposed by")),
            Column("needs_role", _("Needs"), render=lambda value, _row: _(AUTHORITIES[value])),
            InstantColumn("expires_at", _("Offer stands until")),
        ],
        caption=_("Proposals that wait for approval"), key="proposals",
        empty=EmptyState(title=_("No proposal waits"), text=_("Offers beyond somebody's authority wait here."), icon="check"),
    )  # fmt: skip
    return _list(request, table, _("Proposals that wait"), "waiting")


def _list(request: DeskRequest, table: Table, title: str, chosen: str) -> HttpResponse:
    tabs = [
        ("running", _("Running"), reverse("workbench:plans")),
        ("calendar", _("Instalment calendar"), reverse("workbench:plan_calendar")),
        ("broken", _("Broken plans"), reverse("workbench:plans_broken")),
        ("waiting", _("Waiting for approval"), reverse("workbench:proposals")),
        ("all", _("All"), f"{reverse('workbench:plans')}?state=all"),
    ]
    return render(
        request, "workbench/plans.html", {"table": table, "title": title, "tabs": tabs, "chosen": chosen}
    )


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
            "row": each, "badge": _instalment_badge(each.state, None),
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


def _to_plan(plan_id: int, text: Any) -> Any:
    return row_link(reverse("workbench:plan", args=[plan_id]), text)


def _to_proposal(value: str, row: arrangements.ProposalCard) -> Any:
    return row_link(reverse("workbench:proposal", args=[row.proposal_id]), offer_word("kinds", value))


def _total(_value: Any, row: arrangements.ProposalCard) -> Any:
    from fairdue.kernel.money import Money
    from fairdue.web.ui.templatetags.ui import money

    return money(Money(row.offer.total_minor, row.offer.currency))


def _next(value: Any, _row: Any) -> Any:
    return f"{day(value.due_date)} · {value.amount.amount:,}" if value else "–"


def _instalment_badge(value: str, _row: Any) -> Any:
    return badge(say(INSTALMENT_STATES, value), INSTALMENT_TONES[value])

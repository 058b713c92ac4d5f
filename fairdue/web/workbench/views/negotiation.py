"""A negotiation on a case: the same questions, the same solver and the same offers as the borrower's own pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.jurisdictions import in_force
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.journeys.agree_plan import agree_plan
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.plan_forms import OralForm, SituationForm, WishForm
from fairdue.web.workbench.plan_words import (
    AUTHORITIES,
    PROPOSAL_STATES,
    PROPOSAL_TONES,
    offer_view,
    offer_word,
)
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say


@staff_page("plans.view", "plans.work", methods=("GET", "POST"))
def ask(request: DeskRequest, case_id: int) -> HttpResponse:
    """Ask for the situation, write it down, and lead to what fits."""
    case, accounts = _case(request, case_id)
    lenders = {card.creditor_id: in_language(card, "creditor_name") for card in accounts}
    form = SituationForm(request.POST or None, lenders=sorted(lenders.items()))
    if request.method == "POST" and form.is_valid():
        currency = next(card.currency for card in accounts if card.creditor_id == form.cleaned_data["lender"])
        told = arrangements.record_assessment(
            person_id=case.person_id, situation=form.situation(currency), source="desk", actor=request.actor,
            now=clock.now(),
        )  # fmt: skip
        address = reverse("workbench:plan_offers", args=[case_id, told.assessment_id])
        return redirect(f"{address}?{urlencode({'lender': form.cleaned_data['lender']})}")
    context = {
        "case_id": case_id, "form": form, "name": parties.person_card(case.person_id).name_masked,
        "proposals": [_row(each) for each in arrangements.open_proposals_of(case.person_id, actor=request.actor, now=clock.now())],
        "plans": [each for each in arrangements.plans_of(case.person_id, actor=request.actor) if each.state == "running"],
    }  # fmt: skip
    return render(request, "workbench/negotiation.html", context, status=422 if form.errors else 200)


@staff_page("plans.view", "plans.work", methods=("GET", "POST"))
def offers(request: DeskRequest, case_id: int, assessment_id: int) -> HttpResponse:
    """Show what fits and what does not, and take the choice or a counter-proposal."""
    case, accounts = _case(request, case_id)
    lender = whole(request.GET.get("lender"))
    mine = [card for card in accounts if lender in (None, card.creditor_id)]
    mine = [card for card in mine if card.creditor_id == mine[0].creditor_id]
    if not mine:
        raise Http404
    context: dict[str, Any] = {"case_id": case_id, "name": parties.person_card(case.person_id).name_masked}
    form = WishForm(request.POST if request.POST.get("verb") == "wish" else None)
    try:
        if request.method == "POST" and (
            made := _propose(request, case.person_id, assessment_id, mine, form)
        ):
            return redirect("workbench:proposal", proposal_id=made.proposal_id)
        context |= _found(request, case.person_id, assessment_id, mine)
    except arrangements.WishRefused as refused:
        form.add_error(
            None, offer_word("refused", refused.refused.reason, refused.refused.facts, mine[0].currency)
        )
        nearest = refused.refused.nearest
        context |= {"nearest": offer_view(nearest, _keeping_of(mine)) if nearest else None}
        context |= _found(request, case.person_id, assessment_id, mine)
    except REFUSED as refusal:
        context["problem"] = refusal_text(refusal)
    context |= {"form": form}
    is_wrong = bool(form.errors) or "problem" in context
    return render(request, "workbench/offers.html", context, status=422 if is_wrong else 200)


def _propose(
    request: DeskRequest, person_id: int, assessment_id: int, mine: list[book.AccountCard], form: WishForm
) -> arrangements.ProposalCard | None:
    is_wish = request.POST.get("verb") == "wish"
    if is_wish and not form.is_valid():
        return None
    return arrangements.propose(
        person_id=person_id, account_ids=[card.account_id for card in mine], assessment_id=assessment_id,
        offer_key="" if is_wish else request.POST.get("offer", "")[:80],
        wish=form.wish(mine[0].currency) if is_wish else None,
        reason=form.cleaned_data["reason"] if is_wish else "", actor=request.actor, now=clock.now(),
    )  # fmt: skip


def _found(
    request: DeskRequest, person_id: int, assessment_id: int, mine: list[book.AccountCard]
) -> dict[str, Any]:
    now = clock.now()
    found = arrangements.offers_for(
        person_id=person_id, account_ids=[card.account_id for card in mine], as_of=business_date(now), now=now,
        situation=arrangements.situation_of_assessment(person_id, assessment_id), assessment_id=assessment_id,
        actor=request.actor,
    )  # fmt: skip
    told = arrangements.latest_assessment(person_id)
    spare = told.surplus if told else None
    return {
        "offers": [
            _with_authority(offer_view(each, _keeping_of(mine)), request) for each in found.offers
        ],
        "not_offered": [
            (offer_word("kinds", each.kind), offer_word("not_offered", each.reason, each.facts, mine[0].currency))
            for each in found.not_offered
        ],
        "expires": found.expires_date, "terms": f"{found.terms_code} {found.terms_version}",
        "spare": Money(spare.spare_minor, mine[0].currency) if spare else None,
        "affordable": Money(spare.affordable_minor, mine[0].currency) if spare else None,
    }  # fmt: skip


def _keeping_of(mine: list[book.AccountCard]) -> dict[str, int]:
    terms = shipped_terms(mine[0].jurisdiction or str(in_force()["default"]), business_date(clock.now()))
    return {"grace_days": terms.grace_days, "missed_in_a_row": terms.missed_in_a_row}


def _keeping(card: arrangements.ProposalCard) -> dict[str, int]:
    return {"grace_days": card.grace_days, "missed_in_a_row": card.missed_in_a_row}


def _with_authority(view: dict[str, Any], request: DeskRequest) -> dict[str, Any]:
    needs = arrangements.needs_approval(view["offer"].authority, request.actor)
    return view | {"needs": _(view["needs"]) if needs else ""}


@staff_page("plans.view")
def proposal(request: DeskRequest, proposal_id: int) -> HttpResponse:
    """Show one proposal: what it is, what it waits for, and who may do what."""
    return _proposal_page(request, proposal_id)


@staff_page("plans.view", methods=("POST",))
def decide(request: DeskRequest, proposal_id: int) -> HttpResponse:
    """Approve, refuse or withdraw a proposal, or record that it was agreed to in a recorded call."""
    verb, reason, now = request.POST.get("verb", ""), request.POST.get("reason", "")[:400], clock.now()
    oral = OralForm(request.POST if verb == "oral" else None)
    common: dict[str, Any] = {"proposal_id": proposal_id, "actor": request.actor, "now": now}
    try:
        match verb:
            case "approve":
                arrangements.approve_proposal(**common, reason=reason)
                text = _("Approved: it can be agreed now.")
            case "refuse":
                arrangements.refuse_proposal(**common, reason=reason)
                text = _("Refused: nothing was agreed.")
            case "withdraw":
                arrangements.withdraw_proposal(**common, reason=reason)
                text = _("Withdrawn.")
            case "oral" if oral.is_valid():
                proof = arrangements.OralProof(oral.cleaned_data["recording_ref"])
                agreed = agree_plan(proof=proof, **common).agreement
                messages.add_message(
                    request, messages.SUCCESS, _("Agreed: collection stops while the plan is kept."), "ok"
                )
                return redirect("workbench:plan", plan_id=agreed.plan_id)
            case "oral":
                return _proposal_page(request, proposal_id, oral=oral)
            case _:
                raise Http404
    except arrangements.ProposalUnknown as unknown:
        raise Http404 from unknown
    except REFUSED as refusal:
        return _proposal_page(request, proposal_id, error=refusal_text(refusal))
    messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:proposal", proposal_id=proposal_id)


def _proposal_page(
    request: DeskRequest, proposal_id: int, error: str = "", oral: OralForm | None = None
) -> HttpResponse:
    try:
        card = arrangements.proposal(proposal_id, actor=request.actor, now=clock.now())
    except arrangements.ProposalUnknown as unknown:
        raise Http404 from unknown
    may_work, reaches = (
        request.actor.may("plans.work"),
        arrangements.reaches(request.actor, card.offer.authority),
    )
    case_ids = (
        cases.scoped_case_ids(person_ids=[card.person_id], actor=request.actor)
        if request.actor.may("cases.view")
        else {}
    )
    context = offer_view(card.offer, _keeping(card)) | {
        "card": card, "error": error, "name": parties.person_card(card.person_id).name_masked,
        "state": say(PROPOSAL_STATES, card.state), "tone": PROPOSAL_TONES.get(card.state, ""),
        "needs": _(AUTHORITIES[card.needs_role]) if card.needs_role else "",
        "may_decide": card.state == "waiting_approval" and reaches and not card.is_own and may_work,
        "may_withdraw": card.state in ("waiting_approval", "ready") and card.is_own and may_work,
        "oral": (oral or OralForm()) if card.state == "ready" and may_work else None,
        "case_id": case_ids.get(card.person_id), "agreement_id": card.agreement_id,
        "plan_id": _plan_id(request, card),
    }  # fmt: skip
    return render(request, "workbench/proposal.html", context, status=422 if error or oral else 200)


def _plan_id(request: DeskRequest, card: arrangements.ProposalCard) -> int | None:
    if card.agreement_id is None:
        return None
    return arrangements.agreement(card.agreement_id, actor=request.actor).plan_id


def _row(card: arrangements.ProposalCard) -> dict[str, Any]:
    return offer_view(card.offer, _keeping(card)) | {
        "card": card, "state": say(PROPOSAL_STATES, card.state), "tone": PROPOSAL_TONES.get(card.state, ""),
    }  # fmt: skip


def _case(request: DeskRequest, case_id: int) -> tuple[Any, list[book.AccountCard]]:
    try:
        case = cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    return case, list(book.account_cards(case.person_id, actor=request.actor))

"""The offers that fit, side by side; a proposal of one's own; the agreement by a code; the plan and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.contracts import CodeProof, ProposalCard
from fairdue.contexts.book import facade as book
from fairdue.engine.negotiation.offers import OfferSet, Wish
from fairdue.journeys.agree_plan import CodeRefused, agree_plan, send_agreement_code
from fairdue.journeys.send_code import NoWayForCode, ways_for_code
from fairdue.kernel.clock import business_date
from fairdue.web.portal.frame import show
from fairdue.web.portal.plan_answers import Answers, read_answers
from fairdue.web.portal.plan_forms import CodeForm, CounterForm
from fairdue.web.portal.plan_view import (
    keeping_of,
    not_offered_words,
    offer_view,
    offer_views,
    plan_days,
    refusal_words,
)
from fairdue.web.portal.sessions import borrower, visit_page

CODE = "portal_plan_code"
"""(proposal, code) that this visit asked for; a number, not the code."""


def _offers(person_id: int, answers: Answers, now: datetime) -> OfferSet:
    """Return the offers of today for answers that were written down."""
    if answers.group is None or answers.assessment_id is None:
        raise arrangements.AssessmentUnknown
    situation = arrangements.situation_of_assessment(person_id, answers.assessment_id)
    return arrangements.offers_for(
        person_id=person_id, account_ids=answers.group.account_ids, situation=situation, as_of=business_date(now),
        now=now, assessment_id=answers.assessment_id, actor=borrower(person_id),
    )  # fmt: skip


def _keeping(person_id: int, account_ids: Sequence[int], now: datetime) -> dict[str, int]:
    """Return what happens with these debts when an instalment is missed."""
    card = next(one for one in book.account_cards(person_id) if one.account_id in account_ids)
    return keeping_of(card, business_date(now))


@visit_page
def offers(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show every offer that fits, compared by what it costs, when it ends and what happens if one is missed."""
    answers = read_answers(person_id, business_date(now), now)
    try:
        found = _offers(person_id, answers, now)
    except (arrangements.AssessmentUnknown, arrangements.AccountsUnfit):
        return redirect("portal:plan_check")
    except arrangements.NothingOwed:
        return redirect("portal:plan")
    currency = answers.group.currency if answers.group else ""
    return show(
        request,
        "portal/plan_offers.html",
        person_id,
        found=found,
        views=offer_views(
            found, _keeping(person_id, answers.group.account_ids if answers.group else (), now)
        ),
        not_offered=not_offered_words(found.not_offered, currency),
        left_out=[one for one in found.left_out if one[1] == "disputed"],
        says_wrong=answers.said.get("reason") == "dispute",
        is_vulnerable=answers.said.get("care") == "yes",
    )


@visit_page
def offer(request: HttpRequest, person_id: int, now: datetime, key: str) -> HttpResponse:
    """Show one offer with every instalment (GET); put it forward (POST). Nothing is agreed yet."""
    answers = read_answers(person_id, business_date(now), now)
    try:
        found = _offers(person_id, answers, now)
    except arrangements.ArrangementRefused:
        return redirect("portal:plan_check")
    chosen = found.offer(key)
    if chosen is None:
        messages.warning(request, _("This offer does not stand any more. Here is what fits today."))
        return redirect("portal:plan_offers")
    if request.method == "POST":
        return _put_forward(request, person_id, answers, now, key=key)
    view = offer_view(
        chosen, keeping=_keeping(person_id, answers.group.account_ids if answers.group else (), now)
    )
    return show(request, "portal/plan_offer.html", person_id, view=view, expires=found.expires_date)


def _put_forward(
    request: HttpRequest,
    person_id: int,
    answers: Answers,
    now: datetime,
    *,
    key: str = "",
    wish: Wish | None = None,
) -> HttpResponse:
    """Propose an offer or a wish of today, or say what stands in its way.

    :raises WishRefused: for a wish that cannot be
    """
    actor = borrower(person_id)
    try:
        if answers.plan_id is not None:
            card = arrangements.replan(
                plan_id=answers.plan_id, reason=str(answers.said["reason"]), offer_key=key, wish=wish,
                assessment_id=answers.assessment_id, actor=actor, now=now,
            )  # fmt: skip
        else:
            card = arrangements.propose(
                person_id=person_id, account_ids=answers.group.account_ids if answers.group else (), offer_key=key,
                wish=wish, assessment_id=answers.assessment_id, actor=actor, now=now,
            )  # fmt: skip
    except arrangements.WishRefused:
        raise
    except arrangements.ArrangementRefused as refused:
        messages.warning(request, refusal_sentence(refused))
        return redirect("portal:plan_offers")
    return redirect("portal:plan_agree", card.proposal_id)


def refusal_sentence(refused: arrangements.ArrangementRefused) -> str:
    """Return what happened, what was not done, and what comes next, for a borrower."""
    sentences = {
        "arrangements.offer.gone": _(
            "What is owed or what we may offer has changed. Nothing was agreed. Here is what fits today."
        ),
        "arrangements.plan.runs": _("A plan is already running for these debts. Nothing was changed."),
        "arrangements.proposal.expired": _(
            "What is owed changed since the offer was made, for example by a payment, or its last day has passed."
            " Nothing was agreed and nothing is lost. Here is what fits today."
        ),
        "arrangements.proposal.closed": _("This proposal is not open any more. Nothing was agreed by it."),
        "arrangements.proposal.waits": _(
            "One of us has to look at this proposal first. Nothing was agreed yet."
        ),
        "arrangements.plan.replans_used": _(
            "This plan was made anew already. Please talk to one of us: a person can help."
        ),
        "arrangements.plan.closed": _("That plan does not run any more. Nothing was changed."),
    }
    return sentences.get(
        refused.code, _("This could not be done, and nothing was changed. Please talk to one of us.")
    )


@visit_page
def counter(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Take a proposal of one's own (POST): it is put forward if it keeps the same rules, else answered in words."""
    answers = read_answers(person_id, business_date(now), now)
    if answers.group is None or answers.assessment_id is None:
        return redirect("portal:plan_check")
    form = CounterForm(answers.group.currency, request.POST if request.method == "POST" else None)
    refusal, nearest = "", None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wish = Wish(
            monthly_minor=said["monthly"], months=said["months"], lump_sum_minor=said["lump_sum"],
            first_date=said["first_date"],
        )  # fmt: skip
        try:
            return _put_forward(request, person_id, answers, now, wish=wish)
        except arrangements.WishRefused as refused:
            refusal = refusal_words(refused.refused, answers.group.currency)
            nearest = refused.refused.nearest
    keeping = _keeping(person_id, answers.group.account_ids, now)
    return show(
        request, "portal/plan_counter.html", person_id, status=422 if request.method == "POST" else 200, form=form,
        refusal=refusal, nearest=offer_view(nearest, keeping=keeping) if nearest else None,
    )  # fmt: skip


def _proposal(person_id: int, proposal_id: int, now: datetime) -> ProposalCard:
    try:
        return arrangements.proposal(proposal_id, actor=borrower(person_id), now=now)
    except arrangements.ProposalUnknown as error:
        raise Http404 from error


@visit_page
def agree(request: HttpRequest, person_id: int, now: datetime, proposal_id: int) -> HttpResponse:
    """Show a proposal to be agreed (GET); send a code, agree by it, or withdraw the proposal (POST)."""
    card = _proposal(person_id, proposal_id, now)
    if card.state == "accepted" and card.agreement_id:
        return redirect("portal:plan_agreed", card.agreement_id)
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, person_id, proposal_id, now)
    if request.method == "POST" and "send" in request.POST:
        return _send(request, person_id, proposal_id, now)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _accept(request, person_id, proposal_id, form, now)
        if answer is not None:
            return answer
    sent = request.session.get(CODE, [0, 0])
    return show(
        request, "portal/plan_agree.html", person_id, status=422 if form.errors else 200, card=card, form=form,
        view=offer_view(card.offer, keeping=_keeping(person_id, card.account_ids, now)),
        is_sent=sent[0] == proposal_id, ways=ways_for_code(person_id),
    )  # fmt: skip


def _withdraw(request: HttpRequest, person_id: int, proposal_id: int, now: datetime) -> HttpResponse:
    try:
        arrangements.withdraw_proposal(proposal_id=proposal_id, actor=borrower(person_id), now=now)
    except arrangements.ArrangementRefused as refused:
        messages.warning(request, refusal_sentence(refused))
    return redirect("portal:plan_offers")


def _send(request: HttpRequest, person_id: int, proposal_id: int, now: datetime) -> HttpResponse:
    way = request.POST["send"]
    try:
        sent = send_agreement_code(
            proposal_id=proposal_id, contact_point_id=int(way) if way.isdecimal() else None,
            actor=borrower(person_id), locale=get_language() or "", now=now,
        )  # fmt: skip
    except NoWayForCode:
        messages.warning(
            request,
            _(
                "We have no telephone or mailbox of yours that is in use. Nothing was agreed. Call the number below."
            ),
        )
    except arrangements.ArrangementRefused as refused:
        messages.warning(request, refusal_sentence(refused))
        return redirect("portal:plan_offers")
    else:
        request.session[CODE] = [proposal_id, sent.code_id]
    return redirect("portal:plan_agree", proposal_id)


def _accept(
    request: HttpRequest, person_id: int, proposal_id: int, form: CodeForm, now: datetime
) -> HttpResponse | None:
    """Agree by the code; None where the code does not hold, which the form then says."""
    asked_for, code_id = request.session.get(CODE, [0, 0])
    if asked_for != proposal_id:
        form.add_error("code", _("Ask for a code first."))
        return None
    try:
        done = agree_plan(
            proposal_id=proposal_id, proof=CodeProof(code_id, form.cleaned_data["code"].strip()),
            actor=borrower(person_id), now=now,
        )  # fmt: skip
    except CodeRefused as refused:
        form.add_error("code", _code_sentence(refused.reason))
        return None
    except arrangements.ArrangementRefused as refused:
        messages.warning(request, refusal_sentence(refused))
        return redirect("portal:plan_offers")
    request.session.pop(CODE, None)
    arrangements.clear_answers(person_id=person_id)
    return redirect("portal:plan_agreed", done.agreement.agreement_id)


def _code_sentence(reason: str) -> str:
    sentences = {
        "wrong": _(
            "This is not the code that we sent. Nothing was agreed. Look at the latest message and try again."
        ),
        "spent": _("This code was tried too often. Nothing was agreed. Ask for another one."),
        "too_soon": _("Wait a moment, then try the code once more. Nothing was agreed yet."),
        "expired": _("This code is too old. Nothing was agreed. Ask for another one."),
    }
    return sentences.get(reason, _("This code does not hold. Nothing was agreed. Ask for another one."))


@visit_page
def agreed(request: HttpRequest, person_id: int, now: datetime, agreement_id: int) -> HttpResponse:
    """Show what was agreed, where the copy is, and how the plan goes."""
    actor = borrower(person_id)
    try:
        card = arrangements.agreement(agreement_id, actor=actor)
        plan = arrangements.plan(card.plan_id, actor=actor)
    except (arrangements.AgreementUnknown, arrangements.PlanUnknown) as error:
        raise Http404 from error
    days = plan_days(plan)
    missed = plan.state == "running" and any(one.state == "missed" for one in days)
    return show(
        request, "portal/plan_agreed.html", person_id, agreement=card, plan=plan, days=days, is_missed=missed
    )


@visit_page
def agreement_file(request: HttpRequest, person_id: int, now: datetime, agreement_id: int) -> HttpResponse:
    """Hand out the signed agreement."""
    try:
        card = arrangements.agreement(agreement_id, actor=borrower(person_id))
    except arrangements.AgreementUnknown as error:
        raise Http404 from error
    response = HttpResponse(
        arrangements.agreement_pdf(agreement_id, actor=borrower(person_id), now=now),
        content_type="application/pdf",
    )
    response["Content-Disposition"] = f'attachment; filename="{card.number}.pdf"'
    return response

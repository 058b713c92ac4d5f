"""What agencies and the lender's systems ask about plans: what fits, a proposal, a recorded agreement, how it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, TypeVar

from django.http import HttpRequest
from ninja import Field, Router, Schema

from fairdue.api.agencies import signed_by_agency
from fairdue.api.problems import Problem, Refused
from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.law.facade import Agency
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Offer, Wish
from fairdue.journeys.agree_plan import agree_plan
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR

PERMISSIONS = frozenset({"plans.view", "plans.work"})
NOT_FOUND = (
    arrangements.PlanUnknown, arrangements.ProposalUnknown, arrangements.AssessmentUnknown, arrangements.AccountsUnfit,
)  # fmt: skip
CONFLICT = (
    arrangements.ProposalClosed, arrangements.ProposalWaits, arrangements.ProposalExpired, arrangements.PlanRuns,
    arrangements.OfferGone,
)  # fmt: skip
Every = Literal["week", "fortnight", "four_weeks", "half_month", "month", "quarter", "year"]
Given = TypeVar("Given")


class LineIn(Schema):
    """An income or an outgoing."""

    kind: str = Field(min_length=1, max_length=40)
    amount_minor: int = Field(ge=0, le=MAX_MINOR)
    every: Every = "month"


class HouseholdIn(Schema):
    """What comes in and goes out of a household."""

    incomes: list[LineIn] = Field(max_length=20)
    outgoings: list[LineIn] = Field(max_length=40)
    adults: int = Field(1, ge=1, le=12)
    children: int = Field(0, ge=0, le=12)


class DebtsIn(Schema):
    """Debts of one person with one lender, by the lender's account numbers."""

    creditor: str = Field(min_length=1, max_length=40, description="Code of the lender")
    account_refs: list[str] = Field(min_length=1, max_length=20)


class OffersIn(DebtsIn):
    """What was said of the situation."""

    reason: Literal["job", "illness", "family", "disaster", "business", "income_drop", "dispute", "other"]
    household: HouseholdIn | None = None
    can_pay_now_minor: int = Field(0, ge=0, le=MAX_MINOR)
    is_vulnerable: bool = False


class InstalmentOut(Schema):
    """What is asked of one debt on one day."""

    account_id: int
    due_date: date
    amount_minor: int


class OfferOut(Schema):
    """One way to pay."""

    key: str
    kind: str
    currency: str
    total_minor: int
    waived_minor: int
    first_date: date
    last_date: date
    needs_approval: bool
    instalments: list[InstalmentOut]


class NotOfferedOut(Schema):
    """What is not offered, and why."""

    kind: str
    reason: str


class OffersOut(Schema):
    """All that fits today; the same situation gets the same offers."""

    assessment_id: int
    digest: str
    terms: str
    expires_date: date
    offers: list[OfferOut]
    not_offered: list[NotOfferedOut]


class WishIn(Schema):
    """The borrower's own proposal: one of the first three."""

    monthly_minor: int | None = Field(None, gt=0, le=MAX_MINOR)
    months: int | None = Field(None, gt=0, le=999)
    lump_sum_minor: int | None = Field(None, gt=0, le=MAX_MINOR)
    first_date: date | None = None


class ProposalIn(DebtsIn):
    """An offer by its key, or a wish."""

    assessment_id: int | None = None
    offer_key: str = Field("", max_length=80)
    wish: WishIn | None = None
    reason: str = Field("", max_length=400)


class ProposalOut(Schema):
    """Where a proposal stands; `needs_role` approves it before it can be agreed."""

    proposal_id: int
    state: str
    needs_role: str
    expires_at: str
    total_minor: int
    currency: str


class OralIn(Schema):
    """The recording that proves an agreement made by phone."""

    recording_ref: str = Field(min_length=1, max_length=80)


class PlanInstalmentOut(InstalmentOut):
    """An instalment and what came in for it."""

    paid_minor: int
    state: str


class PlanOut(Schema):
    """A plan and how it goes."""

    plan_id: int
    agreement: str
    state: str
    currency: str
    total_minor: int
    paid_minor: int
    grace_days: int
    instalments: list[PlanInstalmentOut]


plans = Router(tags=["plans"])
PROBLEMS = {400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


@plans.post(
    "/offers", auth=signed_by_agency, response={200: OffersOut, **PROBLEMS}, operation_id="find_offers",
    summary="Ask what fits a situation",
)  # fmt: skip
def find_offers(request: HttpRequest, body: OffersIn) -> OffersOut:
    """Write the situation down and answer with every offer that fits, and what is not offered and why."""
    actor, now = _actor(request), clock.now()
    cards = _debts(body, actor)
    situation = _situation(body, cards[0].currency)
    told = _answered(
        lambda: arrangements.record_assessment(
            person_id=cards[0].person_id, situation=situation, source="api", actor=actor, now=now
        )
    )
    found = _answered(
        lambda: arrangements.offers_for(
            person_id=cards[0].person_id, account_ids=[card.account_id for card in cards], situation=situation,
            as_of=business_date(now), now=now, assessment_id=told.assessment_id, actor=actor,
        )
    )  # fmt: skip
    return OffersOut(
        assessment_id=told.assessment_id, digest=found.digest, terms=f"{found.terms_code} {found.terms_version}",
        expires_date=found.expires_date, offers=[_offer(each, actor) for each in found.offers],
        not_offered=[NotOfferedOut(kind=each.kind, reason=each.reason) for each in found.not_offered],
    )  # fmt: skip


@plans.post(
    "/proposals", auth=signed_by_agency, response={200: ProposalOut, **PROBLEMS}, operation_id="propose_plan",
    summary="Propose an offer or a wish",
)  # fmt: skip
def propose_plan(request: HttpRequest, body: ProposalIn) -> ProposalOut:
    """Put an offer of today, or a wish that keeps the same rules, on its way to an agreement."""
    actor, now = _actor(request), clock.now()
    cards = _debts(body, actor)
    made = _answered(
        lambda: arrangements.propose(
            person_id=cards[0].person_id, account_ids=[card.account_id for card in cards], offer_key=body.offer_key,
            wish=Wish(**body.wish.dict()) if body.wish else None, assessment_id=body.assessment_id,
            reason=body.reason, actor=actor, now=now,
        )
    )  # fmt: skip
    return ProposalOut(
        proposal_id=made.proposal_id, state=made.state, needs_role=made.needs_role,
        expires_at=made.expires_at.isoformat(), total_minor=made.offer.total_minor, currency=made.offer.currency,
    )  # fmt: skip


@plans.post(
    "/proposals/{int:proposal_id}/agreement", auth=signed_by_agency, response={200: PlanOut, **PROBLEMS},
    operation_id="agree_plan_orally", summary="Report that a proposal was agreed to in a recorded call",
)  # fmt: skip
def agree_plan_orally(request: HttpRequest, proposal_id: int, body: OralIn) -> PlanOut:
    """Make a ready proposal an agreement; the same call again changes nothing."""
    actor = _actor(request)
    proof = arrangements.OralProof(body.recording_ref)
    agreed = _answered(lambda: agree_plan(proposal_id=proposal_id, proof=proof, actor=actor, now=clock.now()))
    return _plan(arrangements.plan(agreed.agreement.plan_id, actor=actor))


@plans.get(
    "/{int:plan_id}", auth=signed_by_agency, response={200: PlanOut, **PROBLEMS}, operation_id="get_plan",
    summary="How a plan goes",
)  # fmt: skip
def get_plan(request: HttpRequest, plan_id: int) -> PlanOut:
    """Return a plan with what came in for each instalment."""
    return _plan(_answered(lambda: arrangements.plan(plan_id, actor=_actor(request))))


def _actor(request: HttpRequest) -> Actor:
    agency: Agency = request.auth  # type: ignore[attr-defined]
    return Actor(
        kind="agency", label=agency.code, agency_code=agency.code, role="agency",
        creditor_ids=agency.creditor_ids, permissions=PERMISSIONS,
    )  # fmt: skip


def _debts(body: DebtsIn, actor: Actor) -> list[book.AccountCard]:
    """Return the debts named, all of one person and the lender named.

    :raises Refused: otherwise, without telling what exists elsewhere
    """
    lender = next((each for each in book.creditors(actor) if each.code == body.creditor), None)
    found = [
        next((card for card in book.find_accounts(ref, actor=actor) if lender and card.creditor_id == lender.creditor_id), None)
        for ref in body.account_refs
    ]  # fmt: skip
    cards = [card for card in found if card is not None]
    if len(cards) != len(found) or len({card.person_id for card in cards}) != 1:
        raise Refused(404, "arrangements.accounts.unfit", "these are no debts of one person with this lender")
    return cards


def _situation(body: OffersIn, currency: str) -> Situation:
    household = body.household
    return Situation(
        reason=body.reason, is_vulnerable=body.is_vulnerable, can_pay_now_minor=body.can_pay_now_minor,
        household=None if household is None else Household(
            currency=currency, adults=household.adults, children=household.children,
            incomes=tuple(MoneyLine(one.kind, one.amount_minor, one.every) for one in household.incomes),
            outgoings=tuple(MoneyLine(one.kind, one.amount_minor, one.every) for one in household.outgoings),
        ),
    )  # fmt: skip


def _offer(offer: Offer, actor: Actor) -> OfferOut:
    return OfferOut(
        key=offer.key, kind=offer.kind, currency=offer.currency, total_minor=offer.total_minor,
        waived_minor=offer.waived_minor, first_date=offer.first_date, last_date=offer.last_date,
        needs_approval=arrangements.needs_approval(offer.authority, actor),
        instalments=[
            InstalmentOut(account_id=part.account_id, due_date=one.due_date, amount_minor=one.total_minor)
            for part in offer.parts
            for one in part.instalments
        ],
    )  # fmt: skip


def _plan(card: arrangements.PlanCard) -> PlanOut:
    return PlanOut(
        plan_id=card.plan_id, agreement=card.number, state=card.state, currency=card.currency,
        total_minor=card.total.minor, paid_minor=card.paid.minor, grace_days=card.grace_days,
        instalments=[
            PlanInstalmentOut(
                account_id=each.account_id, due_date=each.due_date, amount_minor=each.amount.minor,
                paid_minor=each.paid.minor, state=each.state,
            )
            for each in card.instalments
        ],
    )  # fmt: skip


def _answered(work: Callable[[], Given]) -> Given:
    """Return the answer, or refuse with a problem document; a wish's reason is its code.

    :raises Refused: for every refusal of the domain
    """
    try:
        return work()
    except arrangements.WishRefused as refusal:
        raise Refused(
            422, f"arrangements.wish.{refusal.refused.reason}", str(refusal.refused.facts)
        ) from refusal
    except arrangements.ArrangementRefused as refusal:
        status = 404 if isinstance(refusal, NOT_FOUND) else 409 if isinstance(refusal, CONFLICT) else 422
        raise Refused(status, refusal.code, str(refusal)) from refusal

"""Propose an offer; approve, refuse or withdraw a proposal; let it expire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction

from fairdue.contexts.arrangements.contracts import ProposalCard
from fairdue.contexts.arrangements.errors import (
    AuthorityTooLow,
    OfferGone,
    OwnProposal,
    PlanRuns,
    ProposalClosed,
    ProposalUnknown,
    ReasonMissing,
    WishRefused,
)
from fairdue.contexts.arrangements.models import OPEN_STATES, OfferSet, PlanAccount, Proposal
from fairdue.contexts.arrangements.offer_codec import offer_document
from fairdue.contexts.arrangements.operations.offer import keep_shown, situation_of_assessment
from fairdue.contexts.arrangements.policies import needs_approval, reaches, require_about, sees
from fairdue.contexts.arrangements.queries.negotiation import BuiltCase, build_case
from fairdue.contexts.arrangements.queries.proposals import proposal_card
from fairdue.contexts.audit import facade as audit
from fairdue.engine.negotiation.countering import counter
from fairdue.engine.negotiation.offers import CounterRefused, Offer, Wish
from fairdue.engine.negotiation.solve import solve
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.storage.staging import lock_for_transaction


@transaction.atomic
def propose(
    *,
    person_id: int,
    actor: Actor,
    now: datetime,
    offer_key: str = "",
    wish: Wish | None = None,
    assessment_id: int | None = None,
    account_ids: Sequence[int] = (),
    reason: str = "",
    replaces_plan_id: int | None = None,
) -> ProposalCard:
    """This function will put an offer of today, or a wish that keeps the same rules, on its way to an agreement.

    1. Within the proposer's authority it is ready to be agreed; else it waits for somebody else who has it. What needs
       a supervisor or the committee always needs a second person.
    2. An earlier open proposal to the same lender is withdrawn: one at a time.
    3. Without accounts it is about those that the person was last shown offers for.

    :raises PermissionRefused: unless it is the borrower, or staff with `plans.work`
    :raises OfferGone: if the offer does not stand today
    :raises WishRefused: with the reason and the nearest offer
    :raises PlanRuns: if a plan runs on one of the debts and is not the one replaced
    :raises AccountsUnfit, NothingOwed, AssessmentUnknown: as they say
    """
    require_about(actor, person_id, "plans.work")
    lock_for_transaction("arrangements.person", str(person_id))
    ids = list(account_ids) or _latest_shown(person_id)
    built = build_case(
        person_id=person_id, account_ids=ids, as_of=business_date(now), actor=actor,
        situation=situation_of_assessment(person_id, assessment_id),
    )  # fmt: skip
    _require_free(built, replaces_plan_id)
    found = solve(built.case, built.terms)
    offer = _chosen(built, found.offer(offer_key), wish)
    shown_id = keep_shown(person_id, built, found, assessment_id, actor.label, now)
    _withdraw_earlier(person_id, built.creditor_id, actor, now)
    is_waiting = needs_approval(offer.authority, actor)
    row = Proposal.objects.create(
        person_id=person_id, creditor_id=built.creditor_id, account_ids=[part.account_id for part in offer.parts],
        offer_set_id=shown_id, assessment_id=assessment_id, offer=offer_document(offer), kind=offer.kind,
        authority=offer.authority, is_counter=wish is not None, currency=offer.currency,
        total_minor=offer.total_minor, waived_minor=offer.waived_minor, basis=built.basis,
        grace_days=built.terms.grace_days, tolerance_minor=built.terms.tolerance_minor,
        missed_in_a_row=built.terms.missed_in_a_row, replans=built.terms.replans, reason=reason.strip()[:500],
        replaces_plan_id=replaces_plan_id, state="waiting_approval" if is_waiting else "ready",
        proposed_by_kind=actor.kind, proposed_by_id=actor.id, proposed_by=actor.label, proposed_at=now,
        expires_at=datetime.combine(found.expires_date + timedelta(days=1), time.min, HOUSE_ZONE),
    )  # fmt: skip
    _audit("made", row, actor, now, reason)
    return proposal_card(row, actor)


def _latest_shown(person_id: int) -> list[int]:
    latest = OfferSet.objects.filter(person_id=person_id).order_by("-id").first()
    return list(latest.account_ids) if latest else []


def _require_free(built: BuiltCase, replaces_plan_id: int | None) -> None:
    running = PlanAccount.objects.filter(account_id__in=built.account_ids, is_running=True)
    if running.exclude(plan_id=replaces_plan_id or 0).exists():
        raise PlanRuns


def _chosen(built: BuiltCase, offer: Offer | None, wish: Wish | None) -> Offer:
    if wish is None:
        if offer is None:
            raise OfferGone
        return offer
    answer = counter(built.case, built.terms, wish)
    if isinstance(answer, CounterRefused):
        raise WishRefused(answer)
    return answer


def _withdraw_earlier(person_id: int, creditor_id: int, actor: Actor, now: datetime) -> None:
    open_ones = Proposal.objects.select_for_update().filter(
        person_id=person_id, creditor_id=creditor_id, state__in=OPEN_STATES
    )
    for row in open_ones:
        _close(row, "withdrawn", "another proposal took its place", actor, now)


@transaction.atomic
def approve_proposal(*, proposal_id: int, actor: Actor, now: datetime, reason: str = "") -> ProposalCard:
    """This function will let a proposal of somebody else be agreed.

    1. Whoever approves has the authority that the offer needs, and did not propose it: the database holds that too.

    :raises PermissionRefused: without `plans.approve`, or `plans.work` for what a collector may agree to
    :raises ProposalUnknown, ProposalClosed, OwnProposal, AuthorityTooLow: as they say
    """
    row = _lock_waiting(proposal_id, actor, now)
    actor.require("plans.work" if row.authority in ("self_service", "collector") else "plans.approve")
    _require_other(row, actor)
    if not reaches(actor, row.authority):
        raise AuthorityTooLow
    row.state, row.approved_by_id = "ready", actor.id
    row.decided_by, row.decided_at, row.decision_reason = actor.label, now, reason.strip()[:500]
    row.save(update_fields=["state", "approved_by_id", "decided_by", "decided_at", "decision_reason"])
    _audit("approved", row, actor, now, reason)
    return proposal_card(row, actor)


@transaction.atomic
def refuse_proposal(*, proposal_id: int, reason: str, actor: Actor, now: datetime) -> ProposalCard:
    """This function will refuse a proposal of somebody else, with the reason that the person will be told.

    :raises PermissionRefused, ProposalUnknown, ProposalClosed, OwnProposal, ReasonMissing: as they say
    """
    row = _lock_waiting(proposal_id, actor, now)
    actor.require("plans.work" if row.authority in ("self_service", "collector") else "plans.approve")
    _require_other(row, actor)
    if not reason.strip():
        raise ReasonMissing
    _close(row, "refused", reason, actor, now)
    return proposal_card(row, actor)


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, actor: Actor, now: datetime, reason: str = "") -> ProposalCard:
    """This function will withdraw a proposal that is not agreed yet: the borrower any of theirs, staff their own.

    :raises PermissionRefused, ProposalUnknown, ProposalClosed, OwnProposal: as they say
    """
    row = _lock_open(proposal_id, actor, now)
    require_about(actor, row.person_id, "plans.work")
    if actor.kind == "staff" and row.proposed_by_kind == "staff" and row.proposed_by_id != actor.id:
        raise OwnProposal(f"only {row.proposed_by} or the borrower withdraws this proposal")
    _close(row, "withdrawn", reason, actor, now)
    return proposal_card(row, actor)


@transaction.atomic
def expire_proposals(*, actor: Actor, now: datetime) -> int:
    """This function will close every open proposal whose last day has passed, and return how many."""
    rows = Proposal.objects.select_for_update(skip_locked=True).filter(
        state__in=OPEN_STATES, expires_at__lte=now
    )
    for row in (found := list(rows)):
        _close(row, "expired", "its last day has passed", actor, now)
    return len(found)


def lock_proposal(proposal_id: int, actor: Actor) -> Proposal:
    """Lock and return a proposal in the actor's scope.

    :raises ProposalUnknown: if there is none
    """
    row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None or not sees(actor, row.creditor_id, row.person_id):
        raise ProposalUnknown
    return row


def _lock_open(proposal_id: int, actor: Actor, now: datetime) -> Proposal:
    row = lock_proposal(proposal_id, actor)
    if row.state not in OPEN_STATES or row.expires_at <= now:
        raise ProposalClosed
    return row


def _lock_waiting(proposal_id: int, actor: Actor, now: datetime) -> Proposal:
    row = _lock_open(proposal_id, actor, now)
    if row.state != "waiting_approval":
        raise ProposalClosed
    return row


def _require_other(row: Proposal, actor: Actor) -> None:
    if (
        actor.kind != "staff"
        or actor.id is None
        or (row.proposed_by_kind, row.proposed_by_id) == ("staff", actor.id)
    ):
        raise OwnProposal


def _close(row: Proposal, state: str, reason: str, actor: Actor, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.decision_reason = (
        state,
        actor.label,
        now,
        reason.strip()[:500],
    )
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _audit(state, row, actor, now, reason)


def _audit(verb: str, row: Proposal, actor: Actor, now: datetime, reason: str) -> None:
    audit.record(
        code=f"arrangements.proposal.{verb}", actor=actor, subject_type="arrangements.proposal", subject_id=row.pk,
        person_id=row.person_id, now=now, reason=reason,
        after={
            "kind": row.kind, "state": row.state, "authority": row.authority, "total_minor": row.total_minor,
            "waived_minor": row.waived_minor, "currency": row.currency, "account_ids": row.account_ids,
        },
    )  # fmt: skip

"""Proposals as others see them."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.arrangements.contracts import ProposalCard
from fairdue.contexts.arrangements.errors import ProposalUnknown
from fairdue.contexts.arrangements.models import OPEN_STATES, Agreement, Proposal
from fairdue.contexts.arrangements.offer_codec import offer_of
from fairdue.contexts.arrangements.policies import in_scope, require_about
from fairdue.kernel.actor import Actor


def proposal_card(row: Proposal, actor: Actor, now: datetime | None = None) -> ProposalCard:
    """Return a proposal as an actor sees it; one whose last day has passed is expired whether or not it is swept."""
    agreement_id = None
    if row.state == "accepted":
        agreement_id = Agreement.objects.filter(proposal_id=row.pk).values_list("pk", flat=True).first()
    has_passed = now is not None and row.state in OPEN_STATES and row.expires_at <= now
    return ProposalCard(
        proposal_id=row.pk,
        person_id=row.person_id,
        creditor_id=row.creditor_id,
        account_ids=tuple(row.account_ids),
        state="expired" if has_passed else row.state,  # type: ignore[arg-type]
        offer=offer_of(row.offer),
        needs_role=row.authority if row.state == "waiting_approval" else "",
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        agreement_id=agreement_id,
        grace_days=row.grace_days,
        missed_in_a_row=row.missed_in_a_row,
        is_own=(row.proposed_by_kind, row.proposed_by_id) == (actor.kind, actor.id),
    )


def proposal(proposal_id: int, *, actor: Actor, now: datetime) -> ProposalCard:
    """Return one proposal.

    :raises ProposalUnknown: if there is none in the actor's scope
    :raises PermissionRefused: for staff without `plans.view`
    """
    row = in_scope(Proposal.objects.filter(pk=proposal_id), actor).first()
    if row is None:
        raise ProposalUnknown
    require_about(actor, row.person_id, "plans.view")
    return proposal_card(row, actor, now)


def open_proposals_of(person_id: int, *, actor: Actor, now: datetime) -> tuple[ProposalCard, ...]:
    """Return a person's proposals that may still be agreed, the newest first."""
    require_about(actor, person_id, "plans.view")
    rows = Proposal.objects.filter(person_id=person_id, state__in=OPEN_STATES, expires_at__gt=now)
    return tuple(proposal_card(row, actor, now) for row in in_scope(rows, actor).order_by("-id"))


def waiting_proposals(*, actor: Actor, now: datetime, limit: int = 100) -> tuple[ProposalCard, ...]:
    """Return the proposals that wait for approval, the oldest first.

    :raises PermissionRefused: without `plans.view`
    """
    actor.require("plans.view")
    rows = Proposal.objects.filter(state="waiting_approval", expires_at__gt=now)
    return tuple(proposal_card(row, actor, now) for row in in_scope(rows, actor).order_by("id")[:limit])


def waiting_count(*, actor: Actor, now: datetime) -> int:
    """Return how many proposals wait for approval."""
    if not actor.may("plans.view"):
        return 0
    return in_scope(Proposal.objects.filter(state="waiting_approval", expires_at__gt=now), actor).count()

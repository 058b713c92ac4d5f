"""Accept a proposal: the proof is tried, the agreement stands, the ledger follows, collection stops; once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.arrangements.agreement_text import agreement_data
from fairdue.contexts.arrangements.contracts import AgreementCard, CodeProof, OralProof, ProofRefused
from fairdue.contexts.arrangements.errors import (
    PlanRuns,
    ProofUnfit,
    ProposalClosed,
    ProposalExpired,
    ProposalWaits,
)
from fairdue.contexts.arrangements.models import (
    Agreement,
    AgreementDocument,
    Instalment,
    Plan,
    PlanAccount,
    Proposal,
)
from fairdue.contexts.arrangements.offer_codec import offer_of
from fairdue.contexts.arrangements.operations.carry_out import carry_out, hold, rows_of
from fairdue.contexts.arrangements.operations.propose import lock_proposal
from fairdue.contexts.arrangements.policies import require_about
from fairdue.contexts.arrangements.queries.agreements import agreement_card
from fairdue.contexts.arrangements.queries.negotiation import build_case
from fairdue.contexts.arrangements.sealing import DATA_PURPOSE, seal_json
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.engine.negotiation.case import Situation
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.storage.staging import lock_for_transaction

AGREEMENT_CODE = "agreement"
"""The purpose of codes that prove an agreement."""


def code_subject(proposal_id: int) -> str:
    """Return what a code is bound to: it proves this proposal and no other."""
    return f"proposal:{proposal_id}"


@transaction.atomic
def accept(
    *, proposal_id: int, proof: CodeProof | OralProof, actor: Actor, now: datetime
) -> AgreementCard | ProofRefused:
    """This function will turn a ready proposal into an agreement, or say that the proof did not hold.

    1. It happens once: whoever comes second gets the same agreement with `is_repeated`.
    2. A wrong code is answered, not raised, so that the try counts; five wrong ones spend the code.
    3. What is owed must be what the offer was made on: money that came in between makes new offers, and nothing is lost.
    4. The ledger, the holds and the agreement stand or fall together.

    :raises ProposalUnknown, ProposalClosed, ProposalWaits, ProposalExpired, ProofUnfit: as they say
    """
    lock_for_transaction("arrangements.person", str(_person_of(proposal_id)))
    row = lock_proposal(proposal_id, actor)
    require_about(actor, row.person_id, "plans.work")
    if row.state == "accepted":
        return agreement_card(Agreement.objects.select_related("plan").get(proposal=row), is_repeated=True)
    _require_ready(row, now)
    contact_point_id = _prove(row, proof, actor, now)
    if isinstance(contact_point_id, ProofRefused):
        return contact_point_id
    _require_unchanged(row, now)
    row.state, row.decided_at = "accepted", row.decided_at or now
    row.save(update_fields=["state", "decided_at"])
    agreement = _write(row, proof, contact_point_id, actor, now)
    plan = _start(agreement, row, actor, now)
    _audit(agreement, row, actor, now)
    agreement.plan = plan
    return agreement_card(agreement)


def _person_of(proposal_id: int) -> int:
    return Proposal.objects.filter(pk=proposal_id).values_list("person_id", flat=True).first() or 0


def _require_ready(row: Proposal, now: datetime) -> None:
    if row.state == "waiting_approval":
        raise ProposalWaits
    if row.state != "ready":
        raise ProposalClosed
    if row.expires_at <= now:
        raise ProposalExpired
    running = PlanAccount.objects.filter(account_id__in=row.account_ids, is_running=True)
    if running.exclude(plan_id=row.replaces_plan_id or 0).exists():
        raise PlanRuns


def _prove(
    row: Proposal, proof: CodeProof | OralProof, actor: Actor, now: datetime
) -> int | ProofRefused | None:
    """Return the contact point of a code that holds, nothing for a recording, or why the proof does not hold."""
    if isinstance(proof, OralProof):
        if actor.kind == "borrower" or not proof.recording_ref.strip():
            raise ProofUnfit
        return None
    answer = parties.try_code(
        code_id=proof.code_id, purpose=AGREEMENT_CODE, subject=code_subject(row.pk), code=proof.code, now=now
    )
    if answer.refused or answer.person_id != row.person_id or answer.contact_point_id is None:
        return ProofRefused(answer.refused or "expired")
    return answer.contact_point_id


def _require_unchanged(row: Proposal, now: datetime) -> None:
    """Pass if what is owed is what the offer was made on.

    :raises ProposalExpired: if not; the proposal is not touched, for the caller's transaction ends
    """
    ids = [int(account_id) for account_id in row.basis]
    built = build_case(
        person_id=row.person_id,
        account_ids=ids,
        situation=Situation(reason="other"),
        as_of=business_date(now),
    )
    if built.basis != row.basis:
        raise ProposalExpired("what is owed changed since the offer was made")


def _write(
    row: Proposal, proof: CodeProof | OralProof, contact_point_id: int | None, actor: Actor, now: datetime
) -> Agreement:
    is_oral = isinstance(proof, OralProof)
    agreement = Agreement.objects.create(
        number=f"A{business_date(now):%y%m%d}-{row.pk:06d}", proposal=row, person_id=row.person_id,
        creditor_id=row.creditor_id, accepted_how="oral" if is_oral else "code", contact_point_id=contact_point_id,
        recording_ref=proof.recording_ref.strip()[:80] if isinstance(proof, OralProof) else "",
        contact_id=proof.contact_id if isinstance(proof, OralProof) else None, accepted_by_kind=actor.kind,
        accepted_by_id=actor.id, accepted_by=actor.label, accepted_at=now,
        language=parties.person_card(row.person_id).locale, terms_code=row.offer_set.terms_code if row.offer_set else "",
        terms_version=row.offer_set.terms_version if row.offer_set else "",
    )  # fmt: skip
    data = seal_json(agreement_data(agreement, row), DATA_PURPOSE)
    AgreementDocument.objects.create(agreement=agreement, data_sealed=data)
    return agreement


def _start(agreement: Agreement, row: Proposal, actor: Actor, now: datetime) -> Plan:
    offer, earlier = offer_of(row.offer), _end_replaced(row, agreement.number, now)
    left = row.replans if earlier is None else max(earlier.replans_left - 1, 0)
    plan = Plan.objects.create(
        agreement=agreement, person_id=row.person_id, creditor_id=row.creditor_id, account_ids=row.account_ids,
        kind=row.kind, currency=row.currency, total_minor=row.total_minor, waived_minor=row.waived_minor,
        grace_days=row.grace_days, tolerance_minor=row.tolerance_minor, missed_in_a_row=row.missed_in_a_row,
        replans_left=left, started_at=now, started_date=business_date(now), checked_date=business_date(now),
    )  # fmt: skip
    before = {each.account_id: each.transaction_ids for each in earlier.accounts.all()} if earlier else {}
    try:
        for part in sorted(offer.parts, key=lambda each: each.account_id):
            done = carry_out(proposal=row, number=agreement.number, part=part, actor=actor, now=now)
            PlanAccount.objects.create(
                plan=plan, account_id=part.account_id, is_running=True, waived=dict(part.waived),
                transaction_ids=[*before.get(part.account_id, []), *done],
            )  # fmt: skip
    except ledger.LedgerError as error:
        raise ProposalExpired(f"the debt is not what was agreed about: {error}") from error
    Instalment.objects.bulk_create(Instalment(plan=plan, **each) for each in rows_of(offer))
    hold(plan, agreement.number, actor=actor, now=now)
    return plan


def _end_replaced(row: Proposal, number: str, now: datetime) -> Plan | None:
    """End the plan that this one takes the place of; what the ledger keeps of it is what the new one replaces."""
    if row.replaces_plan_id is None:
        return None
    earlier = Plan.objects.select_for_update().get(pk=row.replaces_plan_id)
    if earlier.state != "running":
        raise ProposalExpired("the plan that was to be replaced has ended")
    earlier.state, earlier.ended_at, earlier.end_reason = "replaced", now, number
    earlier.save(update_fields=["state", "ended_at", "end_reason"])
    PlanAccount.objects.filter(plan=earlier).update(is_running=False)
    return earlier


def _audit(agreement: Agreement, row: Proposal, actor: Actor, now: datetime) -> None:
    audit.record(
        code="arrangements.agreement.made", actor=actor, subject_type="arrangements.agreement",
        subject_id=agreement.pk, person_id=row.person_id, now=now,
        after={
            "number": agreement.number, "kind": row.kind, "how": agreement.accepted_how, "proposal_id": row.pk,
            "total_minor": row.total_minor, "waived_minor": row.waived_minor, "currency": row.currency,
        },
    )  # fmt: skip

"""From a proposal to an agreement: a code to the borrower's own phone, the acceptance, the signed file, a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.contracts import AgreementCard, CodeProof, OralProof, ProofRefused
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.attached_files import agreement_file
from fairdue.journeys.receive_payment import follow_money
from fairdue.journeys.send_code import SentCode, send_code
from fairdue.kernel.actor import Actor

COPY_TEMPLATE = "notice.plan_agreed"
PURPOSE = "confirm_change"
"""It answers what the person just did: it need not wait for other messages, and goes to the mailbox it names or nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgreed:
    """The agreement, and whether a copy went to a mailbox of the person's own."""

    agreement: AgreementCard
    is_mailed: bool


class CodeRefused(arrangements.ArrangementRefused):
    """The code does not hold; nothing was agreed. `reason`: wrong, spent, expired or too_soon."""

    code = "arrangements.code.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the code is {reason}")
        self.reason = reason
        self.code = f"arrangements.code.{reason}"


@transaction.atomic
def send_agreement_code(
    *, proposal_id: int, actor: Actor, now: datetime, contact_point_id: int | None = None, locale: str = ""
) -> SentCode:
    """This function will send the borrower a code that agrees to one ready proposal and to nothing else.

    :raises ProposalUnknown, ProposalClosed, ProposalWaits: if there is nothing ready to agree to
    :raises fairdue.journeys.send_code.NoWayForCode: if no telephone or mailbox of the person's own is in use
    """
    found = arrangements.proposal(proposal_id, actor=actor, now=now)
    if found.state == "waiting_approval":
        raise arrangements.ProposalWaits
    if found.state != "ready":
        raise arrangements.ProposalClosed
    return send_code(
        person_id=found.person_id, purpose=arrangements.AGREEMENT_CODE, subject=arrangements.code_subject(proposal_id),
        contact_point_id=contact_point_id, locale=locale, actor=actor, now=now,
    )  # fmt: skip


def agree_plan(*, proposal_id: int, proof: CodeProof | OralProof, actor: Actor, now: datetime) -> PlanAgreed:
    """This function will make a ready proposal an agreement, and send the borrower its file by mail.

    1. Agreement, ledger, holds and promises stand or fall together; a second click gets the same agreement.
    2. A wrong code is counted although nothing else happens: that transaction ends well, then the refusal is raised.
    3. The file is signed after the agreement stands; if that fails, it is signed when somebody first asks for it.

    :raises CodeRefused: if the code does not hold
    :raises ArrangementRefused: as `arrangements.accept` says
    """
    answer = _agree(proposal_id, proof, actor, now)
    if isinstance(answer, ProofRefused):
        raise CodeRefused(answer.reason)
    arrangements.agreement_pdf(answer.agreement_id, now=now)
    return PlanAgreed(agreement=answer, is_mailed=_mailbox(answer.person_id) is not None)


@transaction.atomic
def _agree(
    proposal_id: int, proof: CodeProof | OralProof, actor: Actor, now: datetime
) -> AgreementCard | ProofRefused:
    answer = arrangements.accept(proposal_id=proposal_id, proof=proof, actor=actor, now=now)
    if isinstance(answer, ProofRefused) or answer.is_repeated:
        return answer
    follow_money(
        [answer.person_id], actor=Actor(kind="system", label="agreement", creditor_ids=None), now=now
    )
    _send_copy(answer, now)
    return answer


def _send_copy(agreement: AgreementCard, now: datetime) -> None:
    """Plan the message on the portal that says where the signed file is, and the mail that carries it."""
    card = next(
        each for each in arrangements.plans_of(agreement.person_id) if each.plan_id == agreement.plan_id
    )
    first = card.instalments[0]
    values = {
        "number": agreement.number,
        "instalment_amount": {"minor": first.amount.minor, "currency": first.amount.currency},
        "instalment_date": first.due_date.isoformat(),
    }
    ways: list[tuple[str, int | None, str]] = [("inapp", None, "")]
    if (mailbox := _mailbox(agreement.person_id)) is not None:
        ways.append(("email", mailbox, agreement_file(agreement.agreement_id)))
    for channel, contact_point_id, attachment in ways:
        outreach.plan_message(
            person_id=agreement.person_id, account_id=first.account_id, channel=channel,
            contact_point_id=contact_point_id, template_code=COPY_TEMPLATE, purpose=PURPOSE, now=now, values=values,
            locale=agreement.language, dedupe_key=f"agreement:{agreement.agreement_id}:{channel}", attachment=attachment,
        )  # fmt: skip


def _mailbox(person_id: int) -> int | None:
    """Return the person's own mailbox in use that stands first."""
    own = [
        point.contact_point_id
        for point in parties.contact_points(person_id)
        if point.medium == "email" and point.owner == "debtor" and point.status == "valid"
    ]
    return own[0] if own else None

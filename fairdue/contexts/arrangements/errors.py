"""Refusals of arrangements: each has a code with words for people, and leaves everything as it was."""

from __future__ import annotations

from fairdue.engine.negotiation.offers import CounterRefused


class ArrangementRefused(ValueError):
    """Nothing was changed; `code` says why."""

    code = "arrangements.refused"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__ or self.code)


class AccountsUnfit(ArrangementRefused):
    """The debts are not the person's, not in scope, or not all of one lender and one currency."""

    code = "arrangements.accounts.unfit"


class NothingOwed(ArrangementRefused):
    """Nothing is owed on these debts."""

    code = "arrangements.nothing_owed"


class PlanRuns(ArrangementRefused):
    """A plan runs on one of these debts; it is made anew, not doubled."""

    code = "arrangements.plan.runs"


class OfferGone(ArrangementRefused):
    """This offer does not stand today: debts or terms changed. Look at the offers again."""

    code = "arrangements.offer.gone"


class WishRefused(ArrangementRefused):
    """The proposal can't be taken as it is; `refused` says why and what comes nearest."""

    code = "arrangements.wish.refused"

    def __init__(self, refused: CounterRefused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class AssessmentUnknown(ArrangementRefused):
    """There is no such assessment of this person."""

    code = "arrangements.assessment.unknown"


class ProposalUnknown(ArrangementRefused):
    """There is no such proposal in this scope."""

    code = "arrangements.proposal.unknown"


class ProposalClosed(ArrangementRefused):
    """The proposal is decided on, withdrawn or expired."""

    code = "arrangements.proposal.closed"


class ProposalWaits(ArrangementRefused):
    """The proposal waits for approval; nothing can be agreed before."""

    code = "arrangements.proposal.waits"


class ProposalExpired(ArrangementRefused):
    """The offer's last day has passed, or what is owed changed since; nothing was agreed."""

    code = "arrangements.proposal.expired"


class OwnProposal(ArrangementRefused):
    """Whoever proposed does not approve."""

    code = "arrangements.proposal.own"


class AuthorityTooLow(ArrangementRefused):
    """This offer needs a higher authority than yours."""

    code = "arrangements.proposal.authority"


class ReasonMissing(ArrangementRefused):
    """Say why."""

    code = "arrangements.reason_missing"


class ProofUnfit(ArrangementRefused):
    """An agreement is proved by a code that the person received, or by a recording that a member of staff names."""

    code = "arrangements.proof.unfit"


class PlanCursorInvalid(ArrangementRefused):
    """The marker of a page is none that the list gave out."""

    code = "arrangements.plan.cursor"


class PlanUnknown(ArrangementRefused):
    """There is no such plan in this scope."""

    code = "arrangements.plan.unknown"


class PlanClosed(ArrangementRefused):
    """The plan does not run."""

    code = "arrangements.plan.closed"


class ReplansUsed(ArrangementRefused):
    """The plan was made anew as often as its terms allow."""

    code = "arrangements.plan.replans_used"


class AgreementUnknown(ArrangementRefused):
    """There is no such agreement in this scope."""

    code = "arrangements.agreement.unknown"

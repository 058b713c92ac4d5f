"""Refusals of the payments room that several operations share; nothing was booked or moved."""

from __future__ import annotations


class PaymentsError(ValueError):
    """A refusal of the payments room; `code` says why, nothing was changed."""

    code = "payments.refused"


class PaymentUnknown(PaymentsError):
    """There is no such payment in the actor's scope."""

    code = "payments.payment.unknown"


class IncomingInvalid(PaymentsError):
    """What a source says about money is not a payment that can be booked."""

    code = "payments.incoming.invalid"


class ReferenceReused(PaymentsError):
    """The source used the reference before for another amount."""

    code = "payments.reference.reused"


class AlreadyMatched(PaymentsError):
    """Somebody else has matched the payment in the meantime."""

    code = "payments.match.taken"


class NothingWaiting(PaymentsError):
    """Nothing of the payment waits in suspense: it was matched or sent back."""

    code = "payments.match.nothing_waiting"


class MatchInvalid(PaymentsError):
    """The accounts or shares do not fit the payment."""

    code = "payments.match.invalid"


class NothingMatched(PaymentsError):
    """The payment has no match that could be undone."""

    code = "payments.match.none"


class ReasonMissing(PaymentsError):
    """A reason is needed."""

    code = "payments.reason.missing"


class CodeUnknown(PaymentsError):
    """The account has no repayment code, or is not in the actor's scope."""

    code = "payments.code.unknown"


class StatementRefused(PaymentsError):
    """A bank file cannot be taken; `where` says the place, `advice` what to do."""

    code = "payments.statement.refused"

    def __init__(self, code: str, message: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(
            ": ".join(part for part in (where, message) if part) + (f". {advice}" if advice else "")
        )
        self.code, self.where, self.advice = code, where, advice


class StatementUnknown(PaymentsError):
    """There is no such statement in the actor's scope."""

    code = "payments.statement.unknown"


class RequestInvalid(PaymentsError):
    """The request's details do not fit its kind."""

    code = "payments.request.invalid"


class RequestUnknown(PaymentsError):
    """There is no such request in the actor's scope."""

    code = "payments.request.unknown"


class RequestClosed(PaymentsError):
    """The request was decided or withdrawn before."""

    code = "payments.request.closed"


class OwnRequest(PaymentsError):
    """Whoever asked for money to move does not approve it."""

    code = "payments.request.own"


class OrderUnknown(PaymentsError):
    """There is no such payment order in the actor's scope."""

    code = "payments.order.unknown"


class OrderState(PaymentsError):
    """The payment order is not in the state that this step needs."""

    code = "payments.order.state"


class EventReused(PaymentsError):
    """The provider used an event id before with another body."""

    code = "payments.webhook.event_reused"

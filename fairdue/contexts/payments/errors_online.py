"""Refusals about paying online; nothing was taken, booked or moved."""

from __future__ import annotations

from fairdue.contexts.payments.errors import PaymentsError


class CheckoutUnknown(PaymentsError):
    """There is no such payment of this person, or in the actor's scope."""

    code = "payments.checkout.unknown"


class CheckoutInvalid(PaymentsError):
    """What was chosen is not something that can be paid."""

    code = "payments.checkout.invalid"


class CheckoutUnderWay(PaymentsError):
    """The same payment was begun before and is not finished; `ref` names it."""

    code = "payments.checkout.under_way"

    def __init__(self, ref: str) -> None:
        super().__init__("the same payment was begun before and is not finished")
        self.ref = ref


class CheckoutJustPaid(PaymentsError):
    """The same amount for the same debts was paid minutes ago; `ref` names it."""

    code = "payments.checkout.just_paid"

    def __init__(self, ref: str) -> None:
        super().__init__("the same amount for the same debts was paid minutes ago")
        self.ref = ref


class NoticeForeign(PaymentsError):
    """The notice names our payment, but under another payment's number of the provider."""

    code = "payments.checkout.foreign"


class NoticeTooEarly(PaymentsError):
    """The provider speaks of a refund before it has told of the payment: it shall tell again."""

    code = "payments.checkout.not_paid"


class ProviderSilent(PaymentsError):
    """The provider does not answer, or not understandably; whether it took the request over is asked later."""

    code = "payments.provider.silent"


class ProviderRefused(PaymentsError):
    """The provider refuses the request for good."""

    code = "payments.provider.refused"


class MandateUnknown(PaymentsError):
    """There is no such mandate of this person, or in the actor's scope."""

    code = "payments.mandate.unknown"


class MandateInvalid(PaymentsError):
    """What was filled in is no mandate, or the debt has one already."""

    code = "payments.mandate.invalid"


class MandateCodeWrong(PaymentsError):
    """The one-time code is wrong, used or too old."""

    code = "payments.mandate.code_wrong"


class MandateEnded(PaymentsError):
    """The mandate has ended."""

    code = "payments.mandate.ended"

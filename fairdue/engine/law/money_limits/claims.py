"""How much may be demanded from a person: heirs, and debtors whose debt was assigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairdue.engine.law.numbers import Numbers, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayment:
    """A payment by the debtor and who received it."""

    at: datetime
    amount_minor: int
    paid_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An assignment of a debt; `notice_received_at` is None while the notice has not reached the debtor."""

    at: datetime
    assignor: str
    assignee: str
    notice_received_at: datetime | None


def claim_against_heir(
    debt_minor: int, *, estate_minor: int, has_renounced: bool, numbers: Numbers, on: datetime
) -> tuple[int, Rule]:
    """This function will return what an heir owes: at most the estate received, nothing after renouncing it."""
    rule = numbers.rule("CN-WHO-08", on.date())
    return (0 if has_renounced else min(debt_minor, estate_minor)), rule


def claim_after_assignment(
    debt_minor: int,
    assignment: Assignment,
    payments: Sequence[ClaimPayment],
    *,
    at: datetime,
    numbers: Numbers,
) -> tuple[int, Rule]:
    """This function will return what an assignee may demand (CN-WHO-10).

    `debt_minor` is the balance on the day of the assignment.

    1. Nothing before the notice has reached the debtor.
    2. Less what the debtor paid the old creditor until then, and whatever the new creditor got.
    """
    rule = numbers.rule("CN-WHO-10", at.date())
    received = assignment.notice_received_at
    if received is None or received > at:
        return 0, rule
    paid = sum(
        payment.amount_minor
        for payment in payments
        if assignment.at <= payment.at <= at
        and (
            payment.paid_to == assignment.assignee
            or (payment.paid_to == assignment.assignor and payment.at < received)
        )
    )
    return max(debt_minor - paid, 0), rule

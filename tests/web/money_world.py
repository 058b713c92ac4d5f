"""Money that came in, for tests of the pages about it."""

from __future__ import annotations

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.journeys.decide_request import approve_request
from fairdue.journeys.receive_payment import receive_payment
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now
from fairdue.kernel.money import Money
from tests.web.desk_world import DEBTOR, make_staff


def money_in(lender_id: int, minor: int, *, ref: str, payer: str = DEBTOR, text: str = "还款") -> int:
    """Receive money from a provider and return the payment's number."""
    received = receive_payment(
        incoming=Incoming(
            creditor_id=lender_id, source="webhook:test", source_ref=ref, amount=Money(minor),
            value_date=business_date(now()), payer_name=payer, payer_account="6222021234567890123", remittance=text,
        ),
        actor=system("test"), now=now(),
    )  # fmt: skip
    return received.payment_id


def code_of(account_id: int) -> str:
    """Return the account's repayment code, issuing one."""
    return payments.issue_code(account_id=account_id, actor=system("test"), now=now()).code


def approve_everything() -> int:
    """Let a second person approve all that waits, and return how much that was."""
    if identity.actor_by_username("second") is None:
        make_staff("finance", username="second")
    actor = identity.actor_by_username("second")
    waiting = payments.open_requests(actor=actor)
    for row in waiting:
        approve_request(request_id=row.request_id, actor=actor, now=now())
    return len(waiting)

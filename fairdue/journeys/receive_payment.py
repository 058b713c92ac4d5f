"""Money arrives, is matched or matched no more: payments and ledger, then promises, then open work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairdue.contexts.cases.contracts import Assessment
from fairdue.contexts.payments.contracts import Candidate, Incoming, Matched, Reason, Received
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyPlaced:
    """What became of a payment and of the promises of the persons whose debts it touched."""

    payment_id: int
    matched: Matched | None
    promises: Assessment
    closed_work_count: int


def receive_payment(*, incoming: Incoming, actor: Actor, now: datetime) -> Received:
    """This function will receive money, match it if that is certain, and judge promises again."""
    raise NotImplementedError


def match_payment(
    *,
    payment_id: int,
    account_ids: Sequence[int] = (),
    shares: Sequence[tuple[int, Money]] = (),
    designated_account_id: int | None = None,
    reasons: Sequence[Reason] = (),
    actor: Actor,
    now: datetime,
) -> MoneyPlaced:
    """This function will match by hand (see payments.facade.match_payment) and judge promises again."""
    raise NotImplementedError


def undo_match(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> MoneyPlaced:
    """This function will bring a payment back to suspense and judge promises again."""
    raise NotImplementedError


def candidates(*, payment_id: int, as_of: date, actor: Actor) -> tuple[Candidate, ...]:
    """Return ranked candidates of a payment; open promises count among the grounds."""
    raise NotImplementedError

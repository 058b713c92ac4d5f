"""What can happen to a debt: one frozen record per kind of event, in the order in which they are entered.

1. `entered_date` is the day on which the event became known; entries never go back in time.
2. `counts_on` is the day for which it counts. A charge counts from the earlier of its entry and its due
   date; events with an `effective_date` count for that; all others for the day of entry.
3. Amounts are integer minor units, not below zero and not beyond 2^53.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL, InAdvance
from fairdue.kernel.money import MAX_MINOR

Unit = Literal["months", "weeks", "days"]


class EventInvalid(ValueError):
    """An event cannot be meant as it is written, or stands at the wrong place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share."""

    id: str
    entered_date: date

    @property
    def counts_on(self) -> date:
        """The day for which the event counts."""
        return self.entered_date


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountEvent(Event):
    """An event that moves an amount."""

    amount: int

    def __post_init__(self) -> None:
        require_amount(self.id, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(AmountEvent):
    """What a receipt and a goodwill credit share: an amount that settles what is owed."""

    effective_date: date | None = None

    @property
    def counts_on(self) -> date:
        """The effective date, or else the day of entry."""
        return self.effective_date or self.entered_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Payment):
    """Money received from the debtor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodwillCredit(Payment):
    """The creditor's goodwill, allocated like money; `in_advance` overrides the debt's rule."""

    in_advance: InAdvance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Event):
    """Takes back an earlier event as if it had never been."""

    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(AmountEvent):
    """An item of its own beside the schedule, such as a fee or a penalty."""

    component: str
    due_date: date

    def __post_init__(self) -> None:
        AmountEvent.__post_init__(self)
        if self.component in (PRINCIPAL, INTEREST):
            raise EventInvalid(f"{self.id}: {self.component} is scheduled, not charged")

    @property
    def counts_on(self) -> date:
        """The earlier of entry and due date."""
        return min(self.entered_date, self.due_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Event):
    """Gives up what is unpaid of a charge, or `amount` of it."""

    of: str
    amount: int | None = None

    def __post_init__(self) -> None:
        require_amount(self.id, self.amount or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback(AmountEvent):
    """Money returned to the payer and due again; `of` names the returned payment, if known."""

    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(AmountEvent):
    """Pays an overpayment out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Event):
    """Days after `from_date` up to and including `to_date` that do not count as delinquent."""

    from_date: date
    to_date: date

    def __post_init__(self) -> None:
        if self.to_date < self.from_date:
            raise EventInvalid(f"{self.id}: a pause that ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Event):
    """Ends the running pause on this day."""

    effective_date: date | None = None

    @property
    def counts_on(self) -> date:
        """The effective date, or else the day of entry."""
        return self.effective_date or self.entered_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reage(Event):
    """Puts all unpaid principal on `instalments` new rows."""

    first_due_date: date
    every: int
    unit: Unit
    instalments: int

    def __post_init__(self) -> None:
        if self.instalments < 1 or self.every < 1:
            raise EventInvalid(f"{self.id}: a re-age needs at least one instalment and one step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reamortise(Event):
    """Spreads the unpaid principal of rows already due over the regular rows due later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOff(Event):
    """Takes all that is outstanding off the books; the debt stays collectable."""

    effective_date: date | None = None

    @property
    def counts_on(self) -> date:
        """The effective date, or else the day of entry."""
        return self.effective_date or self.entered_date


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff(Event):
    """Ends the debt for the books."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(AmountEvent):
    """Money received after a write-off; `is_settling` ends the claim."""

    is_settling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseToPay(AmountEvent):
    """A promise of an amount by a date. `tolerance` is the fraction that may be missing."""

    due_date: date
    tolerance: Fraction = Fraction(0)
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCancelled(Event):
    """Withdraws a promise."""

    of: str


def require_amount(event_id: str, amount: int) -> None:
    """Refuse an amount that is below zero or too large to be carried exactly.

    :raises EventInvalid: naming the event
    """
    if not 0 <= amount <= MAX_MINOR:
        raise EventInvalid(f"{event_id}: an amount below zero or beyond 2^53")

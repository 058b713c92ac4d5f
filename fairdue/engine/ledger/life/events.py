"""What can happen to a debt: one frozen record per kind of event, in the order in which they are entered.

1. `entered_date` is the day on which the event became known; entries never go back in time.
2. `counts_on` is the day for which it counts: its `effective_date`, or else the day of entry. A charge
   without an effective date counts from the earlier of its entry and its due date.
3. Amounts are integer minor units, not below zero and not beyond 2^53.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from fairdue.engine.ledger.life.terms import PRINCIPAL, InAdvance
from fairdue.kernel.money import MAX_MINOR

Unit = Literal["months", "weeks", "days"]


class EventInvalid(ValueError):
    """An event cannot be meant as it is written, or stands at the wrong place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share."""

    id: str
    entered_date: date
    effective_date: date | None = None

    @property
    def counts_on(self) -> date:
        """The effective date, or else the day of entry."""
        return self.effective_date or self.entered_date

    @property
    def day_rank(self) -> int:
        """The place among the events of one day; those of equal rank go in the order of entry."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FallsDue(Event):
    """The morning on which due items are charged: no one records it, the terms say when it is."""

    @property
    def day_rank(self) -> int:
        """Before all others of its day."""
        return -2


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountEvent(Event):
    """An event that moves an amount."""

    amount: int

    def __post_init__(self) -> None:
        require_amount(self.id, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(AmountEvent):
    """What a receipt and a goodwill credit share: an amount that settles what is owed."""


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
    """An item of its own beside the schedule, such as a fee or a penalty.

    Without a due date it joins the balance that no due item asks for. One that `keeping` derived counts
    before all other events of its day, whenever it was entered.
    """

    component: str
    due_date: date | None
    is_kept: bool = False

    def __post_init__(self) -> None:
        AmountEvent.__post_init__(self)
        if self.due_date is not None and self.component == PRINCIPAL:
            raise EventInvalid(f"{self.id}: {self.component} is scheduled, not charged")

    @property
    def counts_on(self) -> date:
        """The effective date, or else the earlier of entry and due date."""
        return self.effective_date or min(self.entered_date, self.due_date or self.entered_date)

    @property
    def day_rank(self) -> int:
        """Before the others of its day if it was derived."""
        return -1 if self.is_kept else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit(AmountEvent):
    """The creditor's own correction that lowers what is owed of one component."""

    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Event):
    """What a waiver and a dispute share: they name a charge (`of`), or a component, of one due item (`ref`) or of all.

    Without an amount they mean all that is unpaid of it.
    """

    of: str | None = None
    component: str = ""
    ref: str = ""
    amount: int | None = None

    def __post_init__(self) -> None:
        require_amount(self.id, self.amount or 0)
        if (self.of is None) == (not self.component):
            raise EventInvalid(f"{self.id}: names either a charge or a component")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Claim):
    """Gives up what is unpaid of a charge or a component, or `amount` of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Claim):
    """Leaves what is unpaid of a charge or a component, or `amount` of it, out until it is taken back."""


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
class Deferral(AmountEvent):
    """Moves what is unpaid and due on or after `from_date` by months and days; `amount` is interest for it."""

    amount: int = 0
    from_date: date
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        AmountEvent.__post_init__(self)
        if self.months < 0 or self.days < 0 or not (self.months or self.days):
            raise EventInvalid(f"{self.id}: a deferral by no time, or back in time")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One amount of one component that a plan asks for on a day."""

    due_date: date
    component: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Event):
    """Replaces what is unpaid of the components that it names by `rows`, and waives `discount`.

    `until`: only what is due on or before it is replaced; without it all, also what no due item asks for.
    """

    rows: tuple[PlanRow, ...]
    discount: tuple[tuple[str, int], ...] = ()
    until: date | None = None

    def __post_init__(self) -> None:
        if not self.rows:
            raise EventInvalid(f"{self.id}: a plan without rows")
        for amount in (*(row.amount for row in self.rows), *(part for _, part in self.discount)):
            require_amount(self.id, amount)
        if any(not row.amount for row in self.rows):
            raise EventInvalid(f"{self.id}: a row that asks for nothing")

    @property
    def by_component(self) -> dict[str, int]:
        """What rows and discount come to, by component."""
        found: dict[str, int] = {}
        for component, amount in (*((row.component, row.amount) for row in self.rows), *self.discount):
            found[component] = found.get(component, 0) + amount
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(AmountEvent):
    """Accepts an amount, received from its day to `by_date`, for all that is owed; the rest is then waived."""

    by_date: date

    def __post_init__(self) -> None:
        AmountEvent.__post_init__(self)
        if not self.amount:
            raise EventInvalid(f"{self.id}: a settlement for nothing is a waiver")
        if self.by_date < self.counts_on:
            raise EventInvalid(f"{self.id}: a settlement that ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Event):
    """Passes all that is outstanding to another creditor."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment(AmountEvent):
    """A judgment takes effect: `amount` is the money that it awards beside interest, to be paid by `perform_by`."""

    perform_by: date
    reference: str = ""

    def __post_init__(self) -> None:
        AmountEvent.__post_init__(self)
        if not self.amount:
            raise EventInvalid(f"{self.id}: a judgment that awards nothing")
        if self.perform_by < self.counts_on:
            raise EventInvalid(f"{self.id}: a judgment to be performed before it takes effect")

    @property
    def day_rank(self) -> int:
        """Before the others of its day: money of that day is allocated under it."""
        return -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOff(Event):
    """Takes all that is outstanding off the books; the debt stays collectable."""


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

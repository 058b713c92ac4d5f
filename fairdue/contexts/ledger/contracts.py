"""What the ledger hands to others: frozen answers in money and dates, no models."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSummary:
    """What one account owes as of a day."""

    account_id: int
    currency: str
    balance: Money
    by_component: dict[str, Money]
    overdue: Money
    """Unpaid due items whose due date has passed by the product's DPD origin."""
    days_past_due: int
    bucket: str
    oldest_unpaid_due_date: date | None
    next_due_date: date | None
    next_due: Money
    credit_balance: Money
    latest_payment_date: date | None
    latest_payment: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSummary:
    """What one person owes as of a day over all accounts; amounts per currency."""

    person_id: int
    balance: dict[str, Money]
    overdue: dict[str, Money]
    days_past_due: int
    """Of the worst account."""
    bucket: str
    accounts: tuple[AccountSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCard:
    """One component of one instalment or statement as of a day."""

    due_item_id: int
    account_id: int
    due_ref: str
    due_date: date
    component: str
    amount: Money
    paid: Money
    unpaid: Money
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCard:
    """Where a part of a receipt went: a due item, the balance in advance, or the credit balance."""

    component: str
    """A component, or `credit_balance`."""
    due_ref: str
    """Empty when the part settles no due item."""
    due_date: date | None
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCard:
    """An event of the account with the parts that a receipt was allocated to."""

    transaction_id: int
    account_id: int
    external_ref: str
    kind: str
    component: str
    amount: Money
    effective_date: date
    recorded_at: datetime
    source: str
    reverses_id: int | None
    reversed_by_id: int | None
    parts: tuple[PartCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceipt:
    """The answer to a payment: how it was allocated. `is_repeated` when it had been recorded before."""

    transaction_id: int
    account_id: int
    person_id: int
    amount: Money
    effective_date: date
    parts: tuple[PartCard, ...]
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCard:
    """A payment that stands, as a promise counts it."""

    transaction_id: int
    account_id: int
    person_id: int
    amount: Money
    effective_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """Counts of a landing: rows created, changed and found unchanged."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cached value that the postings do not confirm."""

    account_id: int
    subject: str
    cached: str
    proved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """What `prove` found: an empty `differences` means every cached value follows from the postings."""

    accounts: int
    postings: int
    differences: tuple[Difference, ...] = field(default=())

    @property
    def is_proved(self) -> bool:
        """Tell whether no difference was found."""
        return not self.differences

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
    accrued: Money
    """Interest and penalty interest earned to the day and not yet posted; zero where the creditor keeps the account."""
    latest_payment_date: date | None
    latest_payment: Money | None
    standing: str = "active"
    """What its events made of it: `active`, `charged_off`, `written_off`, `settled` or `assigned`."""


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
    settled_date: date | None = None
    """The day from which nothing of it has been unpaid, if by then something was asked; None while something is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgmentCard:
    """A judgment on an account: `awarded` is the money beside interest, to be paid by `perform_by`."""

    transaction_id: int
    account_id: int
    awarded: Money
    effective_date: date
    perform_by: date
    reference: str


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
class PaymentGiven:
    """One of many payments that are recorded together."""

    account_id: int
    amount: Money
    effective_date: date
    external_ref: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken:
    """One of many payments that was recorded."""

    transaction_id: int
    account_id: int
    person_id: int
    external_ref: str


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
    """The first ones, as many as were asked for."""
    total: int = 0
    """All that were found."""
    by_subject: dict[str, int] = field(default_factory=dict)
    is_deep: bool = False
    """Whether the facts were replayed too."""

    @property
    def is_proved(self) -> bool:
        """Tell whether no difference was found."""
        return not self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingCard:
    """One posting as an auditor reads it: an amount from one ledger account to another."""

    posting_id: int
    account_id: int
    transaction_id: int | None
    """Empty for openings and for what due items charge."""
    kind: str
    debit: str
    credit: str
    due_item_id: int | None
    due_ref: str
    due_date: date | None
    amount: Money
    effective_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange:
    """A due item that differs before and after; `None` amounts where it does not exist."""

    due_ref: str
    component: str
    due_date_before: date | None
    due_date_after: date | None
    asked_before: Money | None
    asked_after: Money | None
    paid_before: Money | None
    paid_after: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChange:
    """A receipt whose split differs before and after; `parts` are per component and `credit_balance`."""

    transaction_id: int
    """0 for the event of a preview, which has no number yet."""
    effective_date: date
    before: dict[str, Money]
    after: dict[str, Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became different: the state of an account before and after an event, or known then and now."""

    account_id: int
    as_of: date
    balance_before: dict[str, Money]
    """Outstanding per component."""
    balance_after: dict[str, Money]
    credit_balance_before: Money
    credit_balance_after: Money
    dpd_before: int
    dpd_after: int
    bucket_before: str
    bucket_after: str
    standing_before: str
    standing_after: str
    dues: tuple[DueChange, ...] = ()
    receipts: tuple[ReceiptChange, ...] = ()
    fees: tuple[tuple[str, Money], ...] = ()
    """(component, difference of all ever charged) of components that are neither principal nor interest."""
    interest: Money | None = None
    """Difference of all interest ever charged; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReceipt:
    """The answer to an event: what it changed. `is_repeated` when it had been recorded before."""

    transaction_id: int
    account_id: int
    person_id: int
    kind: str
    amount: Money | None
    effective_date: date
    changes: Changes
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingBooking:
    """Money that arrived, as it is booked against suspense."""

    incoming_payment_id: int
    creditor_id: int
    amount: Money
    effective_date: date

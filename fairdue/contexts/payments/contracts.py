"""What payments hands to others: frozen answers, personal values masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from fairdue.kernel.money import Money

PaymentStatus = Literal["suspense", "matched", "returned"]
RequestKind = Literal[
    "hand_payment", "refund", "return", "waiver", "settlement", "plan", "judgment", "charge_off", "write_off",
    "assignment",
]  # fmt: skip
RequestStatus = Literal["open", "approved", "refused", "withdrawn"]
OrderStatus = Literal["open", "sent", "confirmed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Money that arrived, as a source tells it; personal values in clear, on their way to being sealed."""

    creditor_id: int
    source: str
    """`webhook:<provider>`, `bank:<statement id>` or `hand`."""
    source_ref: str
    """What the source calls this payment; the same reference again is the same payment."""
    amount: Money
    value_date: date
    payer_name: str = ""
    payer_account: str = ""
    remittance: str = ""
    structured_ref: str = ""
    """Creditor reference (ISO 11649, invoice number) as the payer's bank passed it on."""
    end_to_end_ref: str = ""
    designated_account_id: int | None = None
    """The debt that the payer chose in the provider's form (Civil Code art. 560, first rule)."""
    resembles_id: int | None = None
    """Another payment of the same day and amount that another source brought: maybe the same money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One ground for a candidate: what was found and how much it weighs, in both languages."""

    code: str
    weight: int
    zh: str
    en: str
    is_certain: bool = False
    """Whether this ground alone may match without a person looking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account that a payment may be for; the score is the sum of its reasons' weights."""

    account_id: int
    person_id: int
    account_ref_masked: str
    name_masked: str
    product_name_zh: str
    product_name_en: str
    currency: str
    overdue: Money
    balance: Money
    next_due: Money
    next_due_date: date | None
    days_past_due: int
    score: int
    reasons: tuple[Reason, ...]
    is_certain: bool
    other_account_ids: tuple[int, ...] = ()
    """The person's other accounts of this creditor and currency, over which art. 560 may divide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedAmount:
    """An open promise to pay, passed in by a journey: promises live above this room."""

    person_id: int
    account_id: int | None
    amount: Money
    promised_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePart:
    """What one account gets of a payment, and by which rule."""

    account_id: int
    account_ref_masked: str
    amount: Money
    rule: str
    """`only_debt`, `by_hand`, or a reason of `engine.ledger.allocation.debts`: `designated`, `due`, …"""
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCard:
    """A part of a payment at an account; undone matches are kept."""

    match_id: int
    payment_id: int
    account_id: int
    person_id: int
    account_ref_masked: str
    amount: Money
    transaction_id: int
    way: str
    """`automatic` or `by_hand`."""
    rule: str
    reasons: tuple[Reason, ...]
    matched_by: str
    matched_at: datetime
    undone_by: str = ""
    undone_at: datetime | None = None
    undone_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCard:
    """One incoming payment, masked."""

    payment_id: int
    creditor_id: int
    creditor_name_zh: str
    creditor_name_en: str
    source: str
    source_kind: str
    """`webhook`, `bank` or `hand`."""
    amount: Money
    matched: Money
    returned: Money
    waiting: Money
    """What of it is in suspense."""
    value_date: date
    received_at: datetime
    age_days: int
    status: PaymentStatus
    payer_name_masked: str
    payer_account_masked: str
    remittance_masked: str
    reference_masked: str
    statement_id: int | None
    resembles_id: int | None
    why_waiting: str
    """Code: `not_certain`, `amount_differs`, `several_certain`, `currency_differs`, `maybe_repeated`,
    `ledger_refused`, `match_undone`; empty when nothing waits or matching was not tried yet."""
    matches: tuple[MatchCard, ...] = ()
    """Live and undone, in the order in which they were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """A page of payments with what all of them come to."""

    rows: tuple[PaymentCard, ...]
    total_count: int
    waiting: dict[str, Money]
    """Per currency, over all rows, not only the page's."""
    ages: tuple[tuple[str, int], ...] = ()
    """Number of waiting payments by age: `0-1`, `2-7`, `8-30`, `31+` days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of money that arrived. `is_repeated` when it had been received before."""

    payment_id: int
    status: PaymentStatus
    matches: tuple[MatchCard, ...]
    person_ids: tuple[int, ...]
    waiting: Money
    why_waiting: str = ""
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The answer to a match or its undoing: who is touched, and where the money stands now."""

    payment_id: int
    matches: tuple[MatchCard, ...]
    person_ids: tuple[int, ...]
    waiting: Money
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTogether:
    """What became of many payments at once: `payment_ids` are matched, the others are as they were."""

    payment_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    later: tuple[int, ...]
    """Payments at accounts of which another payment was looked at first."""
    alone: tuple[int, ...]
    """Payments that are not certain, or that have to be matched one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRowCard:
    """One row of a bank file and its verdict."""

    position: str
    amount: Money | None
    """Signed as the bank's customer sees it: credits positive; empty if it could not be read."""
    value_date: date | None
    verdict: str
    """`booked`, `repeated`, `returned`, `set_aside` or `rejected`."""
    reason: str
    """Code of the reason, such as `bank.row.debit_not_ours`; empty for what was booked."""
    payment_id: int | None
    payer_name_masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCard:
    """One statement of a bank file; `row_count` is the sum of the five verdicts, always."""

    statement_id: int
    creditor_id: int
    format: str
    file_name: str
    statement_ref: str
    account_masked: str
    currency: str
    from_date: date | None
    to_date: date | None
    opening: Money | None
    closing: Money | None
    difference: Money | None
    """Opening plus entries minus closing; empty when the file tells no balances."""
    row_count: int
    booked_count: int
    repeated_count: int
    returned_count: int
    set_aside_count: int
    rejected_count: int
    booked: Money
    taken_by: str
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaken:
    """What became of a bank file; `is_repeated` when the very same bytes had been taken before and no
    row that was rejected then can be taken now."""

    statements: tuple[StatementCard, ...]
    payment_ids: tuple[int, ...]
    """Newly booked, in the order of the file."""
    undone_person_ids: tuple[int, ...] = ()
    """Persons whose earlier payment was taken back by a return in this file."""
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCard:
    """A repayment code 还款码 of an account; `spoken` has it in groups, as it is printed and read out."""

    account_id: int
    code: str
    spoken: str
    issued_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCard:
    """Something that needs a second pair of eyes."""

    request_id: int
    kind: RequestKind
    status: RequestStatus
    creditor_id: int
    account_id: int | None
    person_id: int | None
    account_ref_masked: str
    name_masked: str
    amount: Money | None
    effective_date: date
    details: Mapping[str, Any]
    reason: str
    requested_by_id: int
    requested_by: str
    requested_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    transaction_id: int | None = None
    order_id: int | None = None
    may_approve: bool = False
    """Whether the actor who asked may approve it: holds the permission and did not request it."""
    why_not: str = ""
    """`own_request` or `permission` when not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval did, and whose promises need judging again."""

    request: RequestCard
    person_ids: tuple[int, ...]
    payment_id: int | None = None
    transaction_id: int | None = None
    order_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """Money to be sent out: a refund to a borrower or a return to a payer."""

    order_id: int
    request_id: int
    kind: Literal["refund", "return"]
    creditor_id: int
    account_id: int | None
    amount: Money
    payee_name_masked: str
    payee_account_masked: str
    status: OrderStatus
    made_at: datetime
    sent_at: datetime | None
    confirmed_at: datetime | None
    export_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderExport:
    """A file of payment orders for the bank: its name, its bytes and what it holds."""

    export_ref: str
    file_name: str
    content: bytes
    order_count: int
    totals: dict[str, Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseDay:
    """Money in suspense over one day in one currency."""

    currency: str
    opening: Money
    received: Money
    matched: Money
    """Matches made on the day, less matches undone on it."""
    returned: Money
    """Taken back by the payer's bank."""
    refunded: Money
    """Sent back to the payer on approval."""
    closing: Money
    """Opening + received − matched − returned − refunded."""
    ledger: Money
    """What the ledger's suspense account says at the end of the day."""
    difference: Money
    """Ledger minus closing: anything but zero needs a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnd:
    """The day-end report of one creditor."""

    creditor_id: int
    business_date: date
    suspense: tuple[SuspenseDay, ...]
    received_by_source: tuple[tuple[str, int, Money], ...]
    """(source kind, count, amount)."""
    matched_by_way: tuple[tuple[str, int, Money], ...]
    """(`automatic` or `by_hand`, count, amount)."""
    waiting_by_age: tuple[tuple[str, int, Money], ...]
    """(age such as `2-7`, count, amount waiting) at the end of the day."""
    credit_refunds: tuple[tuple[str, int, Money], ...]
    """(currency, count, amount) of credit balances refunded on the day: they leave cash, not suspense."""
    statements: tuple[StatementCard, ...]
    decisions: tuple[RequestCard, ...]
    """Requests decided on the day: who asked, who decided."""
    problems: tuple[str, ...] = field(default=())
    """Codes of what does not agree, such as `suspense.difference:CNY` or `statement.difference:<id>`."""

    @property
    def is_agreed(self) -> bool:
        """Tell whether every figure agrees to the cent."""
        return not self.problems

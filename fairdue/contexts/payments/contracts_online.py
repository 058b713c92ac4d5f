"""What payments hands out about paying online: checkouts, mandates, debits, what the provider told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fairdue.engine.payments.checkouts import LIVE, NOTHING_TAKEN, CheckoutStatus, Kind, Verdict
from fairdue.kernel.money import Money

Method = Literal["card", "wallet", "qr", "direct_debit"]
METHODS: tuple[Method, ...] = ("card", "wallet", "qr")
"""What a payer can choose; a direct debit is made by us under a mandate."""
Choice = Literal["full", "overdue", "minimum", "instalment", "other", "due"]
MandateStatus = Literal["offered", "active", "stopped", "refused", "lapsed"]
DebitStatus = Literal["planned", "sent", "collected", "given_up", "stopped", "not_needed"]
Source = Literal["told", "asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutShare:
    """What one debt gets of a payment, as the payer saw it before paying, and by which rule."""

    account_id: int
    amount: Money
    rule: str = "designated"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutWish:
    """What somebody wants to pay online; the shares sum to the amount."""

    person_id: int
    creditor_id: int
    amount: Money
    shares: tuple[CheckoutShare, ...]
    method: Method
    choice: Choice
    nonce: str
    """Drawn when the answers were shown for checking: the same again is the same payment."""
    locale: str = "zh-hans"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutCard:
    """One payment through the provider."""

    checkout_id: int
    ref: str
    """Our name of it, drawn at random; says nothing about whom or what it is for."""
    person_id: int
    creditor_id: int
    amount: Money
    shares: tuple[CheckoutShare, ...]
    method: Method
    choice: Choice
    status: CheckoutStatus
    failure: str
    """The provider's reason of a failure, such as `insufficient_funds`."""
    provider_ref: str
    pay_url: str
    made_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    asked_at: datetime | None
    told_at: datetime | None
    payment_id: int | None
    debit_id: int | None
    locale: str = "zh-hans"

    @property
    def is_live(self) -> bool:
        """Tell whether nothing final is known yet."""
        return self.status in LIVE

    @property
    def is_nothing_taken(self) -> bool:
        """Tell whether it has ended without any money being taken."""
        return self.status in NOTHING_TAKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A checkout that was begun; `is_repeated` when the same answers were sent before."""

    checkout: CheckoutCard
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that a provider says about one payment: told by itself, or answered when asked."""

    event_ref: str
    kind: Kind
    checkout_ref: str
    provider_ref: str
    amount_minor: int
    currency: str
    occurred_at: datetime
    failure: str = ""
    source: Source = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTaken:
    """What a notice did."""

    checkout: CheckoutCard
    verdict: Verdict
    person_ids: tuple[int, ...] = ()
    """Whose promises need judging again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCard:
    """A notice as it is kept."""

    checkout_id: int | None
    checkout_ref: str
    event_ref: str
    kind: str
    source: Source
    verdict: str
    amount: Money | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateCard:
    """A direct debit mandate 代扣授权 of one debt."""

    mandate_id: int
    ref: str
    person_id: int
    account_id: int
    creditor_id: int
    status: MandateStatus
    cap: Money
    payer_masked: str
    words: str
    words_version: str
    offered_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitCard:
    """What is taken, or was tried to be taken, for one due date."""

    debit_id: int
    mandate_id: int
    account_id: int
    person_id: int
    due_date: date
    amount: Money
    status: DebitStatus
    tries: int
    next_try_date: date | None
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineDay:
    """What was asked of the provider on a day, what it told, and what is missing between the two."""

    business_date: date
    asked: tuple[CheckoutCard, ...]
    """Payments begun on the day."""
    told: tuple[NoticeCard, ...]
    """Notices that came on the day."""
    missing: tuple[CheckoutCard, ...]
    """Of those asked: no final word yet although their time is over, or the word had to be fetched."""
    strange: tuple[NoticeCard, ...]
    """Notices that name no payment of ours, differ from what was asked, or came too early."""
    totals: tuple[tuple[str, str, int, Money], ...]
    """(status, currency, count, amount)."""

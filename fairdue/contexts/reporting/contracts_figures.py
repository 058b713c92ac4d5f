"""What the dashboards hand out: one filter, and one dataclass a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """What narrows every card; None or empty narrows nothing. `window` is a period in days that ends with the night."""

    creditor_id: int | None = None
    product_id: int | None = None
    bucket: str = ""
    team_id: int | None = None
    agency: str = ""
    currency: str = ""
    window: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One bucket of the book."""

    bucket: str
    accounts: int
    balance: Money
    overdue: Money
    share: Fraction | None
    """Of the overdue amount, in per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """Where the accounts of one bucket of the earlier night are now."""

    bucket: str
    accounts: int
    balance: Money
    to: dict[str, int]
    shares: dict[str, Fraction]
    """`cured`, `better`, `stay`, `worse`, in per cent of the accounts."""
    rate: Fraction | None
    """迁徙率 into the next bucket, by balance, in per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollMatrix:
    """滚动率 between two nights."""

    base_date: date
    order: tuple[str, ...]
    lines: tuple[RollLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The accounts disbursed in one month; `shares` is the running share that was ever 30+ by month on book, in per cent."""

    month: str
    accounts: int
    shares: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStage:
    """One stage with its persons, and their share of the first stage and of the one before, in per cent."""

    stage: str
    persons: int
    overdue: Money
    of_all: Fraction | None
    of_before: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryLine:
    """What came in after the decisions of one strategy row by one channel."""

    row_id: str
    channel: str
    persons: int
    paid_persons: int
    overdue: Money
    received: Money
    rate: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """How many overdue persons had so many contacts of a kind in seven days."""

    kind: str
    used: str
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionLine:
    """Complaints, disputes, hardships taken in within the window."""

    kind: str
    taken: int
    still_open: int
    per_thousand: Fraction | None
    """Per thousand persons to whom something was due in the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """Promises that are open, or ended within the window."""

    status: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """Money of the window by today's bucket."""

    bucket: str
    accounts: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboards:
    """All cards of one night under one filter; `night` is None while no night is stored up to the day asked for."""

    as_of: date
    night: date | None
    filter: FigureFilter
    currencies: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    book: tuple[BookLine, ...] = ()
    roll: RollMatrix | None = None
    vintages: tuple[Cohort, ...] = ()
    funnel: tuple[FunnelStage, ...] = ()
    recovery: tuple[RecoveryLine, ...] = ()
    recovery_date: date | None = None
    budget: tuple[BudgetLine, ...] = ()
    objections: tuple[ObjectionLine, ...] = ()
    promises: tuple[PromiseLine, ...] = ()
    kept_rate: Fraction | None = None
    received: tuple[ReceivedLine, ...] = ()

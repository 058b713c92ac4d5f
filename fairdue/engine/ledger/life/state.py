"""What is known of a debt on a day: frozen results, in minor units, made by `replay`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fairdue.engine.ledger.life.events import Event

Status = Literal["active", "closed", "overpaid", "written_off", "settled", "assigned"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a double entry; one of debit and credit is zero."""

    account: str
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """How an event's amount divides into components.

    1. A payment: what it settles as it stands now, and what of it is still held as overpayment.
    2. A chargeback: what is due again, and what the overpayment absorbed.
    3. A refund: the excess that is owed as principal, and what the overpayment paid.
    4. A waiver, charge-off or write-off: what it took.
    """

    parts: Mapping[str, int]
    overpaid: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """That an event settled so much of one item: the smallest piece of an explanation.

    1. (`ref`, `component`) names the item: of an instalment its own ref; of a charge `charge:<event id>`; of a
       row that an event made `<event id>:<n>`; of any other extra row `extra:<due date>`.
    2. Balance that no item asks for has no row, no due date and the ref "". A credit that takes such a
       balance, or the amount of an item, away stands there too.
    3. `effective_date` is the day on which the money settled it: later than the day of the receipt when
       an overpayment was held until then.
    """

    event_id: str
    ref: str
    row_number: int | None
    component: str
    due_date: date | None
    charge_id: str | None
    amount: int
    effective_date: date
    is_waived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowState:
    """A row as it stands: `components` is all that was asked, whether paid, waived or neither."""

    number: int
    ref: str
    due_date: date
    is_regular: bool
    components: Mapping[str, int]
    paid: int
    waived: int
    balance: int

    @property
    def total(self) -> int:
        """All that was asked in this row."""
        return sum(self.components.values())

    @property
    def outstanding(self) -> int:
        """What is neither paid nor waived."""
        return self.total - self.paid - self.waived


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over all rows and unscheduled balance; `by_component` is outstanding, and zero once written off."""

    due: int
    paid: int
    waived: int
    outstanding: int
    by_component: Mapping[str, int]
    overpaid: int
    written_off: int
    recovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delinquency:
    """How late a debt is on a day; all zero and empty unless it is active."""

    days_past_due: int = 0
    delinquent_days: int = 0
    bucket: str | None = None
    amount: int = 0
    oldest_due_date: date | None = None
    by_bucket: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanState:
    """All that follows from the terms and the events of one debt on `as_of`."""

    as_of: date
    status: Status
    charged_off_date: date | None
    rows: tuple[RowState, ...]
    totals: Totals
    delinquency: Delinquency
    accrued_interest: int
    splits: Mapping[str, Split]
    parts: tuple[Part, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    events: tuple[Event, ...]
    """The accepted events that stand, in the order of the days they count for."""
    refusals: Mapping[str, str]
    """The reason of each refused event."""

    @property
    def is_charged_off(self) -> bool:
        """Whether the debt is off the books though still collectable."""
        return self.charged_off_date is not None

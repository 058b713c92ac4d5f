"""The debt while its events are applied: rows and their items, what is held, and what each event did."""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from fairdue.engine.ledger.life.state import Entry, Status
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL, DebtTerms


@dataclass(slots=True, eq=False)
class Item:
    """One amount of one component with one due date; without one, it is balance that nothing asks for yet.

    `ref` names the due item of which it is a component; `disputed` is what of it no money may settle; `lowered`
    is what credits took from what it asks, which a later charge of the component lets it ask for again. With
    `is_charged` it is owed from its due date only.
    """

    component: str
    due_date: date | None
    amount: int
    charge_id: str | None = None
    ref: str = ""
    paid: int = 0
    waived: int = 0
    disputed: int = 0
    lowered: int = 0
    is_charged: bool = False

    @property
    def unpaid(self) -> int:
        """What is neither paid nor waived."""
        return self.amount - self.paid - self.waived

    @property
    def payable(self) -> int:
        """What money may settle: unpaid and not in dispute."""
        return max(self.unpaid - self.disputed, 0)

    def ask_more(self, amount: int, ref: str) -> None:
        """Ask for more; where nothing was ever asked, the item is a new one of that name.

        An extra row was made for what is asked more, and has its own name already.
        """
        is_new = not (self.amount or self.paid or self.waived or self.ref.startswith("extra:"))
        if amount and is_new:
            self.ref = ref
        self.amount += amount


@dataclass(slots=True, eq=False)
class Row:
    """The items shown together: principal, interest, then further components and charges by due date."""

    due_date: date
    is_regular: bool
    ref: str
    principal: Item
    interest: Item
    charges: list[Item] = field(default_factory=list)

    @classmethod
    def due(
        cls,
        due_date: date,
        *,
        is_regular: bool,
        ref: str,
        principal: int = 0,
        interest: int = 0,
        others: Iterable[tuple[str, int]] = (),
        charged: Container[str] = (),
    ) -> Row:
        """Return a row without charges."""
        return cls(
            due_date,
            is_regular,
            ref,
            Item(PRINCIPAL, due_date, principal, ref=ref, is_charged=PRINCIPAL in charged),
            Item(INTEREST, due_date, interest, ref=ref, is_charged=INTEREST in charged),
            [
                Item(component, due_date, amount, ref=ref, is_charged=component in charged)
                for component, amount in others
            ],
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of the row."""
        return (self.principal, self.interest, *self.charges)

    @property
    def unpaid(self) -> int:
        """What of the row is neither paid nor waived."""
        return sum(item.unpaid for item in self.items)

    @property
    def payable(self) -> int:
        """What of the row is unpaid and not in dispute: only this can be late."""
        return sum(item.payable for item in self.items)

    def add_charge(self, item: Item) -> None:
        """Put a charge after those due on or before the same day."""
        insort(self.charges, item, key=lambda other: other.due_date or self.due_date)


@dataclass(slots=True, frozen=True)
class Settled:
    """That an event paid or waived part of an item, for the day from which it counts.

    Without a row, the item is balance that nothing asks for yet.
    """

    event_id: str
    row: Row | None
    item: Item
    amount: int
    effective_date: date
    is_waived: bool = False


@dataclass(slots=True)
class Interval:
    """A pause as it now stands."""

    from_date: date
    to_date: date


@dataclass(slots=True)
class Agreement:
    """A settlement while it waits for its money: receipts that count from `from_date` to `by_date` fulfil it."""

    event_id: str
    amount: int
    from_date: date
    by_date: date
    received: int = 0
    is_met: bool = False
    receipts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Position:
    """A debt at one place of its replay. Verbs change it; nothing outside `life` sees it.

    `splits` and `overpaid` are by event; `holders` are the payments that may still hold an overpayment,
    earliest first; `returned` is what was charged back of each payment, by component.
    """

    terms: DebtTerms
    rows: list[Row] = field(default_factory=list)
    unscheduled: list[Item] = field(default_factory=list)
    charges: dict[str, tuple[Row | None, Item]] = field(default_factory=dict)
    splits: dict[str, dict[str, int]] = field(default_factory=dict)
    overpaid: dict[str, int] = field(default_factory=dict)
    holders: list[str] = field(default_factory=list)
    returned: dict[str, dict[str, int]] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    pauses: list[Interval] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    charged_off_date: date | None = None
    discharged_date: date | None = None
    assigned_date: date | None = None
    judgment_date: date | None = None
    is_written_off: bool = False
    is_settled: bool = False
    written_off: int = 0
    recovered: int = 0
    recoveries: dict[str, int] = field(default_factory=dict)
    charge_off_mark: int | None = None
    """How many parts had been settled when the debt was charged off: those after it are recoveries."""

    @classmethod
    def opened(cls, terms: DebtTerms) -> Position:
        """Return the debt as agreed, before any event."""
        rows = [
            Row.due(
                row.due_date,
                is_regular=True,
                ref=row.ref,
                principal=row.principal,
                interest=row.interest,
                others=row.others,
                charged=row.charged,
            )
            for row in terms.instalments
        ]
        unscheduled = [Item(component, None, amount) for component, amount in terms.unscheduled]
        return cls(terms=terms, rows=rows, unscheduled=unscheduled, judgment_date=terms.judgment_date)

    @property
    def items(self) -> Iterator[Item]:
        """All items of all rows, then the balance that nothing asks for yet."""
        yield from (item for row in self.rows for item in row.items)
        yield from self.unscheduled

    @property
    def outstanding(self) -> int:
        """What is neither paid nor waived, of rows and unscheduled balance."""
        return sum(item.unpaid for item in self.items)

    @property
    def is_ended(self) -> bool:
        """Whether the debt was written off, settled or not, or assigned."""
        return self.is_written_off or self.is_settled or self.assigned_date is not None

    @property
    def held(self) -> int:
        """The overpayment held."""
        return sum(self.overpaid[holder] for holder in self.holders)

    @property
    def status(self) -> Status:
        """The first that applies: assigned, settled, written off, overpaid, settled by agreement, closed, active."""
        if self.assigned_date is not None:
            return "assigned"
        if self.is_settled:
            return "settled"
        if self.is_written_off:
            return "written_off"
        if self.held:
            return "overpaid"
        if self.outstanding:
            return "active"
        return "closed" if self.discharged_date is None else "settled"

    def unpaid_by_component(self) -> dict[str, int]:
        """Return what is outstanding of each component, without zeros."""
        found: dict[str, int] = {}
        for item in self.items:
            if item.unpaid:
                found[item.component] = found.get(item.component, 0) + item.unpaid
        return found

    def add_row(self, row: Row) -> Row:
        """Put a row after those due on or before the same day."""
        insort(self.rows, row, key=lambda other: other.due_date)
        return row

    def row_of_charge(self, due_date: date) -> Row:
        """Return the row that a charge due on this day gets.

        1. The first regular row due on or after it.
        2. Else the extra row due on that very day, made if there is none yet.
        """
        for row in self.rows:
            if row.is_regular and row.due_date >= due_date:
                return row
        for row in self.rows:
            if row.due_date == due_date and not row.is_regular:
                return row
        return self.add_row(Row.due(due_date, is_regular=False, ref=f"extra:{due_date}"))

    def take_held(self, amount: int) -> int:
        """Take up to an amount from the overpayment, from the earliest payment first; return what it gave."""
        taken = 0
        for holder in self.holders:
            part = min(self.overpaid[holder], amount - taken)
            self.overpaid[holder] -= part
            taken += part
        return taken

"""The facts of one account, as known at an instant: from rows to the terms and events of its life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fairdue.contexts.ledger.codes import LENT
from fairdue.contexts.ledger.queries.terms import policies
from fairdue.engine.ledger import event_kinds
from fairdue.engine.ledger.accounts import INCOME, OPENING, receivable
from fairdue.engine.ledger.allocation.statements import asked_date_of
from fairdue.engine.ledger.event_codec import event_of
from fairdue.engine.ledger.event_kinds import EventRecord
from fairdue.engine.ledger.life import DebtTerms
from fairdue.engine.ledger.life.events import Claim, Event
from fairdue.engine.ledger.life.history import History
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL, DelinquencyRule, Instalment
from fairdue.engine.ledger.projection import Books, Key, Line, lines_of
from fairdue.kernel.clock import business_date


@dataclass(frozen=True, slots=True)
class StoredTransaction:
    """A transaction as it is stored."""

    id: int
    external_ref: str
    kind: str
    component: str
    amount_minor: int
    currency: str
    effective_date: date
    recorded_at: datetime
    reverses_id: int | None
    fund: str
    details: Mapping[str, Any]
    source: str = ""
    approval_ref: str = ""

    @property
    def is_undated_charge(self) -> bool:
        """Whether it adds to the balance that no due item asks for: part of the terms, not an event."""
        return self.kind == "charge" and "due_date" not in self.details


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A due item as it is stored."""

    id: int
    due_ref: str
    component: str
    due_date: date
    amount_minor: int
    asked_minor: int
    paid_minor: int
    settled_date: date | None
    made_by_id: int | None

    @property
    def key(self) -> Key:
        """Its reference and component."""
        return (self.due_ref, self.component)


@dataclass(slots=True)
class AccountFacts:
    """What is known of one account; what follows from it is computed when asked for."""

    account_id: int
    person_id: int
    creditor_id: int
    currency: str
    balance_date: date
    dpd_origin: str
    bucket_edges: tuple[int, ...]
    policy: str
    external_ref: str
    transactions: list[StoredTransaction]
    items: list[StoredItem]
    openings: Mapping[str, int]
    annual_rates: Mapping[str, Fraction] = field(default_factory=dict)
    """By component, where the order of payment goes by rate."""
    _history: History | None = field(default=None)

    @property
    def reversed_by(self) -> dict[int, int]:
        """The reversal of each reversed transaction."""
        return {one.reverses_id: one.id for one in self.transactions if one.reverses_id is not None}

    @property
    def given_items(self) -> list[StoredItem]:
        """Due items that the creditor or the contract asked for, not those that events made."""
        return [item for item in self.items if item.made_by_id is None]

    @property
    def undated_charges(self) -> list[StoredTransaction]:
        """Charges without a due date that stand."""
        gone = self.reversed_by
        return [one for one in self.transactions if one.is_undated_charge and one.id not in gone]

    @property
    def is_plain(self) -> bool:
        """Whether only payments, credits and undated charges ever came, and reversals of these."""
        return all(
            one.kind in event_kinds.PLAIN_KINDS and (one.kind != "charge" or one.is_undated_charge)
            for one in self.transactions
            if one.kind != event_kinds.REVERSAL
        )

    @property
    def history(self) -> History:
        """What the facts come to; every stored event is trusted."""
        if self._history is None:
            self._history = History.trusted(self.terms(), self.events())
        return self._history

    def is_charged(self, item: StoredItem) -> bool:
        """Tell whether a due item adds to the debt on its day, rather than asking for part of the opening."""
        is_asked_only = item.component in LENT or asked_date_of(item.due_ref) is not None
        return not is_asked_only and item.due_date > self.balance_date

    def terms(self) -> DebtTerms:
        """Return what was agreed, as far as the facts tell.

        Due items ask for what is ever receivable, per component in order of due date, as far as it reaches; what
        no item asks for is unscheduled balance, from the beginning or from the day of the charge that brought it.
        """
        rows: dict[tuple[date, str], dict[str, int]] = {}
        charged: dict[tuple[date, str], set[str]] = {}
        for item, asked in self._asked():
            place = (item.due_date, item.due_ref)
            rows.setdefault(place, {})[item.component] = asked
            if self.is_charged(item):
                charged.setdefault(place, set()).add(item.component)
        sums = self._asked_sums()
        loose = tuple(
            (component, amount - sums[component])
            for component, amount in self._owed_from_start().items()
            if amount > sums[component]
        )
        return DebtTerms(
            disbursed_date=self.balance_date,
            instalments=tuple(
                _instalment(*place, amounts, charged.get(place, ())) for place, amounts in rows.items()
            ),
            unscheduled=loose or ((PRINCIPAL, 0),),
            allocation=policies()[self.policy],
            annual_rates=self.annual_rates,
            delinquency=DelinquencyRule(origin=self.dpd_origin),  # type: ignore[arg-type]
        )

    def _owed_from_start(self) -> dict[str, int]:
        """Return what is owed per component without later charges: openings and what due items charge."""
        owed = dict(self.openings)
        for item in self.given_items:
            if self.is_charged(item):
                owed[item.component] = owed.get(item.component, 0) + item.amount_minor
        return owed

    def _asked(self) -> Iterator[tuple[StoredItem, int]]:
        """Yield the due items that ask for anything, with how much."""
        left = self._owed_from_start()
        for one in self.undated_charges:
            left[one.component] = left.get(one.component, 0) + one.amount_minor
        for item in sorted(self.given_items, key=lambda item: (item.due_date, item.due_ref, item.id)):
            asked = min(item.amount_minor, max(left.get(item.component, 0), 0))
            if asked:
                left[item.component] -= asked
                yield item, asked

    def _asked_sums(self) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for item, asked in self._asked():
            sums[item.component] += asked
        return sums

    def _later_charges(self) -> Iterator[Event]:
        """Yield charges without a due date as far as no due item asks for them; items ask for the earliest first."""
        room = self._asked_sums()
        for component, amount in self._owed_from_start().items():
            room[component] = max(room[component] - amount, 0)
        for one in sorted(self.undated_charges, key=lambda one: (one.effective_date, one.id)):
            covered = min(room[one.component], one.amount_minor)
            room[one.component] -= covered
            if one.amount_minor > covered:
                yield event_of(replace(record_of(one), amount=one.amount_minor - covered))

    def events(self) -> list[Event]:
        """Return the events in the order in which they were recorded."""
        loose = {one.id: one for one in self.transactions if one.is_undated_charge}
        found = [
            self.event(one, loose)
            for one in self.transactions
            if one.id not in loose and one.reverses_id not in loose
        ]
        return sorted([*found, *self._later_charges()], key=_number) if loose else found

    def event(self, stored: StoredTransaction, loose: Mapping[int, StoredTransaction] | None = None) -> Event:
        """Return the event of one transaction.

        A waiver or dispute of a charge without a due date means that much of the charge's component.
        """
        event = self._latest(event_of(record_of(stored)))
        if isinstance(event, Claim) and event.of is not None:
            if loose is None:
                loose = {one.id: one for one in self.transactions if one.is_undated_charge}
            charge = loose.get(int(event.of))
            if charge is not None:
                amount = charge.amount_minor if event.amount is None else event.amount
                return replace(event, of=None, component=charge.component, amount=amount)
        return event

    def _latest(self, event: Event) -> Event:
        """Return an event that names a kept charge so that it names the one which stands in its place now.

        Keeping corrects a charge by a reversal and a new one whose reference has the same key.
        """
        if not isinstance(event, Claim) or event.of is None:
            return event
        keys = {
            one.id: one.external_ref.partition("~")[0] for one in self.transactions if one.source == "keeping"
        }
        key, gone = keys.get(int(event.of)), self.reversed_by
        standing = [number for number, name in keys.items() if name == key and number not in gone]
        return replace(event, of=str(standing[-1])) if key and standing else event

    def books(self) -> Books:
        """Return what the projection must know beside the position."""
        return Books(
            funds={str(one.id): one.fund for one in self.transactions},
            charged_dates={item.key: item.due_date for item in self.given_items if self.is_charged(item)},
        )

    def charge_lines(self) -> list[Line]:
        """Return what charges without a due date post."""
        return [
            Line(
                str(one.id),
                "charge",
                receivable(one.component),
                INCOME + one.component,
                one.amount_minor,
                one.effective_date,
            )
            for one in self.undated_charges
        ]

    def event_lines(self) -> list[Line]:
        """Return all that transactions post."""
        history = self.history
        return [*self.charge_lines(), *lines_of(history.position, history.standing(), self.books())]

    def base_lines(self) -> list[Line]:
        """Return what openings and due items post, which no transaction does."""
        opened = [
            Line("", "opening", receivable(component), OPENING, amount, self.balance_date)
            for component, amount in self.openings.items()
            if amount
        ]
        return opened + [
            Line(
                "",
                "charge",
                receivable(item.component),
                INCOME + item.component,
                item.amount_minor,
                item.due_date,
                item.key,
            )
            for item in self.given_items
            if self.is_charged(item) and item.amount_minor
        ]

    def with_transaction(self, stored: StoredTransaction) -> AccountFacts:
        """Return the facts with one transaction more."""
        return replace(self, transactions=[*self.transactions, stored], _history=None)


def _number(event: Event) -> int:
    """Return an event's place in the order of recording; one that is only tried out comes last."""
    return int(event.id) or 2**63


def record_of(stored: StoredTransaction) -> EventRecord:
    """Return a transaction in the form that the engine reads; a file gives the component in its own column only."""
    named = {"component": stored.component} if stored.component else {}
    return EventRecord(
        id=str(stored.id),
        kind=stored.kind,
        effective_date=stored.effective_date,
        entered_date=business_date(stored.recorded_at),
        amount=0 if stored.kind == event_kinds.REVERSAL else stored.amount_minor,
        component=stored.component,
        details=named | dict(stored.details),
        reverses_id="" if stored.reverses_id is None else str(stored.reverses_id),
    )


def _instalment(
    due_date: date, due_ref: str, amounts: Mapping[str, int], charged: Iterable[str]
) -> Instalment:
    others = tuple((name, part) for name, part in amounts.items() if name not in (PRINCIPAL, INTEREST))
    return Instalment(
        due_date,
        amounts.get(PRINCIPAL, 0),
        amounts.get(INTEREST, 0),
        others=others,
        ref=due_ref,
        charged=frozenset(charged),
    )

"""The walk of an instalment contract through time: penalty interest, late fees and caps on what is unpaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.ledger.keeping.caps import CapMeter
from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import KeptCharge
from fairdue.engine.ledger.keeping.overdue import (
    Reckoned,
    late_fee,
    late_fee_dates,
    late_fee_key,
    penalty_base,
    penalty_interest,
    penalty_key,
)
from fairdue.engine.ledger.keeping.prepaying import Prepayment, lets_prepay, prepaid
from fairdue.engine.ledger.keeping.settling import EARNED_PREFIX, earned_interest, instalment_ref, payoff
from fairdue.engine.ledger.life.events import Charge, Event, FallsDue, Pause, Receipt, Resume
from fairdue.engine.ledger.life.history import apply, course
from fairdue.engine.ledger.life.position import Interval, Position, Row
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL, DebtTerms, DelinquencyRule, Instalment
from fairdue.engine.ledger.products.agreement import Agreement
from fairdue.engine.ledger.products.scheduling import ScheduledRow
from fairdue.kernel.day_counts import add_months

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Walk:
    """A contract on its way from the disbursement to `until`; `events` in the order in which they are applied.

    1. Stops are the days of events and the last day of each month; there, penalty interest since the row's
       last stop is charged, before the day's events are applied. A row bears none while within its grace.
    2. Late fees are charged on days of their own, in between.
    3. `settled_date` is the day of the first receipt that reaches the payoff while interest is unearned.
    4. At the first receipt that repays principal ahead of time the walk halts with `found`: from there on the
       schedule is another one. `prepaid` are those that the rows know already.
    """

    contract: Contract
    agreed: Agreement
    rows: tuple[ScheduledRow, ...]
    extra: tuple[ScheduledRow, ...]
    events: Sequence[Event]
    until: date
    prepaid: tuple[Prepayment, ...] = ()
    found: Prepayment | None = None
    charges: list[KeptCharge] = field(default_factory=list)
    cut: list[KeptCharge] = field(default_factory=list)
    settled_date: date | None = None
    position: Position = field(init=False)
    meter: CapMeter = field(init=False)
    _pauses: list[Interval] = field(init=False)
    _marks: dict[str, date] = field(default_factory=dict)
    _fees: dict[str, set[int]] = field(default_factory=dict)
    _rates: Mapping[str, Fraction] = field(init=False)
    _earned: tuple[date, int] = (date.min, 0)
    _lets_prepay: bool = False

    def __post_init__(self) -> None:
        terms = debt_terms(self.contract, self.rows, self.extra, self.prepaid)
        self.position = Position.opened(terms)
        self._lets_prepay = lets_prepay(self.contract, self.events)
        self.meter = CapMeter(self.agreed.caps, self.contract.disbursed_date)
        self._pauses = pauses_of(self.events, self.position)
        self._rates = {instalment_ref(row): row.rate for row in self.rows}

    def go(self) -> None:
        """Walk to `until`: at each stop and fee day charge what has come due, then apply the day's events."""
        by_day: dict[date, list[Event]] = {}
        for event in course(self.position.terms, self.events, self.until):
            if event.counts_on <= self.until:
                by_day.setdefault(max(event.counts_on, self.contract.disbursed_date), []).append(event)
        recorded = {day for day, same in by_day.items() if any(not isinstance(one, FallsDue) for one in same)}
        stops = recorded | set(month_ends(self.contract.disbursed_date, self.until))
        day = self.contract.disbursed_date
        while day <= self.until:
            self._pass_to(day)
            if day in stops:
                self._charge_penalties(day)
            self._charge_late_fees(day)
            for event in by_day.get(day, ()):
                self._apply(event, day)
                if self.found is not None:
                    return
            day = self._next_day(day, stops | set(by_day))

    def _next_day(self, day: date, stops: set[date]) -> date:
        """Return the next stop or fee day; rows that events made can bring fee days of their own."""
        ahead = [stop for stop in stops if stop > day]
        for row in self._charged_rows():
            ahead += [
                on
                for on in late_fee_dates(row.due_date, self.contract.terms, self.until).values()
                if on > day
            ]
        return min(ahead, default=self.until + ONE_DAY)

    def _pass_to(self, day: date) -> None:
        self.meter.pass_to(day, self.position.unpaid_by_component().get(PRINCIPAL, 0))

    def _apply(self, event: Event, day: date) -> None:
        if isinstance(event, Receipt) and self.settled_date is None:
            if self._settles(event.amount, day):
                self.settled_date = day
            elif self._lets_prepay and not self.is_stopped:
                self.found = prepaid(self.contract, self.rows, self.position, event.amount, day)
        if isinstance(event, Charge):
            self.meter.add(event.amount)
        apply(self.position, event)

    def _settles(self, amount: int, day: date) -> bool:
        """Tell whether a receipt reaches the payoff while interest of later rows is still asked."""
        if self.is_stopped or not any(row.due_date > day and row.interest for row in self.rows):
            return False
        return amount >= payoff(self.position, self.rows, day, self.contract.terms) > 0

    def earned_by(self, day: date) -> int:
        """Return the scheduled interest earned by a day, that of an early settlement included."""
        if self._earned[0] != day:
            scheduled = earned_interest(self.rows, day, self.contract.terms)
            self._earned = (day, scheduled + sum(row.interest for row in self.extra))
        return self._earned[1]

    @property
    def is_stopped(self) -> bool:
        """Whether the debt has left the books or ended, so that nothing more is charged."""
        return self.position.charged_off_date is not None or self.position.is_ended

    def _charged_rows(self) -> list[Row]:
        return [] if self.is_stopped else [row for row in self.position.rows if row.due_date is not None]

    def open_penalties(self, day: date) -> Iterator[tuple[Row, Reckoned]]:
        """Yield the penalty interest since each row's last stop, up to a day."""
        rule, grace = self.contract.terms.penalty, timedelta(days=self.contract.terms.delinquency.grace_days)
        if rule is None:
            return
        for row in self._charged_rows():
            base = penalty_base(row, self.position, rule)
            first = row.due_date if rule.from_due_date else row.due_date + grace
            start = max(self._marks.get(row.ref, first), first)
            if base and day > row.due_date + grace and day > start:
                yield (
                    row,
                    penalty_interest(
                        self.contract.terms,
                        rule,
                        base=base,
                        contract_rate=self._rate_of(row),
                        from_date=start,
                        to_date=day,
                        pauses=self._pauses,
                    ),
                )

    def _rate_of(self, row: Row) -> Fraction:
        """Return the contract's rate that a row bears; of rows that events made, the contract's latest."""
        return self._rates.get(row.ref, self.rows[-1].rate)

    def _charge_penalties(self, day: date) -> None:
        rule, grace = self.contract.terms.penalty, timedelta(days=self.contract.terms.delinquency.grace_days)
        if rule is None:
            return
        for row, reckoned in list(self.open_penalties(day)):
            due_date = row.due_date if rule.falls_due == "with_instalment" else None
            self._charge(penalty_key(row, day), rule.component, reckoned, day, due_date)
        for row in self._charged_rows():
            if day > row.due_date + grace:
                self._marks[row.ref] = day

    def _charge_late_fees(self, day: date) -> None:
        rule = self.contract.terms.late_fee
        if rule is None:
            return
        for row in self._charged_rows():
            for number, on in late_fee_dates(row.due_date, self.contract.terms, self.until).items():
                if on == day and number not in self._fees.setdefault(row.ref, set()):
                    self._fees[row.ref].add(number)
                    self._charge(
                        late_fee_key(row, number),
                        rule.component,
                        late_fee(self.contract.terms, rule, row),
                        day,
                    )

    def _charge(
        self, key: str, component: str, reckoned: Reckoned, day: date, due_date: date | None = None
    ) -> None:
        """Charge an amount as far as the caps allow."""
        if not reckoned.amount:
            return
        allowed, cap = self.meter.allow(reckoned.amount, self.earned_by(day))
        why = reckoned.why
        if cap is not None:
            why = replace(why, cap=cap.code, cut_minor=reckoned.amount - allowed)
        made = KeptCharge(
            key=key, component=component, amount=allowed, effective_date=day, why=why, due_date=due_date
        )
        (self.charges if allowed else self.cut).append(made)
        if allowed:
            apply(self.position, charge_event(made))


def charge_event(made: KeptCharge, entered_date: date | None = None) -> Charge:
    """Return the event of a kept charge: it counts before the other events of its day."""
    return Charge(
        id=made.key,
        entered_date=entered_date or made.effective_date,
        effective_date=made.effective_date,
        amount=made.amount,
        component=made.component,
        due_date=(made.due_date or made.effective_date) if made.is_due_at_once else None,
        is_kept=True,
    )


def debt_terms(
    contract: Contract,
    rows: Sequence[ScheduledRow],
    extra: Sequence[ScheduledRow] = (),
    made_early: Sequence[Prepayment] = (),
) -> DebtTerms:
    """Return the debt that the rows make; `extra` rows are interest earned by an early settlement.

    It is the debt that the ledger reads from the landed items, so that both settle alike.
    """
    made = [
        Instalment(
            row.due_date, row.principal, row.interest, ref=instalment_ref(row), charged=frozenset({INTEREST})
        )
        for row in rows
        if row.principal or row.interest
    ]
    made += [Instalment(row.due_date, 0, row.interest, ref=f"{EARNED_PREFIX}:{row.number}") for row in extra]
    amounts: dict[tuple[date, str], int] = {}
    for one in made_early:
        amounts[one.day, one.ref] = amounts.get((one.day, one.ref), 0) + one.amount
    made += [Instalment(day, amount, 0, ref=ref) for (day, ref), amount in amounts.items()]
    return DebtTerms(
        disbursed_date=contract.disbursed_date,
        instalments=tuple(made),
        allocation=contract.allocation,
        delinquency=DelinquencyRule(origin=contract.terms.delinquency.dpd_origin),
    )


def pauses_of(events: Sequence[Event], opened: Position) -> list[Interval]:
    """Return the pauses as they stand after all events, whenever these were entered."""
    scratch = Position.opened(opened.terms)
    for event in events:
        if isinstance(event, Pause | Resume):
            apply(scratch, event)
    return scratch.pauses


def month_ends(start: date, until: date) -> list[date]:
    """Return the last days of months after a day, up to another, both months included."""
    found: list[date] = []
    first = start.replace(day=1)
    while True:
        first = add_months(first, 1)
        end = first - ONE_DAY
        if end > until:
            return found
        if end > start:
            found.append(end)

"""The walk of a card through time: statements, what they ask for, and what they cost who does not pay in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import takewhile

from fairdue.engine.ledger.keeping.caps import CapMeter
from fairdue.engine.ledger.keeping.card_charges import interest_of, late_fee_of
from fairdue.engine.ledger.keeping.card_cycle import Cycle, cycles
from fairdue.engine.ledger.keeping.card_lots import Lot, Lots, Stretch, stretches
from fairdue.engine.ledger.keeping.card_minimum import LENT, Asked, ask, asked_of, take_back, unpaid_minimum
from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import KeptCharge
from fairdue.engine.ledger.keeping.overdue import Reckoned
from fairdue.engine.ledger.keeping.walk import charge_event
from fairdue.engine.ledger.life.events import Charge, Event, Plan
from fairdue.engine.ledger.life.history import apply
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL, DebtTerms, DelinquencyRule
from fairdue.engine.ledger.products.card import DAYS_OF_YEAR, CardAgreement, CardTerms

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Made:
    """A statement that was made, and what became of it; `asked` is what it asks for by component."""

    cycle: Cycle
    says: Asked
    asked: dict[str, int]
    billed: list[Lot]
    interest: int
    is_paid_in_full: bool | None = None


@dataclass(slots=True)
class CardWalk:
    """A card on its way from its opening to `until`; `events` in the order in which they are applied.

    On each day: first what became of statements whose time ended the day before, then the day's own statement
    with the interest it bills, then the day's events.
    """

    contract: Contract
    card: CardTerms
    agreed: CardAgreement
    events: Sequence[Event]
    until: date
    made: dict[str, Made] = field(default_factory=dict)
    charges: list[KeptCharge] = field(default_factory=list)
    cut: list[KeptCharge] = field(default_factory=list)
    lots: Lots = field(default_factory=Lots)
    is_revolving: bool = False
    position: Position = field(init=False)
    meter: CapMeter = field(init=False)
    _cycles: list[Cycle] = field(init=False)
    _plan_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        terms, opened = self.contract.terms, self.contract.disbursed_date
        self.position = Position.opened(
            DebtTerms(
                disbursed_date=opened,
                instalments=(),
                unscheduled=((PRINCIPAL, 0),),
                rounding=terms.rounding.mode,
                share_multiple=terms.rounding.multiple,
                allocation=self.contract.allocation,
                delinquency=DelinquencyRule(origin=terms.delinquency.dpd_origin),
                annual_rates={name: self.agreed.rate_of(name) * DAYS_OF_YEAR for name in self.card.bears},
            )
        )
        self.meter = CapMeter(self.agreed.caps, opened)
        own = cycles(terms, self.agreed, opened)
        self._cycles = list(takewhile(lambda cycle: cycle.statement_date <= self.until, own))

    def go(self) -> None:
        """Walk to `until`."""
        opened = self.contract.disbursed_date
        by_day: dict[date, list[Event]] = {}
        for event in self.events:
            if event.counts_on <= self.until:
                by_day.setdefault(max(event.counts_on, opened), []).append(event)
        statements = {cycle.statement_date: cycle for cycle in self._cycles}
        ended: dict[date, list[Cycle]] = {}
        for cycle in self._cycles:
            ended.setdefault(cycle.final_date + ONE_DAY, []).append(cycle)
        for day in sorted({*by_day, *statements, *ended}):
            if day > self.until:
                return
            self._pass_to(day)
            for cycle in ended.get(day, ()):
                self._judge(cycle, day)
            if day in statements:
                self._make_statement(statements[day])
            for event in by_day.get(day, ()):
                self._apply(event, day)

    @property
    def is_stopped(self) -> bool:
        """Whether the card has left the books or ended, so that nothing more is billed or charged."""
        return self.position.charged_off_date is not None or self.position.is_ended

    def _pass_to(self, day: date) -> None:
        owed = self.position.unpaid_by_component()
        self.meter.pass_to(day, sum(owed.get(component, 0) for component in LENT))

    def _apply(self, event: Event, day: date) -> None:
        if isinstance(event, Charge) and event.component not in LENT and not event.is_kept:
            self.meter.add(event.amount)
        apply(self.position, event)
        if isinstance(event, Plan):
            self._plan_ids.add(event.id)
        for lot in self.lots.follow(self._owed_outside_plans(), day, event.id):
            lot.is_bearing = self._bears_at_once(lot)

    def _owed_outside_plans(self) -> dict[str, int]:
        """Return what is owed by component without what plans ask for: that costs what its plan says, no more."""
        owed = self.position.unpaid_by_component()
        if self._plan_ids:
            for row in self.position.rows:
                if row.ref.rpartition(":")[0] in self._plan_ids:
                    for item in row.items:
                        owed[item.component] = owed.get(item.component, 0) - item.unpaid
        return owed

    def _bears(self, lot: Lot) -> bool:
        return lot.component in self.card.bears or (
            lot.component == INTEREST and self.card.compounding != "none"
        )

    def _bears_at_once(self, lot: Lot) -> bool:
        """Tell whether a new lot has no interest-free period."""
        has_none = lot.component in self.card.without_free_period or (
            lot.component == INTEREST and self.card.compounding == "daily"
        )
        return self._bears(lot) and (has_none or (self.card.is_free_period_lost and self.is_revolving))

    def _judge(self, cycle: Cycle, day: date) -> None:
        """Find whether a statement was paid in full in time, and let it cost what it then costs.

        1. In full, but for the shortfall tolerated (容差): no late fee, no interest on what had a free period;
           what is short is asked for by the next statement.
        2. Not in full: what was billed bears interest from its own day, all of it or only the part left unpaid;
           what is unpaid of the minimum bears a late fee.
        """
        made = self.made.get(cycle.ref)
        if made is None or self.is_stopped:
            return
        left = sum(lot.outstanding for lot in made.billed)
        made.is_paid_in_full = left <= self.card.shortfall
        self.is_revolving = not made.is_paid_in_full
        if made.is_paid_in_full:
            self._free(made, cycle)
        else:
            self._lose_free_period(made)
            self._charge_late_fee(cycle, day)

    def _free(self, made: Made, cycle: Cycle) -> None:
        for (ref, component), amount in take_back(self.position, cycle.due_date).items():
            self.made[ref].asked[component] -= amount
        following = next(
            own.statement_date for own in cycles(self.contract.terms, self.agreed, cycle.statement_date)
        )
        for lot in made.billed:
            if not lot.is_bearing:
                lot.first_day = following

    def _lose_free_period(self, made: Made) -> None:
        lots = self.lots.all if self.card.is_free_period_lost else made.billed
        for lot in lots:
            if lot.is_bearing or not self._bears(lot):
                continue
            if self.card.interest_on == "unpaid_part":
                lot.flatten()
            lot.is_bearing = True

    def _charge_late_fee(self, cycle: Cycle, day: date) -> None:
        rule, terms = self.contract.terms.late_fee, self.contract.terms
        unpaid = unpaid_minimum(self.position, cycle.due_date)
        if rule is not None and unpaid:
            reckoned = late_fee_of(terms, rule, unpaid, cycle.due_date)
            self._charge(f"late:{cycle.ref}", rule.component, reckoned, day)

    def _make_statement(self, cycle: Cycle) -> None:
        if self.is_stopped:
            return
        day = cycle.statement_date
        interest = self._charge_interest(cycle)
        billed = [lot for lot in self.lots.all if lot.outstanding]
        for lot in billed:
            if not lot.is_bearing:
                lot.flatten()
        says = asked_of(self.position, self.card, self.contract.principal, day)
        ask(self.position, says.parts, due_date=cycle.due_date, ref=cycle.ref)
        self.made[cycle.ref] = Made(
            cycle=cycle, says=says, asked=dict(says.parts), billed=billed, interest=interest
        )
        self._forget_settled()

    def _forget_settled(self) -> None:
        """Forget what was paid and charged for, so that a long life costs no more than what is open."""
        unjudged = [made for made in self.made.values() if made.is_paid_in_full is None]
        self.lots.forget(lot for made in unjudged for lot in made.billed)
        self.position.unscheduled = [item for item in self.position.unscheduled if item.unpaid]

    def _charge_interest(self, cycle: Cycle) -> int:
        day = cycle.statement_date
        reckoned = self.reckon_interest(day)
        for lot in self.lots.all:
            if lot.is_bearing:
                lot.charged_to = day
        return self._charge(f"int:{cycle.ref}", INTEREST, reckoned, day)

    def reckon_interest(self, day: date) -> Reckoned:
        """Return the interest that bearing lots earned up to a day since it was last charged."""
        is_compound = self.card.compounding == "daily"
        found: list[Stretch] = []
        for lot in self.lots.all:
            if lot.is_bearing:
                rate = self.agreed.rate_of(lot.component)
                found += stretches(lot, day, rate, is_compound=is_compound)
        return interest_of(self.contract.terms, self.card, found, self.agreed.daily_rate)

    def _charge(self, key: str, component: str, reckoned: Reckoned, day: date) -> int:
        """Charge an amount to the balance as far as the caps allow; return what was charged."""
        if not reckoned.amount:
            return 0
        allowed, cap = self.meter.allow(reckoned.amount, 0)
        why = reckoned.why
        if cap is not None:
            why = replace(why, cap=cap.code, cut_minor=reckoned.amount - allowed)
        made = KeptCharge(
            key=key, component=component, amount=allowed, effective_date=day, why=why, is_due_at_once=False
        )
        (self.charges if allowed else self.cut).append(made)
        if allowed:
            self._apply(charge_event(made), day)
        return allowed

"""Where a payment goes: the order among the parts of a debt, among debts, and among the balances of a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce
from fairdue.engine.ledger.allocation.debts import DebtsUnordered, OpenDebt, divide
from fairdue.engine.ledger.policies import shipped_policies
from fairdue.kernel.day_counts import add_months

LEDGER_COMPONENTS = {"late_performance_interest": "doubled_interest"}
"""What the ledger calls a component that the law's cases call otherwise."""
OTHER_COMPONENTS = "components that the order of this debt does not name"


class OrderUnknown(ValueError):
    """The law read here does not say in which order this debt is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A part of a debt. `rates`: annual rates by the day from which they hold, for a balance of a card."""

    id: str
    component: str
    amount_minor: int
    rates: tuple[tuple[date, Fraction], ...] = ()
    posted_date: date | None = None
    is_disputed: bool = False
    deferred_interest_until: date | None = None

    def rate_on(self, on: date) -> Fraction:
        """Return the annual rate on a day; before the first rate, the first; without any, zero."""
        if not self.rates:
            return Fraction(0)
        held = [rate for start, rate in self.rates if start <= on]
        return held[-1] if held else self.rates[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A debt with its balances, and what decides its place among others."""

    id: str
    product: str
    balances: tuple[Balance, ...]
    days_past_due: int = 0
    due_date: date | None = None
    is_secured: bool = False
    annual_rate: Fraction | None = None
    is_judgment: bool = False

    @property
    def amount_minor(self) -> int:
        """The sum of the balances."""
        return sum(balance.amount_minor for balance in self.balances)

    @property
    def is_disputed(self) -> bool:
        """Whether any part of the debt is disputed."""
        return any(balance.is_disputed for balance in self.balances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How much of a payment each balance gets (zero included), and the rules that say so."""

    parts: Mapping[str, int]
    rest_minor: int
    rules: tuple[Rule, ...]


def pay_in_order(balances: Iterable[Balance], amount_minor: int) -> tuple[dict[str, int], int]:
    """Return what each balance gets when the payment fills them one after the other, and what is left."""
    parts: dict[str, int] = {}
    for balance in balances:
        parts[balance.id] = min(balance.amount_minor, amount_minor)
        amount_minor -= parts[balance.id]
    return parts, amount_minor


def component_order(debt: Debt, *, on: date, numbers: Numbers) -> tuple[Rule, tuple[str, ...]]:
    """This function will return the rule that orders the parts of one Chinese debt, and the components in order.

    The order is that of the allocation policies; this names which of them the law gives a debt.

    1. In enforcement: judgment debt before the doubled part (CN-ALLOC-05).
    2. A card 1 to 90 days overdue: interest and fees before principal (CN-ALLOC-01); from 91 days principal
       first (CN-ALLOC-02).
    3. Else cost of enforcement, interest, principal (CN-ALLOC-03). A card that is not overdue yet falls under
       this general order, as its own begin with the first day overdue.
    """
    is_card = debt.product == "credit_card" and debt.days_past_due >= 1
    policy = shipped_policies()["cn-card" if is_card else "cn-civil-default"]
    way = policy.way_on(debt.days_past_due, is_judged=debt.is_judgment)
    return numbers.rule(way.law, on), way.by_law


def allocate_cn(
    debts: Sequence[Debt], amount_minor: int, *, on: date, directed: str | None = None, numbers: Numbers
) -> Split:
    """This function will split a payment over Chinese debts.

    1. One debt: by its parts (`component_order`).
    2. Several: by `engine.ledger.allocation.debts.divide` (CN-ALLOC-04), then each by its parts.
    3. A dispute stops the collection of a debt (CN-LET-02) and changes nothing in the order of what is paid.
    4. A payment that covers everything pays everything, whether or not a rule orders it.

    :raises OrderUnknown: where these rules do not order everything, and the payment does not cover it
    """
    try:
        return _allocate_cn(debts, amount_minor, on=on, directed=directed, numbers=numbers)
    except (OrderUnknown, RuleNotInForce):
        if amount_minor < sum(debt.amount_minor for debt in debts):
            raise
        return allocate_freely(debts, amount_minor)


def allocate_freely(
    debts: Sequence[Debt], amount_minor: int, *, directed: str | None = None, rules: tuple[Rule, ...] = ()
) -> Split:
    """This function will split a payment that no rule orders: as directed, the disputed last, else as listed."""
    balances = [balance for debt in debts for balance in debt.balances]
    ordered = sorted(balances, key=lambda balance: (balance.is_disputed, balance.id != directed))
    parts, rest = pay_in_order(ordered, amount_minor)
    return Split(parts=parts, rest_minor=rest, rules=rules)


def _allocate_cn(
    debts: Sequence[Debt], amount_minor: int, *, on: date, directed: str | None, numbers: Numbers
) -> Split:
    rules: list[Rule] = [] if len(debts) == 1 else [numbers.rule("CN-ALLOC-04", on)]
    try:
        shares = divide(amount_minor, [_open(debt, on) for debt in debts], designated=directed)
    except DebtsUnordered as error:
        raise OrderUnknown(str(error)) from error
    given = {debt.id: 0 for debt in debts} | {share.debt_id: share.amount_minor for share in shares}
    parts: dict[str, int] = {}
    for debt in debts:
        ordered, rule = _ordered(debt, len(debts) == 1, on, numbers)
        parts |= pay_in_order(ordered, given[debt.id])[0]
        rules += [rule] if rule else []
    return Split(parts=parts, rest_minor=given.get("", 0), rules=tuple(dict.fromkeys(rules)))


def _open(debt: Debt, on: date) -> OpenDebt:
    return OpenDebt(
        id=debt.id,
        amount_minor=debt.amount_minor,
        is_due=debt.due_date is None or debt.due_date <= on,
        due_date=debt.due_date,
        is_secured=debt.is_secured,
        annual_rate=debt.annual_rate,
    )


def _ordered(debt: Debt, is_alone: bool, on: date, numbers: Numbers) -> tuple[list[Balance], Rule | None]:
    """Return the balances in the order of their debt; a debt among others with one balance needs no rule."""
    if len(debt.balances) == 1 and not is_alone:
        return list(debt.balances), None
    rule, order = component_order(debt, on=on, numbers=numbers)
    components = [LEDGER_COMPONENTS.get(balance.component, balance.component) for balance in debt.balances]
    if any(component not in order for component in components):
        raise OrderUnknown(OTHER_COMPONENTS)
    pairs = sorted(zip(components, debt.balances, strict=True), key=lambda pair: order.index(pair[0]))
    return [balance for _, balance in pairs], rule


def allocate_several_us(
    debts: Sequence[Debt], amount_minor: int, *, on: date, directed: str | None = None, numbers: Numbers
) -> Split:
    """This function will split a payment over the debts that a US collector has (US-PAY-01).

    Never to a disputed debt; first as the consumer directs. The order of the other debts is free: as listed.
    A payment on the only debt goes to it, though it be disputed: the rule chooses among several.
    """
    rule = numbers.rule("US-PAY-01", on)
    if len(debts) == 1:
        return allocate_freely(debts, amount_minor, directed=directed, rules=(rule,))
    open_debts = sorted(
        (debt for debt in debts if not debt.is_disputed), key=lambda debt: debt.id != directed
    )
    balances = [balance for debt in open_debts for balance in debt.balances]
    parts, rest = pay_in_order(sorted(balances, key=lambda balance: balance.id != directed), amount_minor)
    closed = {balance.id: 0 for debt in debts if debt.is_disputed for balance in debt.balances}
    return Split(parts=parts | closed, rest_minor=rest, rules=(rule,))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTerms:
    """Terms of a card under Regulation Z with calendar-month cycles."""

    due_day: int
    is_previous_cycle_end: bool
    """Rates and balances as of the end of the previous cycle; else as of the day of the payment."""
    accepts_requests: bool


def allocate_excess(
    balances: Sequence[Balance],
    amount_minor: int,
    *,
    card: CardTerms,
    on: date,
    directed: str | None = None,
    numbers: Numbers,
) -> Split:
    """This function will split what a card payment has in excess of the minimum (US-Z-53).

    1. The balance with the highest rate first, then the next; between equal rates the order is free: as listed.
    2. A deferred-interest balance counts as rate zero, except in its last two cycles, when it comes first.
    3. A balance that arose after the day on which rates are taken comes after the others.
    4. A disputed part is reduced last (US-Z-53D).
    5. A customer's request is followed if the issuer accepts requests.
    """
    rule = numbers.rule("US-Z-53", on)
    as_of = date.fromordinal(on.replace(day=1).toordinal() - 1) if card.is_previous_cycle_end else on

    def rank(balance: Balance) -> tuple[Any, ...]:
        is_late = balance.posted_date is not None and balance.posted_date > as_of
        is_asked = card.accepts_requests and balance.id == directed
        day = on if is_late else as_of
        return (balance.is_disputed, not is_asked, is_late, _deferred_rank(balance, card, on, day, rule))

    parts, rest = pay_in_order(sorted(balances, key=rank), amount_minor)
    rules = (rule,)
    if any(balance.is_disputed for balance in balances):
        rules = (rule, numbers.rule("US-Z-53D", on))  # type: ignore[assignment]
    return Split(parts=parts, rest_minor=rest, rules=rules)


def allocate_minimum(
    balances: Sequence[Balance],
    amount_minor: int,
    *,
    accepts_requests: bool,
    on: date,
    directed: str | None = None,
    numbers: Numbers,
) -> Split:
    """This function will split what a card payment has up to the minimum.

    1. Regulation Z orders only the excess (US-Z-53), so that the issuer is free here: as listed.
    2. A disputed part is reduced last here too (US-Z-53D).
    3. A customer's request is followed if the issuer accepts requests.
    """
    debt = Debt(id="", product="", balances=tuple(balances))
    return allocate_freely(
        [debt],
        amount_minor,
        directed=directed if accepts_requests else None,
        rules=(numbers.rule("US-Z-53D", on),) if debt.is_disputed else (),
    )


def _deferred_rank(
    balance: Balance, card: CardTerms, on: date, as_of: date, rule: Rule
) -> tuple[int, Fraction]:
    """Return the place of a balance: deferred ones that end soon first, then by rate, highest first."""
    end = balance.deferred_interest_until
    if end is None or on > end:
        return (1, -balance.rate_on(as_of))
    is_first = on >= first_day_of_last_cycles(end, due_day=card.due_day, rule=rule)
    return (0, Fraction(0)) if is_first else (1, Fraction(0))


def first_day_of_last_cycles(end: date, *, due_day: int, rule: Rule) -> date:
    """Return the first day of the last two cycles of a deferred-interest programme.

    The cycle in which it ends does not count as one of the two when it ends before the due day.
    """
    cycles = rule.integer("last_cycles")
    return add_months(end.replace(day=1), -cycles if end.day < due_day else 1 - cycles)

"""Which balances of a card may bear interest in a cycle when the grace period is lost (Regulation Z, 1026.54)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from fairdue.engine.law.money_limits.payment_order import (
    Balance,
    CardTerms,
    allocate_excess,
)
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months


class CycleUnclear(ValueError):
    """The rules read here do not say what bears interest with these transactions and payments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A transaction on a card with its annual rate."""

    id: str
    on_date: date
    amount_minor: int
    rate: Fraction
    is_cash_advance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessPayment:
    """A payment in excess of the minimum."""

    on_date: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseItem:
    """A balance that bears interest from its first to its last day, both included."""

    of: tuple[str, ...]
    amount_minor: int
    first_date: date
    last_date: date


def earliest_interest(
    charges: Sequence[Charge], *, numbers: Numbers, on: date
) -> tuple[Mapping[str, date], Rule]:
    """This function will return the first day of interest of each transaction where no grace period applied."""
    return {charge.id: charge.on_date for charge in charges}, numbers.rule("US-Z-54", on)


def interest_base(
    charges: Sequence[Charge],
    payments: Sequence[ExcessPayment],
    *,
    cycle: date,
    due_day: int,
    numbers: Numbers,
) -> tuple[tuple[BaseItem, ...], Rule]:
    """This function will return the balances that may bear interest in a cycle whose predecessor had grace.

    `cycle` is the first day of a calendar month.

    1. Cash advances have no grace period: from their own day to the day before they are paid.
    2. Of the previous cycle's purchases only the part left unpaid, from the first day of the cycle (US-Z-54).
    3. New purchases from their own day to the end of the cycle.
    4. Payments go to the older balances and to cash advances one after the other, as US-Z-53 says.

    A payment that reaches new purchases leaves it to the terms of the card whether they have a grace period and
    on which day rates are taken; one made before a purchase never reaches it.

    :raises CycleUnclear: with older transactions, or a payment that comes after the due day or reaches new purchases
    """
    end = add_months(cycle, 1) - timedelta(days=1)
    previous = add_months(cycle, -1)
    if any(not previous <= charge.on_date <= end for charge in charges):
        raise CycleUnclear("transactions outside the cycle and the one before")
    old = [charge for charge in charges if charge.on_date < cycle or charge.is_cash_advance]
    new = [charge for charge in charges if charge not in old]
    paid = _paid(old, _in_grace(payments, cycle, due_day), due_day, numbers)
    lowest = min((item.rate for item in old), default=None)
    last_paid = max((payment.on_date for payment in payments), default=date.min)
    reachable = [charge for charge in new if charge.on_date <= last_paid]
    if any(lowest is None or charge.rate > lowest for charge in reachable):
        raise CycleUnclear("a payment that may reach new purchases")
    items = [item for group in _groups(old) for item in _old_items(group, paid, cycle, end)]
    items += [
        BaseItem(of=(charge.id,), amount_minor=charge.amount_minor, first_date=charge.on_date, last_date=end)
        for charge in new
    ]
    return tuple(items), numbers.rule("US-Z-54", cycle)


def _in_grace(payments: Sequence[ExcessPayment], cycle: date, due_day: int) -> list[ExcessPayment]:
    """Return the payments in order of time."""
    if any(not cycle <= payment.on_date <= add_months(cycle, 0, day=due_day) for payment in payments):
        raise CycleUnclear("a payment outside the grace period")
    return sorted(payments, key=lambda payment: payment.on_date)


def _key(charge: Charge) -> tuple[bool, Fraction]:
    return (charge.is_cash_advance, charge.rate)


def _groups(charges: Sequence[Charge]) -> list[list[Charge]]:
    """Return the balances: purchases of one rate together, each cash advance by itself."""
    ordered = sorted(charges, key=lambda charge: (*_key(charge), charge.on_date))
    groups: list[list[Charge]] = []
    for key, group in groupby(ordered, key=_key):
        found = list(group)
        groups += [[charge] for charge in found] if key[0] else [found]
    return groups


@dataclass(frozen=True, slots=True)
class _Part:
    """What one payment paid of a balance."""

    on_date: date
    amount_minor: int


def _paid(
    old: Sequence[Charge], payments: Sequence[ExcessPayment], due_day: int, numbers: Numbers
) -> dict[str, list[_Part]]:
    """Return what was paid of each balance, one payment after the other."""
    card = CardTerms(due_day=due_day, is_previous_cycle_end=False, accepts_requests=False)
    parts: dict[str, list[_Part]] = {group[0].id: [] for group in _groups(old)}
    for payment in payments:
        balances = [
            Balance(
                id=group[0].id, component="principal", amount_minor=_unpaid(group, parts),
                rates=((group[0].on_date, group[0].rate),),
            )
            for group in _groups(old)
            if group[0].on_date <= payment.on_date
        ]  # fmt: skip
        split = allocate_excess(
            balances, payment.amount_minor, card=card, on=payment.on_date, numbers=numbers
        )
        if split.rest_minor:
            raise CycleUnclear("a payment that may reach new purchases")
        for name, amount in split.parts.items():
            parts[name] += [_Part(payment.on_date, amount)] if amount else []
    return parts


def _unpaid(group: Sequence[Charge], parts: Mapping[str, Sequence[_Part]]) -> int:
    return sum(charge.amount_minor for charge in group) - sum(
        part.amount_minor for part in parts[group[0].id]
    )


def _old_items(
    group: Sequence[Charge], parts: Mapping[str, Sequence[_Part]], cycle: date, end: date
) -> Iterator[BaseItem]:
    names = tuple(charge.id for charge in group)
    is_advance = group[0].is_cash_advance
    first = group[0].on_date if is_advance else cycle
    for part in parts[names[0]] if is_advance else ():
        until = part.on_date - timedelta(days=1)
        if until >= first:
            yield BaseItem(of=names, amount_minor=part.amount_minor, first_date=first, last_date=until)
    if unpaid := _unpaid(group, parts):
        yield BaseItem(of=names, amount_minor=unpaid, first_date=first, last_date=end)

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
    Split,
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
    4. A payment goes to the older balances as US-Z-53 says.

    :raises CycleUnclear: with older transactions, more than one payment, or one that comes after the due day or
        reaches new purchases
    """
    end = add_months(cycle, 1) - timedelta(days=1)
    previous = add_months(cycle, -1)
    if any(not previous <= charge.on_date <= end for charge in charges):
        raise CycleUnclear("transactions outside the cycle and the one before")
    old = [charge for charge in charges if charge.on_date < cycle]
    new = [charge for charge in charges if charge.on_date >= cycle]
    payment = _payment(payments, cycle, due_day)
    split = _paid(old, payment, due_day, numbers)
    if split.rest_minor or any(
        charge.rate > min((item.rate for item in old), default=charge.rate) for charge in new
    ):
        raise CycleUnclear("a payment that may reach new purchases")
    items = [item for group in _groups(old) for item in _old_items(group, split, cycle, end, payment)]
    items += [
        BaseItem(of=(charge.id,), amount_minor=charge.amount_minor, first_date=charge.on_date, last_date=end)
        for charge in new
    ]
    return tuple(items), numbers.rule("US-Z-54", cycle)


def _payment(payments: Sequence[ExcessPayment], cycle: date, due_day: int) -> ExcessPayment | None:
    if len(payments) > 1:
        raise CycleUnclear("several payments")
    for payment in payments:
        if not cycle <= payment.on_date <= add_months(cycle, 0, day=due_day):
            raise CycleUnclear("a payment outside the grace period")
        return payment
    return None


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


def _paid(old: Sequence[Charge], payment: ExcessPayment | None, due_day: int, numbers: Numbers) -> Split:
    balances = [
        Balance(
            id=group[0].id,
            component="principal",
            amount_minor=sum(charge.amount_minor for charge in group),
            rates=((group[0].on_date, group[0].rate),),
        )
        for group in _groups(old)
    ]
    if payment is None:
        return Split(parts={balance.id: 0 for balance in balances}, rest_minor=0, rules=())
    card = CardTerms(due_day=due_day, is_previous_cycle_end=False, accepts_requests=False)
    return allocate_excess(balances, payment.amount_minor, card=card, on=payment.on_date, numbers=numbers)


def _old_items(
    group: Sequence[Charge], split: Split, cycle: date, end: date, payment: ExcessPayment | None
) -> Iterator[BaseItem]:
    names = tuple(charge.id for charge in group)
    paid = split.parts[names[0]]
    unpaid = sum(charge.amount_minor for charge in group) - paid
    is_advance = group[0].is_cash_advance
    first = group[0].on_date if is_advance else cycle
    if is_advance and paid and payment:
        until = payment.on_date - timedelta(days=1)
        yield BaseItem(of=names, amount_minor=paid, first_date=first, last_date=until)
    if unpaid:
        yield BaseItem(of=names, amount_minor=unpaid, first_date=first, last_date=end)

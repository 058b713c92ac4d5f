"""Penalty fees on a card under Regulation Z: is there a violation, how large, was its event charged already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Literal, TypeVar

from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import round_half_up, round_to

FeeKind = Literal["late", "returned_payment", "over_limit", "declined_check"]


_Named = TypeVar("_Named", "MinimumPayment", "Payment", "Item")


class BasisUnknown(ValueError):
    """The fee is based on something that the account does not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumPayment:
    """A required minimum payment."""

    id: str
    due_date: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment; `toward` is the minimum payment it was meant for."""

    id: str
    on_date: date
    amount_minor: int
    toward: str | None = None
    returned_dates: tuple[date, ...] = ()

    def is_returned(self, by: date) -> bool:
        """Tell whether the payment was returned by a day."""
        return any(day <= by for day in self.returned_dates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A transaction, an access cheque or a statement: an amount on a day."""

    id: str
    on_date: date
    amount_minor: int
    is_declined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A penalty fee that was charged, and on what it was based."""

    kind: FeeKind
    on_date: date
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAccount:
    """The facts of a card account that penalty fees ask about; cycles are calendar months."""

    credit_limit_minor: int | None = None
    opening: Item | None = None
    """The balance at the start of a day."""
    minimum_payments: tuple[MinimumPayment, ...] = ()
    payments: tuple[Payment, ...] = ()
    transactions: tuple[Item, ...] = ()
    cheques: tuple[Item, ...] = ()
    statements: tuple[Item, ...] = ()
    fees: tuple[Charged, ...] = ()

    def minimum(self, basis: str) -> MinimumPayment:
        """Return a minimum payment by its id.

        :raises BasisUnknown: if there is none
        """
        return _named(basis, self.minimum_payments)

    def payment(self, basis: str) -> Payment:
        """Return a payment by its id.

        :raises BasisUnknown: if there is none
        """
        return _named(basis, self.payments)


def _named(basis: str, items: tuple[_Named, ...]) -> _Named:
    for item in items:
        if item.id == basis:
            return item
    raise BasisUnknown(f"{basis} is not on the account")


def violation_minor(account: CardAccount, *, kind: FeeKind, basis: str, on: date) -> int | None:
    """This function will return the dollar amount of a violation: zero without one, None if it is not known.

    1. Late: the minimum payment due just before the fee, if the one named was not covered by payments meant
       for it that were received by its due date and not returned.
    2. Returned payment: the minimum payment due just before the return.
    3. Over limit: the credit extended above the limit in the cycle.
    4. Declined cheque: the cheque (all US-Z-52b2).

    :raises BasisUnknown: if the account does not show what the fee is based on
    """
    if kind == "late":
        return _late_minor(account, account.minimum(basis), on)
    if kind == "returned_payment":
        returned = [day for day in account.payment(basis).returned_dates if day <= on]
        return _minimum_before(account, min(returned)) if returned else 0
    if kind == "over_limit":
        return extended_above_limit(account, cycle=_named(basis, account.transactions).on_date, on=on)
    cheque = _named(basis, account.cheques)
    return cheque.amount_minor if cheque.is_declined else 0


def _late_minor(account: CardAccount, minimum: MinimumPayment, on: date) -> int | None:
    paid = sum(
        payment.amount_minor
        for payment in account.payments
        if payment.toward == minimum.id
        and payment.on_date <= minimum.due_date
        and not payment.is_returned(on)
    )
    if on <= minimum.due_date or paid >= minimum.amount_minor:
        return 0
    return _minimum_before(account, on)


def _minimum_before(account: CardAccount, on: date) -> int | None:
    due = [minimum for minimum in account.minimum_payments if minimum.due_date < on]
    return max(due, key=lambda minimum: minimum.due_date).amount_minor if due else None


def extended_above_limit(
    account: CardAccount, *, cycle: date, on: date, counts_returned: bool = False
) -> int | None:
    """This function will return the credit extended above the limit in a cycle, None if facts are missing.

    1. The sum, over the cycle's transactions in order of time, of the part of each above the limit; later
       payments do not lower it.
    2. A payment that was returned counts as never received; with `counts_returned` until its return.
    """
    limit, opening = account.credit_limit_minor, account.opening
    if limit is None or opening is None:
        return None
    if any(_is_in(cycle, item.on_date) and item.on_date < opening.on_date for item in account.transactions):
        return None
    balance, extended = opening.amount_minor, 0
    for day, rank, amount in sorted(_movements(account, on, counts_returned)):
        if day < opening.on_date:
            continue
        balance += amount
        if rank == _TRANSACTION and _is_in(cycle, day):
            extended += min(max(balance - limit, 0), amount)
    return extended


def _is_in(cycle: date, day: date) -> bool:
    return (day.year, day.month) == (cycle.year, cycle.month)


_PAYMENT, _TRANSACTION, _RETURN = range(3)
"""The order of movements of one day: payments are credited as of the day, so they come first."""


def _movements(account: CardAccount, on: date, counts_returned: bool) -> Iterator[tuple[date, int, int]]:
    for item in account.transactions:
        if item.on_date <= on:
            yield item.on_date, _TRANSACTION, item.amount_minor
    for payment in account.payments:
        if payment.on_date > on or (payment.is_returned(on) and not counts_returned):
            continue
        yield payment.on_date, _PAYMENT, -payment.amount_minor
        if payment.is_returned(on):
            yield min(payment.returned_dates), _RETURN, payment.amount_minor


def charged_for_same_event(account: CardAccount, *, kind: FeeKind, basis: str, on: date) -> Charged | None:
    """This function will return an earlier fee for the same event, if there is one (US-Z-52b2).

    The same event are: an equal basis; a payment and the minimum payment it was meant for; two returns of one
    payment; an over-limit that came about only because a payment was returned, and that payment.
    """
    causes = _causes(account, kind, basis, on)
    for fee in account.fees:
        if fee.on_date <= on and _is_same_event(account, causes, _causes(account, fee.kind, fee.basis, on)):
            return fee
    return None


def _causes(account: CardAccount, kind: FeeKind, basis: str, on: date) -> frozenset[str]:
    """Return what a fee is based on, and the returned payments that alone lifted the account over its limit."""
    cycle = next((item.on_date for item in account.transactions if item.id == basis), None)
    if kind != "over_limit" or cycle is None:
        return frozenset({basis})
    is_lifted = extended_above_limit(account, cycle=cycle, on=on) and not extended_above_limit(
        account, cycle=cycle, on=on, counts_returned=True
    )
    returned = [payment.id for payment in account.payments if payment.is_returned(on)]
    return frozenset({basis, *(returned if is_lifted else [])})


def _is_same_event(account: CardAccount, left: frozenset[str], right: frozenset[str]) -> bool:
    meant = {payment.id: payment.toward for payment in account.payments}
    pairs = chain(((a, b) for a in left for b in right), ((b, a) for a in left for b in right))
    return any(a == b or meant.get(a) == b for a, b in pairs)


def highest_fee(
    account: CardAccount, *, kind: FeeKind, basis: str, on: date, numbers: Numbers
) -> tuple[int, Rule]:
    """This function will return the highest fee that the amount of the violation permits (US-Z-52b2).

    :raises BasisUnknown: if the amount is not known
    """
    rule = numbers.rule("US-Z-52b2", on)
    amount = violation_minor(account, kind=kind, basis=basis, on=on)
    if amount is None:
        raise BasisUnknown(f"the amount of the violation of {basis}")
    if charged_for_same_event(account, kind=kind, basis=basis, on=on):
        return 0, rule
    return amount, rule


def charge_card_late_fee(account: CardAccount, *, on: date, numbers: Numbers) -> tuple[int, Rule]:
    """This function will return the highest late fee of a charge card two cycles in arrears (US-Z-52b1).

    3 % of the delinquent balance: the balance of the last statement less the payments since.

    :raises BasisUnknown: unless there are two statements, the earlier one unpaid when the later was made
    """
    rule = numbers.rule("US-Z-52b1", on)
    statements = sorted(
        (item for item in account.statements if item.on_date <= on), key=lambda item: item.on_date
    )
    if len(statements) < 2:
        raise BasisUnknown("two statements")
    earlier, latest = statements[-2:]
    if _paid(account, earlier.on_date, latest.on_date) >= earlier.amount_minor:
        raise BasisUnknown("two cycles in arrears")
    delinquent = max(latest.amount_minor - _paid(account, latest.on_date, on), 0)
    return int(round_half_up(delinquent * rule.ratio("charge_card_share"), 0)), rule


def _paid(account: CardAccount, after: date, by: date) -> int:
    return sum(
        payment.amount_minor
        for payment in account.payments
        if after < payment.on_date <= by and not payment.is_returned(by)
    )


def highest_rounded(permitted_minor: int, *, rule: Rule) -> int:
    """Return the higher of a permitted fee and the same rounded to a whole dollar; nobody has to round."""
    return max(permitted_minor, int(round_to(Fraction(permitted_minor), Fraction(rule.minor("rounding")))))


def is_rounding_allowed(*, permitted_minor: int, amount_minor: int, rule: Rule) -> bool:
    """Tell whether a fee is no higher than permitted, or is the permitted one rounded to a whole dollar."""
    unit = Fraction(rule.minor("rounding"))
    return amount_minor <= permitted_minor or amount_minor == round_to(Fraction(permitted_minor), unit)


def is_repeated(account: CardAccount, *, kind: FeeKind, basis: str, on: date, rule: Rule) -> bool:
    """Tell whether the higher amount for a repeated violation is available (US-Z-52b1).

    A fee for a violation of the same kind was charged, and that violation lies in the same cycle as this one or
    in one of the six before.
    """
    this = _violated_date(account, kind, basis, on)
    earlier = [
        _violated_date(account, fee.kind, fee.basis, fee.on_date)
        for fee in account.fees
        if fee.kind == kind and fee.on_date <= on and fee.basis != basis
    ]
    return any(0 <= _cycles_between(day, this) <= rule.integer("repeat_cycles") for day in earlier)


def _violated_date(account: CardAccount, kind: FeeKind, basis: str, charged: date) -> date:
    """Return the day of a violation; of one that the account does not show, the day of the fee."""
    if kind == "late":
        due = next((item.due_date for item in account.minimum_payments if item.id == basis), None)
        return date.fromordinal(due.toordinal() + 1) if due else charged
    if kind == "returned_payment":
        returned = next((item.returned_dates for item in account.payments if item.id == basis), ())
        return min(returned, default=charged)
    items = account.transactions if kind == "over_limit" else account.cheques
    return next((item.on_date for item in items if item.id == basis), charged)


def _cycles_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def fee_faults(
    account: CardAccount,
    *,
    kind: FeeKind,
    basis: str | None,
    on: date,
    amount_minor: int | None = None,
    permitted_minor: int | None = None,
    is_repeat: bool = False,
    numbers: Numbers,
) -> tuple[Rule, ...]:
    """This function will return the rules that a proposed penalty fee breaks.

    1. No violation, an amount above it, or an event that bore a fee already: US-Z-52b2.
    2. A repeat amount without an earlier violation in time, or more than permitted after rounding: US-Z-52b1.
    """
    harbour, limit = numbers.rule("US-Z-52b1", on), numbers.rule("US-Z-52b2", on)
    found = []
    if basis is not None:
        highest = violation_minor(account, kind=kind, basis=basis, on=on)
        is_too_high = highest is not None and (highest == 0 or (amount_minor or 0) > highest)
        if is_too_high or charged_for_same_event(account, kind=kind, basis=basis, on=on):
            found.append(limit)
        if is_repeat and not is_repeated(account, kind=kind, basis=basis, on=on, rule=harbour):
            found.append(harbour)
    if (
        permitted_minor is not None
        and amount_minor is not None
        and not is_rounding_allowed(permitted_minor=permitted_minor, amount_minor=amount_minor, rule=harbour)
    ):
        found.append(harbour)
    return tuple(found)

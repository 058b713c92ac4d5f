"""A pace laid over debts: month by month what each debt gets, by component, until nothing is left.

A `Pace` says when the first instalment falls due and what all debts together pay each month. The result sums to
what is arranged, to the minor unit: the last instalment takes what is left and is never larger than the level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from operator import add, sub

from fairdue.engine.finance.annuity import Annuity
from fairdue.engine.negotiation.offers import OfferPart, PlannedInstalment
from fairdue.engine.negotiation.sharing import instalments_over_debts, shares
from fairdue.kernel.day_counts import add_months


@dataclass(frozen=True, slots=True)
class Claim:
    """What is arranged of one debt: components in the order in which they are paid, after what is waived."""

    account_id: int
    components: tuple[tuple[str, int], ...]
    rate: Fraction
    """The contract's interest a year; a plan bears no more."""
    weight: int
    """What its share of each month's budget goes by."""

    @property
    def total(self) -> int:
        """What is to be paid."""
        return sum(amount for _, amount in self.components)


@dataclass(frozen=True, slots=True)
class Pace:
    """What all debts together pay: `head` in the first months, then `level` each month."""

    first_date: date
    level: int
    head: tuple[int, ...] = ()
    months: int = 0
    """Where the borrower named the number of months: the level rises with interest so that it stays this number."""
    most: int = 0
    """What the level may rise to then; 0: without limit."""

    def budget(self, number: int) -> int:
        """Return what is paid in a month, counted from nought."""
        return self.head[number] if number < len(self.head) else self.level


def fitted(pace: Pace, total: int, rate: Fraction) -> Pace | None:
    """Return a pace whose level pays interest too within its months, rounded up; nothing if that is too much."""
    if not pace.months or not rate:
        return pace
    exact = Annuity(principal=Fraction(total), rate=rate / 12, periods=pace.months).exact_payment
    level = -(-exact.numerator // exact.denominator) + 1
    return None if pace.most and level > pace.most else replace(pace, level=level)


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows of what each debt pays, and the interest among it."""

    rows: tuple[tuple[int, ...], ...]
    interest: tuple[tuple[int, ...], ...]
    """As `rows`; empty where the plan bears none."""

    @property
    def totals(self) -> list[int]:
        """What all debts together pay in each month."""
        return [sum(row) for row in self.rows]


@lru_cache(maxsize=4096)
def due_dates(first_date: date, count: int) -> tuple[date, ...]:
    """Return so many due dates a month apart; the 31st returns after a short month."""
    return tuple(add_months(first_date, number, day=first_date.day) for number in range(count))


def lay(claims: Sequence[Claim], pace: Pace, rate: Fraction, longest: int) -> Laid | None:
    """This function will lay a pace over debts, or return nothing if it takes longer than allowed.

    1. Each month's budget is shared in proportion to the claims' weights; what one doesn't need goes to the others
       in their order, which is the order of the law (the debt longest due first).
    2. Interest of a month is on what is left of the debt, at the lower of `rate` and the contract's, rounded half up,
       and is paid in that month before the rest of the budget is shared.
    """
    if not rate and len(claims) == 1:
        return _lay_single(claims[0].total, pace, longest)
    if not rate:
        return _lay_several(claims, pace, longest)
    return _lay_with_interest(claims, pace, rate, longest)


def _lay_several(claims: Sequence[Claim], pace: Pace, longest: int) -> Laid | None:
    rest, weights = [claim.total for claim in claims], [claim.weight for claim in claims]
    wanted: dict[int, list[int]] = {}
    rows: list[tuple[int, ...]] = []
    left = sum(rest)
    while left > 0:
        budget = pace.budget(len(rows))
        if budget <= 0 or len(rows) == longest:
            return None
        if budget not in wanted:
            wanted[budget] = shares(budget, weights)
        paid = instalments_over_debts(budget, wanted[budget], rest)
        rest = list(map(sub, rest, paid))
        rows.append(tuple(paid))
        left -= budget
    return Laid(tuple(rows), ())


def _lay_with_interest(claims: Sequence[Claim], pace: Pace, rate: Fraction, longest: int) -> Laid | None:
    rest, weights = [claim.total for claim in claims], [claim.weight for claim in claims]
    rates = [min(rate, claim.rate) for claim in claims]
    rows: list[tuple[int, ...]] = []
    charged: list[tuple[int, ...]] = []
    while any(rest):
        interest = list(map(_interest, rest, rates))
        budget = pace.budget(len(rows)) - sum(interest)
        if budget <= 0 or len(rows) == longest:
            return None
        paid = instalments_over_debts(budget, shares(budget, weights), rest)
        rest = list(map(sub, rest, paid))
        rows.append(tuple(map(add, paid, interest)))
        charged.append(tuple(interest))
    return Laid(tuple(rows), tuple(charged))


def _lay_single(total: int, pace: Pace, longest: int) -> Laid | None:
    rows: list[tuple[int, ...]] = []
    for amount in pace.head:
        if total <= 0:
            break
        rows.append((min(amount, total),))
        total -= rows[-1][0]
    if total > 0:
        if pace.level <= 0:
            return None
        whole, last = divmod(total, pace.level)
        if len(rows) + whole + bool(last) > longest:
            return None
        rows += [(pace.level,)] * whole
        rows += [(last,)] if last else []
    return Laid(tuple(rows), ()) if len(rows) <= longest else None


def _interest(owed: int, yearly: Fraction) -> int:
    if not yearly or not owed:
        return 0
    return (2 * owed * yearly.numerator + 12 * yearly.denominator) // (24 * yearly.denominator)


def parts_of(
    claims: Sequence[Claim], laid: Laid, first_date: date, waived: Sequence[Mapping[str, int]]
) -> tuple[OfferPart, ...]:
    """Return each debt's instalments by component, in the order in which they are paid."""
    days = due_dates(first_date, len(laid.rows))
    return tuple(_part(claim, index, laid, days, waived[index]) for index, claim in enumerate(claims))


def _part(claim: Claim, index: int, laid: Laid, days: Sequence[date], waived: Mapping[str, int]) -> OfferPart:
    left = iter(claim.components)
    name, open_amount = next(left, ("", 0))
    instalments = []
    added = 0
    for number, day in enumerate(days):
        amount = laid.rows[number][index]
        if amount == 0:
            continue
        amounts: dict[str, int] = {}
        charged = laid.interest[number][index] if laid.interest else 0
        if charged:
            amounts["interest"] = charged
            added += charged
            amount -= charged
        while amount > open_amount:
            if open_amount:
                amounts[name] = amounts.get(name, 0) + open_amount
                amount -= open_amount
            name, open_amount = next(left)
        if amount:
            amounts[name] = amounts.get(name, 0) + amount
            open_amount -= amount
        instalments.append(PlannedInstalment(day, amounts, charged))
    return OfferPart(claim.account_id, tuple(instalments), waived, {"interest": added} if added else {})

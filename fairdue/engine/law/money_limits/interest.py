"""Interest in law: the doubled part after a judgment, caps on rates, what may bear interest at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.law.deadlines.united_kingdom import BreathingSpace, TreatmentNotEnded, breathing_space_end
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import round_half_up


class CapUnknown(ValueError):
    """The rules read here set no cap for this contract, or a fact that it needs is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment on a judgment debt."""

    on_date: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Days that are not counted, both included."""

    from_date: date
    to_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePerformance:
    """The doubled part of the interest and the days counted."""

    days: int
    amount_minor: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A credit contract; rates a year as shares of principal."""

    product: str
    institution_kind: str
    formed_date: date
    principal_minor: int | None = None
    annual_rate: Fraction | None = None
    annual_fees: Fraction = Fraction(0)
    daily_rate: Fraction | None = None
    lpr_1y: Fraction | None = None


def late_performance_interest(
    debt_minor: int,
    *,
    performance_ends: date,
    until: date,
    payments: Sequence[Paid] = (),
    stays: Sequence[Stay] = (),
    numbers: Numbers,
) -> LatePerformance:
    """This function will return the doubled part of the interest for late performance of a judgment.

    1. The unpaid judgment debt x 0.000175 x days; rounded once, to the cent, half up (CN-LATE-01).
    2. From the day after the performance period to `until`, included; a part paid counts to the day of its
       payment, included; days of a stay for retrial or review are left out (CN-LATE-02).

    :raises RuleNotInForce: if the first day lies before the rules
    """
    first = performance_ends + timedelta(days=1)
    rules = (numbers.rule("CN-LATE-01", first), numbers.rule("CN-LATE-02", first))
    days, weighted = 0, 0
    for start, end, unpaid in _spans(debt_minor, first, until, payments):
        counted = (end - start).days + 1 - _stayed_days(start, end, stays)
        days, weighted = days + counted, weighted + counted * unpaid
    amount = round_half_up(weighted * rules[0].ratio("daily_rate"), 0)
    return LatePerformance(days=days, amount_minor=int(amount), rules=rules)


def _spans(
    debt_minor: int, first: date, until: date, payments: Sequence[Paid]
) -> list[tuple[date, date, int]]:
    """Return the spans of days, both ends included, with what is unpaid; none after all is paid."""
    spans, start, unpaid = [], first, debt_minor
    for payment in sorted(payments, key=lambda payment: payment.on_date):
        end = min(payment.on_date, until)
        if end >= start and unpaid > 0:
            spans.append((start, end, unpaid))
            start = end + timedelta(days=1)
        unpaid -= payment.amount_minor if payment.on_date <= until else 0
    if start <= until and unpaid > 0:
        spans.append((start, until, unpaid))
    return spans


def _stayed_days(start: date, end: date, stays: Sequence[Stay]) -> int:
    """Count the days of a span that lie in any stay, each once."""
    days: set[int] = set()
    for stay in stays:
        days.update(range(max(stay.from_date, start).toordinal(), min(stay.to_date, end).toordinal() + 1))
    return len(days)


def annual_rate(daily_rate: Fraction, *, on: date, numbers: Numbers) -> tuple[Fraction, Rule]:
    """This function will return the annual rate to be shown: the daily rate times 365, exact (CN-RATE-02)."""
    rule = numbers.rule("CN-RATE-02", on)
    return daily_rate * rule.integer("days"), rule


def agreed_rate(contract: Contract) -> Fraction:
    """Return the agreed interest and fees a year.

    :raises CapUnknown: if no rate was agreed
    """
    if contract.annual_rate is not None:
        return contract.annual_rate + contract.annual_fees
    if contract.daily_rate is not None:
        return contract.daily_rate * 365 + contract.annual_fees
    raise CapUnknown("the agreed rate is not given")


def private_lending_cap(contract: Contract, *, on: date, numbers: Numbers) -> tuple[Fraction | None, Rule]:
    """This function will return the highest annual rate of all charges, None where the cap does not bind.

    1. Private lending: four times the one-year LPR at formation (CN-CAP-01).
    2. Licensed banks, consumer-finance companies and supervised micro-lenders are not bound (CN-CAP-02).

    :raises CapUnknown: for any other contract, or without the LPR
    """
    scope = numbers.rule("CN-CAP-02", on)
    if contract.institution_kind in scope.words("institution_kinds"):
        return None, scope
    if contract.product != "private_loan":
        raise CapUnknown("a contract that is neither private lending nor of a licensed lender")
    if contract.lpr_1y is None:
        raise CapUnknown("the LPR at formation is not given")
    rule = numbers.rule("CN-CAP-01", on)
    return contract.lpr_1y * rule.integer("multiple"), rule


def highest_charges(contract: Contract, *, months: int, on: date, numbers: Numbers) -> tuple[int, Rule]:
    """This function will return the highest sum of interest and fees for some months, in minor units.

    The lower of the cap and what was agreed, for months / 12 of a year.

    :raises CapUnknown: if the principal, the rate or the cap is not known
    """
    cap, rule = private_lending_cap(contract, on=on, numbers=numbers)
    rate = agreed_rate(contract)
    if contract.principal_minor is None:
        raise CapUnknown("the principal is not given")
    rate = rate if cap is None else min(cap, rate)
    return int(round_half_up(contract.principal_minor * rate * months / 12, 0)), rule


def rate_faults(contract: Contract, *, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rules that the agreed rates break on a day.

    1. Cards from 2017 to 2020: between 0.035 % and 0.05 % a day (CN-RATE-01).
    2. Private lending: the cap (CN-CAP-01).

    :raises CapUnknown: if a rate or the cap that applies is not known
    """
    found = []
    if contract.product == "credit_card" and numbers.has("CN-RATE-01", on):
        rule = numbers.rule("CN-RATE-01", on)
        daily = contract.daily_rate if contract.daily_rate is not None else agreed_rate(contract) / 365
        if not rule.ratio("min_daily") <= daily <= rule.ratio("max_daily"):
            found.append(rule)
    if numbers.has("CN-CAP-01", on) and contract.product == "private_loan":
        cap, rule = private_lending_cap(contract, on=on, numbers=numbers)
        if cap is not None and agreed_rate(contract) > cap:
            found.append(rule)
    return tuple(found)


def damages_interest_faults(*, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rule broken by interest on a Chinese card's damages or fees (CN-FEE-01)."""
    return (numbers.rule("CN-FEE-01", on),) if numbers.has("CN-FEE-01", on) else ()


def moratorium_faults(spaces: Sequence[BreathingSpace], *, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rules broken by interest in a breathing space (UK-BS-01, UK-BS-02)."""
    found = []
    for space in spaces:
        rule_id = "UK-BS-01" if space.variant == "standard" else "UK-BS-02"
        if not numbers.has(rule_id, space.started_date) or on < space.started_date:
            continue
        try:
            is_over = not breathing_space_end(space, numbers=numbers).is_met(on)
        except TreatmentNotEnded:
            is_over = False
        if not is_over:
            found.append(numbers.rule(rule_id, space.started_date))
    return tuple(found)

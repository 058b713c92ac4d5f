"""Penalty interest 罚息 and late fees 违约金 of one overdue row, exact before rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.ledger.keeping.derived import Why
from fairdue.engine.ledger.life.pausing import paused_days
from fairdue.engine.ledger.life.position import Interval, Position, Row
from fairdue.engine.ledger.products.terms import LateFeeTerms, PenaltyTerms, ProductTerms
from fairdue.kernel.day_counts import add_months, round_to, year_fraction

ONE = Fraction(1)
PENALTY_PREFIX = "p"
FEE_PREFIX = "f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """An amount in minor units with its arithmetic."""

    amount: int
    why: Why


def penalty_key(row: Row, to: date) -> str:
    """Return the name of the penalty interest of a row up to a day."""
    return f"{PENALTY_PREFIX}:{row.ref}:{to.isoformat()}"


def late_fee_key(row: Row, number: int) -> str:
    """Return the name of a row's late fee of a number."""
    return f"{FEE_PREFIX}:{row.ref}:{number}"


def penalty_base(row: Row, position: Position, rule: PenaltyTerms) -> int:
    """Return what of an overdue row bears penalty interest.

    Its unpaid principal; with `principal_and_interest` its unpaid interest; if compound, its posted penalty
    interest that is unpaid. Never a fee (CN-FEE-01: no interest on damages and fees).
    """
    base = row.principal.unpaid
    if rule.on == "principal_and_interest":
        base += row.interest.unpaid
    if rule.is_compound:
        prefix = f"{PENALTY_PREFIX}:{row.ref}:"
        base += sum(item.unpaid for key, (_, item) in position.charges.items() if key.startswith(prefix))
    return base


def penalty_interest(
    terms: ProductTerms,
    rule: PenaltyTerms,
    *,
    base: int,
    contract_rate: Fraction,
    from_date: date,
    to_date: date,
    pauses: list[Interval],
) -> Reckoned:
    """Return the penalty interest on a base from a day up to another, that day not counted.

    1. Rate: the rule's own, or the contract's times the rule's factor.
    2. Days of a pause are left out if the rule says so.
    3. Rounded once for the segment, by the product's rounding.
    """
    rate = rule.rate if rule.rate is not None else contract_rate * (rule.factor or ONE)
    days = (to_date - from_date).days
    paused = paused_days(pauses, from_date + timedelta(days=1), to_date) if rule.stops_in_pause else 0
    part = year_fraction(from_date, to_date, rule.day_count) * Fraction(days - paused, days)
    exact = base * rate * part
    amount = int(round_to(exact, ONE, terms.rounding.mode))
    why = Why(
        rule="penalty_interest",
        citation=rule.citation,
        base_minor=base,
        from_date=from_date,
        to_date=to_date,
        days=days - paused,
        day_count=rule.day_count,
        rate=str(rate),
        unrounded=str(exact),
        rounding=terms.rounding.mode,
    )
    return Reckoned(amount=amount, why=why)


def late_fee(terms: ProductTerms, rule: LateFeeTerms, row: Row) -> Reckoned:
    """Return the late fee of an unpaid row: the share of what is unpaid, not below the floor nor above the cap.

    Nothing if nothing is unpaid.
    """
    base = row.principal.unpaid
    if rule.of == "unpaid_instalment":
        base += row.interest.unpaid
    exact = base * rule.share
    amount = max(int(round_to(exact, ONE, terms.rounding.mode)), rule.floor) if base else 0
    amount = amount if rule.cap is None else min(amount, rule.cap)
    why = Why(
        rule="late_fee",
        citation=rule.citation,
        base_minor=base,
        rate=str(rule.share),
        unrounded=str(exact),
        rounding=_bound(rule, exact, amount) or terms.rounding.mode,
    )
    return Reckoned(amount=amount, why=why)


def _bound(rule: LateFeeTerms, exact: Fraction, amount: int) -> str:
    if rule.cap is not None and amount == rule.cap and exact > rule.cap:
        return "cap"
    return "floor" if amount == rule.floor and exact < rule.floor else ""


def late_fee_dates(due_date: date, terms: ProductTerms, until: date) -> Mapping[int, date]:
    """Return the days, by number, on which a late fee is charged while a row stays unpaid.

    1. The first on the day after the last day of grace; once, or again each month.
    """
    rule = terms.late_fee
    if rule is None:
        return {}
    found: dict[int, date] = {}
    number = 1
    while True:
        day = add_months(due_date, number - 1) + timedelta(days=terms.delinquency.grace_days + 1)
        if day > until:
            return found
        found[number] = day
        if rule.every == "once":
            return found
        number += 1

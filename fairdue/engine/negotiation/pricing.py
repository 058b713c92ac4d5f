"""What an offer is worth to the lender, at which rate it meets the floor, and who may agree to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import mul

from fairdue.engine.negotiation.laying import Claim, Laid, Pace, fitted, lay
from fairdue.engine.negotiation.offers import AUTHORITIES, Authority
from fairdue.engine.negotiation.terms import FACTOR_UNIT, Limits, OfferTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What an offer is measured by: all that it arranges, what it gives up, and the standing of the debts."""

    as_of: date
    arranged_minor: int
    waived_minor: int
    days_past_due: int
    plans_before: int
    months_deferred: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """A pace laid at a rate, what it is worth today, and the lowest role that may agree to it."""

    laid: Laid
    rate: Fraction
    present_value_minor: int
    authority: Authority


def price(
    claims: Sequence[Claim], pace: Pace, stake: Stake, terms: OfferTerms, longest: int
) -> Priced | None:
    """This function will find the rate and the role of a pace, or nothing if no role may agree to it.

    1. The lowest role comes first, and for it the lowest rate of the ladder at which the present value reaches the
       role's floor: a borrower pays interest only where nobody could agree to less.
    2. No rate is above the highest contract rate, so that a plan never bears more than doing nothing would.
    """
    highest = max(claim.rate for claim in claims)
    rates = [rate for rate in terms.plan_rates if not rate or rate <= highest] or [Fraction(0)]
    floors = terms.floor(stake.days_past_due)
    found: list[tuple[Laid, int] | None] = []
    for role in AUTHORITIES:
        least = stake.arranged_minor * floors[role].numerator
        for place, rate in enumerate(rates):
            if place == len(found):
                found.append(_valued(claims, pace, stake, terms, rate, longest))
            hit = found[place]
            if hit is None:
                continue
            laid, value = hit
            is_worth = value * floors[role].denominator >= least
            if is_worth and is_within(terms.limits[role], stake, len(laid.rows) + stake.months_deferred):
                return Priced(laid, rate, value, role)
    return None


def _valued(
    claims: Sequence[Claim], pace: Pace, stake: Stake, terms: OfferTerms, rate: Fraction, longest: int
) -> tuple[Laid, int] | None:
    own = fitted(pace, sum(claim.total for claim in claims), rate)
    laid = lay(claims, own, rate, longest) if own else None
    return None if laid is None else (laid, present_value(laid.totals, stake.as_of, pace.first_date, terms))


def present_value(totals: Sequence[int], as_of: date, first_date: date, terms: OfferTerms) -> int:
    """Return what monthly amounts are worth today, each discounted by whole months begun, rounded down."""
    wait = -(-(first_date - as_of).days // 31)
    return sum(map(mul, terms.factors[wait:], totals)) // FACTOR_UNIT


def is_within(limits: Limits, stake: Stake, months: int) -> bool:
    """Tell whether a role may agree to what is at stake for so many months."""
    return (
        (limits.arranged_minor is None or stake.arranged_minor <= limits.arranged_minor)
        and (limits.waived_minor is None or stake.waived_minor <= limits.waived_minor)
        and (limits.months is None or months <= limits.months)
        and (limits.months_deferred is None or stake.months_deferred <= limits.months_deferred)
        and (limits.plans_before is None or stake.plans_before <= limits.plans_before)
    )

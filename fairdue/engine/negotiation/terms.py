"""What a lender offers under which limits: the terms in force on a day, as `reading` takes them from packs/offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from fairdue.engine.negotiation.offers import AUTHORITIES, Authority

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCap:
    """The longest plan for some products, in months, with the rule or the text it rests on."""

    products: tuple[str, ...]
    months: int
    months_long_term_need: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affordability:
    """What offers may ask of what a household has to spare; protected costs and amounts in minor units a month."""

    share: Fraction
    vulnerable_share: Fraction
    ceiling: Fraction
    first_adult_minor: int
    further_adult_minor: int
    child_minor: int
    smallest_monthly_minor: int
    step_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentTerms:
    """How many months instalments run, and when the first one falls due."""

    shortest_months: int
    gentle_share: Fraction
    without_assessment_months: tuple[int, ...]
    first_after_days: int
    latest_first_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralTerms:
    """How many months nothing is asked, by reason."""

    months: Mapping[str, int]
    vulnerable_months: int
    until_days_past_due: int
    plans_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedMinimumTerms:
    """For which products and how many months less than the agreed monthly amount is asked."""

    products: tuple[str, ...]
    months: int
    plans_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverTerms:
    """Which share of which component is given up for prompt payment of the rest."""

    components: Mapping[str, Fraction]
    within_days: int
    from_days_past_due: int
    plans_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementTerms:
    """What is given up for one sum, or a few, by days past due; the same for all in a band."""

    within_days: int
    instalments: int
    bands: tuple[tuple[int, Mapping[str, Fraction]], ...]

    def band(self, days_past_due: int) -> Mapping[str, Fraction] | None:
        """Return what is given up so many days past due, or nothing."""
        found = [components for start, components in self.bands if start <= days_past_due]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one role may agree alone; None: without limit."""

    arranged_minor: int | None = None
    waived_minor: int | None = None
    months: int | None = None
    months_deferred: int | None = None
    plans_before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """The terms in force on a day, with the numbers of the law already read."""

    code: str
    version: str
    jurisdiction: str
    currencies: tuple[str, ...]
    caps: tuple[TermCap, ...]
    affordability: Affordability
    instalments: InstalmentTerms
    deferral: DeferralTerms | None
    reduced_minimum: ReducedMinimumTerms | None
    fee_waiver: WaiverTerms | None
    interest_waiver: WaiverTerms | None
    settlement: SettlementTerms | None
    yearly_rate: Fraction
    """The rate at which the lender discounts what it is promised."""
    floors: tuple[tuple[int, Mapping[Authority, Fraction]], ...]
    plan_rates: tuple[Fraction, ...]
    limits: Mapping[Authority, Limits]
    orders: tuple[tuple[tuple[str, ...], int, tuple[str, ...]], ...]
    """(products, from days past due, components in the order in which they are paid)."""
    grace_days: int
    """Days after a due date on which a payment still counts as in time."""
    tolerance_minor: int
    """What may be missing of an instalment that still counts as kept."""
    offer_days: int
    """Days for which a set of offers stands."""
    replans: int
    """How often a plan may be made anew after an instalment was missed."""
    missed_in_a_row: int
    """How many instalments missed one after another end a plan."""
    factors: tuple[int, ...] = field(repr=False)
    """What 10^12 minor units are worth today, paid after 0, 1, 2 … months."""

    def cap(self, product: str, *, is_long_term_need: bool = False) -> TermCap:
        """Return the longest plan for a product: the first line that names it or any product.

        :raises LookupError: if no line does
        """
        for cap in self.caps:
            if product in cap.products or ANY in cap.products:
                return cap
        raise LookupError(f"{self.code} names no longest term for {product}")

    def floor(self, days_past_due: int) -> Mapping[Authority, Fraction]:
        """Return which share of what is arranged its present value must reach, by role."""
        return [shares for start, shares in self.floors if start <= days_past_due][-1]

    def order(self, product: str, days_past_due: int) -> tuple[str, ...]:
        """Return the components of a product in the order in which they are paid; others follow."""
        found: tuple[int, tuple[str, ...]] = (-1, ())
        for products, start, order in self.orders:
            is_own = product in products
            if (is_own or (ANY in products and found[0] < 0)) and found[0] < start <= days_past_due:
                found = (start, order)
        return found[1]


FACTOR_UNIT = 10**12
LONGEST_MONTHS = 120


def discount_factors(yearly_rate: Fraction) -> tuple[int, ...]:
    """Return today's worth of 10^12 minor units after each of so many months, simple per month, rounded down."""
    monthly = 1 + yearly_rate / 12
    worth, factors = Fraction(FACTOR_UNIT), []
    for _ in range(LONGEST_MONTHS + 13):
        factors.append(int(worth))
        worth = Fraction(int(worth * FACTOR_UNIT / monthly), FACTOR_UNIT)
    return tuple(factors)


def roles_from(role: Authority) -> tuple[Authority, ...]:
    """Return a role and those above it."""
    return AUTHORITIES[AUTHORITIES.index(role) :]

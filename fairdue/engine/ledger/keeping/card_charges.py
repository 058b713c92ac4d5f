"""A card's interest and late fee as amounts with their arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.keeping.card_lots import Stretch, total
from fairdue.engine.ledger.keeping.derived import Why
from fairdue.engine.ledger.keeping.overdue import Reckoned
from fairdue.engine.ledger.products.card import CardTerms
from fairdue.engine.ledger.products.terms import LateFeeTerms, ProductTerms
from fairdue.kernel.day_counts import round_to

ONE = Fraction(1)
DAYS_OF_YEAR = 365
RULES = {"full": "full_interest", "unpaid_part": "unpaid_part_interest"}


def interest_of(
    terms: ProductTerms, card: CardTerms, found: Sequence[Stretch], daily_rate: Fraction
) -> Reckoned:
    """Return the interest of some stretches together, rounded once.

    The rate is shown a year, as the daily rate times 365 (CN-RATE-02); days and base where there is only one
    stretch, else each stretch has its own.
    """
    exact = total(found)
    why = Why(
        rule=RULES[card.interest_on],
        citation=card.citation,
        day_count="act/365",
        rate=str(daily_rate * DAYS_OF_YEAR),
        unrounded=str(exact),
        rounding=terms.rounding.mode,
        segments=tuple(stretch.as_details() for stretch in found),
    )
    if found:
        why = replace(
            why,
            from_date=min(stretch.from_date for stretch in found),
            to_date=max(stretch.to_date for stretch in found),
        )
    if len(found) == 1:
        why = replace(why, base_minor=found[0].base, days=found[0].days)
    return Reckoned(amount=int(round_to(exact, ONE, terms.rounding.mode)), why=why)


def late_fee_of(terms: ProductTerms, rule: LateFeeTerms, unpaid: int, due_date: date) -> Reckoned:
    """Return the late fee 违约金 on the unpaid part of a minimum payment: a share, floor and cap kept."""
    exact = unpaid * rule.share
    amount = int(round_to(exact, ONE, terms.rounding.mode))
    bound = ""
    if amount < rule.floor:
        amount, bound = rule.floor, "floor"
    if rule.cap is not None and amount > rule.cap:
        amount, bound = rule.cap, "cap"
    why = Why(
        rule="late_fee",
        citation=rule.citation,
        base_minor=unpaid,
        from_date=due_date,
        rate=str(rule.share),
        unrounded=str(exact),
        rounding=bound or terms.rounding.mode,
    )
    return Reckoned(amount=amount, why=why)

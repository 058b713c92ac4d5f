"""A borrower's own proposal answered: by an offer that keeps the same rules, or by why not and what comes nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.engine.negotiation.case import NegotiationCase
from fairdue.engine.negotiation.instalments import level_for, months_for
from fairdue.engine.negotiation.laying import Pace
from fairdue.engine.negotiation.offering import offers_on
from fairdue.engine.negotiation.offers import CounterRefused, Offer, Said, Wish
from fairdue.engine.negotiation.table import (
    Sketch,
    Table,
    first_date_fault,
    lay_table,
    make_offer,
    why_nothing,
)
from fairdue.engine.negotiation.terms import OfferTerms
from fairdue.engine.negotiation.waivers import settlement_sketch, settlement_waived


class _Refusal(Exception):
    def __init__(self, reason: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts or {}


def counter(case: NegotiationCase, terms: OfferTerms, wish: Wish) -> Offer | CounterRefused:
    """This function will answer a borrower's own proposal.

    1. Exactly one of an amount a month, a number of months or one sum (`one_wish`), above nought (`amount_zero`).
    2. A first date lies ahead (`first_date_past`) and within the terms (`first_date_late`).
    3. Not longer than the cap (`term_too_long`: 61 instalments on a card), not more than the household has to spare
       (`above_affordable`), nor less than the smallest instalment (`below_smallest`).
    4. Without an assessment only short terms (`needs_assessment`); what no role may agree to is `below_floor`.
    5. One sum settles for what the band gives up and no more: `below_settlement` names the sum.
    """
    table = lay_table(case, terms)
    if table is None:
        return CounterRefused(reason=why_nothing(case, terms))
    try:
        sketch = _sketch(table, wish)
        offer = make_offer(table, sketch)
        if offer is None:
            raise _Refusal("below_floor")
    except _Refusal as refusal:
        nearest = _nearest(table, wish)
        return CounterRefused(reason=refusal.reason, facts=refusal.facts, nearest=nearest)
    return offer


def _sketch(table: Table, wish: Wish) -> Sketch:
    given = [one for one in (wish.monthly_minor, wish.months, wish.lump_sum_minor) if one is not None]
    if len(given) != 1:
        raise _Refusal("one_wish")
    if given[0] <= 0:
        raise _Refusal("amount_zero")
    day = wish.first_date
    if day is not None and (fault := first_date_fault(day, table.case.as_of, table.terms)):
        latest = table.terms.instalments.latest_first_days
        raise _Refusal(fault, {"days": latest})
    if wish.lump_sum_minor is not None:
        return _settlement(table, wish.lump_sum_minor)
    level = _level(table, wish)
    most = table.surplus.ceiling_minor if table.surplus else 0
    return Sketch(
        kind="instalments",
        scope="whole",
        pace=Pace(day or table.first_date, level, months=wish.months or 0, most=most),
        longest=wish.months or table.cap,
        why=(Said("your_proposal", {"monthly_minor": level}),),
    )


def _level(table: Table, wish: Wish) -> int:
    if wish.months is not None and wish.months > table.cap:
        raise _Refusal("term_too_long", {"months": wish.months, "cap_months": table.cap})
    level = wish.monthly_minor or level_for(table, wish.months or 1)
    level = min(level, table.total)
    smallest = min(table.terms.affordability.smallest_monthly_minor, table.total)
    if level < smallest:
        raise _Refusal("below_smallest", {"smallest_minor": smallest})
    months = months_for(table.total, level)
    if months > table.cap:
        least = level_for(table, table.cap)
        raise _Refusal("term_too_long", {"months": months, "cap_months": table.cap, "least_minor": least})
    if table.surplus is None:
        longest = table.terms.instalments.without_assessment_months[-1]
        if months > longest:
            raise _Refusal("needs_assessment", {"months": longest})
    elif level > table.surplus.ceiling_minor:
        raise _Refusal("above_affordable", {"ceiling_minor": table.surplus.ceiling_minor})
    return level


def _settlement(table: Table, lump_sum: int) -> Sketch:
    waived = settlement_waived(table)
    given_up = sum(sum(part.values()) for part in waived or ())
    if waived is None or given_up == 0:
        raise _Refusal("no_settlement")
    needed = table.total - given_up
    if lump_sum < needed:
        raise _Refusal("below_settlement", {"needed_minor": needed})
    return settlement_sketch(table, waived, needed, 1)


def _nearest(table: Table, wish: Wish) -> Offer | None:
    """Return the offer whose monthly amount, or whose sum, lies nearest to the wish; the cheaper of equals."""
    wanted = wish.monthly_minor or wish.lump_sum_minor
    if wanted is None:
        wanted = -(-table.total // max(wish.months or 1, 1))
    kinds = ("settlement", "interest_waiver", "fee_waiver") if wish.lump_sum_minor else ("instalments",)
    offers, _ = offers_on(table)
    fitting = [offer for offer in offers if offer.kind in kinds and offer.scope == "whole"] or list(offers)
    return min(fitting, key=lambda offer: (abs(offer.level_minor - wanted), offer.total_minor), default=None)

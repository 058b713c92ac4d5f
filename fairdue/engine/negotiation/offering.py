"""The offers of a table, kind by kind, and of each kind that is not offered the reason."""

from __future__ import annotations

from collections.abc import Callable

from fairdue.engine.negotiation.instalments import Found, instalment_sketches
from fairdue.engine.negotiation.offers import KINDS, NotOffered, Offer, OfferKind
from fairdue.engine.negotiation.relief import deferral_sketches, reduced_minimum_sketches
from fairdue.engine.negotiation.table import Table, make_offer
from fairdue.engine.negotiation.waivers import (
    fee_waiver_sketches,
    interest_waiver_sketches,
    settlement_sketches,
)

_SKETCHES: dict[OfferKind, Callable[[Table], Found]] = {
    "instalments": instalment_sketches,
    "deferral": deferral_sketches,
    "reduced_minimum": reduced_minimum_sketches,
    "fee_waiver": fee_waiver_sketches,
    "interest_waiver": interest_waiver_sketches,
    "settlement": settlement_sketches,
}


def offers_on(table: Table) -> tuple[tuple[Offer, ...], tuple[NotOffered, ...]]:
    """Return the offers of a table in the order of their kinds, and why kinds without any are not offered."""
    offers: dict[str, Offer] = {}
    refused: list[NotOffered] = []
    for kind in KINDS:
        count = len(offers)
        reasons: list[NotOffered] = []
        for found in _SKETCHES[kind](table):
            if isinstance(found, NotOffered):
                reasons.append(found)
            elif offer := make_offer(table, found):
                offers.setdefault(offer.key, offer)
            else:
                reasons.append(NotOffered(kind, "floor"))
        if len(offers) == count:
            refused += reasons[:1]
    return tuple(offers.values()), tuple(refused)

"""The offers that fit a case under dated terms: the same inputs give the same offers."""

from __future__ import annotations

from collections.abc import Iterable

from fairdue.engine.negotiation.case import NegotiationCase
from fairdue.engine.negotiation.offers import CounterRefused, Offer, OfferSet, Wish
from fairdue.engine.negotiation.terms import OfferTerms


def solve(case: NegotiationCase, terms: OfferTerms) -> OfferSet:
    """This function will return every offer that a case may have under terms, and what it may not have and why."""
    raise NotImplementedError


def solve_many(cases: Iterable[NegotiationCase], terms: OfferTerms) -> list[OfferSet]:
    """This function will solve many cases under the same terms; each as `solve` does alone."""
    return [solve(case, terms) for case in cases]


def counter(case: NegotiationCase, terms: OfferTerms, wish: Wish) -> Offer | CounterRefused:
    """This function will answer a borrower's own proposal by an offer that keeps the same rules, or say why not."""
    raise NotImplementedError

"""The offers that fit a case under dated terms: the same inputs give the same offers."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable
from datetime import timedelta

from fairdue.engine.negotiation.case import NegotiationCase
from fairdue.engine.negotiation.countering import counter
from fairdue.engine.negotiation.household import MoneyLine
from fairdue.engine.negotiation.offering import offers_on
from fairdue.engine.negotiation.offers import KINDS, NotOffered, OfferSet
from fairdue.engine.negotiation.table import lay_table, why_left_out, why_nothing
from fairdue.engine.negotiation.terms import OfferTerms

__all__ = ["counter", "digest_of", "solve", "solve_many"]


def solve(case: NegotiationCase, terms: OfferTerms) -> OfferSet:
    """This function will return every offer that a case may have under terms, and what it may not have and why.

    1. Disputed debts are left out (`left_out`); several debts share what is affordable in proportion to what is owed.
    2. Every offer keeps the protected living costs, the longest term, the lender's floor and the authority matrix.
    3. Every offer sums to what it arranges less what it waives, to the minor unit and by component; the last
       instalment takes what is left.
    4. No offer costs more than doing nothing would: no fee is added, no interest above the contract's.
    5. Nothing but the case and the terms decides: no chance, no name, no sex, no age.
    """
    table = lay_table(case, terms)
    offers, refused = ((), _all_refused(case, terms)) if table is None else offers_on(table)
    return OfferSet(
        offers=offers,
        not_offered=refused,
        digest=digest_of(case, terms),
        terms_code=terms.code,
        terms_version=terms.version,
        expires_date=case.as_of + timedelta(days=terms.offer_days),
        left_out=table.left_out
        if table
        else tuple((debt.account_id, why_left_out(debt, terms)) for debt in case.debts),
        surplus=table.surplus if table else None,
    )


def _all_refused(case: NegotiationCase, terms: OfferTerms) -> tuple[NotOffered, ...]:
    reason = why_nothing(case, terms)
    return tuple(NotOffered(kind, reason) for kind in KINDS)


def digest_of(case: NegotiationCase, terms: OfferTerms) -> str:
    """Return the SHA-256 of all that the offers depend on, as hexadecimal text."""
    debts = [
        (
            debt.account_id, debt.product, debt.currency, sorted(debt.components.items()), debt.overdue_minor,
            debt.monthly_minor, str(debt.annual_rate), debt.days_past_due, debt.is_disputed, debt.plans_before,
            sorted(debt.overdue.items()) if debt.overdue is not None else None, debt.is_long_term_need,
        )
        for debt in case.debts
    ]  # fmt: skip
    told = case.situation
    home = told.household
    household = home and (
        home.currency,
        _lines(home.incomes),
        _lines(home.outgoings),
        home.adults,
        home.children,
    )
    wished = told.wished_first_date.isoformat() if told.wished_first_date else None
    situation = (
        told.reason,
        household,
        told.is_vulnerable,
        told.can_pay_now_minor,
        told.wished_monthly_minor,
        wished,
    )
    content = (debts, situation, case.as_of.isoformat(), case.jurisdiction, terms.code, terms.version)
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _lines(lines: Iterable[MoneyLine]) -> list[tuple[str, int, str]]:
    return [(line.kind, line.amount_minor, line.every) for line in lines]


def solve_many(cases: Iterable[NegotiationCase], terms: OfferTerms) -> list[OfferSet]:
    """This function will solve many cases under the same terms; each as `solve` does alone.

    Nothing that it makes refers back to itself, so the search for cycles waits until the batch is done.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return [solve(case, terms) for case in cases]
    finally:
        if was_on:
            gc.enable()

"""Offers and plans as a borrower reads them: amounts, days and reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from fairdue.contexts.arrangements.contracts import InstalmentCard, PlanCard
from fairdue.contexts.book.contracts import AccountCard
from fairdue.engine.law.jurisdictions import in_force
from fairdue.engine.negotiation.offers import CounterRefused, NotOffered, Offer, OfferSet
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.engine.negotiation.terms import OfferTerms
from fairdue.engine.negotiation.words import say
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer in words."""

    offer: Offer
    title: str
    why: tuple[str, ...]
    if_missed: str
    level: Money
    total: Money
    waived: Money
    months: tuple[tuple[date, Money], ...]
    rate_percent: str
    needs_person: bool
    """Whether one of us has to look at it before it can be agreed."""

    @property
    def last(self) -> Money:
        """What the last instalment asks."""
        return self.months[-1][1]

    @property
    def changes(self) -> tuple[tuple[int, date, Money], ...]:
        """(number, first day, amount) of each stretch of equal instalments."""
        found: list[tuple[int, date, Money]] = []
        for number, (day, amount) in enumerate(self.months, start=1):
            if not found or found[-1][2] != amount:
                found.append((number, day, amount))
        return tuple(found)


def language() -> str:
    """Return the language of the page as the packs call it."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def money_text(amount: Money) -> str:
    """Write an amount within a sentence, as figures are written beside one: CNY 8,200.00, never broken over lines."""
    return f"{amount.currency}\u00a0{amount.amount:,}"


def facts_in_words(facts: Mapping[str, Any], currency: str) -> dict[str, str]:
    """Return facts as text: `…_minor` as an amount."""
    return {
        name: money_text(Money(value, currency)) if name.endswith("_minor") else str(value)
        for name, value in facts.items()
    }


def offer_view(offer: Offer, *, keeping: Mapping[str, int]) -> OfferView:
    """Return an offer in words."""
    currency = offer.currency
    months: Counter[date] = Counter()
    for part in offer.parts:
        for instalment in part.instalments:
            months[instalment.due_date] += instalment.total_minor
    return OfferView(
        offer=offer,
        title=say("kinds", offer.kind, language()),
        why=tuple(say("why", one.code, language(), facts_in_words(one.facts, currency)) for one in offer.why),
        if_missed=say("if_missed", offer.if_missed, language(), keeping),
        level=Money(offer.level_minor, currency),
        total=Money(offer.total_minor, currency),
        waived=Money(offer.waived_minor, currency),
        months=tuple((day, Money(months[day], currency)) for day in sorted(months)),
        rate_percent=f"{float(offer.annual_rate * 100):.2f}",
        needs_person=offer.authority != "self_service",
    )


def terms_for(account: AccountCard, on: date) -> OfferTerms:
    """Return the terms under which an account's offers are made on a day."""
    return shipped_terms(account.jurisdiction or str(in_force()["default"]), on)


def keeping_of(account: AccountCard, on: date) -> dict[str, int]:
    """Return what the terms of a day say about missed instalments."""
    terms = terms_for(account, on)
    return {"grace_days": terms.grace_days, "missed_in_a_row": terms.missed_in_a_row}


def offer_views(found: OfferSet, keeping: Mapping[str, int]) -> tuple[OfferView, ...]:
    """Return the offers of a set in words, in the order in which the solver gives them."""
    return tuple(offer_view(offer, keeping=keeping) for offer in found.offers)


def not_offered_words(refused: Iterable[NotOffered], currency: str) -> tuple[tuple[str, str], ...]:
    """Return (what, why not) of what is not offered."""
    return tuple(
        (
            say("kinds", one.kind, language()),
            say("not_offered", one.reason, language(), facts_in_words(one.facts, currency)),
        )
        for one in refused
    )


def refusal_words(refused: CounterRefused, currency: str) -> str:
    """Return why a borrower's own proposal can't be taken."""
    return say("refused", refused.reason, language(), facts_in_words(refused.facts, currency))


STATES = ("missed", "late", "due", "early", "paid")
"""The first one that any debt's share of a day has is what the day shows."""


@dataclass(frozen=True, slots=True)
class PlanDay:
    """What a plan asks on a day of all its debts together."""

    due_date: date
    amount: Money
    paid: Money
    state: str


def plan_days(plan: PlanCard) -> tuple[PlanDay, ...]:
    """Return a plan day by day, its debts together."""
    found: dict[date, list[InstalmentCard]] = {}
    for one in plan.instalments:
        found.setdefault(one.due_date, []).append(one)
    return tuple(
        PlanDay(
            due_date=day,
            amount=Money(sum(one.amount.minor for one in ones), plan.currency),
            paid=Money(sum(one.paid.minor for one in ones), plan.currency),
            state=min((one.state for one in ones), key=STATES.index),
        )
        for day, ones in sorted(found.items())
    )

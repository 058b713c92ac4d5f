"""A case read from JSON, and a set of offers as JSON: for commands and for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.negotiation.case import REASONS, Debt, NegotiationCase, Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Offer, OfferSet


class CaseUnreadable(ValueError):
    """A case cannot be meant; the message names the field."""


def case_of(document: Mapping[str, Any]) -> NegotiationCase:
    """Return the case that a document describes; amounts are in minor units, rates are text such as "0.18".

    :raises CaseUnreadable: if a field is missing or cannot be meant
    """
    try:
        situation = _situation(document.get("situation", {}))
        return NegotiationCase(
            debts=tuple(_debt(each) for each in document["debts"]),
            situation=situation,
            as_of=date.fromisoformat(document["as_of"]),
            jurisdiction=document.get("jurisdiction", "cn"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaseUnreadable(f"the case cannot be read: {error!r}") from error


def _debt(document: Mapping[str, Any]) -> Debt:
    components = {str(name): int(amount) for name, amount in document["components"].items()}
    if any(amount < 0 for amount in components.values()):
        raise ValueError("an amount is negative")
    return Debt(
        account_id=int(document["account_id"]),
        product=str(document["product"]),
        currency=str(document.get("currency", "CNY")),
        components=components,
        overdue_minor=int(document.get("overdue_minor", sum(components.values()))),
        monthly_minor=int(document.get("monthly_minor", 0)),
        annual_rate=Fraction(str(document.get("annual_rate", "0"))),
        days_past_due=int(document.get("days_past_due", 0)),
        is_disputed=bool(document.get("is_disputed", False)),
        plans_before=int(document.get("plans_before", 0)),
        overdue=document.get("overdue"),
        is_long_term_need=bool(document.get("is_long_term_need", False)),
    )


def _situation(document: Mapping[str, Any]) -> Situation:
    reason = document.get("reason", "other")
    if reason not in REASONS:
        raise ValueError(f"reason {reason!r} is none of {', '.join(REASONS)}")
    household, first = document.get("household"), document.get("wished_first_date")
    return Situation(
        reason=reason,
        household=_household(household) if household else None,
        is_vulnerable=bool(document.get("is_vulnerable", False)),
        can_pay_now_minor=int(document.get("can_pay_now_minor", 0)),
        wished_monthly_minor=document.get("wished_monthly_minor"),
        wished_first_date=date.fromisoformat(first) if first else None,
    )


def _household(document: Mapping[str, Any]) -> Household:
    return Household(
        currency=document.get("currency", "CNY"),
        incomes=tuple(MoneyLine(*line) for line in document.get("incomes", ())),
        outgoings=tuple(MoneyLine(*line) for line in document.get("outgoings", ())),
        adults=int(document.get("adults", 1)),
        children=int(document.get("children", 0)),
    )


def set_document(found: OfferSet) -> dict[str, Any]:
    """Return a set of offers as JSON values."""
    return {
        "digest": found.digest,
        "terms": f"{found.terms_code}@{found.terms_version}",
        "expires_date": found.expires_date.isoformat(),
        "left_out": [{"account_id": account_id, "reason": reason} for account_id, reason in found.left_out],
        "offers": [_offer(offer) for offer in found.offers],
        "not_offered": [
            {"kind": one.kind, "reason": one.reason, "facts": dict(one.facts)} for one in found.not_offered
        ],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    plain = (
        "key", "kind", "scope", "currency", "total_minor", "waived_minor", "level_minor", "count", "authority",
        "present_value_minor", "interest_in_period",
    )  # fmt: skip
    return {name: getattr(offer, name) for name in plain} | {
        "annual_rate": str(offer.annual_rate),
        "first_date": offer.first_date.isoformat(),
        "last_date": offer.last_date.isoformat(),
        "parts": [
            {
                "account_id": part.account_id, "waived": dict(part.waived), "added": dict(part.added),
                "instalments": [[one.due_date.isoformat(), dict(one.amounts)] for one in part.instalments],
            }
            for part in offer.parts
        ],
    }  # fmt: skip

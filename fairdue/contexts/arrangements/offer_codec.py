"""An offer as it is stored, and read again: JSON with exact fractions as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import NotOffered, Offer, OfferPart, PlannedInstalment, Said


def offer_document(offer: Offer) -> dict[str, Any]:
    """Return an offer as JSON values."""
    return {
        "key": offer.key, "kind": offer.kind, "scope": offer.scope, "currency": offer.currency,
        "total_minor": offer.total_minor, "waived_minor": offer.waived_minor, "level_minor": offer.level_minor,
        "count": offer.count, "first_date": offer.first_date.isoformat(), "last_date": offer.last_date.isoformat(),
        "interest_in_period": offer.interest_in_period, "annual_rate": str(offer.annual_rate),
        "authority": offer.authority, "present_value_minor": offer.present_value_minor, "if_missed": offer.if_missed,
        "why": [{"code": each.code, "facts": plain(each.facts)} for each in offer.why],
        "parts": [
            {
                "account_id": part.account_id, "waived": dict(part.waived), "added": dict(part.added),
                "instalments": [
                    {"due_date": one.due_date.isoformat(), "amounts": dict(one.amounts), "added": one.added}
                    for one in part.instalments
                ],
            }
            for part in offer.parts
        ],
    }  # fmt: skip


def offer_of(document: Mapping[str, Any]) -> Offer:
    """Return the offer that `offer_document` wrote."""
    plain_fields = (
        "key", "kind", "scope", "currency", "total_minor", "waived_minor", "level_minor", "count",
        "interest_in_period", "authority", "present_value_minor", "if_missed",
    )  # fmt: skip
    return Offer(
        **{name: document[name] for name in plain_fields},
        first_date=date.fromisoformat(document["first_date"]),
        last_date=date.fromisoformat(document["last_date"]),
        annual_rate=Fraction(document["annual_rate"]),
        why=tuple(Said(each["code"], each["facts"]) for each in document["why"]),
        parts=tuple(_part(each) for each in document["parts"]),
    )


def _part(document: Mapping[str, Any]) -> OfferPart:
    instalments = tuple(
        PlannedInstalment(date.fromisoformat(one["due_date"]), one["amounts"], one.get("added", 0))
        for one in document["instalments"]
    )
    return OfferPart(document["account_id"], instalments, document["waived"], document["added"])


def not_offered_document(one: NotOffered) -> dict[str, Any]:
    """Return why a kind is not offered, as JSON values."""
    return {"kind": one.kind, "reason": one.reason, "facts": plain(one.facts)}


def situation_document(situation: Situation) -> dict[str, Any]:
    """Return a situation as JSON values."""
    household = situation.household
    return {
        "reason": situation.reason,
        "is_vulnerable": situation.is_vulnerable,
        "can_pay_now_minor": situation.can_pay_now_minor,
        "wished_monthly_minor": situation.wished_monthly_minor,
        "wished_first_date": situation.wished_first_date.isoformat() if situation.wished_first_date else None,
        "household": None if household is None else {
            "currency": household.currency, "adults": household.adults, "children": household.children,
            "incomes": [[line.kind, line.amount_minor, line.every] for line in household.incomes],
            "outgoings": [[line.kind, line.amount_minor, line.every] for line in household.outgoings],
        },
    }  # fmt: skip


def situation_of(document: Mapping[str, Any]) -> Situation:
    """Return the situation that `situation_document` wrote."""
    first, household = document["wished_first_date"], document["household"]
    return Situation(
        reason=document["reason"],
        is_vulnerable=document["is_vulnerable"],
        can_pay_now_minor=document["can_pay_now_minor"],
        wished_monthly_minor=document["wished_monthly_minor"],
        wished_first_date=date.fromisoformat(first) if first else None,
        household=None if household is None else Household(
            currency=household["currency"], adults=household["adults"], children=household["children"],
            incomes=tuple(MoneyLine(*line) for line in household["incomes"]),
            outgoings=tuple(MoneyLine(*line) for line in household["outgoings"]),
        ),
    )  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value of facts as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if isinstance(value, bool | int | str | None) else str(value)

"""What an offer does to a debt's ledger, as events without a database; and which of its interest is not earned yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairdue.engine.negotiation.offers import OfferPart

EARNED_AFTER = "earned_after"
"""Under this name a charge of a plan's interest tells [day, minor units]: which part is earned only after which day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStep:
    """One event that carries a plan out on one debt; amounts in minor units, `details` as the ledger's kinds say."""

    kind: str
    amount_minor: int
    details: Mapping[str, Any]


def ledger_steps(
    part: OfferPart, *, number: str, agreed_date: date, until: date | None = None
) -> tuple[LedgerStep, ...]:
    """Return what carries a plan out on one debt, in order.

    1. Interest that the plan itself adds is charged first, so that rows and debt agree to the cent; each month's part
       is earned when its month begins, which is after the due date before it.
    2. Then the plan's rows replace what is unpaid, all or only what is due by `until`; a waiver is its discount.
    """
    asked = {"due_date": until.isoformat()} if until else {}
    charges = [
        LedgerStep(
            kind="charge", amount_minor=minor,
            details={"component": component, "document": {EARNED_AFTER: _earned_after(part, agreed_date)}} | asked,
        )
        for component, minor in sorted(part.added.items())
        if minor
    ]  # fmt: skip
    return (*charges, LedgerStep(kind="plan", amount_minor=0, details=_plan(part, number, until)))


def _earned_after(part: OfferPart, agreed_date: date) -> list[list[Any]]:
    begins = [agreed_date, *(one.due_date for one in part.instalments)]
    return [
        [begin.isoformat(), one.added]
        for begin, one in zip(begins, part.instalments, strict=False)
        if one.added
    ]


def _plan(part: OfferPart, number: str, until: date | None) -> dict[str, Any]:
    details: dict[str, Any] = {
        "rows": [
            {"due_date": one.due_date.isoformat(), "component": component, "amount": minor}
            for one in part.instalments
            for component, minor in sorted(one.amounts.items())
            if minor
        ],
        "reason": number,
    }
    if waived := {component: minor for component, minor in sorted(part.waived.items()) if minor}:
        details["discount"] = waived
    return details | ({"until": until.isoformat()} if until else {})


def unearned_minor(documents: Iterable[Mapping[str, Any]], on: date) -> int:
    """Return how much interest of plans is for months that have not begun by the end of a day."""
    return sum(
        minor
        for document in documents
        for day, minor in document.get(EARNED_AFTER, ())
        if on <= date.fromisoformat(day)
    )

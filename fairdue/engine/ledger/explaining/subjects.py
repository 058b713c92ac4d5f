"""What can be explained, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fairdue.engine.ledger.explaining.balances import balance, component, credit_balance, total_claim
from fairdue.engine.ledger.explaining.earning import accrued_interest
from fairdue.engine.ledger.explaining.facts import Facts
from fairdue.engine.ledger.explaining.lateness import days_past_due
from fairdue.engine.ledger.explaining.owing import due_item, minimum_due, next_due, overdue
from fairdue.engine.ledger.explaining.splits import transaction
from fairdue.engine.ledger.explaining.tree import Piece


class SubjectUnknown(LookupError):
    """Nothing of this name can be explained for this account."""

    code = "ledger.subject.unknown"


SUBJECTS: Mapping[str, Callable[[Facts], Piece | None]] = {
    "balance": balance,
    "overdue": overdue,
    "next_due": next_due,
    "minimum_due": minimum_due,
    "dpd": days_past_due,
    "credit_balance": credit_balance,
    "accrued_interest": accrued_interest,
    "total_claim": total_claim,
}
"""Subjects without a number; besides these there are `component:<code>`, `due:<id>` and `transaction:<id>`."""


def explain(facts: Facts, subject: str) -> Piece:
    """Return why an amount is what it is.

    :raises SubjectUnknown: if there is nothing of this name
    :raises ExplanationUnsound: if parts do not come to their amount: a fault, not a refusal
    """
    found = _found(facts, subject)
    if found is None:
        named = ", ".join([*SUBJECTS, "component:CODE", "due:ID", "transaction:ID"])
        raise SubjectUnknown(f"{subject!r} cannot be explained here; what can: {named}")
    return found


def _found(facts: Facts, subject: str) -> Piece | None:
    if subject in SUBJECTS:
        return SUBJECTS[subject](facts)
    kind, _, key = subject.partition(":")
    if kind == "component":
        return component(facts, key) if key in facts.components else None
    if kind in ("due", "transaction", "receipt") and key.isdigit() and len(key) < 19:
        return due_item(facts, int(key)) if kind == "due" else transaction(facts, int(key))
    return None

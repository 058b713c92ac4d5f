"""The facts of one account that its explanations rest on, as of a day, as known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from fairdue.contexts.ledger.contracts import DueCard
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.ledger.queries.postings import account_postings
from fairdue.engine.ledger.explaining.facts import Due, Facts, Happening, Line


def lines_of(account_id: int, as_of: date | None, known_at: datetime | None) -> tuple[Line, ...]:
    """Return the postings of an account as explanations read them."""
    return tuple(
        Line(
            id=card.posting_id,
            transaction_id=card.transaction_id,
            kind=card.kind,
            debit=card.debit,
            credit=card.credit,
            due_item_id=card.due_item_id,
            amount=card.amount.minor,
            effective_date=card.effective_date,
            recorded_at=card.recorded_at,
        )
        for card in account_postings(account_id, as_of, known_at)
    )


def happenings_of(account_id: int, known_at: datetime | None) -> dict[int, Happening]:
    """Return the events of an account that were known, by their ids; those of later days too."""
    found = Transaction.objects.filter(account_id=account_id).order_by("id")
    if known_at is not None:
        found = found.filter(recorded_at__lte=known_at)
    return {
        row.pk: Happening(
            id=row.pk,
            kind=row.kind,
            component=row.component,
            amount=row.amount_minor,
            effective_date=row.effective_date,
            recorded_at=row.recorded_at,
            source=row.source,
            external_ref=row.external_ref,
            reverses_id=row.reverses_id,  # type: ignore[attr-defined]
            details=row.details,
        )
        for row in found
    }


def dues_of(cards: Iterable[DueCard]) -> tuple[Due, ...]:
    """Return due items as explanations read them."""
    return tuple(
        Due(
            id=card.due_item_id,
            ref=card.due_ref,
            due_date=card.due_date,
            component=card.component,
            amount=card.amount.minor,
            asked=card.paid.minor + card.unpaid.minor,
            paid=card.paid.minor,
            is_overdue=card.is_overdue,
        )
        for card in cards
    )


def facts_of(account_id: int, as_of: date, known_at: datetime | None) -> Facts:
    """Return the facts of an account's explanations."""
    raise NotImplementedError

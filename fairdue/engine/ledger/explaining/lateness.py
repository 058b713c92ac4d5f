"""How late an account is, day by day: the oldest unpaid due date, less what does not count."""

from __future__ import annotations

from datetime import timedelta

from fairdue.engine.ledger.explaining.facts import Due, Facts, Span, late_days, overlap
from fairdue.engine.ledger.explaining.tree import Piece


def days_past_due(facts: Facts) -> Piece:
    """Return the days past due: the calendar days since the oldest unpaid due date, less what does not count.

    1. By the origin `due_plus_1` the day after the due date is day 1, by `due_date` the due date itself.
    2. Days by which a holiday moved the due date do not count.
    3. Of a pause only the days that overlap the item's own overdue span are taken off, a day in two pauses once.
    4. Days of grace are taken off last.
    """
    oldest = min(
        (due for due in facts.dues if due.unpaid > 0 and _is_late(facts, due)), key=_age, default=None
    )
    if oldest is None:
        return Piece(phrase="dpd.none", amount=0, unit="days", subject="dpd", words={"day": facts.as_of})
    parts = [_since(facts, oldest), *_moved(facts, oldest), *_paused(facts, oldest)]
    left = sum(part.amount for part in parts)
    if grace := min(facts.late.grace_days, left):
        parts.append(Piece(phrase="dpd.grace", amount=-grace, unit="days", words={"days": grace}))
    return Piece(
        phrase="dpd",
        amount=sum(part.amount for part in parts),
        unit="days",
        subject="dpd",
        words={"day": facts.as_of, "due": oldest.due_date, "ref": oldest.ref},
        parts=tuple(parts),
    )


def _is_late(facts: Facts, due: Due) -> bool:
    counted = facts.late.counted_due_date.get(due.due_date, due.due_date)
    return late_days(counted, facts.as_of, facts.late.origin) > 0


def _age(due: Due) -> tuple[object, int]:
    return due.due_date, due.id


def _since(facts: Facts, due: Due) -> Piece:
    return Piece(
        phrase=f"dpd.since.{facts.late.origin}",
        amount=late_days(due.due_date, facts.as_of, facts.late.origin),
        unit="days",
        words={"due": due.due_date, "day": facts.as_of, "ref": due.ref, "component": f"#{due.component}"},
        subject=f"due:{due.id}",
        effective_date=due.due_date,
    )


def _moved(facts: Facts, due: Due) -> list[Piece]:
    counted = facts.late.counted_due_date.get(due.due_date, due.due_date)
    days = (counted - due.due_date).days
    words = {"due": due.due_date, "to": counted}
    return [Piece(phrase="dpd.holiday", amount=-days, unit="days", words=words)] if days else []


def _paused(facts: Facts, due: Due) -> list[Piece]:
    counted = facts.late.counted_due_date.get(due.due_date, due.due_date)
    days = late_days(counted, facts.as_of, facts.late.origin)
    first, found = facts.as_of - timedelta(days=days - 1), []
    for span in sorted(facts.pauses, key=lambda span: span.from_date):
        if taken := overlap(span, first, facts.as_of):
            found.append(_pause(span, taken))
        first = max(first, span.to_date + timedelta(days=1))
    return found


def _pause(span: Span, taken: int) -> Piece:
    return Piece(
        phrase="dpd.pause",
        amount=-taken,
        unit="days",
        words={"from": span.from_date + timedelta(days=1), "to": span.to_date, "days": taken},
        transaction_id=span.transaction_id,
        effective_date=span.from_date,
    )

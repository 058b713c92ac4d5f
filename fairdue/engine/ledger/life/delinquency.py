"""How late a debt is: days past due, delinquent days and buckets, of the debt and of each row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fairdue.engine.ledger.ageing import days_past_due
from fairdue.engine.ledger.life.pausing import paused_days
from fairdue.engine.ledger.life.position import Position, Row
from fairdue.engine.ledger.life.state import Delinquency


def delinquency(position: Position, on: date) -> Delinquency:
    """Return how late a debt is on a day.

    1. Only an active debt is late, charged off or not.
    2. A row is past due if something of it is outstanding and not in dispute, and its due date, moved to a working day, is
       before the day (with origin `due_date`: or is the day).
    3. Days past due are those of the oldest such row; delinquent days are these less its paused days and
       the grace, not below zero. Only pause days within the row's own overdue span count.
    4. The bucket holds the delinquent days; the amount is what is outstanding of all past-due rows.
    5. By bucket: each past-due row by its own delinquent days with the grace of a row.
    """
    late = list(_late_rows(position, on))
    if position.status != "active" or not late:
        return Delinquency(by_bucket={})
    rule = position.terms.delinquency
    oldest, days, counted = late[0]
    delinquent = max(counted - rule.grace_days, 0)
    return Delinquency(
        days_past_due=days,
        delinquent_days=delinquent,
        bucket=rule.bucket(delinquent),
        amount=sum(row.payable for row, _, _ in late),
        oldest_due_date=oldest.due_date,
        by_bucket=_by_bucket(position, late),
    )


def days_late(position: Position, on: date) -> int:
    """Return the days past due of the oldest row with anything unpaid, pauses included, whatever the status."""
    return max((days for _, days, _ in _late_rows(position, on)), default=0)


def _late_rows(position: Position, on: date) -> Iterator[tuple[Row, int, int]]:
    """Yield (row, days past due, of these not paused) of each past-due row, the oldest first."""
    rule = position.terms.delinquency
    for row in position.rows:
        due_date = rule.calendar.following(row.due_date)
        days = days_past_due(due_date, on, rule.origin)
        if days and row.payable:
            first = on - timedelta(days=days - 1)
            yield row, days, days - paused_days(position.pauses, first, on)


def _by_bucket(position: Position, late: list[tuple[Row, int, int]]) -> dict[str, int]:
    rule = position.terms.delinquency
    found: dict[str, int] = {}
    for row, _, counted in late:
        bucket = rule.bucket(max(counted - rule.row_grace_days, 0))
        if bucket is not None:
            found[bucket] = found.get(bucket, 0) + row.payable
    return found

"""Moving unpaid principal to other due dates: re-age (展期) and re-amortise (重新分期)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.ledger.life.events import Reage, Reamortise
from fairdue.engine.ledger.life.position import Position, Row
from fairdue.engine.ledger.life.terms import DebtTerms
from fairdue.kernel.day_counts import add_months, round_to


def reage(position: Position, event: Reage) -> None:
    """Put all unpaid principal of all rows on new regular rows; interest and charges stay."""
    amount = _take_principal(position.rows)
    new = [
        position.add_row(Row.due(day, is_regular=True, ref=f"{event.id}:{number}"))
        for number, day in enumerate(_due_dates(event), start=1)
    ]
    _spread(amount, new, position.terms, event.id)


def reamortise(position: Position, event: Reamortise) -> None:
    """Spread the unpaid principal of rows due on or before the day over the regular rows due later.

    Without a later row it stays where it is.
    """
    later = later_rows(position, event.counts_on)
    if later:
        due = [row for row in position.rows if row.due_date <= event.counts_on]
        _spread(_take_principal(due), later, position.terms, event.id)


def later_rows(position: Position, day: date) -> list[Row]:
    """Return the regular rows due after a day."""
    return [row for row in position.rows if row.is_regular and row.due_date > day]


def shares(amount: int, count: int, terms: DebtTerms) -> list[int]:
    """Divide an amount into equal shares rounded to the terms' multiple; the last takes the remainder.

    No share exceeds what is left, so none falls below zero.
    """
    multiple = Fraction(terms.share_multiple)
    share = int(round_to(Fraction(amount, count), multiple, terms.rounding))
    found: list[int] = []
    for _ in range(count - 1):
        found.append(min(share, amount - sum(found)))
    return [*found, amount - sum(found)]


def _take_principal(rows: Iterable[Row]) -> int:
    taken = 0
    for row in rows:
        taken += row.principal.unpaid
        row.principal.amount = row.principal.paid + row.principal.waived
    return taken


def _spread(amount: int, rows: Sequence[Row], terms: DebtTerms, event_id: str) -> None:
    for number, (row, share) in enumerate(zip(rows, shares(amount, len(rows), terms), strict=True), start=1):
        row.principal.ask_more(share, f"{event_id}:{number}")


def _due_dates(event: Reage) -> list[date]:
    steps = range(0, event.instalments * event.every, event.every)
    if event.unit == "months":
        return [add_months(event.first_due_date, step) for step in steps]
    days = 7 if event.unit == "weeks" else 1
    return [event.first_due_date + timedelta(days=days * step) for step in steps]

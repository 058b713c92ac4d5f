"""Pauses (停计): days that do not count as delinquent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from fairdue.engine.ledger.ageing import days_past_due
from fairdue.engine.ledger.life.events import Pause, Resume
from fairdue.engine.ledger.life.position import Interval, Position


def pause(position: Position, event: Pause) -> None:
    """Add a pause; it may begin before or after the day it is entered."""
    position.pauses.append(Interval(event.from_date, event.to_date))


def resume(position: Position, event: Resume) -> None:
    """End the running pause on the day; without one, nothing changes."""
    running = running_pause(position, event.counts_on)
    if running is not None:
        running.to_date = event.counts_on


def running_pause(position: Position, day: date) -> Interval | None:
    """Return the pause that holds a day, both ends included; of two that touch the one entered last."""
    for interval in reversed(position.pauses):
        if interval.from_date <= day <= interval.to_date:
            return interval
    return None


def overlaps(position: Position, event: Pause) -> bool:
    """Tell whether a pause shares more than an end with one that stands."""
    return any(
        event.from_date < interval.to_date and interval.from_date < event.to_date
        for interval in position.pauses
    )


def delinquent_days(
    oldest_unpaid: date | None, as_of: date, origin: str, pauses: Iterable[tuple[date, date]]
) -> int:
    """Return the days past due of one due date without those that were paused."""
    days = days_past_due(oldest_unpaid, as_of, origin)
    intervals = [Interval(first, final) for first, final in pauses]
    if not days or not intervals:
        return days
    return days - paused_days(intervals, as_of - timedelta(days=days - 1), as_of)


def paused_days(pauses: list[Interval], first: date, final: date) -> int:
    """Count the days from `first` to `final` that lie after the beginning and not after the end of a pause.

    A day in two pauses counts once; only days within the span count.
    """
    paused, counted_to = 0, first - timedelta(days=1)
    for interval in sorted(pauses, key=lambda one: one.from_date):
        start = max(interval.from_date, counted_to)
        end = min(interval.to_date, final)
        if end > start:
            paused += (end - start).days
            counted_to = end
    return paused

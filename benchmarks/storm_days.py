"""The days over which storms pass."""

from __future__ import annotations

from datetime import date, timedelta

SPRING = ((date(2026, 3, 7), 3), (date(2026, 3, 28), 3), (date(2026, 4, 2), 5))
AUTUMN = ((date(2026, 10, 2), 4), (date(2026, 10, 23), 4), (date(2026, 10, 30), 4))
"""First day and days: clocks change in America on 8 March and 1 November, in Europe on 29 March and 25 October, in
Australia on 5 April and 4 October; Easter closes Australia's telephones; New York counts since 1 September."""
DAY = timedelta(days=1)


def days_of(seed: int) -> list[date]:
    """Return the days of a storm: around the changes of clocks, those of spring and of autumn by turns."""
    episodes = SPRING if seed % 2 else AUTUMN
    return [first + number * DAY for first, count in episodes for number in range(count)]

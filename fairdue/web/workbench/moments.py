"""The two times of a page about money: the day it is about, and the day up to which things are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http import HttpRequest
from django.utils.dateparse import parse_date

from fairdue.kernel.clock import HOUSE_ZONE, business_date

FIRST_DAY, FINAL_DAY = date(1970, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """State as of one day, as known at the end of another; `known_at` is None for all that is known now."""

    as_of: date
    known_date: date
    known_at: datetime | None
    today: date
    is_unread: bool = False
    """Whether the address asked for a day that cannot be read; today stands in its place."""

    @property
    def is_plain(self) -> bool:
        """Tell whether it is today as known today."""
        return self.known_at is None and self.as_of == self.today

    @property
    def is_future(self) -> bool:
        """Tell whether the day has not come yet."""
        return self.as_of > self.today


def asked_moment(request: HttpRequest, now: datetime) -> Moment:
    """Return the two times that the address asks for; without them, or if they are no days, today.

    What is known at the end of today is all that is known: `known_at` is None then.
    """
    today = business_date(now)
    texts = [request.GET.get(name, "").strip() for name in ("as_of", "known")]
    as_of, known = map(asked_day, texts)
    known_date = min(known or today, today)
    return Moment(
        as_of=as_of or today,
        known_date=known_date,
        known_at=end_of_day(known_date) if known_date < today else None,
        today=today,
        is_unread=any(text and not day for text, day in zip(texts, (as_of, known), strict=True)),
    )


def asked_day(text: str) -> date | None:
    """Return a day written as 2026-11-21, or None for anything else."""
    try:
        found = parse_date(text[:10])
    except ValueError:
        return None
    return found if found and FIRST_DAY <= found <= FINAL_DAY else None


def end_of_day(day: date) -> datetime:
    """Return the final instant of a day in the house zone, in UTC."""
    return datetime.combine(day, time.max, HOUSE_ZONE).astimezone(UTC)

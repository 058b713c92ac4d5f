"""Rate tables by date, such as the published loan prime rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


class RateUnknown(LookupError):
    """A table has no figure for a day, or the day lies before its first figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A published rate a year: it holds from its date until the next figure."""

    from_date: date
    rate: Fraction
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """A series of rates by the day from which each holds."""

    code: str
    name: Mapping[str, str]
    citation: Mapping[str, str]
    rates: tuple[Rate, ...]

    def on(self, day: date) -> Rate:
        """Return the figure that holds on a day.

        :raises RateUnknown: if the day lies before the first figure
        """
        held = [rate for rate in self.rates if rate.from_date <= day]
        if not held:
            raise RateUnknown(f"{self.code} has no figure for {day}")
        return held[-1]

"""What a clock answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.numbers import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The days on which something is in time or holds, both ends included, and the rules that say so.

    Neither end set means that nothing is required and every day is in time.
    """

    rules: tuple[Rule, ...]
    first_date: date | None = None
    last_date: date | None = None

    def is_met(self, on: date) -> bool:
        """Tell whether a day is in time."""
        return (self.first_date is None or self.first_date <= on) and (
            self.last_date is None or on <= self.last_date
        )

"""How much interest, penalty interest and fees together may be charged, metered over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.products.agreement import AgreedCap

DAYS_OF_YEAR = 365


@dataclass(slots=True)
class CapMeter:
    """Counts the principal that was owed day by day, and what was charged on it.

    1. A cap of a yearly rate allows, by a day, rate × Σ (principal owed × days) / 365 in all.
    2. A new charge gets what the interest earned and the charges before it have left of that, never less
       than nothing; what a cap took off is not charged later.
    """

    caps: Sequence[AgreedCap]
    since: date
    principal_days: int = 0
    charged: int = 0
    cut: dict[str, int] = field(default_factory=dict)

    def pass_to(self, day: date, principal: int) -> None:
        """Count the days up to a day, on which so much principal was owed."""
        if day > self.since:
            self.principal_days += principal * (day - self.since).days
            self.since = day

    def allow(self, amount: int, earned_interest: int) -> tuple[int, AgreedCap | None]:
        """Return what of a charge may be charged, with the cap that cut it, and count it."""
        allowed, cutting = amount, None
        for cap in self.caps:
            ceiling = cap.rate * Fraction(self.principal_days, DAYS_OF_YEAR)
            room = max(int(ceiling) - earned_interest - self.charged, 0)
            if room < allowed:
                allowed, cutting = room, cap
        self.charged += allowed
        if cutting is not None:
            self.cut[cutting.code] = self.cut.get(cutting.code, 0) + amount - allowed
        return allowed, cutting

    def add(self, amount: int) -> None:
        """Count a charge that others made."""
        self.charged += amount

    @property
    def totals(self) -> Mapping[str, int]:
        """What each cap took off in all."""
        return dict(self.cut)

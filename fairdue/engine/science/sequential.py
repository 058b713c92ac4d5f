"""Comparing two arms while their experiment runs: intervals that may be looked at every day.

A usual 95 % interval is wrong far more often than once in twenty if somebody looks each morning and stops at the first
clear sign. These are asymptotic confidence sequences (I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas,
"Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), theorem 2.2):
with the chance 1 - alpha the truth lies in all of them, whenever one looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ALPHA = 0.05
TUNED_FOR = 5_000
"""Persons at which the interval is tightest; it stays valid at any other number."""

FEW = 100
"""Below so many persons in an arm nothing is said: the theory is one of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One arm's outcome: persons, the sum of their values and the sum of the squares."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean value of a person; 0 of nobody."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """The variance between persons; 0 of fewer than two."""
        if self.count < 2:
            return 0.0
        spread = self.squares - self.count * self.mean**2
        return max(spread / (self.count - 1), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much the mean of one arm is above another's, with the interval that is valid whenever one looks."""

    estimate: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no doubt of the sign."""
        return self.low > 0 or self.high < 0


def difference(arm: Sample, control: Sample, *, alpha: float = ALPHA) -> Difference | None:
    """Return how much an arm's mean is above the control's, or None while an arm has fewer than `FEW` persons.

    The half-width is sqrt(variance of the difference) times sqrt(2 (t + 1) / t · ln(sqrt(t + 1) / alpha)), where t is
    the number of persons times rho², and rho² is chosen so that the interval is tightest at `TUNED_FOR` persons.
    """
    if min(arm.count, control.count) < FEW:
        return None
    spread = arm.variance / arm.count + control.variance / control.count
    wide = math.sqrt(spread) * boundary(arm.count + control.count, alpha)
    estimate = arm.mean - control.mean
    return Difference(estimate=estimate, low=estimate - wide, high=estimate + wide)


def boundary(count: int, alpha: float = ALPHA) -> float:
    """Return by how many standard errors the interval reaches to each side at a number of persons."""
    logs = -2 * math.log(alpha)
    scaled = count * (logs + math.log(logs + 1)) / TUNED_FOR
    return math.sqrt(2 * (scaled + 1) / scaled * math.log(math.sqrt(scaled + 1) / alpha))

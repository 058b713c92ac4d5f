"""What the numbers of a chart are: counts, shares, days or money, and how each is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fairdue.kernel.money import Money, minor_digits


@dataclass(frozen=True, slots=True)
class Figures:
    """The kind of the numbers. A share is a fraction of one; money is in minor units of `currency`."""

    kind: Literal["count", "percent", "days", "money"] = "count"
    currency: str = ""

    @property
    def digits(self) -> int:
        """The decimals of the currency."""
        return minor_digits(self.currency) if self.currency else 0

    def say(self, value: float | None) -> str:
        """Write one number exactly, as the table shows it; a missing one is a dash."""
        if value is None:
            return "–"
        if self.kind == "percent":
            return f"{value * 100:.1f} %".replace("-", "−")
        if self.kind == "money":
            return f"{Money(round(value), self.currency).amount:,}".replace("-", "−")
        shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
        return shown.replace("-", "−")


COUNT, PERCENT, DAYS = Figures("count"), Figures("percent"), Figures("days")


def money_figures(currency: str) -> Figures:
    """Return the figures of amounts in minor units of a currency."""
    return Figures("money", currency)

"""What keeping hands back: due items, charges, and what is earned but not yet posted, each with its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The arithmetic and the ground of one amount; amounts in minor units, fractions as text such as `1/3`."""

    rule: str
    """Code of the product's rule, such as `penalty_interest` or `late_fee`."""
    citation: Mapping[str, str]
    base_minor: int = 0
    """The amount on which the rate or share is taken."""
    from_date: date | None = None
    """First day that bears interest."""
    to_date: date | None = None
    """The day on which it stops, itself not counted."""
    days: int = 0
    day_count: str = ""
    rate: str = ""
    """Rate a year, or share of the base, as an exact fraction."""
    unrounded: str = ""
    """The exact amount in minor units before rounding."""
    rounding: str = ""
    cap: str = ""
    """Code of the cap that cut the amount; empty when none did."""
    cut_minor: int = 0
    """How much the cap took off."""
    segments: tuple[Mapping[str, Any], ...] = ()
    """Where the base changed in between: each stretch with its own base, days and exact amount."""

    def as_details(self) -> dict[str, Any]:
        """Return the plain form that is kept with the charge; empty fields are left out."""
        found: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value:
                found[name] = value.isoformat() if isinstance(value, date) else value
        found["citation"] = dict(self.citation)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """What one component asks on a due date. `ref` is `i:<n>` of an instalment, `s:<date>` of a statement."""

    ref: str
    due_date: date
    component: str
    amount: int
    why: Why | None = None
    asked_date: date | None = None
    """The day from which it is asked for: a card's statement. Money of earlier days lowers the balance instead."""
    is_part_of_balance: bool = False
    """Whether charges have made it owed already, as on a card: then landing it posts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCharge:
    """A dated charge. `key` names it for ever; the same key with another amount is a correction.

    On its day it counts before the day's receipts.
    """

    key: str
    component: str
    amount: int
    effective_date: date
    why: Why
    due_date: date | None = None
    """The day from which it is asked for, when that is not the day of the charge: an instalment's due date."""
    is_due_at_once: bool = True
    """Whether it is asked for on its own day; else it joins the balance of which statements ask a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """All that a contract and its events come to by a day.

    1. `accrued` is earned by the day and not yet posted: the open rest of the current segments and periods.
    2. `cut` are charges that a cap left nothing of; they are shown, never posted.
    3. `payoff` settles everything on the day, as the product says about interest that is not earned yet.
    """

    items: tuple[KeptItem, ...]
    charges: tuple[KeptCharge, ...]
    accrued: tuple[KeptCharge, ...] = ()
    cut: tuple[KeptCharge, ...] = ()
    payoff: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accrued_minor(self) -> int:
        """The sum of what is earned and not yet posted."""
        return sum(charge.amount for charge in self.accrued)

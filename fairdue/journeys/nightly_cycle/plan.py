"""What every partition of one night is decided by: plain data that fits in a parcel, no database, no Django set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fairdue.contexts.law.columns import LawBook
from fairdue.journeys.nightly_cycle.choose import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPlan:
    """One night's strategies, law and texts, the same for every partition and every machine.

    `texts`: template, channel and language of what may be said. `left_out`: creditors whose book is not current, with
    the reason for which their debtors are not contacted.
    """

    cycle_date: date
    now: datetime
    choice: Choice
    law: LawBook
    texts: tuple[tuple[str, str, str], ...]
    has_other_laws: bool = False
    left_out: Mapping[int, str] = field(default_factory=dict)

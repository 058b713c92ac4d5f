"""What a demonstration remembers between starts: its book, its date, its clock."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from fairdue.kernel.clock import HOUSE_ZONE, OFFSET_VARIABLE

DEMO_DATE = date(2026, 11, 18)
"""A Wednesday; the six months of the book end here."""

OPENING = time(10, 2)
"""Just after the first planned messages, so that a visitor sees them leave."""

OFFICE_HOURS = range(9, 18)


@dataclass(frozen=True)
class DemoState:
    """One demonstration book: how many accounts, as of which date, on which clock."""

    demo_date: str
    accounts: int
    clock_offset_seconds: float
    is_complete: bool = False

    @property
    def date(self) -> date:
        """The business date of the demonstration."""
        return date.fromisoformat(self.demo_date)


def read_state(path: Path) -> DemoState | None:
    """Return the remembered state, or None before the first start."""
    return DemoState(**json.loads(path.read_text())) if path.exists() else None


def write_state(path: Path, state: DemoState) -> None:
    """Remember the state; a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(state), indent=1))
    os.replace(draft, path)


def first_offset(demo_date: date, real_now: datetime) -> float:
    """Return the clock offset that makes the present moment the opening of the demo date."""
    opening = datetime.combine(demo_date, OPENING, HOUSE_ZONE)
    return (opening - real_now).total_seconds()


def next_offset(offset: float, real_now: datetime) -> float:
    """Return the offset for another start: the clock goes on, and forward to the next office hour.

    It never goes back, so nothing recorded lies in the future.
    """
    reading = (real_now + timedelta(seconds=offset)).astimezone(HOUSE_ZONE)
    if reading.hour in OFFICE_HOURS:
        return offset
    day = reading.date() if reading.hour < OFFICE_HOURS.start else reading.date() + timedelta(days=1)
    return first_offset(day, real_now)


def set_clock(offset: float) -> None:
    """Put the demonstration clock into this process and its children."""
    os.environ[OFFSET_VARIABLE] = f"{offset:.3f}"

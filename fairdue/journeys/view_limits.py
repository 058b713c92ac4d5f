"""Until when a debt can be sued for and enforced, gathered from ledger, cases and law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairdue.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitStep:
    """One event in the course of a limit: what happened when, and which rule makes it count."""

    on_date: date
    code: str
    """Such as `due`, `payment`, `promise`, `demand`, `suspension`, `rest_day`."""
    sentence_zh: str
    sentence_en: str
    rule_id: str
    citation: str
    end_date: date | None
    """The last day after this event; None where it does not move it."""
    is_certain: bool = True
    """False where somebody has to weigh evidence, such as a demand whose receipt is not proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCard:
    """One limit of one debt: its last day, the days left, and how that follows."""

    code: str
    """`sue`, `longest`, or `enforce`."""
    title_zh: str
    title_en: str
    end_date: date
    days_left: int
    status: str
    """`running`, `soon`, `expired`, `revived`."""
    end_date_if_proven: date | None
    """A later last day that holds if demands without proof of receipt count; None if the same."""
    steps: tuple[LimitStep, ...]
    needs_lawyer: bool
    note_zh: str = ""
    note_en: str = ""


def limits(*, account_id: int, as_of: date, actor: Actor, now: datetime) -> tuple[LimitCard, ...]:
    """Return the limits of a debt on a day."""
    raise NotImplementedError

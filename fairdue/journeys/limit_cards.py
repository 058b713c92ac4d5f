"""What the limits of a debt look like to those who ask: cards with their steps, and a judgment's interest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitStep:
    """One event in the course of a limit: what happened when, and which rule makes it count."""

    on_date: date
    code: str
    """Such as `start.loan`, `payment`, `promise`, `demand`, `suspension`."""
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
    """Days from the day asked about to the last day; negative after it."""
    status: str
    """`running`, `soon`, `expired`, `revived`."""
    end_date_if_proven: date | None
    """A later last day that holds if demands without proof of receipt count; None if the same."""
    steps: tuple[LimitStep, ...]
    needs_lawyer: bool
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """What a judgment says: the money awarded beside interest, and when it had to be performed.

    `effective_date` is the day from which payments count towards it; without one, those after `performance_ends` do.
    """

    debt: Money
    performance_ends: date
    effective_date: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateInterest:
    """The doubled part of the interest for late performance of a judgment, up to a day."""

    amount: Money
    days: int
    sentence_zh: str
    sentence_en: str
    citations: tuple[str, ...]


class JudgmentInvalid(ValueError):
    """A judgment whose debt is not positive, in another currency, or that ends before the rules begin."""

    code = "limits.judgment.invalid"

"""The clock of an answer as a badge shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fairdue.contexts.law import facade as law

from ..contracts import MatterClock, Tone
from ..models import UNANSWERED, Matter
from ..reference import badge_percents


def clocks_of(rows: Iterable[Matter], now: datetime) -> dict[int, MatterClock]:
    """Return the clock of each matter by its id, in one query."""
    listed = list(rows)
    ids = [row.deadline_id for row in listed if row.deadline_id]
    cards = law.deadline_cards(ids, now) if ids else {}
    return {row.pk: clock_of(row, cards.get(row.deadline_id or 0), now) for row in listed}


def clock_of(row: Matter, card: law.DeadlineCard | None, now: datetime) -> MatterClock:
    """Return the clock of one matter.

    1. Used is the share of the time from receipt to the end; its tones turn at the shares that the pack names.
    2. Late is what passed its end without an answer; done what was answered, in time or not.
    """
    if card is None:
        return MatterClock(tone="none" if row.state in UNANSWERED else "done")
    whole = (card.due_at - card.started_at).total_seconds() or 1.0
    used = int(100 * (now - card.started_at).total_seconds() / whole)
    return MatterClock(
        tone=_tone(row, used), deadline_id=card.deadline_id, due_at=card.due_at, due_date=card.due_date, days_left=card.days_left,
        used_percent=max(0, min(used, 999)), rule_id=card.rule_id, citation=card.citation,
        arithmetic_zh=card.arithmetic_zh, arithmetic_en=card.arithmetic_en, is_extended=card.is_extended,
    )  # fmt: skip


def _tone(row: Matter, used: int) -> Tone:
    if row.state not in UNANSWERED:
        return "done"
    amber, red = badge_percents()
    if used >= 100:
        return "late"
    return "red" if used >= red else "amber" if used >= amber else "neutral"

"""What a judgment changes: the order in which money settles what is owed, from its day on."""

from __future__ import annotations

from fairdue.engine.ledger.life.events import Judgment
from fairdue.engine.ledger.life.position import Position


def judge(position: Position, event: Judgment) -> None:
    """Remember from which day a judgment orders the payments; of two days the earlier holds.

    What is owed stays: what the court did not award is given up by a waiver, what it added is charged.
    """
    day = event.counts_on
    position.judgment_date = day if position.judgment_date is None else min(day, position.judgment_date)

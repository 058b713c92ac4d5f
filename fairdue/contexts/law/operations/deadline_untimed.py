"""Start clocks that nobody started yet, of everything that has come to pass on an occasion: in batches, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from fairdue.kernel.actor import Actor, system

from ..clock_rules import clocks_in, packs_with
from ..rules import in_force
from .deadline_start import Start, start_rows

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Untimed:
    """What has no clock yet on an occasion: a SELECT of (subject id, person id, moment) that ends in LIMIT.

    `parameters` takes the jurisdictions with such a clock and the clocks' kinds, and returns what stands before the limit.
    """

    occasion: str
    subject_type: str
    sql: str
    parameters: Callable[[list[str], list[str]], list[Any]]


def start_untimed(untimed: Untimed, *, now: datetime, actor: Actor | None) -> int:
    """This function will start the clocks of what has none and return of how many subjects they began.

    1. Where no jurisdiction that is listed has such a clock, nothing is read; what came to pass before the rule was
       in force starts nothing.
    2. A batch in which not everything began is the last one, so that what cannot begin is not read for ever.
    """
    actor, started = actor or system("deadline sweep"), 0
    timed = _jurisdictions(untimed.occasion)
    if not timed:
        return 0
    while rows := _rows(untimed, timed):
        fresh = sum(_start(untimed, *row, actor=actor, now=now) for row in rows)
        started += fresh
        if fresh < len(rows) or len(rows) < BATCH:
            break
    return started


def _jurisdictions(occasion: str) -> list[str]:
    packs = packs_with(occasion)
    return [name for name, codes in in_force()["jurisdictions"].items() if packs.intersection(codes)]


def _rows(untimed: Untimed, timed: list[str]) -> list[tuple[int, int, datetime]]:
    packs = sorted(packs_with(untimed.occasion))
    kinds = [each.kind for code in packs for each in clocks_in(code) if untimed.occasion in each.occasions]
    with connection.cursor() as cursor:
        cursor.execute(untimed.sql, [*untimed.parameters(timed, kinds), BATCH])
        return cursor.fetchall()


@transaction.atomic
def _start(
    untimed: Untimed, subject_id: int, person_id: int, began_at: datetime, *, actor: Actor, now: datetime
) -> bool:
    start = Start(
        subject_type=untimed.subject_type, subject_id=subject_id, person_id=person_id, started_at=began_at, facts={},
        account_id=subject_id if untimed.subject_type == "account" else None,
    )  # fmt: skip
    return bool(start_rows(untimed.occasion, start, actor=actor, now=now))

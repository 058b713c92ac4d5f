"""Opening, guarding and closing a night."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions.contracts import CycleCard
from fairdue.contexts.decisions.models import Cycle
from fairdue.contexts.decisions.queries.cycles import cycle_card
from fairdue.kernel.actor import Actor

LOCK_KEY = 0x0FA1_D0E5
"""One number for the whole installation: two nights at once would decide on each other's half-done work."""


class CycleIsRunning(RuntimeError):
    """Another process is running a cycle."""

    code = "decisions.cycle.running"


@contextmanager
def cycle_lock(*, wait_seconds: float = 3.0) -> Iterator[None]:
    """Hold the one lock of the nightly cycle; the database releases it when the process dies.

    The short wait covers the moment in which the server notices that a killed cycle is gone.

    :raises CycleIsRunning: if another process holds it
    """
    deadline = time.monotonic() + wait_seconds
    while not _locked("pg_try_advisory_lock"):
        if time.monotonic() > deadline:
            raise CycleIsRunning("another cycle is running; wait for its end or look at its report")
        time.sleep(0.1)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _locked("pg_advisory_unlock")


def _locked(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


class CycleIsOutdated(ValueError):
    """A later date is finished; deciding an earlier one now would act on facts of the future."""

    code = "decisions.cycle.outdated"


class NightNotFinished(ValueError):
    """An extra night follows the night of its day; that one has not ended."""

    code = "decisions.cycle.night_not_finished"


@transaction.atomic
def open_cycle(
    *, cycle_date: date, strategy_id: int, actor: Actor, now: datetime, creditor_id: int | None = None
) -> CycleCard:
    """Return the cycle of a date, opened with a strategy version if it is new.

    1. A cycle keeps the strategy version it was opened with, also when it is resumed after another
       version was published.
    2. A finished cycle is returned as it is.
    3. With a creditor: the extra night over that creditor's late book, by the version of the night of the day.

    :raises CycleIsOutdated: if a cycle of a later date is finished
    :raises NightNotFinished: if the night of the day has not ended, which an extra night follows
    """
    actor.require("cycle.run")
    existing = _found(cycle_date, creditor_id)
    if existing is not None and existing.status == "finished":
        return cycle_card(existing)
    later = Cycle.objects.filter(cycle_date__gt=cycle_date, status="finished").order_by("-cycle_date").first()
    if later is not None:
        raise CycleIsOutdated(
            f"the cycle of {later.cycle_date} is finished; {cycle_date} is no longer decided"
        )
    if existing is not None:
        return cycle_card(existing)
    if creditor_id is not None:
        strategy_id = _strategy_of_night(cycle_date)
    cycle = Cycle.objects.create(
        cycle_date=cycle_date,
        creditor_id=creditor_id,
        status="running",
        strategy_id=strategy_id,
        started_at=now,
    )
    _record("decisions.cycle.started", cycle, actor, now)
    return cycle_card(Cycle.objects.select_related("strategy").get(pk=cycle.pk))


def _found(cycle_date: date, creditor_id: int | None) -> Cycle | None:
    mine = Cycle.objects.filter(cycle_date=cycle_date, creditor_id=creditor_id)
    return mine.select_related("strategy").first()


def _strategy_of_night(cycle_date: date) -> int:
    night = _found(cycle_date, None)
    if night is None or night.status != "finished" or night.strategy_id is None:
        raise NightNotFinished(
            f"the night of {cycle_date} has not ended; run: fairdue cycle run --date {cycle_date}"
        )
    return night.strategy_id


@transaction.atomic
def close_cycle(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """Mark a cycle finished; a second call changes nothing."""
    actor.require("cycle.run")
    cycle = Cycle.objects.select_for_update().get(pk=cycle_id)
    if cycle.status == "finished":
        return
    cycle.status = "finished"
    cycle.finished_at = now
    cycle.save(update_fields=["status", "finished_at"])
    _record("decisions.cycle.finished", cycle, actor, now)


def _record(code: str, cycle: Cycle, actor: Actor, now: datetime) -> None:
    audit.record(
        code=code,
        actor=actor,
        subject_type="cycle",
        subject_id=cycle.pk,
        now=now,
        after={"cycle_date": cycle.cycle_date.isoformat(), "status": cycle.status}
        | ({"creditor_id": cycle.creditor_id} if cycle.creditor_id is not None else {}),
    )

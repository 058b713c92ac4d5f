"""Say how much there is of calls, messages, letters, visits and placements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases.capacity_contracts import CapacityCard
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import Capacity
from fairdue.contexts.cases.queries.capacity import capacity_card
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date

KINDS = ("calls", "messages", "letters", "visits", "placements")
NAMED = ("messages", "placements")
"""Kinds that need a name; a line of calls without a queue is for all queues together."""
UNNAMED = ("letters", "visits")
MESSAGE_CHANNELS = ("sms", "email", "inapp")
LARGEST = 100_000_000


class CapacityRefused(CaseRefused):
    """This is no capacity that can be set; `code` says why, nothing was set."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = f"cases.capacity.{reason}"


def _check(kind: str, name: str, hour: int | None, weekdays: tuple[int, ...], amount: int | None) -> None:
    if kind not in KINDS:
        raise CapacityRefused("kind", f"{kind!r} is none of {', '.join(KINDS)}")
    if kind in NAMED and not name:
        raise CapacityRefused("name_missing", f"{kind} need a name: the channel, or the agency")
    if kind == "messages" and name not in MESSAGE_CHANNELS:
        raise CapacityRefused("channel", f"{name!r} is none of {', '.join(MESSAGE_CHANNELS)}")
    if kind in UNNAMED and name:
        raise CapacityRefused("name_unknown", f"{kind} have no name")
    if len(name) > 40:
        raise CapacityRefused("name_long", "a name has at most 40 characters")
    if hour is not None and (kind != "calls" or not 0 <= hour <= 23):
        raise CapacityRefused("hour", "only calls have hours, from 0 to 23")
    if not weekdays or not set(weekdays) <= set(range(1, 8)):
        raise CapacityRefused("weekdays", "days of the week are 1 (Monday) to 7 (Sunday)")
    if amount is not None and not 0 <= amount <= LARGEST:
        raise CapacityRefused("amount", f"an amount lies between 0 and {LARGEST:,}")


def _check_days(valid_from: date, valid_until: date | None, actor: Actor, now: datetime) -> None:
    if valid_until is not None and valid_until < valid_from:
        raise CapacityRefused("days", "the last day lies before the first")
    if actor.kind != "system" and valid_from < business_date(now):
        raise CapacityRefused("past", "what was there in the past is not changed any more")


def _check_scope(creditor_id: int | None, actor: Actor) -> None:
    every = {card.creditor_id for card in book.creditors(system("capacity"))}
    scope = every if actor.creditor_ids is None else actor.creditor_ids
    if creditor_id not in scope and not (creditor_id is None and every <= scope):
        raise CapacityRefused("scope", "only creditors of one's own scope; all together only who sees all")


@transaction.atomic
def set_capacity(
    *,
    kind: str,
    name: str = "",
    amount: int | None,
    valid_from: date,
    valid_until: date | None = None,
    creditor_id: int | None = None,
    hour: int | None = None,
    weekdays: Iterable[int] = range(1, 8),
    note: str = "",
    actor: Actor,
    now: datetime,
) -> CapacityCard:
    """Record how much there is of something from a day on, and return the line.

    1. Lines are never changed: a newer one counts instead, from its first day to its last.
    2. An `amount` of None is without limit; 0 is nothing at all.
    3. For a queue with lines of hours, an hour without a line is closed.
    4. The next night that decides a day from `valid_from` on keeps it.

    :raises CapacityRefused: with the reason; nothing was set
    """
    actor.require("capacity.set")
    days = tuple(sorted(set(weekdays)))
    _check(kind, name, hour, days, amount)
    _check_days(valid_from, valid_until, actor, now)
    _check_scope(creditor_id, actor)
    line = Capacity.objects.create(
        kind=kind, name=name, creditor_id=creditor_id, hour=hour, weekdays=list(days), amount=amount,
        valid_from=valid_from, valid_until=valid_until, note=note[:200], set_by_label=actor.label, set_at=now,
    )  # fmt: skip
    audit.record(
        code="cases.capacity.set",
        actor=actor,
        subject_type="capacity",
        subject_id=line.pk,
        now=now,
        after={
            "kind": kind, "name": name, "creditor": creditor_id, "hour": hour, "amount": amount,
            "from": valid_from.isoformat(), "until": valid_until.isoformat() if valid_until else None,
        },
    )  # fmt: skip
    return capacity_card(line, "counts" if valid_from <= business_date(now) else "later")


@transaction.atomic
def set_capacities(*, hours: Iterable[int | None], **said: Any) -> tuple[CapacityCard, ...]:
    """Record the same amount for each of several hours, all or none; an hour of None is the whole day.

    The other arguments are those of `set_capacity`.

    :raises CapacityRefused: with the reason; nothing was set
    """
    return tuple(set_capacity(hour=hour, **said) for hour in hours)

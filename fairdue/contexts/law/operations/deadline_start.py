"""Start clocks: by an occasion, from a moment, for the debts concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.engine.law.calendars import day_in
from fairdue.engine.law.deadlines.clocks import Clock
from fairdue.engine.law.deadlines.counting import Counted, count
from fairdue.engine.law.numbers import RuleNotInForce
from fairdue.engine.law.packs import Pack
from fairdue.kernel.actor import Actor

from ..clock_rules import BoundClock, responding
from ..clock_rules import clock as clock_named
from ..deadline_contracts import DeadlineCard, DeadlineRefused
from ..models import Deadline
from ..rules import shipped_pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a clock runs for, since when, under which facts."""

    subject_type: str
    subject_id: int
    person_id: int
    account_id: int | None
    started_at: datetime
    facts: Mapping[str, Any]


def start_deadlines(
    *,
    kind: str,
    subject_type: str,
    subject_id: int,
    person_id: int,
    account_id: int | None,
    started_at: datetime,
    facts: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> tuple[DeadlineCard, ...]:
    """This function will start every clock that an occasion starts, such as `request.complaint`, and return them all.

    1. The packs of the debt concerned, or of all the person's debts, say which clocks there are.
    2. The same subject starts a clock once: a repetition returns the one that runs, unchanged.
    3. A clock whose rule was not in force on the day of the start does not run.

    :raises PermissionRefused: without `deadlines.record`
    :raises DeadlineRefused: if the start lies in the future
    """
    from ..queries.deadlines import card_of

    actor.require("deadlines.record")
    start = Start(
        subject_type=subject_type, subject_id=subject_id, person_id=person_id, account_id=account_id,
        started_at=started_at, facts=facts,
    )  # fmt: skip
    with transaction.atomic():
        rows = start_rows(kind, start, actor=actor, now=now)
    return tuple(card_of(row, now) for row in rows)


def start_rows(occasion: str, start: Start, *, actor: Actor, now: datetime) -> tuple[Deadline, ...]:
    """This function will start the clocks of an occasion within the caller's transaction, whoever the actor is.

    :raises DeadlineRefused: if the start lies in the future
    """
    if start.started_at > now:
        raise DeadlineRefused("law.deadline.in_the_future", f"{start.started_at} lies after {now}")
    found = [_start(bound, start, actor, now) for bound in responding(occasion, concerned(start))]
    return tuple(row for row in found if row is not None)


def concerned(start: Start) -> tuple[book.AccountCard, ...]:
    """Return the debts that a start is about: the one named, or all of the person's."""
    cards = book.account_cards(start.person_id)
    return tuple(card for card in cards if start.account_id in (None, card.account_id))


def _start(bound: BoundClock, start: Start, actor: Actor, now: datetime) -> Deadline | None:
    pack, clock = bound.pack, bound.clock
    step = clock.first_step(start.facts)
    start_date = day_in(start.started_at, ZoneInfo(pack.zone))
    try:
        counted = count(clock, start_date, numbers=pack.numbers, step=step)
    except RuleNotInForce:
        return None
    row, is_new = Deadline.objects.get_or_create(
        subject_type=start.subject_type,
        subject_id=start.subject_id,
        kind=clock.kind,
        pack=pack.code,
        defaults=_values(pack, clock, step, counted)
        | {
            "person_id": start.person_id, "account_id": start.account_id, "facts": dict(start.facts),
            "creditor_ids": sorted({card.creditor_id for card in bound.accounts}), "started_at": start.started_at,
            "started_by_id": actor.id, "started_by": actor.label, "recorded_at": now,
        },
    )  # fmt: skip
    if is_new:
        _audit(row, actor, now)
    return row


def _values(pack: Pack, clock: Clock, step: str, counted: Counted) -> dict[str, Any]:
    return {
        "nature": clock.nature, "step": step, "pack_version": pack.version, "pack_sha256": pack.sha256,
        "rule_id": counted.rule.id, "citation": counted.rule.citation, "evidence": counted.rule.evidence,
        "start_date": counted.start_date, "due_date": counted.last_date, "first_due_date": counted.last_date,
        "due_at": midnight_after(counted.last_date, pack.zone), "words": words_of(pack, clock, counted),
    }  # fmt: skip


def words_of(pack: Pack, clock: Clock, counted: Counted) -> dict[str, Any]:
    """Return what a row keeps in words, so that it reads as it was decided whatever packs say later."""
    return {
        "title": {"zh": clock.title_zh, "en": clock.title_en}, "act": {"zh": clock.act_zh, "en": clock.act_en},
        "arithmetic": {"zh": counted.sentence_zh, "en": counted.sentence_en},
        "calendar": clock.calendar, "zone": pack.zone, "is_certain": counted.is_certain,
    }  # fmt: skip


def midnight_after(day: date, zone: str) -> datetime:
    """Return the first instant after a day in a zone, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)


def _audit(row: Deadline, actor: Actor, now: datetime) -> None:
    audit.record(
        code="law.deadline.started", actor=actor, subject_type="deadline", subject_id=row.pk,
        person_id=row.person_id, now=now,
        after={
            "kind": row.kind, "subject": f"{row.subject_type}:{row.subject_id}", "rule": row.rule_id,
            "pack": f"{row.pack}@{row.pack_version}", "start": row.start_date.isoformat(),
            "due": row.due_date.isoformat(), "step": row.step,
        },
    )  # fmt: skip


def clocks_after(row: Deadline, *, actor: Actor, now: datetime, accounts: Sequence[book.AccountCard]) -> None:
    """This function will start the clocks that begin when a deadline is met, from the moment when it was."""
    mine = clock_named(row.pack, row.kind)
    for kind in mine.then if mine else ():
        following = clock_named(row.pack, kind)
        if following is None or row.met_at is None:
            continue
        start = Start(
            subject_type="deadline", subject_id=row.pk, person_id=row.person_id, account_id=row.account_id,
            started_at=row.met_at, facts=row.facts,
        )  # fmt: skip
        bound = BoundClock(pack=shipped_pack(row.pack), clock=following, accounts=tuple(accounts))
        _start(bound, start, actor, now)

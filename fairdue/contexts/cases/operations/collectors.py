"""Say what collectors can take, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import CollectorAbsence, CollectorProfile
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor

MOST_CASES = 100_000
LONGEST_ABSENCE = 400


class CollectorRefused(CaseRefused):
    """This cannot be said of that member of staff; `code` says why, nothing was changed."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = f"cases.collector.{reason}"


def _member(staff_id: int, actor: Actor) -> Actor:
    """Return the collector, whom the actor may lead: of the own team, unless the actor sees every creditor."""
    member = identity.actor_by_id(staff_id)
    if member is None or (actor.creditor_ids is not None and member.team_id != actor.team_id):
        raise CollectorRefused("unknown", f"no active member of staff {staff_id} of the own team")
    if not member.may("cases.work"):
        raise CollectorRefused("role", f"a {member.role} does not work cases")
    return member


def _words(values: Iterable[str]) -> list[str]:
    found = sorted({value.strip() for value in values} - {""})
    if any(len(value) > 40 for value in found) or len(found) > 100:
        raise CollectorRefused("words", "a queue or a language has a short name")
    return found


def _limits(max_cases: int | None, max_hard_cases: int | None) -> None:
    for limit in (max_cases, max_hard_cases):
        if limit is not None and not 0 <= limit <= MOST_CASES:
            raise CollectorRefused("limit", f"a limit lies between 0 and {MOST_CASES:,}")


@transaction.atomic
def set_collector(
    *,
    staff_id: int,
    queues: Iterable[str],
    languages: Iterable[str] = (),
    max_cases: int | None = None,
    max_hard_cases: int | None = None,
    weekdays: Iterable[int] = range(1, 8),
    hours: tuple[int, int] = (9, 18),
    takes_cases: bool = True,
    actor: Actor,
    now: datetime,
) -> None:
    """Record what a collector can take: queues, languages, limits, working days and hours.

    1. Without a queue the collector gets no case by the night; without a language any language will do.
    2. The whole profile is replaced, and the audit record keeps what it was before.

    :raises CollectorRefused: with the reason; nothing was changed
    """
    actor.require("capacity.set")
    _member(staff_id, actor)
    _limits(max_cases, max_hard_cases)
    days = sorted(set(weekdays))
    if not set(days) <= set(range(1, 8)) or not 0 <= hours[0] < hours[1] <= 24:
        raise CollectorRefused(
            "hours", "working days are 1 to 7, hours from 0 to 24, the end after the start"
        )
    said = {
        "queues": _words(queues), "languages": _words(languages), "max_cases": max_cases,
        "max_hard_cases": max_hard_cases, "weekdays": days, "first_hour": hours[0], "end_hour": hours[1],
        "takes_cases": takes_cases,
    }  # fmt: skip
    before = CollectorProfile.objects.select_for_update().filter(pk=staff_id).first()
    was = {field: getattr(before, field) for field in said} if before else None
    CollectorProfile.objects.update_or_create(staff_id=staff_id, defaults={**said, "changed_at": now})
    audit.record(
        code="cases.collector.set", actor=actor, subject_type="staff", subject_id=staff_id, now=now,
        before=was, after=said,
    )  # fmt: skip


@transaction.atomic
def record_absence(*, staff_id: int, first_date: date, final_date: date, actor: Actor, now: datetime) -> int:
    """Record that a collector is away from one day to another, both included, and return the absence's id.

    :raises CollectorRefused: with the reason; nothing was recorded
    """
    actor.require("capacity.set")
    _member(staff_id, actor)
    if not 0 <= (final_date - first_date).days <= LONGEST_ABSENCE:
        raise CollectorRefused("absence", f"an absence has 1 to {LONGEST_ABSENCE} days")
    absence = CollectorAbsence.objects.create(staff_id=staff_id, first_date=first_date, final_date=final_date)
    audit.record(
        code="cases.collector.absent", actor=actor, subject_type="staff", subject_id=staff_id, now=now,
        after={"first_date": first_date.isoformat(), "final_date": final_date.isoformat()},
    )  # fmt: skip
    return absence.pk


@transaction.atomic
def cancel_absence(*, absence_id: int, actor: Actor, now: datetime) -> None:
    """Record that an absence does not happen.

    :raises CollectorRefused: if there is no such absence in the actor's scope
    """
    actor.require("capacity.set")
    absence = CollectorAbsence.objects.select_for_update().filter(pk=absence_id, is_cancelled=False).first()
    if absence is None:
        raise CollectorRefused("absence_unknown", f"no absence {absence_id}")
    _member(absence.staff_id, actor)
    CollectorAbsence.objects.filter(pk=absence_id).update(is_cancelled=True)
    audit.record(
        code="cases.collector.present", actor=actor, subject_type="staff", subject_id=absence.staff_id,
        now=now, before={"first_date": absence.first_date.isoformat(), "final_date": absence.final_date.isoformat()},
    )  # fmt: skip

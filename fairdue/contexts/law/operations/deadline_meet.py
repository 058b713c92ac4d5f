"""Meet deadlines, cancel those that were started by mistake."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor

from ..clock_rules import clock as clock_named
from ..clock_rules import every_clock
from ..deadline_contracts import DeadlineCard, DeadlineRefused
from ..deadline_locks import lapse_extensions, locked, locked_alike
from ..models import Deadline, Hold, Notice, ReceivedRequest
from .deadline_start import clocks_after

UNANSWERED = ("running", "missed")


def meet_deadline(
    *, deadline_id: int, note: str, actor: Actor, now: datetime, occurred_at: datetime | None = None
) -> DeadlineCard:
    """This function will record that what a deadline asks for was done, and return the deadline.

    1. It is in time if it was done before the deadline's end, even if that is recorded later; else it is met late, and
       stays missed in every count.
    2. One that has ended stays as it is: of two who meet it at once, one is recorded.
    3. The same act meets the same clock of every other pack for the same subject, ends the extension that is asked
       for, and starts the clocks that begin now.

    :raises PermissionRefused: without `deadlines.meet`
    :raises DeadlineUnknown: if there is none in the actor's scope
    :raises DeadlineRefused: if nothing is to be done (a period), nobody says how, or the moment cannot be
    """
    from ..queries.deadlines import card_of

    actor.require("deadlines.meet")
    done_at = occurred_at or now
    with transaction.atomic():
        row, alike = locked_alike(deadline_id, actor)
        if row.status not in UNANSWERED:
            return card_of(row, now)
        _require_meetable(row, note, done_at, now)
        for each in alike:
            if each.status in UNANSWERED:
                meet_row(each, note=note, done_at=done_at, actor=actor, now=now)
    return card_of(row, now)


def _require_meetable(row: Deadline, note: str, done_at: datetime, now: datetime) -> None:
    if row.nature == "period":
        raise DeadlineRefused("law.deadline.is_period", "a period passes; nobody meets it")
    if not note.strip():
        raise DeadlineRefused("law.deadline.note_missing", "say how it was done")
    if not row.started_at <= done_at <= now:
        raise DeadlineRefused("law.deadline.moment", f"{done_at} lies outside {row.started_at} and {now}")


def meet_row(row: Deadline, *, note: str, done_at: datetime, actor: Actor, now: datetime) -> None:
    """This function will write on a locked, unanswered row that it was met, and start what follows."""
    is_late, before = done_at >= row.due_at, row.status
    row.status, row.met_at, row.note = "met_late" if is_late else "met", done_at, note.strip()
    row.missed_at = row.missed_at or (now if is_late else None)
    row.closed_by, row.closed_at = actor.label, now
    row.save(update_fields=["status", "met_at", "note", "missed_at", "closed_by", "closed_at"])
    lapse_extensions([row.pk], now)
    audit.record(
        code="law.deadline.met_late" if is_late else "law.deadline.met", actor=actor, subject_type="deadline",
        subject_id=row.pk, person_id=row.person_id, now=now, reason=note, before={"status": before},
        after={"kind": row.kind, "done_at": done_at.isoformat(), "due": row.due_date.isoformat(), "rule": row.rule_id},
    )  # fmt: skip
    following = clock_named(row.pack, row.kind)
    if following is not None and following.then:
        cards = [
            card
            for card in book.account_cards(row.person_id)
            if row.account_id in (None, card.account_id) and card.creditor_id in row.creditor_ids
        ]
        clocks_after(row, actor=actor, now=now, accounts=cards)


def meet_of_hold(hold: Hold, *, note: str, actor: Actor, now: datetime) -> None:
    """This function will meet what runs because of a hold that was just lifted, in the caller's transaction.

    1. Only clocks that a hold of this kind starts: lifting a dispute does not annotate a bureau record.
    """
    requests = ReceivedRequest.objects.filter(hold_id=hold.pk).values_list("id", flat=True)
    mine = Q(subject_type="hold", subject_id=hold.pk) | Q(
        subject_type="request", subject_id__in=list(requests)
    )
    rows = Deadline.objects.filter(mine, person_id=hold.person_id, status__in=UNANSWERED, nature="duty")
    for row in rows.order_by("id").select_for_update():
        clock = clock_named(row.pack, row.kind)
        if clock is not None and f"hold.{hold.kind}" in clock.occasions:
            meet_row(row, note=note, done_at=now, actor=actor, now=now)


@transaction.atomic
def meet_by_notices(now: datetime, *, actor: Actor) -> int:
    """This function will meet the deadlines whose notice was recorded as given, and return how many.

    1. It was done on the day on which the notice was sent; one sent before the clock began meets it at its start.
    """
    timed = {
        each.kind: name.partition(".")[2] for each in every_clock() for name in each.ends_with if name.startswith("notice.")
    }  # fmt: skip
    rows = Deadline.objects.filter(kind__in=timed, status__in=UNANSWERED).order_by("id")
    met = 0
    for row in rows.select_for_update(skip_locked=True):
        about = Q(account_id=None) | Q(account_id=row.account_id)
        given = Notice.objects.filter(about, person_id=row.person_id, kind=timed[row.kind])
        first = given.order_by("sent_date", "id").first()
        if first is not None:
            sent_at = datetime.combine(first.sent_date, time.min, ZoneInfo(row.words["zone"]))
            note = f"{first.channel} {first.reference}".strip() or f"notice {first.pk}"
            meet_row(row, note=note, done_at=max(row.started_at, sent_at), actor=actor, now=now)
            met += 1
    return met


def cancel_deadline(*, deadline_id: int, reason: str, actor: Actor, now: datetime) -> DeadlineCard:
    """This function will cancel a deadline that was started by mistake, and return it; one that has ended stays.

    :raises PermissionRefused: without `deadlines.approve`
    :raises DeadlineUnknown: if there is none in the actor's scope
    :raises DeadlineRefused: without a reason, or if the actor started it
    """
    from ..queries.deadlines import card_of

    actor.require("deadlines.approve")
    with transaction.atomic():
        row = locked(deadline_id, actor)
        if row.status not in UNANSWERED:
            return card_of(row, now)
        if not reason.strip():
            raise DeadlineRefused("law.deadline.reason_missing", "say why it is cancelled")
        if actor.id is not None and row.started_by_id == actor.id:
            raise DeadlineRefused("law.deadline.own", "somebody other than who started it cancels it")
        before = row.status
        row.status, row.note, row.closed_by, row.closed_at = "cancelled", reason.strip(), actor.label, now
        row.save(update_fields=["status", "note", "closed_by", "closed_at"])
        lapse_extensions([row.pk], now)
        audit.record(
            code="law.deadline.cancelled", actor=actor, subject_type="deadline", subject_id=row.pk,
            person_id=row.person_id, now=now, reason=reason, before={"status": before}, after={"kind": row.kind},
        )  # fmt: skip
    return card_of(row, now)

"""Finding out what became of reservations whose worker died or whose answer was lost.

1. A provider that can be asked is asked by the idempotency key. Known: recorded. Not known: sent again
   with the same key, which the provider would recognise.
2. A provider that cannot be asked gets the text again only if no process ever began to hand it over.
3. Before anything is sent again, the gate is asked anew with the facts of that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach.attached import Files, no_files
from fairdue.contexts.outreach.channels.base import Accepted, Channel, Unknown
from fairdue.contexts.outreach.composing import Composed, compose
from fairdue.contexts.outreach.models import Dispatch, Message
from fairdue.contexts.outreach.operations.hand_over import conclude, hand_over, settle
from fairdue.contexts.outreach.operations.reserve import ask_gate, own_verdict, seal_into
from fairdue.contexts.outreach.rendering import TemplateRefused
from fairdue.contexts.outreach.ticking import Ticking
from fairdue.contexts.outreach.values import NothingDue
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor

LEASE = timedelta(seconds=60)
"""How long a reservation belongs to the worker that made it; longer than any provider's timeout."""
OPEN = ("reserved", "unknown")


def open_dispatch_ids(now: datetime, limit: int) -> list[int]:
    """Return the dispatches whose lease or waiting time is over, oldest first."""
    due = Dispatch.objects.filter(status__in=OPEN, next_try_at__lte=now).order_by("next_try_at")
    return list(due.values_list("pk", flat=True)[:limit])


def claim_open(dispatch_id: int, now: datetime, lease: timedelta) -> tuple[Dispatch, bool] | None:
    """Take over an open dispatch for one lease; None if another worker was faster.

    The second value tells that it surely was not taken over yet: the latest try ended with a refusal and
    no try ever ended in the dark. The mark of that refusal is wiped: who dies now leaves a doubt.
    """
    with transaction.atomic():
        taken = (
            Dispatch.objects.select_for_update(skip_locked=True)
            .filter(pk=dispatch_id, status__in=OPEN, next_try_at__lte=now)
            .first()
        )
        if taken is None:
            return None
        is_surely_unsent = taken.status == "reserved" and taken.error != "" and taken.earlier is None
        Dispatch.objects.filter(pk=dispatch_id).update(
            next_try_at=now + lease, tries=F("tries") + 1, error=""
        )
    return Dispatch.objects.select_related("message").get(pk=dispatch_id), is_surely_unsent


def resolve(
    dispatch: Dispatch,
    is_surely_unsent: bool,
    channel: Channel,
    actor: Actor,
    clock: Ticking,
    files: Files = no_files,
) -> str:
    """This function will settle one claimed dispatch and return what became of it."""
    known = None if is_surely_unsent else _ask(dispatch, channel)
    if known is not None:
        return settle(
            dispatch_id=dispatch.pk, answer=known, can_be_asked=channel.can_be_asked, now=clock.now()
        )
    refusal = renew_permit(
        dispatch_id=dispatch.pk, may_arrive=not is_surely_unsent, actor=actor, now=clock.now()
    )
    if refusal:
        return refusal
    fresh = Dispatch.objects.select_related("message").get(pk=dispatch.pk)
    return hand_over(fresh, channel, clock, files)


def renew_permit(*, dispatch_id: int, may_arrive: bool, actor: Actor, now: datetime) -> str:
    """This function will get a fresh permit for a text that has not arrived; empty if it may be sent now.

    1. The permit of the earlier try is given up and its contact no longer counts: somebody may have opted
       out or paid since, so the gate judges anew, and the text is written as it is true now.
    2. Returns `accepted`, `expired`, `refused` or `deferred` otherwise; nothing is sent then.
    3. If a request that is late `may_arrive`, what the earlier try was about is kept.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(dispatch__pk=dispatch_id)
        dispatch = Dispatch.objects.select_for_update().get(pk=dispatch_id)
        if dispatch.status not in OPEN:
            return "accepted"
        if message.expires_at <= now:
            return _give_up(dispatch, message, "expired", own_verdict("outreach.too_late", "expire"), now)
        try:
            composed = compose(message, now)
        except NothingDue as news:
            return _give_up(dispatch, message, "expired", own_verdict(news.code, "expire"), now)
        except TemplateRefused as refusal:
            return _give_up(dispatch, message, "refused", own_verdict(refusal.code, "refuse"), now)
        if may_arrive:
            _remember(dispatch, message)
        return _judge_again(dispatch, message, composed, actor, now)


def _ask(dispatch: Dispatch, channel: Channel) -> Accepted | Unknown | None:
    """Return what is known: taken over, still unknown, or (None) surely not taken over."""
    if not channel.can_be_asked:
        return Unknown(f"{dispatch.provider}.cannot_be_asked") if dispatch.handed_at else None
    try:
        return channel.query(dispatch.idempotency_key)
    except Unknown as silence:
        return silence


def _judge_again(
    dispatch: Dispatch, message: Message, composed: Composed, actor: Actor, now: datetime
) -> str:
    """Exchange the permit of the earlier try for a new one over the text as it reads now."""
    law.settle_contact(contact_id=dispatch.contact_id, result="failed", now=now)
    message.contact_point_id = composed.contact_point_id
    reservation = ask_gate(message, composed, actor, now)
    if reservation.permit_id is None or reservation.contact_id is None:
        return _put_off(dispatch, message, reservation.verdict, now)
    seal_into(message, composed)
    dispatch.permit_id, dispatch.contact_id = reservation.permit_id, reservation.contact_id
    dispatch.save(update_fields=["permit_id", "contact_id"])
    return ""


def _remember(dispatch: Dispatch, message: Message) -> None:
    """Keep what a try was about that used its permit, in case its text turns out to have left."""
    if law.permit(dispatch.permit_id).used_at is None:
        return
    dispatch.earlier = {
        "permit": dispatch.permit_id, "contact": dispatch.contact_id, "point": message.contact_point_id,
    }  # fmt: skip
    dispatch.save(update_fields=["earlier"])
    message.earlier_content_sealed = message.content_sealed
    message.save(update_fields=["earlier_content_sealed"])


def _put_off(dispatch: Dispatch, message: Message, verdict: Verdict, now: datetime) -> str:
    """Write the gate's second word: later, or never."""
    if verdict.outcome == "defer" and verdict.retry_after and verdict.retry_after < message.expires_at:
        message.verdict = verdict.as_json()
        message.save(update_fields=["verdict"])
        dispatch.error, dispatch.next_try_at = "outreach.deferred", verdict.retry_after
        dispatch.save(update_fields=["error", "next_try_at"])
        return "deferred"
    return _give_up(
        dispatch, message, "expired" if verdict.outcome == "defer" else "refused", verdict.as_json(), now
    )


def _give_up(
    dispatch: Dispatch, message: Message, status: str, verdict: dict[str, Any], now: datetime
) -> str:
    """Write that the text was never sent and will not be."""
    dispatch.error = f"outreach.{status}"
    conclude(dispatch, message, "failed", now)
    message.status, message.verdict = status, verdict
    message.save(update_fields=["status", "verdict"])
    return status

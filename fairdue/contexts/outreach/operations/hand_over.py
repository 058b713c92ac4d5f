"""Handing a reserved message to its provider, and writing down what is known afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach.attached import FileGone, Files, no_files
from fairdue.contexts.outreach.channels.base import Accepted, Channel, Outgoing, Rejected, Unknown
from fairdue.contexts.outreach.composing import open_content, text_digest
from fairdue.contexts.outreach.models import Dispatch, Message
from fairdue.contexts.outreach.operations.turns import turn
from fairdue.contexts.outreach.ticking import Ticking
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import system
from fairdue.storage.reads import run_together

MAX_TRIES = 8
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
RANK = {"reserved": 0, "unknown": 1, "accepted": 2, "failed": 3, "bounced": 4, "delivered": 5}
"""What is known of a dispatch only ever grows: a later word of lower rank changes nothing."""


class AlreadyHandedOver(Unknown):
    """Somebody else has begun to hand the text over to a provider that cannot be asked."""

    code = "outreach.handed_over.already"


def hand_over(dispatch: Dispatch, channel: Channel, clock: Ticking, files: Files = no_files) -> str:
    """This function will send a reserved message and return `accepted`, `failed`, `unknown` or `retried`.

    1. Must be called outside a transaction; the reservation is committed already.
    2. The permit is consumed first, over the very text, recipient, channel and moment of this send. What it does not
       cover does not leave, nor what a hold or a word of the person has overtaken: it is composed and judged anew.
    3. One process at a time: what another has taken over meanwhile is left to it.
    4. A mail whose file is not to be had does not leave without it: it is tried again, and fails in the end.
    """
    with turn(dispatch.pk) as is_mine:
        if not is_mine or not _is_as_reserved(dispatch):
            return "retried"
        return _hand_over(dispatch, channel, clock, files)


def _is_as_reserved(dispatch: Dispatch) -> bool:
    """Tell whether nobody has taken the dispatch over since it was read: same permit, same try, not settled."""
    (rows,) = run_together((_SAME_SQL, (dispatch.pk, dispatch.permit_id, dispatch.tries)))
    return bool(rows)


_SAME_SQL = """
SELECT 1 FROM outreach_dispatch WHERE id = $1 AND permit_id = $2 AND tries = $3 AND status IN ('reserved', 'unknown')
"""


def _hand_over(dispatch: Dispatch, channel: Channel, clock: Ticking, files: Files) -> str:
    def handing_over() -> None:
        if not _mark_handed(dispatch.pk, clock.now()):
            raise AlreadyHandedOver("handed over before")

    answer: Accepted | Rejected | Unknown
    try:
        outgoing = _outgoing(dispatch, files)
        _use_permit(dispatch, outgoing, clock.now())
        answer = channel.send(outgoing, handing_over=handing_over)
    except law.PermitUsed as used:  # somebody has sent it, or begun to: it must be asked, not sent again
        answer = Unknown(used.code)
    except (law.PermitUnusable, FileGone) as refusal:
        answer = Rejected(refusal.code, is_final=False)
    except Unknown as lost:
        answer = lost
    return settle(dispatch_id=dispatch.pk, answer=answer, can_be_asked=channel.can_be_asked, now=clock.now())


def settle(
    *, dispatch_id: int, answer: Accepted | Rejected | Unknown, can_be_asked: bool, now: datetime
) -> str:
    """This function will record the provider's answer; a delivery report that came first is kept.

    1. Accepted: the contact counts as sent; in-app messages are delivered with it.
    2. Rejected for good, or `MAX_TRIES` times: failed, and the contact no longer counts as made.
    3. Unknown: asked again later; where nobody can be asked it stays unknown and the contact counts.
    """
    with transaction.atomic():
        run_together((_LOCK_MESSAGE_SQL, (dispatch_id,)))
        row = Dispatch.objects.select_for_update(of=("self",)).select_related("message")
        dispatch = row.get(pk=dispatch_id)
        message = dispatch.message
        if RANK[dispatch.status] >= RANK["accepted"]:
            _keep_reference(dispatch, answer)
            return "accepted"
        if isinstance(answer, Accepted):
            return _settle_accepted(dispatch, message, answer, now)
        if isinstance(answer, Rejected):
            return _settle_rejected(dispatch, message, answer, now)
        return _settle_unknown(dispatch, message, answer, can_be_asked, now)


_LOCK_MESSAGE_SQL = """
SELECT 1 FROM outreach_message WHERE id = (SELECT message_id FROM outreach_dispatch WHERE id = $1) FOR UPDATE
"""


def conclude(dispatch: Dispatch, message: Message, status: str, now: datetime) -> None:
    """Write a better-known state on dispatch, message and counted contact, in the caller's transaction."""
    if RANK[status] != RANK["failed"] and dispatch.earlier and law.permit(dispatch.permit_id).used_at is None:
        _attribute(dispatch, message, dispatch.earlier, now)
    before, dispatch.status = dispatch.status, status
    dispatch.settled_at, dispatch.next_try_at = now, None
    message.status = {"accepted": "sent", "bounced": "failed"}.get(status, status)
    run_together(
        (
            _CONCLUDE_SQL,
            (
                dispatch.pk, status, now, dispatch.handed_at, dispatch.provider_ref, dispatch.error,
                dispatch.permit_id, dispatch.contact_id,
            ),
        ),
        (_STATUS_SQL, (message.pk, message.status)),
    )  # fmt: skip
    result = {"accepted": "sent"}.get(status, status)
    law.settle_contact(contact_id=dispatch.contact_id, result=result, now=now)
    audit.record(
        code=f"outreach.message.{message.status}", actor=system(f"provider.{dispatch.provider}"),
        subject_type="message", subject_id=message.pk, now=now, person_id=message.person_id,
        reason=dispatch.error, before={"dispatch": before}, after={"dispatch": status},
    )  # fmt: skip


_CONCLUDE_SQL = """
UPDATE outreach_dispatch SET status = $2, settled_at = $3, next_try_at = NULL, handed_at = $4, provider_ref = $5,
       error = $6, permit_id = $7, contact_id = $8 WHERE id = $1
"""
_STATUS_SQL = "UPDATE outreach_message SET status = $2 WHERE id = $1"


def _attribute(dispatch: Dispatch, message: Message, earlier: dict[str, int], now: datetime) -> None:
    """Write what left under the permit that was used for it: the request of the try before was only late.

    1. The contact of the newer permit, which nobody used, no longer counts; that of the earlier one will again.
    """
    law.settle_contact(contact_id=dispatch.contact_id, result="failed", now=now)
    message.content_sealed, message.contact_point_id = message.earlier_content_sealed, earlier["point"]
    message.save(update_fields=["content_sealed", "contact_point_id"])
    dispatch.permit_id, dispatch.contact_id = earlier["permit"], earlier["contact"]


def _use_permit(dispatch: Dispatch, outgoing: Outgoing, now: datetime) -> None:
    """Consume the permit for exactly what is about to leave.

    :raises PermitUnusable: if it is for something else, for another time, was consumed, or was overtaken
    """
    law.use_unless_overtaken(
        permit_id=dispatch.permit_id,
        channel=outgoing.channel,
        contact_point_id=dispatch.message.contact_point_id,
        content_sha256=text_digest(outgoing.subject, outgoing.text),
        actor=system("dispatcher"),
        now=now,
    )


def _mark_handed(dispatch_id: int, now: datetime) -> bool:
    """Claim the one hand-over; the database lets exactly one process pass."""
    (rows,) = run_together((_HAND_SQL, (dispatch_id, now)))
    return bool(rows)


_HAND_SQL = "UPDATE outreach_dispatch SET handed_at = $2 WHERE id = $1 AND handed_at IS NULL RETURNING 1"


def _outgoing(dispatch: Dispatch, files: Files) -> Outgoing:
    message = dispatch.message
    subject, text = open_content(message.content_sealed)
    point = message.contact_point_id
    return Outgoing(
        idempotency_key=dispatch.idempotency_key,
        channel=message.channel,
        recipient=parties.open_contact_point(point) if point else "",
        subject=subject,
        text=text,
        locale=message.locale,
        attachment=files(message.attachment) if message.attachment else None,
    )


def _keep_reference(dispatch: Dispatch, answer: Accepted | Rejected | Unknown) -> None:
    if isinstance(answer, Accepted) and not dispatch.provider_ref:
        dispatch.provider_ref = answer.provider_ref
        dispatch.save(update_fields=["provider_ref"])


def _settle_accepted(dispatch: Dispatch, message: Message, answer: Accepted, now: datetime) -> str:
    dispatch.provider_ref, dispatch.error = answer.provider_ref, ""
    conclude(dispatch, message, "delivered" if message.channel == "inapp" else "accepted", now)
    return "accepted"


def _settle_rejected(dispatch: Dispatch, message: Message, answer: Rejected, now: datetime) -> str:
    dispatch.error, dispatch.handed_at = answer.reason, None
    if answer.is_final or dispatch.tries >= MAX_TRIES:
        conclude(dispatch, message, "failed", now)
        return "failed"
    dispatch.next_try_at = now + backoff(dispatch.tries)
    dispatch.save(update_fields=["error", "handed_at", "next_try_at"])
    return "retried"


def _settle_unknown(
    dispatch: Dispatch, message: Message, answer: Unknown, can_be_asked: bool, now: datetime
) -> str:
    dispatch.status, dispatch.error = "unknown", str(answer)[:200]
    dispatch.next_try_at = now + backoff(dispatch.tries) if can_be_asked else None
    dispatch.save(update_fields=["status", "error", "next_try_at"])
    if not can_be_asked:
        law.settle_contact(contact_id=dispatch.contact_id, result="sent", now=now)
    audit.record(
        code="outreach.message.unknown", actor=system(f"provider.{dispatch.provider}"),
        subject_type="message", subject_id=message.pk, now=now,
        person_id=message.person_id, reason=dispatch.error,
    )  # fmt: skip
    return "unknown"


def backoff(tries: int) -> timedelta:
    """Return the wait after a number of tries: 5 s, 10 s, 20 s, … at most 10 minutes."""
    return min(FIRST_DELAY * 2 ** min(max(tries - 1, 0), 10), LONGEST_DELAY)

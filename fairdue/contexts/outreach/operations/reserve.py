"""One transaction that decides planned messages: still due, rendered, permitted, reserved."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import Reservation
from fairdue.contexts.outreach.channels import provider_for
from fairdue.contexts.outreach.checking import check_composed
from fairdue.contexts.outreach.composing import Composed, Sources, compose, seal_content, sources_of
from fairdue.contexts.outreach.models import Dispatch, Message
from fairdue.contexts.outreach.rendering import TemplateRefused
from fairdue.contexts.outreach.values import NothingDue
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Statement, run_together

MAX_FAULTS = 5
FAULT_DELAY = timedelta(minutes=5)


def idempotency_key(message: Message) -> str:
    """Return the key under which a provider knows the message, the same in every attempt.

    It follows from the message and the installation's own key: neither a restored database nor a second
    installation with the same provider account ever uses it for another text.
    """
    content = f"dispatch:{message.pk}:{message.recorded_at.isoformat()}"
    return f"fairdue-{hmac.new(settings.CHAIN_KEY, content.encode(), hashlib.sha256).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Faulty:
    """A message that could not be judged, and why."""

    error: Exception


def reserve_messages(
    *, message_ids: Sequence[int], actor: Actor, now: datetime, lease: timedelta
) -> dict[int, Dispatch | str | Faulty]:
    """This function will decide planned messages in one transaction and return what became of each.

    1. Left out are those that another worker has, that are not due any more, and all but the first to one person.
    2. A text that says what no text may say, or lacks what it must say, is refused before the gate is asked.
    3. The gate judges the very text, with fresh facts, in this transaction; its permit goes on the dispatch.
    4. Deferred messages return to `planned` at the gate's `retry_after`, or expire if that is too late.
    5. `expired`, `refused`, `deferred` say why there is no dispatch; a message with a fault stays as it was.
    """
    with transaction.atomic():
        outcomes: dict[int, Dispatch | str | Faulty] = {}
        composed: list[tuple[Message, Composed]] = []
        endings: list[Ending] = []
        claimed = _claimed(message_ids, now)
        sources = sources_of(claimed, now) if claimed else None
        for message in claimed:
            try:
                ready = _ready(message, sources, actor, now)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001 - one faulty message must not keep all others from leaving
                outcomes[message.pk] = Faulty(error)
                continue
            if isinstance(ready, Ending):
                outcomes[message.pk] = ready.status
                endings.append(ready)
            else:
                composed.append((message, ready))
        outcomes |= _judge(composed, endings, actor, now, lease)
        close(endings, actor, now)
        return outcomes


def _claimed(message_ids: Sequence[int], now: datetime) -> list[Message]:
    """Lock the messages that are still due, in order, the first of each person."""
    due = Message.objects.select_for_update(skip_locked=True).filter(
        pk__in=message_ids, status="planned", not_before__lte=now
    )
    first: dict[int, Message] = {}
    for message in due.order_by("not_before", "pk"):
        first.setdefault(message.person_id, message)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class Ending:
    """A message that is not sent, and why."""

    message: Message
    status: str
    verdict: dict[str, Any]


def _ready(message: Message, sources: Sources | None, actor: Actor, now: datetime) -> Composed | Ending:
    """Return the text to be judged, or the end of a message that need not be judged."""
    if message.expires_at <= now:
        return Ending(message, "expired", own_verdict("outreach.too_late", "expire"))
    try:
        composed = compose(message, now, sources)
    except NothingDue as news:
        return Ending(message, "expired", own_verdict(news.code, "expire"))
    except TemplateRefused as refusal:
        return Ending(message, "refused", own_verdict(refusal.code, "refuse", str(refusal)))
    report = check_composed(composed, channel=message.channel, purpose=message.purpose, actor=actor, now=now)
    if report.is_refused:
        return Ending(message, "refused", report.as_verdict())
    return composed


def close(endings: Sequence[Ending], actor: Actor, now: datetime) -> None:
    """Write the ends of messages that are not sent, in the caller's transaction."""
    if not endings:
        return
    run_together(
        *((_END_SQL, (end.message.pk, end.status, json.dumps(end.verdict))) for end in endings),
    )
    told: dict[tuple[str, str], list[audit.Entry]] = {}
    for end in endings:
        end.message.status, end.message.verdict = end.status, end.verdict
        rules = ", ".join(reason["rule_id"] for reason in end.verdict["reasons"])
        entry = audit.Entry(subject_id=end.message.pk, person_id=end.message.person_id)
        told.setdefault((end.status, rules), []).append(entry)
    for (status, rules), entries in told.items():
        audit.record_many(
            code=f"outreach.message.{status}", actor=actor, subject_type="message", entries=entries, now=now,
            reason=rules,
        )  # fmt: skip


_END_SQL = "UPDATE outreach_message SET status = $2, verdict = $3 WHERE id = $1"
_LATER_SQL = "UPDATE outreach_message SET status = 'planned', verdict = $2, not_before = $3 WHERE id = $1"
_SEAL_SQL = """
UPDATE outreach_message SET status = 'sending', verdict = NULL, contact_point_id = $2, template_version = $3, locale = $4,
       content_sealed = $5 WHERE id = $1
"""


def own_verdict(code: str, outcome: str, detail: str = "") -> dict[str, Any]:
    """Return a refusal of our own in the form of the gate's verdict."""
    zh, en = _WORDS.get(code, ("短信模板或参数不可用。", "The template or a value cannot be used."))
    reason = {
        "rule_id": code, "outcome": outcome, "message_zh": zh, "message_en": en, "citation": "", "pack": "",
        "version": "", "evidence": "", "facts": {"detail": detail} if detail else {}, "retry_after": None,
    }  # fmt: skip
    return {"outcome": outcome, "reasons": [reason], "retry_after": None}


_WORDS = {
    "outreach.nothing_due": ("已无应还款项,不再发送。", "Nothing is due any more, so nothing is sent."),
    "outreach.too_late": ("已过有效期,不再发送。", "The message is too late to be sent."),
    "outreach.contact_point.missing": (
        "没有可用的联系方式。",
        "No valid contact point for the channel.",
    ),
    "outreach.fault": ("处理出错,已推迟。", "A fault occurred; the message was put off."),
}


def postpone_faulty(*, message_id: int, error: Exception, actor: Actor, now: datetime) -> None:
    """This function will put off a message whose judging failed, and close it after `MAX_FAULTS` times."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id, status="planned").first()
        if message is None:
            return
        message.attempts += 1
        verdict = own_verdict("outreach.fault", "defer", type(error).__name__)
        if message.attempts >= MAX_FAULTS:
            message.save(update_fields=["attempts"])
            close([Ending(message, "failed", verdict)], actor, now)
            return
        message.not_before, message.verdict = now + FAULT_DELAY, verdict
        message.save(update_fields=["attempts", "not_before", "verdict"])


def ask_gate(message: Message, composed: Composed, actor: Actor, now: datetime) -> Reservation:
    """Ask the gate for the contact with this very text, locking the person's budget."""
    (reservation,) = law.reserve_many([_asked(message, composed)], now=now, actor=actor)
    return reservation


def _asked(message: Message, composed: Composed) -> law.Asked:
    return law.Asked(
        person_id=message.person_id,
        channel=message.channel,
        contact_point_id=composed.contact_point_id,
        purpose=message.purpose,
        content_sha256=composed.sha256,
        account_ids=(composed.account_id,),
    )


def seal_into(message: Message, composed: Composed) -> None:
    """Write the very text that is permitted on the message."""
    run_together(sealed(message, composed))


def sealed(message: Message, composed: Composed) -> Statement:
    """Put the very text that is permitted into the message, and return the statement that writes it."""
    message.status, message.verdict = "sending", None
    message.contact_point_id = composed.contact_point_id
    message.template_version, message.locale = composed.template_version, composed.locale
    message.content_sealed = seal_content(composed.subject, composed.text)
    return _SEAL_SQL, (
        message.pk, message.contact_point_id, message.template_version, message.locale, message.content_sealed,
    )  # fmt: skip


def _put_off(message: Message, reservation: Reservation) -> Ending | Statement:
    """Return the gate's `no`: the statement that puts the message off if the gate said until when, else its end."""
    verdict = reservation.verdict
    if verdict.outcome != "defer":
        return Ending(message, "refused", verdict.as_json())
    if verdict.retry_after is None or verdict.retry_after >= message.expires_at:
        return Ending(message, "expired", verdict.as_json())
    return _LATER_SQL, (message.pk, json.dumps(verdict.as_json()), verdict.retry_after)


def _judge(
    composed: Sequence[tuple[Message, Composed]],
    endings: list[Ending],
    actor: Actor,
    now: datetime,
    lease: timedelta,
) -> dict[int, Dispatch | str]:
    """Ask the gate for all at once; write each permit on a dispatch, put off what may go later, add the rest to `endings`."""
    outcomes: dict[int, Dispatch | str] = {}
    dispatches, statements = [], []
    reservations = law.reserve_many([_asked(*each) for each in composed], now=now, actor=actor)
    for (message, text), reservation in zip(composed, reservations, strict=True):
        if reservation.permit_id is None or reservation.contact_id is None:
            answer = _put_off(message, reservation)
            if isinstance(answer, Ending):
                endings.append(answer)
                outcomes[message.pk] = answer.status
            else:
                statements.append(answer)
                outcomes[message.pk] = "deferred"
            continue
        statements.append(sealed(message, text))
        dispatches.append(_dispatch(message, reservation.permit_id, reservation.contact_id, now, lease))
    if statements:
        run_together(*statements)
    Dispatch.objects.bulk_create(dispatches)
    entries = [
        audit.Entry(
            subject_id=dispatch.message_id, person_id=dispatch.message.person_id,
            after={"permit": dispatch.permit_id, "provider": dispatch.provider},
        )
        for dispatch in dispatches
    ]  # fmt: skip
    if entries:
        audit.record_many(
            code="outreach.message.reserved", actor=actor, subject_type="message", entries=entries, now=now
        )
    return outcomes | {dispatch.message_id: dispatch for dispatch in dispatches}


def _dispatch(message: Message, permit_id: int, contact_id: int, now: datetime, lease: timedelta) -> Dispatch:
    return Dispatch(
        message=message,
        permit_id=permit_id,
        contact_id=contact_id,
        provider=provider_for(message.channel),
        idempotency_key=idempotency_key(message),
        tries=1,
        reserved_at=now,
        next_try_at=now + lease,
    )

"""The local provider's own desk: takes messages, keeps them, reports on them as a carrier would.

It shares nothing with the dispatcher but the wire: the dispatcher knows it by its address only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from fairdue.contexts.outreach.contracts import LocalBehaviour, LocalMessage
from fairdue.contexts.outreach.local.behaviour import local_behaviour
from fairdue.contexts.outreach.models import LocalProviderMessage
from fairdue.contexts.outreach.signing import sign
from fairdue.kernel.masking import mask_contact

logger = logging.getLogger(__name__)
RECIPIENT_PURPOSE = "outreach.local.recipient"
TEXT_PURPOSE = "outreach.local.text"
CALLBACK_BATCH = 50
CALLBACK_PATH = "/api/v1/providers/http/events"


class RequestRefused(ValueError):
    """The message cannot be taken: a field is missing, or the key was used for another message."""

    code = "outreach.local.request_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalReceipt:
    """What the local provider answers; `is_answer_dropped` when it was told to cut the connection."""

    provider_ref: str
    is_new: bool
    is_answer_dropped: bool


def accept_local_message(*, document: dict[str, Any], idempotency_key: str, now: datetime) -> LocalReceipt:
    """This function will take a message once; the same key again gives the same answer.

    :raises RequestRefused: if the document is not a message, or the key belongs to another one
    """
    recipient, text = _recipient_and_text(document, idempotency_key)
    behaviour = local_behaviour()
    with transaction.atomic():
        row, is_new = LocalProviderMessage.objects.get_or_create(
            idempotency_key=idempotency_key,
            defaults={
                "channel": document["channel"],
                "recipient_sealed": settings.FIELD_KEYS.seal(recipient, RECIPIENT_PURPOSE),
                "recipient_masked": _mask(document["channel"], recipient)[:80],
                "text_sealed": settings.FIELD_KEYS.seal(text, TEXT_PURPOSE),
                "accepted_at": now,
                "report_due_at": now + timedelta(seconds=behaviour.delay_seconds),
            },
        )
        if not is_new and _opened(row) != (recipient, text):
            raise RequestRefused("the idempotency key belongs to another message")
    is_dropped = is_new and _falls_within("drop", idempotency_key, behaviour.drop_answer_percent)
    return LocalReceipt(provider_ref=f"L{row.pk}", is_new=is_new, is_answer_dropped=is_dropped)


def find_local_message(idempotency_key: str) -> LocalReceipt | None:
    """Return what was taken under a key, or None."""
    row = LocalProviderMessage.objects.filter(idempotency_key=idempotency_key).first()
    return LocalReceipt(provider_ref=f"L{row.pk}", is_new=False, is_answer_dropped=False) if row else None


def local_outbox_count() -> int:
    """Return how many messages the local provider holds."""
    return LocalProviderMessage.objects.count()


def local_outbox(limit: int = 100) -> tuple[LocalMessage, ...]:
    """Return the newest messages that the local provider holds, with their texts."""
    return tuple(
        LocalMessage(
            local_message_id=row.pk,
            idempotency_key=row.idempotency_key,
            channel=row.channel,
            recipient_masked=row.recipient_masked,
            text=settings.FIELD_KEYS.open(bytes(row.text_sealed), TEXT_PURPOSE),
            accepted_at=row.accepted_at,
            reported_status=row.reported_status,
            report_due_at=row.report_due_at,
        )
        for row in LocalProviderMessage.objects.order_by("-id")[:limit]
    )


def deliver_local_reports(*, now: datetime, limit: int = 500) -> int:
    """This function will post due delivery reports, signed, to our own webhook; return how many were taken.

    A webhook that does not answer gets the same reports again at the next call.
    """
    if settings.MODE not in ("demo", "test"):
        return 0
    sent = 0
    with httpx.Client(timeout=10.0, trust_env=False) as client:
        while sent < limit:
            count = _report_batch(client, local_behaviour(), now)
            sent += count
            if count == 0:
                break
    return sent


def _report_batch(client: httpx.Client, behaviour: LocalBehaviour, now: datetime) -> int:
    """Report one batch; its rows stay locked so that a second worker takes others."""
    with transaction.atomic():
        rows = list(
            LocalProviderMessage.objects.select_for_update(skip_locked=True)
            .filter(report_due_at__lte=now)
            .order_by("report_due_at", "id")[:CALLBACK_BATCH]
        )
        if not rows or not _post(client, [_event(row, behaviour, now) for row in rows], behaviour):
            return 0
        for row in rows:
            row.reported_status, row.report_due_at = _outcome(row, behaviour), None
        LocalProviderMessage.objects.bulk_update(rows, ["reported_status", "report_due_at"])
    return len(rows)


def _event(row: LocalProviderMessage, behaviour: LocalBehaviour, now: datetime) -> dict[str, Any]:
    outcome = _outcome(row, behaviour)
    return {
        "event_ref": f"L{row.pk}-{outcome}",
        "kind": outcome,
        "provider_ref": f"L{row.pk}",
        "idempotency_key": row.idempotency_key,
        "occurred_at": now.isoformat(),
        "reason": "local.told_to_fail" if outcome == "failed" else "",
    }


def _outcome(row: LocalProviderMessage, behaviour: LocalBehaviour) -> str:
    return "failed" if _falls_within("fail", row.idempotency_key, behaviour.fail_percent) else "delivered"


def _post(client: httpx.Client, events: Sequence[dict[str, Any]], behaviour: LocalBehaviour) -> bool:
    body = json.dumps({"events": events}).encode()
    is_taken = False
    for _ in range(2 if behaviour.duplicate_callbacks else 1):
        headers = sign(key=settings.SMS_PROVIDER_KEY, body=body, timestamp=int(time.time()))
        try:
            answer = client.post(
                f"{settings.PUBLIC_URL}{CALLBACK_PATH}",
                content=body,
                headers=headers | {"Content-Type": "application/json"},
            )
        except httpx.HTTPError as error:
            logger.warning("the webhook does not answer: %s", type(error).__name__)
            return is_taken
        is_taken = is_taken or answer.status_code == 200
    return is_taken


def _recipient_and_text(document: dict[str, Any], idempotency_key: str) -> tuple[str, str]:
    fields = [document.get(name) for name in ("recipient", "subject", "text", "channel")]
    if not idempotency_key or document.get("idempotency_key") != idempotency_key:
        raise RequestRefused("the Idempotency-Key header and the document name different keys")
    if not all(isinstance(field, str) for field in fields) or document["channel"] not in ("sms", "email"):
        raise RequestRefused("recipient, subject, text and channel are needed")
    if not document["recipient"] or not document["text"]:
        raise RequestRefused("recipient and text are needed")
    subject = f"{document['subject']}\n\n" if document["subject"] else ""
    return document["recipient"], subject + document["text"] + _file_line(document)


def _file_line(document: dict[str, Any]) -> str:
    """Return what stands under a mail that carries a file: its name and size; a carrier keeps no copy of it."""
    file = document.get("attachment")
    if file is None:
        return ""
    try:
        size = len(base64.b64decode(file["base64"], validate=True))
        name = str(file["name"])
    except (TypeError, KeyError, ValueError) as error:
        raise RequestRefused("an attachment has a name, a media_type and base64") from error
    if document["channel"] != "email":
        raise RequestRefused("a file goes by mail only")
    return f"\n\n[{name}, {size:,} bytes]"


def _opened(row: LocalProviderMessage) -> tuple[str, str]:
    return (
        settings.FIELD_KEYS.open(bytes(row.recipient_sealed), RECIPIENT_PURPOSE),
        settings.FIELD_KEYS.open(bytes(row.text_sealed), TEXT_PURPOSE),
    )


def _mask(channel: str, recipient: str) -> str:
    return mask_contact("email" if channel == "email" else "mobile", recipient)


def _falls_within(what: str, key: str, percent: int) -> bool:
    """Choose messages by their key, so that the same run misbehaves in the same way."""
    return hashlib.sha256(f"{what}:{key}".encode()).digest()[0] * 100 // 256 < percent

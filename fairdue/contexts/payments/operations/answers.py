"""Answer a provider's event once; the same event again gets the same answer and books nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.payments.errors import EventReused
from fairdue.contexts.payments.models import WebhookEvent
from fairdue.contexts.payments.operations.locking import hold
from fairdue.storage.nesting import failing_whole


@transaction.atomic
def answer_once(
    *, provider: str, event_ref: str, body: bytes, work: Callable[[], Mapping[str, Any]], now: datetime
) -> tuple[dict[str, Any], bool]:
    """This function will do the work of an event and keep its answer; a repetition gets (answer, True).

    1. Work and answer are one transaction: an event that was answered has happened, one that was not has not.
    2. Of two deliveries of one event at once the second waits and gets the first one's answer.

    :raises EventReused: if the event id came before with another body
    """
    hold(f"payments.webhook\0{provider}\0{event_ref}")
    digest = hashlib.sha256(body).digest()
    known = WebhookEvent.objects.filter(provider=provider, event_ref=event_ref).first()
    if known is not None:
        if bytes(known.body_digest) != digest:
            raise EventReused(f"event {event_ref!r} came before with another body")
        return dict(known.answer), True
    with failing_whole():
        answer = dict(work())
    WebhookEvent.objects.create(
        provider=provider, event_ref=event_ref, body_digest=digest, answer=answer, recorded_at=now
    )
    return answer, False

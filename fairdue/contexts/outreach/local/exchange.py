"""The local exchange: rings, is answered or busy, and holds a recording, as a telephone system would.

What becomes of a call follows from the number: one that ends in 8 is busy, one that ends in 9 is not answered, every
other one is answered after some seconds and ended by whoever hangs up. It shares nothing with the desk but the wire.
"""

from __future__ import annotations

import io
import math
import wave
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare

from fairdue.contexts.outreach.local.provider import RequestRefused
from fairdue.contexts.outreach.models import LocalCall
from fairdue.kernel.masking import mask_phone

NUMBER_PURPOSE = "outreach.local.number"
RINGS_AFTER = timedelta(seconds=1)
ANSWERED_AFTER = timedelta(seconds=2)
GIVEN_UP_AFTER = timedelta(seconds=20)
LONGEST_CALL = timedelta(minutes=60)
FATES = {"8": "busy", "9": "no_answer"}
TONE_HZ, RATE, SECONDS = 440, 8000, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCallState:
    """What the local exchange says of a call."""

    provider_ref: str
    state: str
    answered_at: datetime | None
    ended_at: datetime | None
    has_recording: bool


def accept_local_call(*, document: dict[str, Any], idempotency_key: str, now: datetime) -> str:
    """This function will begin to dial once and return its reference; the same key again gives the same one.

    :raises RequestRefused: if the document is no call, or the key belongs to another one
    """
    number, key = document.get("number"), document.get("idempotency_key")
    if not idempotency_key or key != idempotency_key or not isinstance(number, str) or not number:
        raise RequestRefused("number and idempotency_key are needed, the latter also as Idempotency-Key")
    row, is_new = LocalCall.objects.get_or_create(
        key=idempotency_key,
        defaults={
            "number_sealed": settings.FIELD_KEYS.seal(number, NUMBER_PURPOSE),
            "number_masked": mask_phone(number)[:40],
            "accepted_at": now,
        },
    )
    if not is_new and not constant_time_compare(_number(row), number):
        raise RequestRefused("the idempotency key belongs to another call")
    return f"X{row.pk}"


def local_call_state(*, key: str, now: datetime) -> LocalCallState | None:
    """Return what became of a call under a key, or None."""
    row = LocalCall.objects.filter(key=key).first()
    return _state(row, now) if row else None


def hang_up_local_call(*, key: str, now: datetime) -> None:
    """This function will end a call that is not over yet."""
    LocalCall.objects.filter(key=key, hung_up_at=None).update(hung_up_at=now)


def delete_local_recording(*, key: str, now: datetime) -> None:
    """This function will delete what was recorded of a call; what is gone stays gone."""
    LocalCall.objects.filter(key=key, recording_deleted_at=None).update(recording_deleted_at=now)


def local_recording() -> bytes:
    """Return what the local exchange recorded: a tone of two seconds, as every call sounds alike to it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, RATE, 0, "NONE", "not compressed"))
        count = RATE * SECONDS
        sound.writeframes(
            bytes(int(128 + 60 * math.sin(2 * math.pi * TONE_HZ * at / RATE)) for at in range(count))
        )
    return file.getvalue()


def _number(row: LocalCall) -> str:
    return settings.FIELD_KEYS.open(bytes(row.number_sealed), NUMBER_PURPOSE)


def _state(row: LocalCall, now: datetime) -> LocalCallState:
    fate, since = FATES.get(_number(row)[-1], "answered"), row.accepted_at
    until = min(now, row.hung_up_at or now)
    answered_at = since + ANSWERED_AFTER if fate == "answered" and until >= since + ANSWERED_AFTER else None
    ended_at = row.hung_up_at or (since + LONGEST_CALL if now > since + LONGEST_CALL else None)
    if fate == "busy" and until >= since + RINGS_AFTER:
        state, ended_at = "busy", ended_at or since + RINGS_AFTER
    elif fate == "no_answer" and until >= since + GIVEN_UP_AFTER:
        state, ended_at = "no_answer", ended_at or since + GIVEN_UP_AFTER
    elif ended_at is not None:
        state = "ended"
    elif answered_at is not None:
        state = "answered"
    else:
        state = "ringing" if until >= since + RINGS_AFTER else "dialling"
    return LocalCallState(
        provider_ref=f"X{row.pk}", state=state, answered_at=answered_at, ended_at=ended_at,
        has_recording=answered_at is not None and ended_at is not None and row.recording_deleted_at is None,
    )  # fmt: skip

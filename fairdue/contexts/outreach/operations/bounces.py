"""Bounced e-mail: delivery status notifications (RFC 3464) read back to the dispatch that caused them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from fairdue.contexts.outreach.contracts import EventReceipt, ProviderReport
from fairdue.contexts.outreach.operations.events import record_provider_event

MBOX_START = re.compile(rb"^From [^\n]*\n", re.MULTILINE)


def record_bounces(*, source: Path | bytes, now: datetime) -> tuple[EventReceipt, ...]:
    """This function will record every bounce in a mailbox or message; reading it twice has no effect."""
    return tuple(record_provider_event(report=report, now=now) for report in read_bounces(source, now=now))


def read_bounces(source: Path | bytes, *, now: datetime) -> tuple[ProviderReport, ...]:
    """This function will return the bounces that an mbox file, its bytes or one raw message contains.

    1. Only `multipart/report` of type `delivery-status` counts; other mail is passed over.
    2. `Action: failed` is a bounce, permanent if its status is 5.x.x; `delivered` is a delivery; `delayed`
       and `relayed` say nothing final and are passed over.
    3. The original's Message-ID leads back to the dispatch.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    return tuple(report for raw in _messages(content) for report in _read(raw, now))


def _messages(content: bytes) -> list[bytes]:
    if not content.startswith(b"From "):
        return [content] if content.strip() else []
    return [part.replace(b"\n>From ", b"\nFrom ") for part in MBOX_START.split(content) if part.strip()]


def _read(raw: bytes, now: datetime) -> Iterator[ProviderReport]:
    letter = message_from_bytes(raw, policy=policy.default)
    if letter.get_content_type() != "multipart/report":
        return
    key = _original_key(letter)
    for number, block in enumerate(_recipient_blocks(letter)):
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", "")).strip()
        if action not in ("failed", "delivered"):
            continue
        yield ProviderReport(
            provider="smtp",
            event_ref=f"{hashlib.sha256(raw).hexdigest()[:40]}-{number}",
            kind="bounced" if action == "failed" else "delivered",
            occurred_at=_sent_at(letter, now),
            idempotency_key=key,
            is_permanent=status.startswith("5"),
            reason=f"smtp.{status}" if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", status) else "smtp.bounced",
        )


def _recipient_blocks(letter: EmailMessage | Message) -> Iterator[Message]:
    """Walk the per-recipient blocks of the delivery status; the first block speaks of the whole message."""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message) and "Action" in block)


def _original_key(letter: EmailMessage | Message) -> str:
    for part in letter.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found = re.search(r"(?im)^message-id:\s*<([^@>\s]+)@", _headers_of(part))
            if found:
                return found.group(1)
    return ""


def _headers_of(part: Message) -> str:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return str(payload)
    originals = [original for original in payload if isinstance(original, Message)]
    return "\n".join(f"{name}: {value}" for original in originals for name, value in original.items())


def _sent_at(letter: EmailMessage | Message, now: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(str(letter["Date"]))
    except (TypeError, ValueError):
        return now
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

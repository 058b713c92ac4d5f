"""The digest of one event and the hash of one block.

1. Both are HMAC-SHA256 under the chain key, which the database does not hold: who can write rows
   cannot write rows that verify.
2. The content is canonical JSON: sorted keys, no spaces, UTF-8, instants in UTC with microseconds.
3. An event's digest covers its id and its transaction too, so a copied row does not verify.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

EVENT_COLUMNS = (
    "id", "occurred_at", "code", "actor_kind", "actor_id", "actor_label", "gesture", "subject_type",
    "subject_id", "person_id", "reason", "before", "after", "cluster", "xid",
)  # fmt: skip
BLOCK_COLUMNS = (
    "number", "sealed_at", "cluster", "xid_from", "xid_to", "event_count", "content_hash", "previous_hash",
)  # fmt: skip
FIRST_PREVIOUS_HASH = bytes(32)


def plain(value: Any) -> Any:
    """Return the value as JSON that comes back from the database exactly as it went in.

    Floats become text (jsonb would rewrite them), sets sorted lists, keys text; NUL, which PostgreSQL
    refuses, becomes U+FFFD.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        case Mapping():
            return {str(plain(str(key))): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=str)
        case float() | Decimal():
            return str(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
    return plain(str(value))


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _authenticate(purpose: str, values: list[Any]) -> bytes:
    text = json.dumps([purpose, *values], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(settings.CHAIN_KEY, text.encode(), hashlib.sha256)


def event_digest(values: tuple[Any, ...]) -> bytes:
    """Return the digest of an event given as the values of EVENT_COLUMNS."""
    return _authenticate("fairdue.audit.event.1", [plain(value) for value in values])


def block_hash(values: tuple[Any, ...]) -> bytes:
    """Return the hash of a block given as the values of BLOCK_COLUMNS."""
    return _authenticate("fairdue.audit.block.1", [plain(value) for value in values])


def content_entry(event_id: int, xid: int, digest: bytes) -> bytes:
    """Return what one event adds to the content hash of its block."""
    return event_id.to_bytes(8, "big") + xid.to_bytes(8, "big") + bytes(digest)

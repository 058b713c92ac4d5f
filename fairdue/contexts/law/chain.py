"""The permit chains: what is hashed, in which order, and the sealed heads.

1. A chain is picked by `person_id % 16`, so that permits of different persons rarely wait for each other.
2. hash = HMAC-SHA256(chain key, previous hash + canonical content); the first previous hash is 32 zero bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from fairdue.engine.law.packs import canonical

CHAINS = 16
GENESIS = bytes(32)
CONTENT_FIELDS = (
    "chain", "position", "person_id", "contact_point_id", "channel", "purpose", "content_sha256", "issued_at",
    "expires_at", "issued_to", "verdict", "inputs_sha256",
)  # fmt: skip


def chain_of(person_id: int) -> int:
    """Return the chain in which a person's permits stand."""
    return person_id % CHAINS


def permit_hash(previous_hash: bytes, content: dict[str, Any]) -> bytes:
    """Return the link of a permit with the given content fields."""
    plain = {name: _plain(content[name]) for name in CONTENT_FIELDS}
    return _mac(b"permit", bytes(previous_hash) + canonical(plain).encode())


def head_seal(chain: int, position: int, head_hash: bytes) -> bytes:
    """Return the seal of a chain's head."""
    return _mac(b"head", f"{chain}:{position}:".encode() + bytes(head_hash))


def _mac(purpose: bytes, message: bytes) -> bytes:
    return hmac.new(settings.CHAIN_KEY, b"law." + purpose + b"\0" + message, hashlib.sha256).digest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value

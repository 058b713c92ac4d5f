"""The permit chains: what is hashed, in which order, and the sealed heads.

1. A chain is picked by `person_id % 64`, so that permits of different persons rarely wait for each other.
2. hash = SHA-256(label + previous hash + canonical content); the first previous hash is 32 zero bytes. Canonical
   content is the JSON of `CONTENT_FIELDS`, keys sorted, no blanks, moments as ISO 8601 in UTC with microseconds.
3. signature = Ed25519(hash) under the key that the content names. Whoever has the public key can verify a permit;
   nobody without the private key can write one.
4. The head of a chain is sealed with HMAC-SHA256 under the chain key, so that the newest permits cannot be cut off.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from fairdue.engine.law.packs import canonical

CHAINS = 64
GENESIS = bytes(32)
LABEL = b"fairdue.law.permit\0"
BUNDLE_LABEL = b"fairdue.law.bundle\0"
CONTENT_FIELDS = (
    "chain", "position", "person_id", "contact_point_id", "channel", "purpose", "content_sha256", "issued_at",
    "expires_at", "issued_to", "verdict", "inputs_sha256", "key_id",
)  # fmt: skip


def chain_of(person_id: int) -> int:
    """Return the chain in which a person's permits stand."""
    return person_id % CHAINS


def permit_hash(previous_hash: bytes, content: dict[str, Any]) -> bytes:
    """Return the link of a permit with the given content fields."""
    return link_of(previous_hash, canonical({name: plain(content[name]) for name in CONTENT_FIELDS}))


def link_of(previous_hash: bytes, content: str) -> bytes:
    """Return the link of a permit whose content is written canonically."""
    return hashlib.sha256(LABEL + bytes(previous_hash) + content.encode()).digest()


encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=lambda moment: moment.isoformat()
).encode
"""Write plain values and moments as `canonical` does, moments in ISO form."""


def joined(parts: Mapping[str, str]) -> str:
    """Return the canonical JSON object of values that are written already."""
    return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts)) + "}"


def content_text(content: Mapping[str, Any]) -> str:
    """Return the canonical text of a permit's content whose verdict is written already."""
    others = encode({name: plain(content[name]) for name in CONTENT_FIELDS if name != "verdict"})
    return f'{others[:-1]},"verdict":{content["verdict"]}}}'  # the last of the names


def signed(link: bytes, key_id: int) -> bytes:
    """Return the signature of a permit's hash."""
    signature: bytes = settings.PERMIT_KEYS.sign(link, key_id)
    return signature


def is_signed(link: bytes, signature: bytes, key_id: int) -> bool:
    """Tell whether a permit's hash was signed by the key it names."""
    return bool(settings.PERMIT_KEYS.is_signed(bytes(link), bytes(signature), key_id))


def head_seal(chain: int, position: int, head_hash: bytes) -> bytes:
    """Return the seal of a chain's head."""
    message = b"law.head\0" + f"{chain}:{position}:".encode() + bytes(head_hash)
    return hmac.digest(settings.CHAIN_KEY, message, hashlib.sha256)


def signed_bundle(manifest: bytes) -> bytes:
    """Return the signature of an exported bundle's manifest, under the key that signs permits."""
    message = BUNDLE_LABEL + hashlib.sha256(manifest).digest()
    signature: bytes = settings.PERMIT_KEYS.sign(message, settings.PERMIT_KEYS.newest)
    return signature


def plain(value: Any) -> Any:
    """Return a value of a permit as its hash reads it: moments in UTC with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value

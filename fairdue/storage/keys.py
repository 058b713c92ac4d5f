"""Where the installation's keys come from: the environment, or a file that only its owner may read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairdue.kernel.secrets import KeyRing, SigningKeys

from .document_keys import DocumentKey, new_document_key, read_document_key


class KeysMissing(RuntimeError):
    """A production installation was started without its keys."""


@dataclass(frozen=True)
class Keys:
    """The field key ring, the keys that sign permits and documents, the keys of chains, of sessions and of providers."""

    field_ring: KeyRing
    chain_key: bytes
    secret_key: str
    provider_key: str
    permit_keys: SigningKeys
    document_key: DocumentKey


def load_keys(var_dir: Path, *, allow_generated: bool) -> Keys:
    """Return the installation's keys from `FAIRDUE_KEYS` (a JSON text) or `var/keys.json`.

    :raises KeysMissing: if there are none and generating them is not allowed
    """
    text = os.environ.get("FAIRDUE_KEYS")
    path = var_dir / "keys.json"
    if text is None and not path.exists():
        if not allow_generated:
            raise KeysMissing(f"no keys: set FAIRDUE_KEYS or provide {path}; see docs/how-to/keys.md")
        _generate(path)
    document = json.loads(text if text is not None else path.read_text())
    ring = KeyRing(
        keys={int(key_id): base64.b64decode(key) for key_id, key in document["field_keys"].items()},
        index_key=base64.b64decode(document["index_key"]),
    )
    chain_key = base64.b64decode(document["chain_key"])
    signing = _signing_keys(document.get("permit_keys"), chain_key)
    signer = read_document_key(document.get("document_key"), chain_key)
    return Keys(ring, chain_key, document["secret_key"], document["provider_key"], signing, signer)


def _signing_keys(listed: dict[str, dict[str, str]] | None, chain_key: bytes) -> SigningKeys:
    """Read the keys that sign permits; a set of keys without any signs with one that follows from its chain key."""
    if not listed:
        first = hmac.digest(chain_key, b"fairdue permit signing key 1", hashlib.sha256)
        return SigningKeys(private={1: first}, retired={})
    parts: dict[str, dict[int, bytes]] = {"private": {}, "public": {}}
    for key_id, key in listed.items():
        for part, value in key.items():
            parts[part][int(key_id)] = base64.b64decode(value)
    return SigningKeys(private=parts["private"], retired=parts["public"])


def new_keys() -> dict[str, object]:
    """Return a fresh set of keys in the form that `FAIRDUE_KEYS` and `var/keys.json` have."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "field_keys": {"1": key()},
        "index_key": key(),
        "chain_key": key(),
        "permit_keys": {"1": {"private": key()}},
        "secret_key": secrets.token_urlsafe(50),
        "provider_key": secrets.token_urlsafe(32),
        "document_key": new_document_key(),
    }


def _generate(path: Path) -> None:
    """Write fresh keys; of several processes that start at once exactly one set survives."""
    document = new_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file, indent=1)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class KeysElsewhere(RuntimeError):
    """The keys do not stand in a file of this installation, so it cannot add one."""


def add_field_key(var_dir: Path) -> int:
    """Add a fresh field key to `var/keys.json` in one step and return its id; it is the newest.

    :raises KeysElsewhere: if the keys come from `FAIRDUE_KEYS`
    """
    document = _own_document(var_dir)
    key_id = max(map(int, document["field_keys"])) + 1
    document["field_keys"][str(key_id)] = base64.b64encode(secrets.token_bytes(32)).decode()
    _replace(var_dir / "keys.json", document)
    return key_id


def add_permit_key(var_dir: Path) -> int:
    """Add a fresh key that signs permits from now on, in one step, and return its id.

    1. Of older keys only the public part is kept: they verify, and can never sign again.

    :raises KeysElsewhere: if the keys come from `FAIRDUE_KEYS`
    """
    document = _own_document(var_dir)
    known = load_keys(var_dir, allow_generated=False).permit_keys.public
    listed = {str(key_id): {"public": base64.b64encode(key).decode()} for key_id, key in known.items()}
    key_id = max(known) + 1
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    document["permit_keys"] = listed | {str(key_id): {"private": fresh}}
    _replace(var_dir / "keys.json", document)
    return key_id


def _own_document(var_dir: Path) -> dict[str, Any]:
    path = var_dir / "keys.json"
    if "FAIRDUE_KEYS" in os.environ or not path.exists():
        raise KeysElsewhere("the keys come from FAIRDUE_KEYS: add a key there; see docs/how-to/keys.md")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _replace(path: Path, document: dict[str, Any]) -> None:
    """Write the keys in one step: a reader sees the old file or the new one."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)

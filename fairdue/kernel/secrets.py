"""Encryption and keyed hashing of single personal fields.

1. A sealed value is `key id (1 byte) | nonce (12 bytes) | AES-256-GCM ciphertext and tag`.
2. The purpose (for example `parties.person.name`) is authenticated with it, so that a value cannot
   be moved into another column unnoticed.
3. Any key of the ring opens; the newest key seals; rotating is adding a key and sealing again.
4. The search hash is HMAC-SHA256 under a key of its own over the normalised value.
5. What others must be able to verify without our keys is signed with Ed25519 (RFC 8032).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class CannotOpen(ValueError):
    """The sealed value was altered, moved to another field, or its key is not in the ring."""


@dataclass(frozen=True)
class KeyRing:
    """Encryption keys by id (1 to 255) and the key of the search hash; all keys are 32 bytes."""

    keys: dict[int, bytes]
    index_key: bytes
    _ciphers: dict[int, AESGCM] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys or any(not 1 <= key_id <= 255 for key_id in self.keys):
            raise ValueError("a key ring needs at least one key with an id from 1 to 255")
        object.__setattr__(self, "_ciphers", {key_id: AESGCM(key) for key_id, key in self.keys.items()})

    @property
    def newest(self) -> int:
        """The id of the key that seals."""
        return max(self.keys)

    def seal(self, value: str, purpose: str) -> bytes:
        """Encrypt one field value for one purpose under the newest key."""
        return self.seal_bytes(value.encode(), purpose)

    def seal_bytes(self, content: bytes, purpose: str) -> bytes:
        """Encrypt a piece of a file for one purpose under the newest key."""
        nonce, key_id = os.urandom(12), self.newest
        return bytes([key_id]) + nonce + self._ciphers[key_id].encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Decrypt one sealed field value.

        :raises CannotOpen: if the key is unknown or the value does not authenticate
        """
        return self.open_bytes(sealed, purpose).decode()

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypt a sealed piece of a file.

        :raises CannotOpen: if the key is unknown or the piece does not authenticate
        """
        sealed = bytes(sealed)
        cipher = self._ciphers.get(sealed[0]) if len(sealed) > 13 else None
        if cipher is None:
            raise CannotOpen(f"no key opens this {purpose} value")
        try:
            return cipher.decrypt(sealed[1:13], sealed[13:], purpose.encode())
        except InvalidTag as error:
            raise CannotOpen(f"the {purpose} value does not authenticate") from error

    def search_hash(self, normalised: str, purpose: str) -> bytes:
        """Return the 32-byte keyed hash under which a normalised value is found."""
        return hmac.new(self.index_key, f"{purpose}\0{normalised}".encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class SigningKeys:
    """Ed25519 keys by id (1 to 32767): private ones sign and verify, of retired ones only the public part is left."""

    private: dict[int, bytes]
    retired: dict[int, bytes]
    _signers: dict[int, Ed25519PrivateKey] = field(init=False, repr=False, compare=False)
    _verifiers: dict[int, Ed25519PublicKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.private or self.private.keys() & self.retired.keys():
            raise ValueError("signing needs a private key, and each id means one key")
        signers = {key_id: Ed25519PrivateKey.from_private_bytes(key) for key_id, key in self.private.items()}
        verifiers = {key_id: Ed25519PublicKey.from_public_bytes(key) for key_id, key in self.retired.items()}
        verifiers |= {key_id: signer.public_key() for key_id, signer in signers.items()}
        object.__setattr__(self, "_signers", signers)
        object.__setattr__(self, "_verifiers", verifiers)

    @property
    def newest(self) -> int:
        """The id of the key that signs."""
        return max(self.private)

    @property
    def public(self) -> dict[int, bytes]:
        """The public key of every id, 32 bytes each, in the order of the ids."""
        return {key_id: key.public_bytes_raw() for key_id, key in sorted(self._verifiers.items())}

    def sign(self, message: bytes, key_id: int) -> bytes:
        """Return the signature (64 bytes) of a message under one of the private keys."""
        return self._signers[key_id].sign(message)

    def is_signed(self, message: bytes, signature: bytes, key_id: int) -> bool:
        """Tell whether a signature is that of this message under a key of this id."""
        try:
            self._verifiers[key_id].verify(bytes(signature), message)
        except (KeyError, InvalidSignature):
            return False
        return True

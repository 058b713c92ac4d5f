"""Codes by which anybody can check that a message, a contact or a document is genuine: a number and eight signs.

1. The signs follow from the number by a keyed hash (40 bits): nobody can guess one, and nothing needs to be stored.
2. The alphabet is Crockford's base 32: no I, L, O, U; what is read aloud or typed wrong is read as it was meant.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILO", "110")
_FORM = re.compile(r"([A-Z])(\d{1,18}(?:\.\d{1,8})*)([0-9A-Z]{8})")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a genuine code stands for: a kind (one letter) and its numbers."""

    kind: str
    numbers: tuple[int, ...]


def check_code(kind: str, *numbers: int, key: bytes) -> str:
    """Return the code of something, such as `M1042-7KQ2-X9FD` or `S17.20261122-Q3ZA-0M4H`."""
    said = kind + ".".join(map(str, numbers))
    signs = _signs(said, key)
    return f"{said}-{signs[:4]}-{signs[4:]}"


def read_check_code(written: str, *, key: bytes) -> Checked | None:
    """Return what a code stands for, or None if it is not one of ours; case, spaces and dashes do not matter."""
    bare = re.sub(r"[^0-9A-Z.]", "", written.upper()[:80])
    found = _FORM.fullmatch(bare[:-8] + bare[-8:].translate(_MEANT)) if len(bare) > 9 else None
    if found is None:
        return None
    kind, said, signs = found.groups()
    if not hmac.compare_digest(_signs(kind + said, key), signs):
        return None
    return Checked(kind, tuple(map(int, said.split("."))))


def _signs(said: str, key: bytes) -> str:
    digest = int.from_bytes(hmac.new(key, f"check code\0{said}".encode(), hashlib.sha256).digest()[:5], "big")
    return "".join(_ALPHABET[digest >> 5 * place & 31] for place in range(7, -1, -1))

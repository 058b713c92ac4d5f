"""The signature on every call between us and a provider, in both directions.

1. `X-Fairdue-Timestamp` is the sender's Unix time in seconds.
2. `X-Fairdue-Signature` is `v1=` and the hex HMAC-SHA256 of `timestamp + "." + body` under the shared key.
3. A signature older or newer than `WINDOW_SECONDS` is refused: a recorded call cannot be replayed later.
4. The time is that of the wire, never the shifted clock of a demonstration.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

TIMESTAMP_HEADER = "X-Fairdue-Timestamp"
SIGNATURE_HEADER = "X-Fairdue-Signature"
WINDOW_SECONDS = 300


class SignatureRefused(ValueError):
    """The call is not signed by somebody who holds the key, or its time is out of the window."""

    code = "signature.refused"


def sign(*, key: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Return the two headers that sign a body."""
    return {TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: f"v1={_digest(key, body, str(timestamp))}"}


def verify(*, key: str, body: bytes, headers: Mapping[str, str], at: int) -> None:
    """Pass silently if the body was signed with the key within the window.

    :raises SignatureRefused: otherwise
    """
    stamp = headers.get(TIMESTAMP_HEADER) or ""
    given = headers.get(SIGNATURE_HEADER) or ""
    expected = f"v1={_digest(key, body, stamp)}"
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise SignatureRefused("the signature does not match the body")
    if not stamp.isascii() or not stamp.isdecimal() or abs(at - int(stamp)) > WINDOW_SECONDS:
        raise SignatureRefused(f"the timestamp is more than {WINDOW_SECONDS} seconds from now")


def _digest(key: str, body: bytes, stamp: str) -> str:
    return hmac.new(key.encode(), stamp.encode("utf-8", "replace") + b"." + body, hashlib.sha256).hexdigest()

"""The signature on every call between us and a provider: the kernel's, under the name that outreach has for it."""

from __future__ import annotations

from fairdue.kernel.signing import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    WINDOW_SECONDS,
    SignatureRefused,
    sign,
    verify,
)

__all__ = ["SIGNATURE_HEADER", "TIMESTAMP_HEADER", "WINDOW_SECONDS", "SignatureRefused", "sign", "verify"]

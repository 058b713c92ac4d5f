"""What a look at a file says."""

from __future__ import annotations

from dataclasses import dataclass


class UploadRefused(ValueError):
    """The file may not be kept; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A file that may be kept, under the type that its own bytes show."""

    media_type: str
    extension: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large what may be; bytes, entries, pixels."""

    size: int = 12 * 1024 * 1024
    unpacked: int = 60 * 1024 * 1024
    """All entries of a packed file together, and all object streams of a PDF."""
    ratio: int = 120
    """Unpacked by packed size of one entry."""
    entries: int = 2_000
    pixels: int = 60_000_000

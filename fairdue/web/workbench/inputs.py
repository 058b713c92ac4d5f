"""Numbers that a browser sends outside of forms."""

from __future__ import annotations

LONGEST = 18
"""Digits; every id has fewer, and a longer number does not fit the database's integers."""


def whole(text: str | None) -> int | None:
    """Return a number written in plain digits, or None for anything else."""
    if not text or len(text) > LONGEST or not (text.isascii() and text.isdigit()):
        return None
    return int(text)

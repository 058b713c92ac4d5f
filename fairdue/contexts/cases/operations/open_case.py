"""Signatures first; filled in a moment."""

from __future__ import annotations

def ensure_case(*, person_id: int, creditor_ids, now) -> int: raise NotImplementedError

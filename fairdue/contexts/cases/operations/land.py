"""Signatures first; filled in a moment."""

from __future__ import annotations

def land_work_items(frame, *, cycle_date, now) -> int: raise NotImplementedError

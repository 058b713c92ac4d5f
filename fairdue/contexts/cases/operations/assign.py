"""Signatures first; filled in a moment."""

from __future__ import annotations

class AssigneeRefused(Exception): ...
def assign(*, case_ids, staff_id, actor, now) -> int: raise NotImplementedError

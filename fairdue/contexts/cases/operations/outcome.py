"""Signatures first; filled in a moment."""

from __future__ import annotations

class OutcomeRefused(Exception): ...
def record_outcome(*, case_id, channel, code, note, contact_id, actor, now, work_item_id=None) -> int: raise NotImplementedError
def add_note(*, case_id, text, actor, now) -> int: raise NotImplementedError
def close_work(*, person_id, reason, actor, now) -> int: raise NotImplementedError

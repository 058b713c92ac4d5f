"""Signatures first; filled in a moment."""

from __future__ import annotations

class QueueCursorInvalid(Exception): ...
def queue(*, actor, queue=None, mine=False, after=None, limit=50): raise NotImplementedError
def queues(actor): raise NotImplementedError
def next_case(*, actor, after_work_item_id=None, now=None, queue=None): raise NotImplementedError

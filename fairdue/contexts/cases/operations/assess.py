"""Signatures first; filled in a moment."""

from __future__ import annotations

def assess_promises(*, person_id, now): raise NotImplementedError
def assess_open_promises(*, as_of, now): raise NotImplementedError

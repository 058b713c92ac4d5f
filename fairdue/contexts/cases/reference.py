"""Signatures first; filled in a moment."""

from __future__ import annotations

def outcome_code(code): raise NotImplementedError
def outcome_codes(): raise NotImplementedError
def promise_rules(): raise NotImplementedError

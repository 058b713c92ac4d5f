"""Signatures first; filled in a moment."""

from __future__ import annotations

CASE_FACTS_SQL = ""
PROMISE_FACTS_SQL = ""

"""The way into the audit context."""

from __future__ import annotations

from fairdue.contexts.audit.contracts import Block, Entry, EventCard, Finding, VerifyReport
from fairdue.contexts.audit.operations import ReasonMissing, record, record_many, seal
from fairdue.contexts.audit.queries import events, events_of_persons
from fairdue.contexts.audit.verification import verify

__all__ = [
    "Block",
    "Entry",
    "EventCard",
    "Finding",
    "ReasonMissing",
    "VerifyReport",
    "events",
    "events_of_persons",
    "record",
    "record_many",
    "seal",
    "verify",
]

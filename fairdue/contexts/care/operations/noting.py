"""Write down what happened to a matter: for its timeline, and for the audit log without words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..models import Entry, Matter
from ..sealing import ENTRY, seal


def note(
    row: Matter,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
    is_shared: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """This function will append an entry and its audit record; words are sealed and stay out of the audit log."""
    entry = Entry.objects.create(
        matter=row, kind=kind, words_sealed=seal(words.strip(), ENTRY), facts=dict(facts or {}), is_shared=is_shared,
        by_kind=actor.kind, by_id=actor.id, by=actor.label, at=now,
    )  # fmt: skip
    audit.record(
        code=f"care.matter.{kind}", actor=actor, subject_type="matter", subject_id=row.pk, person_id=row.person_id,
        now=now, after={"kind": row.kind, "state": row.state, **(facts or {})},
    )  # fmt: skip
    return entry

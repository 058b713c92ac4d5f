"""Which facts this installation gathers, and who does it: a rule that asks for any other is not read as harmless.

A fact's meaning and the one value that stands for silence are in `fairdue/engine/law/candidates.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.packs import Check

from .live_facts import GATHERERS


class FactNotGathered(RuntimeError):
    """A rule in force asks a fact that nobody gathers: silence would pass for permission."""

    code = "law.fact.not_gathered"


PROPOSED = frozenset({"person_id", "contact_point_id", "at", "channel", "mode", "purpose"})
"""Said by whoever proposes the contact."""
DECLARED = frozenset({"staff_count", "enters_premises", "sender_account", "grounds"})
"""Said by whoever proposes; silence is the strict value."""
STRICT = frozenset({"is_online", "is_medium_required_by_law"})
"""Kept at the value that lets the rule bind in full: every debt is an online loan, no medium is forced by law."""
RECORDED = frozenset({
    "states", "actor_kind", "is_private_sender_agreed", "is_agency_announced", "is_assignment_notified",
    "is_entry_agreed", "product_kinds", "home_zone", "zones", "agreed_hours", "consented_hours",
    "has_frequency_consent", "owner", "relation", "point_status", "is_opted_out", "has_objected", "is_deceased", "age",
    "capacity", "has_only_invalid_numbers", "consecutive_failures", "has_third_refused", "has_third_offered", "holds",
    "announcements", "conversations", "unanswered", "unanswered_elsewhere", "messages",
})  # fmt: skip
"""Common facts that `rows.py` lays out from the records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSource:
    """One fact: what it means, who gathers it, which rules ask it."""

    name: str
    meaning: str
    default: str
    gathered_by: str
    """`proposed`, `declared`, `records`, `strict`, or `nobody`."""
    rules: tuple[str, ...]


def gathered_by(name: str) -> str:
    """This function will say who gathers a fact; `nobody` if none does."""
    if name in PROPOSED:
        return "proposed"
    if name in DECLARED:
        return "declared"
    if name in STRICT:
        return "strict"
    return "records" if name in RECORDED or name in GATHERERS else "nobody"


def refuse_ungathered(checks: Iterable[Check]) -> None:
    """This function will pass silently if every fact that some rules ask is gathered.

    :raises FactNotGathered: with each fact that is not, and the rules that ask it
    """
    missing: dict[str, list[str]] = {}
    for check in checks:
        for name in check.columns:
            if gathered_by(name) == "nobody":
                missing.setdefault(name, []).append(check.key)
    if missing:
        told = "; ".join(f"{name} (asked by {', '.join(keys)})" for name, keys in sorted(missing.items()))
        raise FactNotGathered(f"nobody gathers {told}")


def fact_sources(checks: Iterable[Check]) -> tuple[FactSource, ...]:
    """This function will list every fact that some rules ask, with who gathers it, in the order of the schema."""
    asked: dict[str, set[str]] = {}
    for check in checks:
        for name in check.columns:
            asked.setdefault(name, set()).add(f"{check.pack}:{check.key}")
    return tuple(
        FactSource(
            name=name, meaning=column.doc, default=repr(column.default), gathered_by=gathered_by(name),
            rules=tuple(sorted(asked[name])),
        )
        for name, column in CANDIDATE_SCHEMA.items()
        if name in asked
    )  # fmt: skip

"""Everything that the case page shows, gathered from all contexts in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fairdue.contexts.cases.contracts import CaseCard, OutcomeCode, PromiseCard, WorkItemCard
from fairdue.kernel.actor import Actor

EntryKind = Literal["contact", "message", "outcome", "promise", "transaction", "decision", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened; `card` is the owning context's card of it.

    `contact`: law's contact · `message`: outreach.MessageCard · `outcome`: cases.OutcomeCard ·
    `promise`: cases.PromiseCard · `transaction`: ledger's transaction with its allocation parts ·
    `decision`: decisions' card · `hold`: law's hold. `key` is stable and unique within the case.
    """

    kind: EntryKind
    at: datetime
    key: str
    card: Any
    phase: str = ""
    """Of a hold: `started` or `ended`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Entries newest first; `next_before` is what to pass as `before` for older ones, or None."""

    entries: tuple[TimelineEntry, ...]
    next_before: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccount:
    """One debt in the actor's scope: book.AccountCard and ledger.AccountSummary."""

    account: Any
    summary: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """What the gate would say now about one channel and contact point; nothing is reserved."""

    channel: str
    contact_point_id: int | None
    verdict: Any
    """engine.law.verdict.Verdict"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the case page shows."""

    case: CaseCard
    person: Any
    """parties.PersonCard"""
    contact_points: tuple[Any, ...]
    """parties.ContactPointCard"""
    accounts: tuple[CaseAccount, ...]
    """Debts to creditors in the actor's scope, worst first."""
    out_of_scope_account_count: int
    overdue: tuple[Any, ...]
    """Money, one per currency, over `accounts`."""
    balance: tuple[Any, ...]
    """Money, one per currency, over `accounts`."""
    days_past_due: int
    bucket: str
    holds: tuple[Any, ...]
    """Open holds (law)."""
    gate: tuple[GateAnswer, ...]
    decision: Any | None
    """Latest decision with why (decisions)."""
    open_promise: PromiseCard | None
    work_item: WorkItemCard | None
    outcome_codes: tuple[OutcomeCode, ...]
    timeline: Timeline


def case_view(
    *, case_id: int, actor: Actor, now: datetime, before: str | None = None, limit: int = 30
) -> CaseView:
    """Return everything that the case page shows."""
    raise NotImplementedError

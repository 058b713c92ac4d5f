"""What the facade of decisions hands out: frozen cards of strategies, cycles and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRowCard:
    """One row of a strategy in words, with its cells and outputs as written."""

    row_id: str
    title_zh: str
    title_en: str
    cells: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCard:
    """One version of a strategy; `content` is the document as it was loaded."""

    strategy_id: int
    code: str
    version: str
    sha256: str
    status: str
    title_zh: str
    title_en: str
    loaded_at: datetime
    content: Mapping[str, Any]
    rows: tuple[StrategyRowCard, ...]
    """The rows of the result table."""
    origin: str = "pack"
    base_version_id: int | None = None
    author_ids: frozenset[int] = frozenset()
    author: str = ""
    changed_at: datetime | None = None
    checked_at: datetime | None = None
    shadow_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    published_at: datetime | None = None
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCard:
    """One stage of a cycle; `in_count = out_count + rejected_count`, and `rejected` says why."""

    name: str
    position: int
    status: str
    in_count: int
    out_count: int
    rejected_count: int
    rejected: Mapping[str, int]
    detail: Mapping[str, Any]
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCard:
    """One night: its business date, its strategy and whether it is finished; `creditor_id` of an extra night only."""

    cycle_id: int
    cycle_date: date
    status: str
    strategy_id: int | None
    strategy_code: str
    strategy_version: str
    pack_versions: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime | None
    creditor_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One bar of the report: a code, its words where the code has some, persons, and their overdue amount."""

    code: str
    title_zh: str
    title_en: str
    count: int
    overdue_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What a night did, in counts of persons.

    `by_row`: strategy rows in their order; `by_step`: the step after the gate; `by_planned_step`: before it;
    `by_bucket`; `by_outcome`: the gate's outcomes; `by_reason`: rules that stopped or moved a contact;
    `warnings`: codes such as `cycle.calendar.uncertain`.
    """

    cycle: CycleCard
    stages: tuple[StageCard, ...]
    by_row: tuple[CountRow, ...]
    by_step: tuple[CountRow, ...]
    by_planned_step: tuple[CountRow, ...]
    by_bucket: tuple[CountRow, ...]
    by_outcome: tuple[CountRow, ...]
    by_reason: tuple[CountRow, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCard:
    """What the latest cycle decided for one person, with the words of the row that fired."""

    cycle_id: int
    cycle_date: date
    person_id: int
    step: str
    row_ids: tuple[str, ...]
    title_zh: str
    title_en: str
    template: str
    planned_for: datetime | None
    outcome: str
    reasons: tuple[str, ...]
    days_past_due: int
    overdue_minor: int
    rank: int
    strategy_code: str
    strategy_version: str
    strategy_id: int | None = None
    experiment: str = ""
    arm: str = ""
    probability: float = 1.0
    dropped: str = ""
    channel: str = ""
    facts_digest: int = 0
    creditor_id: int | None = None
    """Of the extra night that decided, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What a stage hands in: counts that add up, reasons of the rejected, and detail for the report.

    `pack_versions` comes from the stage that asks the gate: the packs that judged, by code.
    """

    in_count: int
    out_count: int
    rejected: Mapping[str, int]
    detail: Mapping[str, Any]
    pack_versions: Mapping[str, Any] | None = None

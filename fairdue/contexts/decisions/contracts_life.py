"""What the facade of decisions hands out about the life of a strategy's versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fairdue.contexts.decisions.contracts import StrategyCard

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCard:
    """One thing that the checks found, with an account that shows it, and the path that leads to it."""

    kind: str
    severity: Severity
    decision: str
    row_ids: tuple[str, ...]
    message_zh: str
    message_en: str
    example: Mapping[str, Any] | None = None
    path: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCard:
    """The outcome of a check; `is_publishable`: no error, and every warning acknowledged."""

    strategy: StrategyCard
    findings: tuple[FindingCard, ...]
    is_publishable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCard:
    """One step of a version's life, as the audit keeps it: who did what when."""

    code: str
    label: str
    occurred_at: Any
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFigures:
    """What one row did in a period.

    `hits`: decisions in which it fired; `persons`: different persons among them; `contacts`: contacts that were made
    with these persons on the business day of such a decision; `overdue_minor`: what each person owed overdue when it
    first fired for them; `paid_minor`: what they paid on that day or in the six after it, each payment counted once
    a row. Amounts of several currencies are not told apart.
    """

    row_id: str
    hits: int
    persons: int
    contacts: int
    overdue_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTrace:
    """One cell asked about one value: `text` as written, and in words if there are some."""

    name: str
    title_zh: str
    title_en: str
    text: str
    words_zh: str
    words_en: str
    value: Any
    value_zh: str
    value_en: str
    has_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTrace:
    """One row asked about one record; cells that are `-` are left out."""

    row_id: str
    title_zh: str
    title_en: str
    has_fired: bool
    cells: tuple[CellTrace, ...]

    @property
    def failed(self) -> tuple[CellTrace, ...]:
        """The cells that the record did not pass."""
        return tuple(cell for cell in self.cells if not cell.has_passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTrace:
    """One decision of the graph: what it read, each row in order, what came out.

    A decision that is an expression has no rows; `expression` is its text.
    """

    decision_id: str
    title_zh: str
    title_en: str
    hit_policy: str
    inputs: Mapping[str, Any]
    rows: tuple[RowTrace, ...]
    outputs: Mapping[str, Any]
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTrace:
    """What a version decides for one record, decision by decision, the result last."""

    strategy_id: int
    outputs: Mapping[str, Any]
    row_id: str
    rows_fired: tuple[str, ...]
    decisions: tuple[DecisionTrace, ...]
    problem: str = ""
    """Why it cannot decide: two rows of a UNIQUE table that fire, no row at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPair:
    """One line of a shadow's night: what the live version did beside what the shadow would have done."""

    live_row: str
    shadow_row: str
    live_step: str
    shadow_step: str
    is_different: bool
    persons: int
    overdue_minor: int
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowNight:
    """What a shadow would have done in one night."""

    strategy_id: int
    live_strategy_id: int
    cycle_date: date
    persons: int
    different_persons: int
    pairs: tuple[ShadowPair, ...]

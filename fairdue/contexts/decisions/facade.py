"""Decisions for other rooms: strategies, cycles and the record of what was decided."""

from __future__ import annotations

from fairdue.contexts.decisions.contracts import (
    CountRow,
    CycleCard,
    CycleReport,
    DecisionCard,
    StageCard,
    StageResult,
    StrategyCard,
    StrategyRowCard,
)
from fairdue.contexts.decisions.operations.cycles import (
    CycleIsOutdated,
    CycleIsRunning,
    close_cycle,
    cycle_lock,
    open_cycle,
)
from fairdue.contexts.decisions.operations.records import DECISION_COLUMNS, land_decisions
from fairdue.contexts.decisions.operations.stages import finish_stage
from fairdue.contexts.decisions.operations.strategies import (
    StrategyIsAltered,
    load_strategies,
    load_strategy,
)
from fairdue.contexts.decisions.queries import (
    CycleUnknown,
    StrategyUnknown,
    cycle_card,
    cycle_report,
    cycles,
    finished_stages,
    latest_decision,
    published_strategy,
    strategies,
    strategy_by_id,
)

__all__ = [
    "DECISION_COLUMNS",
    "CountRow",
    "CycleCard",
    "CycleIsOutdated",
    "CycleIsRunning",
    "CycleReport",
    "CycleUnknown",
    "DecisionCard",
    "StageCard",
    "StageResult",
    "StrategyCard",
    "StrategyIsAltered",
    "StrategyRowCard",
    "StrategyUnknown",
    "close_cycle",
    "cycle_card",
    "cycle_lock",
    "cycle_report",
    "cycles",
    "finish_stage",
    "finished_stages",
    "land_decisions",
    "latest_decision",
    "load_strategies",
    "load_strategy",
    "open_cycle",
    "published_strategy",
    "strategies",
    "strategy_by_id",
]

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
from fairdue.contexts.decisions.contracts_experiments import ArmCard, ExperimentCard, NewArm
from fairdue.contexts.decisions.contracts_life import (
    CellTrace,
    CheckedCard,
    DecisionTrace,
    FindingCard,
    RowFigures,
    RowTrace,
    ShadowNight,
    ShadowPair,
    StrategyTrace,
)
from fairdue.contexts.decisions.operations.checking import check_version
from fairdue.contexts.decisions.operations.cycles import (
    CycleIsOutdated,
    CycleIsRunning,
    NightNotFinished,
    close_cycle,
    cycle_lock,
    open_cycle,
)
from fairdue.contexts.decisions.operations.drafts import (
    StrategyChangedMeanwhile,
    StrategyDocumentUnusable,
    StrategyNotWritable,
    StrategyVersionTaken,
    delete_draft,
    save_draft,
    save_file_draft,
)
from fairdue.contexts.decisions.operations.experiments import (
    ExperimentCodeTaken,
    ExperimentHasNoRoom,
    ExperimentInvalid,
    start_experiment,
    stop_experiment,
)
from fairdue.contexts.decisions.operations.life import (
    ApproverIsAuthor,
    ApproverIsNobody,
    StrategyInExperiment,
    StrategyStepRefused,
    approve_version,
    publish_version,
    retire_version,
    start_shadow,
)
from fairdue.contexts.decisions.operations.records import DECISION_COLUMNS, land_decisions
from fairdue.contexts.decisions.operations.shadows import SHADOW_COLUMNS, record_shadow
from fairdue.contexts.decisions.operations.stages import finish_stage
from fairdue.contexts.decisions.operations.strategies import (
    StrategyIsAltered,
    load_strategies,
    load_strategy,
)
from fairdue.contexts.decisions.queries.cycles import (
    CycleUnknown,
    cycle_card,
    cycle_report,
    cycles,
    extra_cycles,
    finished_stages,
)
from fairdue.contexts.decisions.queries.decisions import (
    decided_persons_sql,
    decision_by_number,
    decision_on,
    latest_decision,
)
from fairdue.contexts.decisions.queries.experiments import (
    EXPOSURES_SQL,
    ExperimentUnknown,
    experiment_by_code,
    experiments,
    running_experiments,
)
from fairdue.contexts.decisions.queries.figures import row_figures
from fairdue.contexts.decisions.queries.moves import row_moves
from fairdue.contexts.decisions.queries.shadows import shadow_nights
from fairdue.contexts.decisions.queries.strategies import (
    StrategyUnknown,
    published_strategy,
    published_strategy_id,
    strategies,
    strategies_in,
    strategy_by_id,
    strategy_versions,
    version_findings,
)
from fairdue.contexts.decisions.queries.trying import Change, diff_versions, trace_document, try_record

__all__ = [
    "DECISION_COLUMNS",
    "EXPOSURES_SQL",
    "SHADOW_COLUMNS",
    "ApproverIsAuthor",
    "ApproverIsNobody",
    "ArmCard",
    "CellTrace",
    "Change",
    "CheckedCard",
    "CountRow",
    "CycleCard",
    "CycleIsOutdated",
    "CycleIsRunning",
    "CycleReport",
    "CycleUnknown",
    "DecisionCard",
    "DecisionTrace",
    "ExperimentCard",
    "ExperimentCodeTaken",
    "ExperimentHasNoRoom",
    "ExperimentInvalid",
    "ExperimentUnknown",
    "FindingCard",
    "NewArm",
    "NightNotFinished",
    "RowFigures",
    "RowTrace",
    "ShadowNight",
    "ShadowPair",
    "StageCard",
    "StageResult",
    "StrategyCard",
    "StrategyChangedMeanwhile",
    "StrategyDocumentUnusable",
    "StrategyInExperiment",
    "StrategyIsAltered",
    "StrategyNotWritable",
    "StrategyRowCard",
    "StrategyStepRefused",
    "StrategyTrace",
    "StrategyUnknown",
    "StrategyVersionTaken",
    "approve_version",
    "check_version",
    "close_cycle",
    "cycle_card",
    "cycle_lock",
    "cycle_report",
    "cycles",
    "decided_persons_sql",
    "decision_by_number",
    "decision_on",
    "delete_draft",
    "diff_versions",
    "experiment_by_code",
    "experiments",
    "extra_cycles",
    "finish_stage",
    "finished_stages",
    "land_decisions",
    "latest_decision",
    "load_strategies",
    "load_strategy",
    "open_cycle",
    "publish_version",
    "published_strategy",
    "published_strategy_id",
    "record_shadow",
    "retire_version",
    "row_figures",
    "row_moves",
    "running_experiments",
    "save_draft",
    "save_file_draft",
    "shadow_nights",
    "start_experiment",
    "start_shadow",
    "stop_experiment",
    "strategies",
    "strategies_in",
    "strategy_by_id",
    "strategy_versions",
    "trace_document",
    "try_record",
    "version_findings",
]

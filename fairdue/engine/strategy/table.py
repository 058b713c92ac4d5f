"""The public shapes of strategies: a document is read here, and everything that it is made of is named here."""

from __future__ import annotations

from fairdue.engine.strategy.document import graph_document, read_strategy
from fairdue.engine.strategy.model import (
    AGGREGATIONS,
    HIT_POLICIES,
    LIST_POLICIES,
    OLD_DECISION,
    Decision,
    Fault,
    Input,
    Literal,
    Outcome,
    Output,
    Row,
    Stage,
    Strategy,
    StrategyErrors,
    Table,
)

__all__ = [
    "AGGREGATIONS",
    "HIT_POLICIES",
    "LIST_POLICIES",
    "OLD_DECISION",
    "Decision",
    "Fault",
    "Input",
    "Literal",
    "Outcome",
    "Output",
    "Row",
    "Stage",
    "Strategy",
    "StrategyErrors",
    "Table",
    "graph_document",
    "read_strategy",
]

"""The way into the reporting context."""

from __future__ import annotations

from fairdue.contexts.reporting.contracts import BookOverview, BucketFigure, CurrencyFigures, PromiseFigures
from fairdue.contexts.reporting.contracts_figures import (
    BookLine,
    BudgetLine,
    Cohort,
    Dashboards,
    FigureFilter,
    FunnelStage,
    ObjectionLine,
    PromiseLine,
    ReceivedLine,
    RecoveryLine,
    RollLine,
    RollMatrix,
)
from fairdue.contexts.reporting.figures import (
    dashboards,
    figure_night,
    figure_nights,
    land_figures,
    stored_figures,
    team_ids,
)
from fairdue.contexts.reporting.queries import book_overview
from fairdue.contexts.reporting.subscriptions import (
    SubscriptionCard,
    SubscriptionRefused,
    claim_subscription,
    due_subscriptions,
    record_send,
    stop_subscription,
    subscribe,
    subscriptions,
)
from fairdue.contexts.reporting.targets import (
    Measure,
    TargetLine,
    TargetRefused,
    measures,
    set_targets,
    target_lines,
    targets_on,
)

__all__ = [
    "BookLine",
    "BookOverview",
    "BucketFigure",
    "BudgetLine",
    "Cohort",
    "CurrencyFigures",
    "Dashboards",
    "FigureFilter",
    "FunnelStage",
    "Measure",
    "ObjectionLine",
    "PromiseFigures",
    "PromiseLine",
    "ReceivedLine",
    "RecoveryLine",
    "RollLine",
    "RollMatrix",
    "SubscriptionCard",
    "SubscriptionRefused",
    "TargetLine",
    "TargetRefused",
    "book_overview",
    "claim_subscription",
    "dashboards",
    "due_subscriptions",
    "figure_night",
    "figure_nights",
    "land_figures",
    "measures",
    "record_send",
    "set_targets",
    "stop_subscription",
    "stored_figures",
    "subscribe",
    "subscriptions",
    "target_lines",
    "targets_on",
    "team_ids",
]

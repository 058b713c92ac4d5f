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
    "ObjectionLine",
    "PromiseFigures",
    "PromiseLine",
    "ReceivedLine",
    "RecoveryLine",
    "RollLine",
    "RollMatrix",
    "book_overview",
    "dashboards",
    "figure_night",
    "figure_nights",
    "land_figures",
    "stored_figures",
    "team_ids",
]

"""What the dashboards need beyond the stored figures: the proof against the facts, and the list behind a number."""

from __future__ import annotations

from fairdue.journeys.dashboards.listing import CARDS, ListedAccount, Listing, behind
from fairdue.journeys.dashboards.prove import FigureProof, prove_figures
from fairdue.journeys.dashboards.sending import SendReport, send_due_figures

__all__ = [
    "CARDS",
    "FigureProof",
    "ListedAccount",
    "Listing",
    "SendReport",
    "behind",
    "prove_figures",
    "send_due_figures",
]

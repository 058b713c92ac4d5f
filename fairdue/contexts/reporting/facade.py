"""The way into the reporting context."""

from __future__ import annotations

from fairdue.contexts.reporting.contracts import BookOverview, BucketFigure, CurrencyFigures, PromiseFigures
from fairdue.contexts.reporting.queries import book_overview

__all__ = ["BookOverview", "BucketFigure", "CurrencyFigures", "PromiseFigures", "book_overview"]

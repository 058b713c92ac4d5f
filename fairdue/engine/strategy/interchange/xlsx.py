"""A strategy to XLSX and back, as a strategist works on it in Excel or WPS."""

from __future__ import annotations

from fairdue.engine.strategy.interchange.xlsx_read import (
    WorkbookErrors,
    WorkbookProblem,
    read_strategy_workbook,
)
from fairdue.engine.strategy.interchange.xlsx_write import FactWords, strategy_workbook

__all__ = ["FactWords", "WorkbookErrors", "WorkbookProblem", "read_strategy_workbook", "strategy_workbook"]

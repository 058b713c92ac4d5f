"""Checks of a strategy before it may run: what they find, with an account that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from fairdue.engine.strategy.catalogue import Catalogue
from fairdue.engine.strategy.checks.findings import SEVERITIES, Cap, Finding, PathStep, Severity
from fairdue.engine.strategy.table import Strategy

__all__ = ["SEVERITIES", "Cap", "Finding", "PathStep", "Severity", "check"]


def check(strategy: Strategy, *, catalogue: Catalogue, caps: Sequence[Cap] = ()) -> tuple[Finding, ...]:
    """Return everything that is wrong with a strategy, errors first."""
    return ()

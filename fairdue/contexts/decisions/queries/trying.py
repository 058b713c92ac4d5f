"""Trying a version on one record, and telling two versions apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.contexts.decisions.contracts_life import StrategyTrace


def try_record(strategy_id: int, record: Mapping[str, Any]) -> StrategyTrace:
    """Return what a version of any status decides for one record, with every row and cell on the way."""
    raise NotImplementedError


def diff_versions(first_id: int, second_id: int) -> tuple[Any, ...]:
    """Return the changes between two versions in words, as `engine/strategy/diff.py` tells them."""
    raise NotImplementedError

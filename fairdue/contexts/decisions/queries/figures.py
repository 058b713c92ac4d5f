"""What each row of a strategy did in a period: persons, contacts, money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fairdue.contexts.decisions.contracts_life import RowFigures


def row_figures(code: str, since: date, until: date) -> Mapping[str, RowFigures]:
    """Return the figures of every row of a strategy that fired on a night from `since` to `until`."""
    raise NotImplementedError

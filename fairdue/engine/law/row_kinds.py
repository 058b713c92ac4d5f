"""What the rules make of contacts of one kind: contacts that agree in every plain fact are judged alike but for time.

1. Whether a rule covers a contact, and whether a fact or a hold breaks it, hangs on plain facts (channel, purpose, status, …),
   in which contacts agree by the thousand: that is worked out once a kind.
2. Clocks and counts hang on moments and are asked of every contact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, TEXTS
from fairdue.engine.law.packs import Check

Row = Mapping[str, Any]
Test = Callable[[Row], bool]
OWN = frozenset({"at", "person_id", "contact_point_id"})
"""Facts in which hardly two contacts agree."""
MOST_KINDS = 4096
"""So many are remembered in a span; then it begins anew."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A check with its span, scope and test as plain functions."""

    check: Check
    starts_at: datetime
    ends_at: datetime | None
    covers: Test
    is_broken: Test
    until: Callable[[Row], datetime | None] | None
    """When a rule that is broken would be kept if nothing else happened; None for rules that know no such moment."""
    scope_columns: frozenset[str]
    test_columns: frozenset[str] | None
    """The columns that the test reads; None: a clock or a count."""

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the check binds at a moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    @property
    def is_settled(self) -> bool:
        """Tell whether plain facts settle if the check is broken."""
        return self.test_columns is not None and _are_plain(self.test_columns)


def columns_of(condition: Any) -> frozenset[str]:
    """This function will return the columns that a condition reads."""
    if isinstance(condition, Mapping):
        return frozenset(condition)
    return frozenset().union(*map(columns_of, condition))


def _are_plain(columns: frozenset[str]) -> bool:
    return all(name not in OWN and CANDIDATE_SCHEMA[name].dtype != MOMENTS for name in columns)


class Kind(NamedTuple):
    """What the rules of a span make of one kind of contact."""

    asked: tuple[Check, ...]
    asked_ids: tuple[str, ...]
    matters: tuple[tuple[RowCheck, bool], ...]
    """The checks that are broken (True) or still to be asked (False), in order; what is kept is left out."""


class Kinds:
    """The kinds of contact that were met within a span of time."""

    def __init__(self, checks: Sequence[RowCheck]) -> None:
        self.checks = tuple(checks)
        self._is_plain = all(_are_plain(each.scope_columns) for each in checks)
        read = frozenset().union(
            *(each.scope_columns | (each.test_columns or frozenset()) for each in checks if each.is_settled),
            *(each.scope_columns for each in checks),
        )
        self._texts = tuple(name for name in sorted(read) if CANDIDATE_SCHEMA[name].dtype == TEXTS)
        values = sorted(read.difference(self._texts))
        self._values: Callable[[Row], Any] = itemgetter(*values) if values else lambda row: None
        self._known: dict[Any, Kind] = {}

    def of(self, row: Row) -> Kind:
        """Return what the rules make of a complete row, moments apart."""
        if not self._is_plain:
            return self._worked_out(row)
        key = (self._values(row), *[tuple(row[name]) for name in self._texts])
        kind = self._known.get(key)
        if kind is None:
            if len(self._known) >= MOST_KINDS:
                self._known.clear()
            kind = self._known[key] = self._worked_out(row)
        return kind

    def _worked_out(self, row: Row) -> Kind:
        asked = tuple(each for each in self.checks if each.covers(row))
        matters = [(each, each.is_settled) for each in asked if not each.is_settled or each.is_broken(row)]
        checks = tuple(each.check for each in asked)
        return Kind(checks, tuple(dict.fromkeys(check.id for check in checks)), tuple(matters))

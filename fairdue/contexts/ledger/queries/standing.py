"""How late accounts and persons were on each day, and how accounts are classified."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts_standing import (
    Classification,
    DpdHistory,
    InstalmentDelinquency,
    MonthStatus,
    MonthStatusChange,
    PersonDpdHistory,
)


def dpd_history(account_id: int, as_of: date, known_at: datetime | None = None) -> DpdHistory:
    """Return how late an account was on each day up to `as_of`, as known at an instant (default: now)."""
    raise NotImplementedError


def person_dpd_history(person_id: int, as_of: date, known_at: datetime | None = None) -> PersonDpdHistory:
    """Return how late a person was on each day: the worst account's days past due and bucket."""
    raise NotImplementedError


def classifications(
    account_id: int, as_of: date, known_at: datetime | None = None
) -> tuple[Classification, ...]:
    """Return the five grades, the IFRS 9 stage and the EU default state of an account, with reasons."""
    raise NotImplementedError


def instalment_delinquency(
    account_id: int, as_of: date, known_at: datetime | None = None
) -> tuple[InstalmentDelinquency, ...]:
    """Return how late each unpaid instalment is on a day, the oldest first."""
    raise NotImplementedError


def bureau_history(
    account_id: int, as_of: date, months: int = 24, known_at: datetime | None = None
) -> tuple[MonthStatus, ...]:
    """Return what a credit bureau is told of each of the last months, the oldest first."""
    raise NotImplementedError


def bureau_changes(
    account_id: int, as_of: date, *, known_at: datetime, months: int = 24
) -> tuple[MonthStatusChange, ...]:
    """Return the months whose status is another by what is known now than it was at `known_at`."""
    raise NotImplementedError

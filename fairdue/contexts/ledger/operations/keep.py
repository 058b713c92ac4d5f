"""Keep contracts: land what they come to by a day, as differences to what is landed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReport:
    """Counts of a run over kept contracts."""

    accounts: int = 0
    changed_accounts: int = 0
    items: int = 0
    charges: int = 0
    corrections: int = 0


def keep_contracts(
    *,
    until: date,
    now: datetime,
    account_ids: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> KeepReport:
    """This function will land what kept contracts come to by a day."""
    raise NotImplementedError


def keep_one(*, account_id: int, until: date, now: datetime) -> KeepReport:
    """This function will land what one contract comes to by a day; of a fed account it says nothing."""
    raise NotImplementedError

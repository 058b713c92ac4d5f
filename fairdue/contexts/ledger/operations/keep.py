"""Keep contracts: land what they come to by a day, as differences to what is landed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from django.db import transaction

from fairdue.contexts.ledger.models import AccountState, DueItem, LoanContract
from fairdue.contexts.ledger.operations.dues import land_kept_dues
from fairdue.contexts.ledger.operations.keep_charges import ChargeChange, Owing, charge_changes, land_charges
from fairdue.contexts.ledger.queries.contracts import contract_of, stories
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.keeping.derived import KeptItem

BATCH = 500
"""Accounts in one transaction: a kill loses at most these, and the next run lands them."""
KEPT_REFS = ("i:", "e:", "s:", "x:")
"""How the names of due items begin that keeping makes: instalments, interest earned early, statements."""
DUE_SCHEMA = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "due_ref": pl.String,
    "due_date": pl.Date,
    "component": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReport:
    """Counts of a run over kept contracts; `corrections` are charges that were taken back or replaced."""

    accounts: int = 0
    changed_accounts: int = 0
    items: int = 0
    charges: int = 0
    corrections: int = 0

    def __add__(self, other: KeepReport) -> KeepReport:
        return KeepReport(
            accounts=self.accounts + other.accounts,
            changed_accounts=self.changed_accounts + other.changed_accounts,
            items=self.items + other.items,
            charges=self.charges + other.charges,
            corrections=self.corrections + other.corrections,
        )


@dataclass(slots=True)
class _Changes:
    """What has to land for some accounts."""

    items: list[dict[str, object]] = field(default_factory=list)
    charges: list[ChargeChange] = field(default_factory=list)


def keep_contracts(
    *,
    until: date,
    now: datetime,
    account_ids: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> KeepReport:
    """This function will land what kept contracts come to by a day: new due items, charges, corrections.

    1. Only differences land: what is landed already is left alone, so repeating changes nothing.
    2. A charge that came to another amount is reversed and charged anew under the same key with the next
       number; a due item that is asked no more is taken back.
    3. Accounts go in batches, each in a transaction of its own; a kill loses at most the running batch.

    Without `account_ids`, all contracts disbursed by the day.
    """
    rows = LoanContract.objects.filter(disbursed_date__lte=until)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    ids = list(rows.order_by("account_id").values_list("account_id", flat=True))
    report = KeepReport()
    for start in range(0, len(ids), BATCH):
        report += _keep_batch(ids[start : start + BATCH], until, now)
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))
    return report


def keep_one(*, account_id: int, until: date, now: datetime) -> KeepReport:
    """This function will land what one contract comes to by a day, in the caller's transaction.

    An account that its creditor keeps is left alone.
    """
    if not LoanContract.objects.filter(account_id=account_id, disbursed_date__lte=until).exists():
        return KeepReport()
    return _keep_batch([account_id], until, now)


@transaction.atomic
def _keep_batch(account_ids: Sequence[int], until: date, now: datetime) -> KeepReport:
    states = {
        state.account_id: state
        for state in AccountState.objects.select_for_update()
        .filter(account_id__in=account_ids)
        .order_by("account_id")
    }
    changes = _differences(states, until)
    if changes.items:
        land_kept_dues(pl.DataFrame(changes.items, schema=DUE_SCHEMA), now=now)
    if changes.charges:
        land_charges(changes.charges, states, now=now)
    changed = {row["account_id"] for row in changes.items} | {one.account_id for one in changes.charges}
    return KeepReport(
        accounts=len(states),
        changed_accounts=len(changed),
        items=len(changes.items),
        charges=sum(one.new is not None for one in changes.charges),
        corrections=sum(one.old is not None for one in changes.charges),
    )


def _differences(states: dict[int, AccountState], until: date) -> _Changes:
    changes = _Changes()
    told = stories(list(states))
    landed = _landed(states)
    for row in LoanContract.objects.filter(account_id__in=list(states)).order_by("account_id"):
        story = told[row.account_id]
        derived = derive(contract_of(row), story.events, until, names=story.names)
        changes.items += item_rows(states[row.account_id], derived.items, landed[row.account_id])
        changes.charges += charge_changes(row.account_id, derived.charges, story.charges)
    return changes


def _landed(account_ids: Iterable[int]) -> dict[int, dict[tuple[str, str], tuple[date, int]]]:
    """Return date and amount of the due items that keeping landed, not those that events made."""
    found: dict[int, dict[tuple[str, str], tuple[date, int]]] = defaultdict(dict)
    rows = DueItem.objects.filter(account_id__in=list(account_ids), made_by__isnull=True)
    names = ("account_id", "due_ref", "component", "due_date", "amount_minor")
    for account_id, due_ref, component, due_date, amount in rows.values_list(*names):
        found[account_id][due_ref, component] = (due_date, amount)
    return found


def item_rows(
    account: Owing, items: Sequence[KeptItem], landed: dict[tuple[str, str], tuple[date, int]]
) -> list[dict[str, object]]:
    """Return the rows that differ from what is landed; an item that is asked no more comes to nothing."""
    wanted = {(item.ref, item.component): (item.due_date, item.amount) for item in items}
    gone = {
        key: (day, 0)
        for key, (day, amount) in landed.items()
        if amount and key not in wanted and key[0].startswith(KEPT_REFS)
    }
    return [
        {
            "account_id": account.account_id,
            "person_id": account.person_id,
            "due_ref": ref,
            "due_date": day,
            "component": component,
            "amount_minor": amount,
            "currency": account.currency,
        }
        for (ref, component), (day, amount) in (wanted | gone).items()
        if landed.get((ref, component)) != (day, amount)
    ]

"""Which receipt paid what, for any number of accounts at once: the columns' executor of an allocation rule.

It does for many plain accounts (payments, credits, charges) what `engine.ledger.life` does for one debt, and a
property test holds both to the same parts. Receipts are taken in rounds: the first of every account, then
the second, and so on; a receipt therefore depends on nothing that counts for a later day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from fairdue.engine.ledger.allocation.opened import POOL_SCHEMA, opened
from fairdue.engine.ledger.allocation.rounds import CHARGE, FALLS_DUE, NO_ITEM, Work
from fairdue.engine.ledger.allocation.rules import AllocationRule

ITEM_SCHEMA = {
    "account_id": pl.Int64,
    "due_item_id": pl.Int64,
    "due_date": pl.Date,
    "component": pl.String,
    "amount_minor": pl.Int64,
}
RECEIPT_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "kind": pl.String,  # payment | credit
    "component": pl.String,  # of a credit; empty for a payment
    "effective_date": pl.Date,
    "amount_minor": pl.Int64,
}
RECEIVABLE_SCHEMA = {"account_id": pl.Int64, "component": pl.String, "amount_minor": pl.Int64}
ACCOUNT_SCHEMA = {"account_id": pl.Int64, "dpd_origin": pl.String, "judgment_date": pl.Date}


class ComponentUnknown(ValueError):
    """A component is owed that the allocation rule does not order."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The parts of every receipt, and what each due item still asks for of its amount."""

    parts: pl.DataFrame
    """DATED_PART_SCHEMA; `due_item_id` is null for what lowers the balance that no item asks for, for what a
    credit took away, and for credit balance. The date is later than the receipt's where money was held."""
    asked: pl.DataFrame
    """The items with `asked_minor`, `paid_minor`, and `settled_date`: the day of the latest money where nothing
    is left unpaid."""


def allocate(
    items: pl.DataFrame,
    receipts: pl.DataFrame,
    receivables: pl.DataFrame,
    rule: AllocationRule,
    *,
    accounts: pl.DataFrame | None = None,
) -> Allocation:
    """Return how the receipts of many accounts of one rule are allocated.

    1. What due items ask follows by `opened` from what was ever receivable. Items that share a `due_ref` and
       a due date are one row; without that column, those of one due date.
    2. Receipts come in order of date and id, each on what those before it left. The order of payment is
       that of the rule on the receipt's own day, with the days past due that the account had then by its
       `dpd_origin`, and with the judgment that it had then (`accounts`, ACCOUNT_SCHEMA).
    3. A credit lowers its own component: the balance that no item asks for, then the items from the
       latest; what exceeds it is money like a payment.
    4. Money settles items within reach, then the balance that no item asks for, then items beyond reach;
       the rest is credit balance, which pays later charges on their day. Items of a statement made after
       the money's own day are left out (`statements`), and of those beyond reach what is owed only from its due
       date (`is_charged`): credit balance pays it in the morning of that day.
    5. Where items have a `paid_minor`, they also have `asked_minor`; `receivables` are then what is owed now,
       and `receipts` only those that are new: the present is taken as it is and carried on from.
    6. For rules that go by rate, `receivables` have an `annual_rate`.
    7. The parts of a receipt sum to its amount; no item is paid beyond what it asks.

    :raises ComponentUnknown: if a component is owed that the rule does not order
    """
    _require_known(items, receivables, rule)
    if "paid_minor" in items.columns:
        asked, pools = items, _pools_now(items, receivables)
    else:
        start = opened(items, receivables)
        asked, pools = start.asked.with_columns(paid_minor=pl.lit(0, pl.Int64)), start.unscheduled
    work = Work(asked, _with_rates(pools, receivables), rule, accounts)
    for events in _rounds(receipts, pools):
        work.take(events)
    whole = Allocation(parts=work.parts(), asked=work.asked())
    mornings = _mornings(asked, work.holders(), rule)
    if mornings.is_empty():
        return whole
    few = mornings.select("account_id").unique()
    asked, receipts, pools = (
        frame.join(few, on="account_id", how="semi", maintain_order="left")
        for frame in (asked, receipts, pools)
    )
    work = Work(asked, _with_rates(pools, receivables), rule, accounts)
    for events in _rounds(receipts, pools, mornings):
        work.take(events)
    return Allocation(
        parts=pl.concat([whole.parts.join(few, on="account_id", how="anti"), work.parts()]),
        asked=pl.concat([whole.asked.join(few, on="account_id", how="anti"), work.asked()]),
    )


def _mornings(asked: pl.DataFrame, holders: pl.DataFrame, rule: AllocationRule) -> pl.DataFrame:
    """Return on which days money that was held may pay what is owed from then on: account_id, due_date."""
    if "is_charged" not in asked.columns or not rule.has_reach or holders.is_empty():
        return asked.clear().select("account_id", "due_date")
    waiting = asked.filter(pl.col("is_charged") & (pl.col("asked_minor") > pl.col("paid_minor")))
    return waiting.join(holders, on="account_id", how="semi").select("account_id", "due_date").unique()


def _require_known(items: pl.DataFrame, receivables: pl.DataFrame, rule: AllocationRule) -> None:
    owed = set(items["component"].unique()) | set(receivables["component"].unique())
    if unknown := sorted(owed - set(rule.components)):
        raise ComponentUnknown(f"policy {rule.code} does not order {', '.join(unknown)}")


def _with_rates(pools: pl.DataFrame, receivables: pl.DataFrame) -> pl.DataFrame:
    if "annual_rate" not in receivables.columns:
        return pools
    rates = receivables.group_by("account_id", "component").agg(pl.col("annual_rate").max())
    return pools.join(rates, on=["account_id", "component"], how="left", maintain_order="left")


def _pools_now(items: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """Return the present balance that no item asks for, from what is owed now."""
    keys = ["account_id", "component"]
    open_sums = items.group_by(keys).agg(open=(pl.col("asked_minor") - pl.col("paid_minor")).sum())
    left = pl.col("amount_minor").sum() - pl.col("open").first().fill_null(0)
    return (
        balances.join(open_sums, on=keys, how="left")
        .group_by(keys)
        .agg(amount_minor=left)
        .filter(pl.col("amount_minor") > 0)
        .with_columns(effective_date=pl.lit(None, pl.Date), transaction_id=pl.lit(None, pl.Int64))
        .select(*POOL_SCHEMA)
    )


FIRST_OF_DAY = NO_ITEM - 1
"""Stands for a receipt's number where a moment comes before all events of its day."""
EVENT_COLUMNS = ("account_id", "receipt_id", "kind", "component", "on", "amount")


def _rounds(
    receipts: pl.DataFrame, pools: pl.DataFrame, mornings: pl.DataFrame | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the first event of every account, then the second, and so on."""
    money = receipts.filter(pl.col("amount_minor") > 0).select(
        "account_id", "receipt_id", "kind", "component", on="effective_date", amount="amount_minor"
    )
    later = pools.filter(pl.col("effective_date").is_not_null()).select(
        "account_id",
        pl.lit(CHARGE).alias("kind"),
        "component",
        receipt_id=pl.col("transaction_id").fill_null(NO_ITEM),
        on="effective_date",
        amount="amount_minor",
    )
    frames = [money.select(EVENT_COLUMNS), later.select(EVENT_COLUMNS)]
    if mornings is not None:
        falling = mornings.select(
            "account_id",
            kind=pl.lit(FALLS_DUE),
            component=pl.lit(""),
            receipt_id=pl.lit(FIRST_OF_DAY, pl.Int64),
            on="due_date",
            amount=pl.lit(0, pl.Int64),
        )
        frames.append(falling.select(EVENT_COLUMNS))
    events = pl.concat(frames)
    number = pl.int_range(pl.len())
    is_first = pl.col("account_id").ne_missing(pl.col("account_id").shift(1))
    events = events.sort("account_id", "on", "receipt_id").with_columns(
        round=number - pl.when(is_first).then(number).forward_fill()
    )
    return _split(events)


def _split(events: pl.DataFrame) -> Iterator[pl.DataFrame]:
    rounds = events.partition_by("round", as_dict=True, include_key=False)
    return (rounds[number] for number in sorted(rounds))

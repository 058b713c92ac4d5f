"""Which receipt paid what: the allocation of receipts to due items and balance, for any number of accounts.

The outcome is a function of the facts alone (due items, receipts, what was ever receivable), so taking a
receipt away gives exactly the state in which it never came, and the order of landing does not matter.
Everything is an overlap of intervals: items laid end to end on one axis, receipts on another.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairdue.engine.ledger.allocation.rules import AllocationRule as AllocationPolicy

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
PART_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "due_item_id": pl.Int64,
    "component": pl.String,
    "amount_minor": pl.Int64,
}

CREDIT_BALANCE = "credit_balance"
"""The component of the part that exceeds the debt."""


NO_ITEM = -1
"""Stands for "no due item" while nulls mean "not yet filled"."""


class ComponentUnknown(ValueError):
    """A component is owed that the allocation policy does not order."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The parts of every receipt, and what each due item still asks for of its amount."""

    parts: pl.DataFrame
    """PART_SCHEMA; `due_item_id` is null for what lowers the balance in advance or became credit balance."""
    asked: pl.DataFrame
    """ITEM_SCHEMA and `asked_minor`, `paid_minor`."""


def allocate(
    items: pl.DataFrame, receipts: pl.DataFrame, receivables: pl.DataFrame, policy: AllocationPolicy
) -> Allocation:
    """Return how the receipts of many accounts of one policy are allocated.

    1. Due items ask for part of the balance: per component, in order of due date, as far as the receivable
       (openings and charges less credits) reaches. What it does not cover is asked by nobody.
    2. A credit lowers the receivable of its own component; what exceeds it is money like a payment.
    3. Money, in order of date and id, settles due items in the policy's order, each receipt only items
       that fall due within `reach_days` of it (see `_order_items` for the vertical style).
    4. What exceeds them lowers the balance that no due item asks for, component by component `in_advance`;
       then it settles the items beyond reach; the rest is credit balance.
    5. The parts of a receipt sum to its amount; no item is paid beyond what it asks.

    :raises ComponentUnknown: if a component is owed that the policy does not order
    """
    _require_known(items, receivables, policy)
    relief, money = _split_credits(receipts, receivables)
    total = _receivable_after_credits(receivables, relief)
    asked = _ask(items, total)
    ordered = _order_items(asked.filter(pl.col("asked_minor") > 0), money, policy)
    money = _within_reach(money, ordered, policy)
    settled = _overlap(ordered, money.with_columns(amount_minor=pl.col("reached_minor")))
    money = money.with_columns(amount_minor=pl.col("amount_minor") - pl.col("reached_minor"))
    advance = _overlap(_pools(total, asked, policy), money)
    late = _late(ordered, money, settled, advance)
    rest = _subtract(money, pl.concat([advance, late]), "receipt_id").with_columns(
        due_item_id=pl.lit(None, pl.Int64), component=pl.lit(CREDIT_BALANCE)
    )
    parts = pl.concat([_as_parts(part) for part in (relief, settled, advance, late, rest)])
    parts = parts.group_by("account_id", "receipt_id", "due_item_id", "component").agg(
        pl.col("amount_minor").sum()
    )
    return Allocation(parts=parts, asked=_with_paid(asked, parts))


def _require_known(items: pl.DataFrame, receivables: pl.DataFrame, policy: AllocationPolicy) -> None:
    owed = pl.concat([items["component"], receivables["component"]]).unique()
    if unknown := sorted(set(owed) - set(policy.components)):
        raise ComponentUnknown(f"policy {policy.code} does not order {', '.join(unknown)}")


def _split_credits(receipts: pl.DataFrame, receivables: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the parts by which credits relieve their component, and all receipts of money in order."""
    in_order = ("account_id", "effective_date", "receipt_id")
    credits = receipts.filter((pl.col("kind") == "credit") & (pl.col("amount_minor") > 0)).sort(in_order)
    if credits.is_empty():
        money = receipts.filter((pl.col("kind") == "payment") & (pl.col("amount_minor") > 0))
        return pl.DataFrame(schema=PART_SCHEMA), money.sort(in_order)
    owed = receivables.rename({"amount_minor": "owed"})
    before = pl.col("amount_minor").cum_sum().over("account_id", "component") - pl.col("amount_minor")
    relief = (
        credits.with_columns(before=before)
        .join(owed, on=["account_id", "component"], how="left", maintain_order="left")
        .with_columns(relief=(pl.col("owed").fill_null(0) - pl.col("before")).clip(lower_bound=0))
        .with_columns(relief=pl.min_horizontal("relief", "amount_minor"))
    )
    excess = relief.with_columns(amount_minor=pl.col("amount_minor") - pl.col("relief"))
    money = pl.concat([receipts.filter(pl.col("kind") == "payment"), excess.select(receipts.columns)])
    parts = relief.with_columns(amount_minor=pl.col("relief"), due_item_id=pl.lit(None, pl.Int64))
    return parts.filter(pl.col("amount_minor") > 0), money.filter(pl.col("amount_minor") > 0).sort(in_order)


def _receivable_after_credits(receivables: pl.DataFrame, relief: pl.DataFrame) -> pl.DataFrame:
    if relief.is_empty():
        return receivables.select("account_id", "component", total="amount_minor")
    relieved = relief.group_by("account_id", "component").agg(relieved=pl.col("amount_minor").sum())
    return receivables.join(relieved, on=["account_id", "component"], how="left").select(
        "account_id", "component", total=pl.col("amount_minor") - pl.col("relieved").fill_null(0)
    )


def _ask(items: pl.DataFrame, total: pl.DataFrame) -> pl.DataFrame:
    before = pl.col("amount_minor").cum_sum().over("account_id", "component") - pl.col("amount_minor")
    left = pl.col("total").fill_null(0) - pl.col("before")
    return (
        items.sort("account_id", "component", "due_date", "due_item_id")
        .with_columns(before=before)
        .join(total, on=["account_id", "component"], how="left", maintain_order="left")
        .with_columns(asked_minor=pl.min_horizontal(left.clip(lower_bound=0), "amount_minor"))
        .drop("before", "total")
    )


def _rank(column: str, order: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(order, range(len(order)), return_dtype=pl.Int64)


def _order_items(asked: pl.DataFrame, money: pl.DataFrame, policy: AllocationPolicy) -> pl.DataFrame:
    """Return the items in the policy's order, their amounts being what they ask.

    Horizontal: by due date, then component. Vertical: what is due on the day of the account's latest
    receipt by component, then due date; items of later days follow as in the horizontal style.
    """
    items = asked.with_columns(amount_minor=pl.col("asked_minor"), rank=_rank("component", policy.components))
    if policy.style == "horizontal":
        return items.sort("account_id", "due_date", "rank", "due_item_id")
    latest = money.group_by("account_id").agg(latest=pl.col("effective_date").max())
    reach = pl.duration(days=policy.reach_days or 0)
    items = items.join(latest, on="account_id", how="left").with_columns(
        is_later=(pl.col("due_date") > pl.col("latest") + reach).fill_null(True)
    )
    first = pl.when("is_later").then(None).otherwise("rank")
    return items.sort("account_id", "is_later", first, "due_date", "rank", "due_item_id")


def _within_reach(money: pl.DataFrame, ordered: pl.DataFrame, policy: AllocationPolicy) -> pl.DataFrame:
    """Add `reached_minor`: how much of each receipt goes to items it reaches.

    With P the cumulated money and D the cumulated items within reach of each receipt, the cumulated
    settlement obeys A_j = min(A_(j-1) + p_j, D_j), whose solution is P_j + min(0, min over i ≤ j of D_i − P_i).
    """
    reached = _reach_limits(money, ordered, policy)
    paid = pl.col("amount_minor").cum_sum().over("account_id")
    return (
        reached.with_columns(paid=paid)
        .with_columns(gap=(pl.col("limit") - pl.col("paid")).cum_min().over("account_id"))
        .with_columns(settled=pl.col("paid") + pl.col("gap").clip(upper_bound=0))
        .with_columns(
            reached_minor=pl.col("settled") - pl.col("settled").shift(1).over("account_id").fill_null(0)
        )
        .drop("limit", "paid", "gap", "settled")
    )


def _reach_limits(money: pl.DataFrame, ordered: pl.DataFrame, policy: AllocationPolicy) -> pl.DataFrame:
    """Add `limit`: the sum of the items that a receipt may settle by its date."""
    if policy.style == "vertical" or policy.reach_days is None:
        sums = ordered.group_by("account_id").agg(limit=pl.col("amount_minor").sum())
        limited = money.join(sums, on="account_id", how="left", maintain_order="left")
    else:
        sums = ordered.select(
            "account_id", "due_date", limit=pl.col("amount_minor").cum_sum().over("account_id")
        )
        limited = (
            money.with_columns(until=pl.col("effective_date") + pl.duration(days=policy.reach_days))
            .sort("until", maintain_order=True)
            .join_asof(
                sums.sort("due_date", maintain_order=True),
                left_on="until",
                right_on="due_date",
                by="account_id",
                check_sortedness=False,
            )
            .select(*money.columns, "limit")
            .sort("account_id", "effective_date", "receipt_id")
        )
    return limited.with_columns(pl.col("limit").fill_null(0))


def _pools(total: pl.DataFrame, asked: pl.DataFrame, policy: AllocationPolicy) -> pl.DataFrame:
    """Return the balance that no due item asks for, per component in the order of `in_advance`."""
    sums = asked.group_by("account_id", "component").agg(asked=pl.col("asked_minor").sum())
    return (
        total.join(sums, on=["account_id", "component"], how="left")
        .with_columns(
            amount_minor=pl.col("total") - pl.col("asked").fill_null(0),
            rank=_rank("component", policy.in_advance),
            due_item_id=pl.lit(None, pl.Int64),
        )
        .sort("account_id", "rank")
    )


def _late(
    ordered: pl.DataFrame, money: pl.DataFrame, settled: pl.DataFrame, advance: pl.DataFrame
) -> pl.DataFrame:
    """Return the parts that settle items beyond reach, when all other balance is paid."""
    left = _subtract(money, advance, "receipt_id")
    if left.is_empty():
        return advance.clear()
    return _overlap(_subtract(ordered, settled, "due_item_id"), left)


def _subtract(amounts: pl.DataFrame, parts: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return what the parts leave of the amounts, in the same order, without zeros."""
    if parts.is_empty():
        return amounts.filter(pl.col("amount_minor") > 0)
    taken = parts.group_by(key).agg(taken=pl.col("amount_minor").sum())
    return (
        amounts.join(taken, on=key, how="left", maintain_order="left")
        .with_columns(amount_minor=pl.col("amount_minor") - pl.col("taken").fill_null(0))
        .drop("taken")
        .filter(pl.col("amount_minor") > 0)
    )


def _overlap(owed: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Return the overlaps of two rows of intervals per account: which money pays which owed amount.

    Both frames are in order. Every end of an interval cuts the axis; the piece before a cut belongs to the
    first interval of each side that ends at or after it.
    """
    end = pl.col("amount_minor").cum_sum().over("account_id")
    left = owed.filter(pl.col("amount_minor") > 0).select(
        "account_id", pl.col("due_item_id").fill_null(NO_ITEM), "component", end=end
    )
    right = money.filter(pl.col("amount_minor") > 0).select("account_id", "receipt_id", end=end)
    if left.is_empty() or right.is_empty():
        return pl.DataFrame(schema=PART_SCHEMA)
    cuts = pl.concat([left, right], how="diagonal").sort("account_id", "end", maintain_order=True)
    start = pl.col("end").shift(1).over("account_id").fill_null(0)
    return (
        cuts.with_columns(
            pl.col("component", "due_item_id", "receipt_id").backward_fill().over("account_id"),
            amount_minor=pl.col("end") - start,
        )
        .filter(pl.col("amount_minor") > 0)
        .drop_nulls(["component", "receipt_id"])
        .with_columns(due_item_id=pl.when(pl.col("due_item_id") != NO_ITEM).then("due_item_id"))
        .select(*PART_SCHEMA)
    )


def _as_parts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(*PART_SCHEMA).cast(PART_SCHEMA)  # type: ignore[arg-type]


def _with_paid(asked: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    paid = (
        parts.filter(pl.col("due_item_id").is_not_null())
        .group_by("due_item_id")
        .agg(paid_minor=pl.col("amount_minor").sum())
    )
    return asked.join(paid, on="due_item_id", how="left").with_columns(pl.col("paid_minor").fill_null(0))

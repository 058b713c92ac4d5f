"""How the typed rows of each kind land: which contexts are asked, in which order, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.engine.intake.files import LINE
from fairdue.engine.intake.schema import COMPONENTS, OLDER_NAME
from fairdue.kernel.actor import Actor
from fairdue.storage.staging import references_sound

LATE_FEE = "penalty"
"""The ledger's component of a late fee 违约金."""
REFUSED_SCHEMA = {LINE: pl.Int64, "column": pl.String, "code": pl.String}
LEDGER_REASONS: Mapping[str, tuple[str, str]] = {
    "ledger.account.unknown": ("account_ref", "intake.account.unknown"),
    "ledger.currency.differs": ("currency", "intake.currency.differs_from_account"),
    "ledger.amount.invalid": ("amount", "intake.transaction.amount_differs"),
    "ledger.date.future": ("effective_date", "intake.date.in_the_future"),
    "ledger.date.before_opening": ("effective_date", "intake.transaction.before_opening"),
    "ledger.reference.reused": ("transaction_ref", "intake.transaction.fixed"),
    "ledger.transaction.unknown": ("reverses_ref", "intake.transaction.reverses_unknown"),
    "ledger.transaction.already_reversed": ("reverses_ref", "intake.transaction.already_reversed"),
    "ledger.reversal.of_reversal": ("reverses_ref", "intake.transaction.reverses_reversal"),
    "ledger.event.assigned": ("account_ref", "intake.transaction.account_assigned"),
    "ledger.event.written_off": ("account_ref", "intake.transaction.account_written_off"),
    "ledger.event.charged_off": ("account_ref", "intake.transaction.account_charged_off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every landing needs to know about its file."""

    creditor: book.CreditorCard
    batch_id: int
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Counts of a batch, its refused rows (`line`, `column`, `code`) and the lines that were put off."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED_SCHEMA))
    notes: dict[str, int] = field(default_factory=dict)
    later: pl.DataFrame | None = None
    """Rows that can only land after all others of the file."""


class Lander(Protocol):
    """Lands the typed rows of one batch."""

    def __call__(self, rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing: ...


def land_parties(rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing:
    """Land persons."""
    landed, refused = parties.land_persons(
        rows, creditor_code=context.creditor.code, changed_by=_changed_by(context), now=context.now
    )
    return Landing(
        created=landed.created,
        changed=landed.changed,
        unchanged=landed.unchanged,
        refused=refused,
        notes=landed.notes,
    )


def land_contact_points(rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing:
    """Land contact points and the consents that they report."""
    landed, refused = parties.land_contact_points(
        rows,
        creditor_code=context.creditor.code,
        source=f"file:{context.batch_id}",
        changed_by=_changed_by(context),
        now=context.now,
    )
    return Landing(
        created=landed.created, changed=landed.changed, unchanged=landed.unchanged, refused=refused
    )


def _changed_by(context: Context) -> str:
    return f"file:{context.batch_id} {context.actor.label}"[:80]


def land_accounts(rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing:
    """Land accounts, and open or correct them in the ledger."""
    landed = book.land_accounts(
        rows,
        creditor_id=context.creditor.creditor_id,
        creditor_code=context.creditor.code,
        batch_id=context.batch_id,
        now=context.now,
    )
    if landed.opened.height:
        with references_sound():
            ledger.open_accounts(_openings(landed.opened).filter(_opens_with), now=context.now)
    if landed.corrected.height:
        ledger.open_accounts(_openings(landed.corrected), now=context.now)
    return Landing(
        created=landed.opened.height,
        changed=landed.corrected.height,
        unchanged=landed.unchanged,
        refused=landed.refused,
    )


_opens_with = (pl.col("amount_minor") != 0) | (pl.col("component") == "principal")


def _openings(rows: pl.DataFrame) -> pl.DataFrame:
    """Opening balances, a row per component; an empty cell is nothing owed."""
    keys = ["account_id", "person_id", "creditor_id", "currency", "balance_date"]
    return _tall(rows, keys).with_columns(pl.col("amount_minor").fill_null(0))


def _tall(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return a row per component. The late fee 违约金 is the ledger's component `penalty`.

    What a file calls by the older name `penalty` is penalty interest 罚息; where it landed as a late fee before this
    was told apart, the late fee comes to nothing, so that nothing is asked twice.
    """
    older = pl.col(f"{OLDER_NAME}_minor")
    named = {name: pl.col(f"{name}_minor") for name in COMPONENTS if name != "late_fee"}
    named["penalty_interest"] = pl.coalesce(named["penalty_interest"], older)
    named[LATE_FEE] = pl.coalesce("late_fee_minor", pl.when(older.is_not_null()).then(0))
    columns = [amount.cast(pl.Int64).alias(component) for component, amount in named.items()]
    return rows.select(*keys, *columns).unpivot(
        index=keys, variable_name="component", value_name="amount_minor"
    )


def land_dues(rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing:
    """Land due items: wide in the file, tall in the ledger."""
    rows, refused = _on_accounts(rows, context)
    rows, kept = _not_kept(rows)
    refused = pl.concat([refused, kept])
    if rows.is_empty():
        return Landing(refused=refused)
    keys = ["account_id", "person_id", "due_ref", "due_date", "currency"]
    tall = _tall(rows, keys).filter(pl.col("amount_minor").is_not_null())
    with references_sound():
        landed = ledger.land_dues(tall, batch_id=context.batch_id, now=context.now)
    return Landing(
        created=landed.created, changed=landed.changed, unchanged=landed.unchanged, refused=refused
    )


def land_transactions(rows: pl.DataFrame, context: Context, *, is_last: bool) -> Landing:
    """Land payments, charges and credits; reversals wait until everything else of the file has landed."""
    later = None
    if not is_last:
        is_reversal = pl.col("kind") == "reversal"
        later, rows = rows.filter(is_reversal), rows.filter(~is_reversal)
    rows, refused = _on_accounts(rows, context)
    if rows.is_empty():
        return Landing(refused=refused, later=later)
    frame = rows.select(
        "account_id", "person_id", "kind", pl.col("component").replace("late_fee", LATE_FEE), "amount_minor", "currency",
        "effective_date", "reverses_ref", external_ref="transaction_ref",
    )  # fmt: skip
    reasons = ledger.check_transactions(frame, now=context.now)
    refused = pl.concat([refused, _of_ledger(rows, reasons)])
    frame = frame.filter(reasons.is_null())
    if frame.is_empty():
        return Landing(refused=refused, later=later)
    landed = ledger.land_transactions(frame, batch_id=context.batch_id, now=context.now)
    return Landing(
        created=landed.created,
        changed=landed.changed,
        unchanged=landed.unchanged,
        refused=refused,
        later=later,
    )


def _of_ledger(rows: pl.DataFrame, reasons: pl.Series) -> pl.DataFrame:
    """Translate the ledger's reasons into those of the reject file."""
    columns = {code: column for code, (column, _) in LEDGER_REASONS.items()}
    codes = {code: reason for code, (_, reason) in LEDGER_REASONS.items()}
    return (
        rows.select(LINE, reason=reasons)
        .filter(pl.col("reason").is_not_null())
        .select(
            LINE,
            column=pl.col("reason").replace_strict(
                columns, default="transaction_ref", return_dtype=pl.String
            ),
            code=pl.col("reason").replace_strict(codes, default=pl.col("reason"), return_dtype=pl.String),
        )
    )


def _not_kept(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Refuse rows of accounts whose due items follow from a contract that is kept here."""
    is_kept = pl.col("account_id").is_in(list(ledger.kept_account_ids(rows["account_id"])))
    refused = rows.filter(is_kept).select(
        LINE, column=pl.lit("account_ref"), code=pl.lit("intake.due.account_kept")
    )
    return rows.filter(~is_kept), refused


def _on_accounts(rows: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the accounts of some rows; refuse rows without one, or in another currency than it."""
    known = book.account_ids_by_reference(rows["account_ref"], creditor_id=context.creditor.creditor_id)
    rows = rows.join(known, on="account_ref", how="left", maintain_order="left")
    differs = pl.col("account_currency") != pl.col("currency")
    refused = pl.concat(
        [
            rows.filter(pl.col("account_id").is_null()).select(
                LINE, column=pl.lit("account_ref"), code=pl.lit("intake.account.unknown")
            ),
            rows.filter(differs).select(
                LINE, column=pl.lit("currency"), code=pl.lit("intake.currency.differs_from_account")
            ),
        ]
    )
    return rows.filter(~differs.fill_null(True)), refused


PREPARERS: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {"accounts": book.digested}
"""What can be added to the rows of a kind before their turn to land comes."""

LANDERS: dict[str, Lander] = {
    "parties": land_parties,
    "contact_points": land_contact_points,
    "accounts": land_accounts,
    "dues": land_dues,
    "transactions": land_transactions,
}

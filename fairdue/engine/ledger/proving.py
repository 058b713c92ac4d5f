"""The proof of a ledger: what its caches must say, folded from postings and events, and every difference.

All functions take frames of the same accounts and return DIFFERENCES; an empty answer is a proof. A posting
moves one amount from one account to another, so debits equal credits by construction; what remains to be shown
is that the amounts went where the facts say, and that every cached value is their sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairdue.engine.ledger import accounts

DIFFERENCES = {"account_id": pl.Int64, "subject": pl.String, "cached": pl.String, "proved": pl.String}

STATE_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "creditor_id": pl.Int64,
    "currency": pl.String,
    "balance_minor": pl.Int64,
    "credit_balance_minor": pl.Int64,
    "oldest_unpaid_due_date": pl.Date,
    "latest_payment_date": pl.Date,
    "latest_payment_minor": pl.Int64,
    "standing": pl.String,
    "has_pauses": pl.Int32,
}
ITEM_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "id": pl.Int64,
    "due_date": pl.Date,
    "amount_minor": pl.Int64,
    "asked_minor": pl.Int64,
    "paid_minor": pl.Int64,
    "settled_date": pl.Date,
    "currency": pl.Categorical,
}
EVENT_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "id": pl.Int64,
    "kind": pl.Categorical,
    "amount_minor": pl.Int64,
    "effective_date": pl.Date,
    "reverses_id": pl.Int64,
    "fund": pl.Categorical,
}
POSTING_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "transaction_id": pl.Int64,
    "debit": pl.Categorical,
    "credit": pl.Categorical,
    "due_item_id": pl.Int64,
    "amount_minor": pl.Int64,
    "effective_date": pl.Date,
    "currency": pl.Categorical,
}

# Codes are categories: they are few, and a row of the largest table then carries a number for each.

PLAIN_KINDS = ("payment", "charge", "credit", "reversal")
"""Accounts with other events may ask for less than an item's amount, and may stand otherwise than `active`."""
MONEY_OF_KIND = {"payment": 1, "recovery": 1, "refund": -1, "chargeback": -1}
"""Which way the amount of an event moves money; other events move none."""
ENDED = ("written_off", "settled", "assigned")
STANDING_OF_KIND = {
    "charge_off": "charged_off",
    "write_off": "written_off",
    "settlement": "settled",
    "recovery": "settled",
    "assignment": "assigned",
}
"""What an event can make of an account; a recovery that settles ends the claim."""
MONEY = (accounts.CASH, accounts.SUSPENSE)
NOTHING_OWED = ("written_off", "settled", "assigned")


@dataclass(frozen=True, slots=True)
class Books:
    """States, due items, events and postings of the same accounts."""

    states: pl.DataFrame
    items: pl.DataFrame
    events: pl.DataFrame
    postings: pl.DataFrame


def differences(books: Books) -> pl.DataFrame:
    """This function will return every difference between the caches of some accounts and their postings.

    1. Balance and credit balance are the sums of the postings; no component lies below zero; an allowance is
       what is still receivable of a charged-off account, and nothing is receivable of one that left the books.
    2. Asked, paid and settled of each due item; the oldest unpaid due date; the latest payment; the standing.
    3. The money that each event moved is its amount, by the fund that it names, and nothing once reversed.
    4. Each posting names an event and a due item of its own account, in the account's currency.
    """
    moved = _moved(books.postings)
    plain = _plain_accounts(books)
    checks: Iterable[Callable[[], pl.DataFrame]] = (
        lambda: _balances(books.states, moved),
        lambda: _components(books.states, moved),
        lambda: _paid(books),
        lambda: _settled(books, plain),
        lambda: _oldest(books),
        lambda: _latest_payment(books),
        lambda: _standing(books),
        lambda: _money(books),
        lambda: _unknown(books),
        lambda: _currencies(books),
    )
    return pl.concat([check() for check in checks])


def suspense_drawn(books: Books) -> pl.DataFrame:
    """Return what accounts took out of suspense: creditor_id, currency, amount_minor."""
    of_suspense = books.postings.filter(
        (pl.col("debit") == accounts.SUSPENSE) | (pl.col("credit") == accounts.SUSPENSE)
    )
    sign = pl.when(pl.col("debit") == accounts.SUSPENSE).then(1).otherwise(-1)
    return (
        of_suspense.join(books.states.select("account_id", "creditor_id"), on="account_id")
        .group_by("creditor_id", pl.col("currency").cast(pl.String))
        .agg(amount_minor=(sign * pl.col("amount_minor")).sum())
    )


def _moved(postings: pl.DataFrame) -> pl.DataFrame:
    """Return (account_id, code, amount): what each account of the ledger holds for each account of a borrower."""
    pairs = (
        postings.lazy().group_by("account_id", "debit", "credit").agg(pl.col("amount_minor").sum()).collect()
    )
    sides = [
        pairs.select("account_id", pl.col("debit").alias("code"), "amount_minor"),
        pairs.select("account_id", pl.col("credit").alias("code"), -pl.col("amount_minor")),
    ]
    return pl.concat(sides).lazy().group_by("account_id", "code").agg(pl.col("amount_minor").sum()).collect()


def _in_group(column: str, frame: pl.DataFrame, *groups: str) -> pl.Expr:
    """Tell whether a code is one of some accounts, or is kept under one of them (`receivable:`)."""
    codes = [code for code in frame[column].unique().cast(pl.String) if code.startswith(groups)]
    return pl.col(column).is_in(codes) if codes else pl.lit(value=False)


def _plain_accounts(books: Books) -> pl.DataFrame:
    special = books.events.filter(~pl.col("kind").is_in(PLAIN_KINDS)).select("account_id").unique()
    return books.states.select("account_id").join(special, on="account_id", how="anti")


def _balances(states: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    is_owed = _in_group("code", moved, accounts.RECEIVABLE)
    is_credit = pl.col("code") == accounts.CREDIT_BALANCE
    folded = moved.group_by("account_id").agg(
        balance_minor=pl.col("amount_minor").filter(is_owed).sum(),
        credit_balance_minor=-pl.col("amount_minor").filter(is_credit).sum(),
    )
    both = states.select("account_id", "balance_minor", "credit_balance_minor").join(
        folded, on="account_id", how="left", suffix="_proved"
    )
    return pl.concat(
        [
            _unequal(both, name, pl.col(name), pl.col(f"{name}_proved").fill_null(0))
            for name in ("balance_minor", "credit_balance_minor")
        ]
    )


def _components(states: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    standing = states.select("account_id", "standing")
    owed = _of_group(moved, accounts.RECEIVABLE).join(standing, on="account_id", how="left")
    allowed = _of_group(moved, accounts.ALLOWANCE).with_columns(amount_minor=-pl.col("amount_minor"))
    below = owed.filter(pl.col("amount_minor") < 0)
    left = owed.filter(pl.col("standing").is_in(NOTHING_OWED) & (pl.col("amount_minor") > 0))
    contra = owed.join(allowed, on=["account_id", "component"], how="full", coalesce=True, suffix="_allowed")
    expected = (
        pl.when(pl.col("standing") == "charged_off").then(pl.col("amount_minor").fill_null(0)).otherwise(0)
    )
    contra = contra.with_columns(amount_minor_allowed=pl.col("amount_minor_allowed").fill_null(0))
    code = pl.concat_str(pl.lit(accounts.RECEIVABLE), "component")
    return pl.concat(
        [
            _rows(below, code, pl.lit("at least 0"), pl.col("amount_minor")),
            _rows(left, code, pl.lit("nothing, the debt left the books"), pl.col("amount_minor")),
            _unequal(
                contra,
                pl.concat_str(pl.lit(accounts.ALLOWANCE), "component"),
                pl.col("amount_minor_allowed"),
                expected,
            ),
        ]
    )


def _of_group(moved: pl.DataFrame, group: str) -> pl.DataFrame:
    return moved.filter(_in_group("code", moved, group)).select(
        "account_id",
        pl.col("code").cast(pl.String).str.strip_prefix(group).alias("component"),
        "amount_minor",
    )


def _settling(postings: pl.DataFrame) -> pl.LazyFrame:
    """Return the postings by which money or a credit settles due items, or is taken back from them."""
    sources = [*MONEY, accounts.ADJUSTMENT, accounts.CREDIT_BALANCE]
    settles = pl.col("debit").is_in(sources)
    takes_back = pl.col("credit").is_in(sources)
    return (
        postings.lazy()
        .filter(pl.col("due_item_id").is_not_null() & (settles | takes_back))
        .select(
            "due_item_id",
            "effective_date",
            amount_minor=pl.when(settles).then(pl.col("amount_minor")).otherwise(-pl.col("amount_minor")),
        )
    )


def _paid(books: Books) -> pl.DataFrame:
    paid = _settling(books.postings).group_by("due_item_id").agg(pl.col("amount_minor").sum()).collect()
    both = books.items.join(
        paid.rename({"amount_minor": "proved"}), left_on="id", right_on="due_item_id", how="left"
    )
    return _unequal(
        both, _subject("due_item", "paid_minor"), pl.col("paid_minor"), pl.col("proved").fill_null(0)
    )


def _settled(books: Books, plain: pl.DataFrame) -> pl.DataFrame:
    """Settled is a due item of which nothing is unpaid; of plain accounts, since its latest money came."""
    is_paid = pl.col("paid_minor") == pl.col("asked_minor")
    asks = pl.col("asked_minor") > 0
    wrong = books.items.filter(asks & (is_paid != pl.col("settled_date").is_not_null()))
    said = pl.when(is_paid).then(pl.lit("a date")).otherwise(pl.lit("none"))
    subject = _subject("due_item", "settled_date")
    found = _rows(wrong, subject, pl.col("settled_date"), said)
    whole = books.items.filter(asks & is_paid & (pl.col("asked_minor") == pl.col("amount_minor"))).join(
        plain, on="account_id", how="semi"
    )
    dates = (
        _settling(books.postings)
        .group_by("due_item_id", "effective_date")
        .agg(pl.col("amount_minor").sum())
        .filter(pl.col("amount_minor") != 0)
        .group_by("due_item_id")
        .agg(proved=pl.col("effective_date").max())
        .collect()
    )
    both = whole.join(dates, left_on="id", right_on="due_item_id").filter(
        pl.col("settled_date").is_not_null()
    )
    return pl.concat([found, _unequal(both, subject, pl.col("settled_date"), pl.col("proved"))])


def _oldest(books: Books) -> pl.DataFrame:
    unpaid = books.items.filter(pl.col("paid_minor") < pl.col("asked_minor"))
    oldest = unpaid.group_by("account_id").agg(proved=pl.col("due_date").min())
    both = books.states.join(oldest, on="account_id", how="left")
    return _unequal(both, "oldest_unpaid_due_date", pl.col("oldest_unpaid_due_date"), pl.col("proved"))


def _standing_events(books: Books) -> pl.DataFrame:
    reversed_ids = books.events.filter(pl.col("reverses_id").is_not_null()).select(id="reverses_id")
    return books.events.filter(pl.col("kind") != "reversal").join(reversed_ids, on="id", how="anti")


def _latest_payment(books: Books) -> pl.DataFrame:
    payments = _standing_events(books).filter(pl.col("kind") == "payment")
    latest = (
        payments.sort("account_id", "effective_date", "id")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("effective_date", "amount_minor").last())
    )
    both = books.states.join(latest, on="account_id", how="left")
    return pl.concat(
        [
            _unequal(both, "latest_payment_date", pl.col("latest_payment_date"), pl.col("effective_date")),
            _unequal(both, "latest_payment_minor", pl.col("latest_payment_minor"), pl.col("amount_minor")),
        ]
    )


def _standing(books: Books) -> pl.DataFrame:
    """A standing other than active names an event that stands; without any, an account is active and runs."""
    kinds = _standing_events(books).select("account_id", pl.col("kind"))
    given = kinds.filter(pl.col("kind").is_in(list(STANDING_OF_KIND))).select(
        "account_id", standing=pl.col("kind").replace_strict(STANDING_OF_KIND, default=None)
    )
    unnamed = books.states.filter(pl.col("standing") != "active").join(
        given, on=["account_id", "standing"], how="anti"
    )
    pausing = kinds.filter(pl.col("kind") == "pause").select("account_id")
    paused = books.states.filter(pl.col("has_pauses") == 1).join(pausing, on="account_id", how="anti")
    return pl.concat(
        [
            _rows(unnamed, pl.lit("standing"), pl.col("standing"), pl.lit("no such event stands")),
            _rows(paused, pl.lit("pauses"), pl.lit("some"), pl.lit("no pause stands")),
        ]
    )


def _money(books: Books) -> pl.DataFrame:
    """The funds hold what every event moved; nothing once it was reversed, or for a credit on an ended debt."""
    is_debit = pl.col("debit").is_in([*MONEY, accounts.ADJUSTMENT])
    is_credit = pl.col("credit").is_in([*MONEY, accounts.ADJUSTMENT])
    originals = books.events.select(transaction_id="id", original_id=pl.coalesce("reverses_id", "id"))
    moved = (
        books.postings.lazy()
        .filter(is_debit | is_credit)
        .select(
            "transaction_id",
            fund=pl.when(is_debit).then("debit").otherwise("credit"),
            amount_minor=pl.when(is_debit).then(pl.col("amount_minor")).otherwise(-pl.col("amount_minor")),
        )
        .group_by("transaction_id", "fund")
        .agg(pl.col("amount_minor").sum())
        .collect()
        .join(originals, on="transaction_id", how="left")
        .group_by("original_id", "fund")
        .agg(pl.col("amount_minor").sum())
        .filter(pl.col("amount_minor") != 0)
    )
    fund = pl.when(pl.col("kind") == "credit").then(pl.lit(accounts.ADJUSTMENT)).otherwise("fund")
    sign = pl.col("kind").replace_strict(MONEY_OF_KIND | {"credit": 1}, default=0, return_dtype=pl.Int64)
    expected = (
        _standing_events(books)
        .with_columns(expected=sign * pl.col("amount_minor"), fund=fund)
        .filter(pl.col("expected") != 0)
        .select("account_id", "fund", "expected", original_id="id")
    )
    both = expected.join(moved, on=["original_id", "fund"], how="full", coalesce=True)
    both = both.filter(pl.col("expected").fill_null(0) != pl.col("amount_minor").fill_null(0))
    is_credit = (pl.col("fund") == accounts.ADJUSTMENT) & pl.col("amount_minor").is_null()
    ended = books.states.filter(pl.col("standing").is_in(ENDED)).select("account_id")
    both = pl.concat(
        [both.filter(~is_credit), both.filter(is_credit).join(ended, on="account_id", how="anti")]
    )
    owner = books.events.select("account_id", original_id="id")
    both = both.drop("account_id").join(owner, on="original_id", how="left")
    subject = pl.format("transaction:{}:{}", pl.col("original_id").fill_null(0), "fund")
    return _rows(both, subject, pl.col("expected").fill_null(0), pl.col("amount_minor").fill_null(0))


def _unknown(books: Books) -> pl.DataFrame:
    """Name postings and items without a state, and postings that name another account's event or item."""
    opened = books.states.select("account_id")
    found = []
    for name, frame in (
        ("posting", books.postings),
        ("due_item", books.items),
        ("transaction", books.events),
    ):
        stray = frame.select("account_id").unique().join(opened, on="account_id", how="anti")
        found.append(_rows(stray, pl.lit(f"{name}:state"), pl.lit("none"), pl.lit("an open account")))
    for column, table in (("transaction_id", books.events), ("due_item_id", books.items)):
        named = (
            books.postings.lazy()
            .select("account_id", id=column)
            .filter(pl.col("id").is_not_null())
            .unique()
            .collect()
        )
        stray = named.join(table.select("account_id", "id"), on=["account_id", "id"], how="anti")
        found.append(
            _rows(
                stray, pl.format(f"posting:{column}:{{}}", "id"), pl.col("id"), pl.lit("none of this account")
            )
        )
    return pl.concat(found)


def _currencies(books: Books) -> pl.DataFrame:
    found = []
    for name, frame in (("posting", books.postings), ("due_item", books.items)):
        pairs = frame.lazy().select("account_id", given="currency").unique().collect()
        both = pairs.join(books.states.select("account_id", "currency"), on="account_id")
        found.append(_unequal(both, f"{name}:currency", pl.col("given"), pl.col("currency")))
    return pl.concat(found)


def _subject(table: str, column: str) -> pl.Expr:
    return pl.format(f"{table}:{{}}:{column}", "id")


def _unequal(frame: pl.DataFrame, subject: str | pl.Expr, cached: pl.Expr, proved: pl.Expr) -> pl.DataFrame:
    wrong = frame.filter(cached.ne_missing(proved))
    return _rows(wrong, pl.lit(subject) if isinstance(subject, str) else subject, cached, proved)


def _rows(frame: pl.DataFrame, subject: pl.Expr, cached: pl.Expr, proved: pl.Expr) -> pl.DataFrame:
    if frame.is_empty():
        return pl.DataFrame(schema=DIFFERENCES)
    return frame.select(
        "account_id",
        subject=subject,
        cached=cached.cast(pl.String).fill_null("none"),
        proved=proved.cast(pl.String).fill_null("none"),
    )

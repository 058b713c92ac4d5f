"""The short way onto new accounts and the long way through what is known come to the same."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting
from fairdue.contexts.ledger.operations.fresh import are_unknown, moved_and_debts
from fairdue.contexts.ledger.operations.landing import stage
from fairdue.storage.staging import references_sound

COMPONENTS = ("principal", "interest", "penalty", "fee")


def image(accounts):
    """What landed on some accounts, by their place in the list rather than by ids."""
    place = {account: number for number, account in enumerate(accounts)}
    states = AccountState.objects.filter(account_id__in=accounts).values(
        "account_id",
        "currency",
        "balance_date",
        "balance_minor",
        "credit_balance_minor",
        "oldest_unpaid_due_date",
    )
    items = DueItem.objects.filter(account_id__in=accounts).values(
        "account_id",
        "due_ref",
        "due_date",
        "component",
        "amount_minor",
        "asked_minor",
        "paid_minor",
        "currency",
    )
    postings = Posting.objects.filter(account_id__in=accounts).values(
        "account_id", "kind", "debit", "credit", "amount_minor", "currency", "effective_date"
    )
    return tuple(
        sorted(str(row | {"account_id": place[row["account_id"]]}) for row in rows)
        for rows in (states, items, postings)
    )


def random_openings(seed):
    """Amounts by component of a few accounts; some owe nothing."""
    source = random.Random(seed)
    return [
        {name: source.choice([0, 0, 700, 25_000, 90_000]) for name in source.sample(COMPONENTS, 2)} or {}
        for _ in range(12)
    ]


def random_dues(seed, accounts):
    """Items before and after the opening, some for nothing, some for more than is owed."""
    source = random.Random(seed + 1)
    return [
        (account, f"2026-{month}", date(2026, 1, 10) + timedelta(days=30 * month), component, amount)
        for account in accounts
        for month in range(source.randint(0, 4))
        for component in source.sample(COMPONENTS, source.randint(1, 3))
        for amount in [source.choice([0, 1, 900, 40_000])]
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_short_and_the_long_way_write_the_same_rows(book, seed):
    openings = random_openings(seed)
    at_once = [book.account(opened=False) for _ in openings]
    one_by_one = [book.account(opened=False) for _ in openings]
    for accounts in (at_once, one_by_one):
        for account, opening in zip(accounts, openings, strict=True):
            book.open(account, **opening)
    first = book.dues(*random_dues(seed, at_once))
    rows = random_dues(seed, one_by_one)
    random.Random(seed).shuffle(rows)
    landed = [book.dues(row) for row in rows]
    assert first.created == sum(one.created for one in landed)
    assert first.unchanged == sum(one.unchanged for one in landed)
    assert image(at_once) == image(one_by_one)
    assert ledger.prove().is_proved


def opening_frame(book, accounts, openings):
    rows = [
        (account, book.person_of[account], book.creditor.id, "CNY", component, amount, book.opened)
        for account, opening in zip(accounts, openings, strict=True)
        for component, amount in opening.items()
    ]
    names = (
        "account_id",
        "person_id",
        "creditor_id",
        "currency",
        "component",
        "amount_minor",
        "balance_date",
    )
    return pl.DataFrame(rows, schema=list(names), orient="row")


@pytest.mark.parametrize("seed", range(4))
def test_accounts_that_open_together_or_beside_known_ones_stand_alike(book, seed):
    openings = random_openings(seed)
    together = [book.account(opened=False) for _ in openings]
    beside = [book.account(opened=False) for _ in openings]
    book.open(beside[5], **openings[5])
    assert are_unknown(pl.Series(together)) and not are_unknown(pl.Series(beside))
    alone = ledger.open_accounts(opening_frame(book, together, openings), now=book.now)
    again = ledger.open_accounts(opening_frame(book, beside, openings), now=book.now)
    assert (alone.created, alone.unchanged) == (12, 0)
    assert (again.created, again.unchanged) == (11, 1)
    assert image(together) == image(beside)


def test_an_account_that_was_paid_corrected_or_asked_before_counts_as_moved(book):
    accounts = [book.account(principal=50_000) for _ in range(5)]
    still, paid, corrected, asked, reversed_ = accounts
    book.transactions((paid, "P1", "payment", None, 100, date(2026, 3, 1)))
    book.open(corrected, principal=60_000)
    book.dues((asked, "2026-3", date(2026, 3, 10), "principal", 100))
    book.transactions((reversed_, "P1", "payment", None, 100, date(2026, 3, 1)))
    book.transactions((reversed_, "R1", "reversal", None, None, date(2026, 3, 2), "P1"))
    rows = pl.DataFrame({"account_id": accounts, "component": "principal"})
    stage(rows.select("account_id"), "ledger_incoming_account", "account_id bigint")
    moved, debts = moved_and_debts(rows)
    assert set(moved["account_id"]) == {paid, corrected, asked, reversed_}
    assert debts.filter(pl.col("account_id") == still)["owed_minor"].to_list() == [50_000]


def test_the_same_item_twice_in_one_frame_lands_nothing(book):
    account = book.account(principal=50_000)
    before = image([account])
    with pytest.raises(IntegrityError), transaction.atomic():
        book.dues(*[(account, "2026-3", date(2026, 3, 10), "principal", 100)] * 2)
    assert image([account]) == before


def replication_role():
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        return cursor.fetchone()[0]


def test_accounts_open_where_the_role_may_not_skip_checks(book):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE fairdue_plain; GRANT ALL ON ALL TABLES IN SCHEMA public TO fairdue_plain;"
                       "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO fairdue_plain; SET LOCAL ROLE fairdue_plain")  # fmt: skip
    with references_sound():
        account = book.account(principal=50_000)
        assert book.dues((account, "2026-3", date(2026, 3, 10), "principal", 100)).created == 1
        assert replication_role() == "origin"
    assert ledger.prove([account]).is_proved

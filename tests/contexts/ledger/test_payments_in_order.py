"""Many payments in order are posted on top of the present, and come to what the general way writes."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting, Transaction
from fairdue.contexts.ledger.operations import transactions
from fairdue.contexts.ledger.operations.bulk_receipts import land_in_order

COMPONENTS = ("principal", "interest", "penalty", "fee")


def lives(book, rng, policy):
    """Open one account with dues and earlier transactions; return its id and payments in order."""
    owed = {component: rng.randint(0, 3000) for component in rng.sample(COMPONENTS, rng.randint(1, 4))}
    account = book.account(policy=policy, origin=rng.choice(["due_plus_1", "due_date"]), **owed)
    first = book.opened + timedelta(days=5)
    dues = [
        (account, f"P{number}", first + timedelta(days=30 * number), component, rng.randint(1, 400))
        for number in range(rng.randint(0, 6))
        for component in rng.sample(COMPONENTS, rng.randint(1, 3))
    ]
    if dues:
        book.dues(*dues)
    for number in range(rng.randint(0, 3)):
        kind = rng.choice(["payment", "charge", "credit"])
        component = "" if kind == "payment" else rng.choice(COMPONENTS)
        on = first + timedelta(days=number)
        book.transactions((account, f"E{number}", kind, component, rng.randint(1, 300), on))
    days = sorted(rng.sample(range(4, 60), rng.randint(1, 4)))
    return account, [
        (account, f"N{number}", "payment", "", rng.randint(1, 900), first + timedelta(days=day))
        for number, day in enumerate(days)
    ]


def image(account):
    """All that the ledger says of an account, by references rather than ids."""
    refs = dict(DueItem.objects.filter(account_id=account).values_list("id", "due_ref"))
    names = dict(Transaction.objects.filter(account_id=account).values_list("id", "external_ref"))
    postings = Posting.objects.filter(account_id=account).values_list(
        "transaction_id", "kind", "debit", "credit", "due_item_id", "amount_minor", "currency", "effective_date",
        "recorded_at",
    )  # fmt: skip
    return (
        sorted((names.get(row[0], ""), *row[1:4], refs.get(row[4], ""), *row[5:]) for row in postings),
        sorted(DueItem.objects.filter(account_id=account).values_list(
            "due_ref", "component", "asked_minor", "paid_minor", "settled_date")),
        list(AccountState.objects.filter(account_id=account).values_list(
            "balance_minor", "credit_balance_minor", "oldest_unpaid_due_date", "latest_payment_date",
            "latest_payment_minor")),
        sorted(Transaction.objects.filter(account_id=account).values_list(
            "external_ref", "kind", "amount_minor", "effective_date", "recorded_at", "source", "person_id")),
    )  # fmt: skip


class Undo(Exception):
    """Ends a transaction that is to leave nothing."""


def landed(book, rows, monkeypatch, *, bulk_rows):
    """Return the images after landing some rows, which are then taken back."""
    monkeypatch.setattr(transactions, "BULK_ROWS", bulk_rows)
    accounts = sorted({row[0] for row in rows})
    images = []
    try:
        with transaction.atomic():
            counted = book.transactions(*rows)
            images = [counted, *(image(account) for account in accounts)]
            assert ledger.prove(accounts).differences == ()
            raise Undo
    except Undo:
        return images


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("policy", ["cn-card", "cn-loan-instalment", "cn-civil-default"])
def test_the_short_and_the_general_way_write_the_same(book, monkeypatch, policy, seed):
    rng = random.Random(seed)
    rows = [row for _ in range(4) for row in lives(book, rng, policy)[1]]
    short = landed(book, rows, monkeypatch, bulk_rows=1)
    general = landed(book, rows, monkeypatch, bulk_rows=10**9)
    assert short == general


def taken(book, rows):
    """Return how many rows the short way takes, and the accounts of the others."""
    with transaction.atomic():
        count, left = land_in_order(book.frame(*rows), source="file:2", now=book.now)
    return count, set(left["account_id"])


def test_only_accounts_whose_payments_come_last_are_taken(book):
    day = book.opened + timedelta(days=10)
    plain, later, known, charged = (book.account(principal=1000) for _ in range(4))
    book.transactions(
        (later, "A", "payment", "", 10, day + timedelta(days=5)), (known, "A", "payment", "", 10, day)
    )
    rows = [
        (plain, "A", "payment", "", 50, day),
        (later, "B", "payment", "", 50, day),
        (known, "A", "payment", "", 10, day),
        (charged, "A", "charge", "fee", 50, day),
        (charged, "B", "payment", "", 50, day),
    ]
    assert taken(book, rows) == (1, {later, known, charged})
    assert AccountState.objects.get(account_id=plain).balance_minor == 950
    assert AccountState.objects.get(account_id=later).balance_minor == 990


def test_unsound_payments_are_left_to_the_judgment_of_the_general_way(book):
    day = book.opened + timedelta(days=10)
    early, future, twice, nothing = (book.account(principal=1000) for _ in range(4))
    rows = [
        (early, "A", "payment", "", 50, book.opened - timedelta(days=1)),
        (future, "A", "payment", "", 50, date(2099, 1, 1)),
        (twice, "A", "payment", "", 50, day),
        (twice, "A", "payment", "", 50, day),
        (nothing, "A", "payment", "", 0, day),
    ]
    assert taken(book, rows) == (0, {early, future, twice, nothing})
    assert Transaction.objects.count() == 0

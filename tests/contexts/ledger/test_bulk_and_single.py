"""Random lives landed in bulk, one by one and in any order come to the same postings, items and states."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting, Transaction
from fairdue.contexts.ledger.operations.settle import settle_account
from fairdue.kernel.money import Money

START = date(2026, 2, 1)
COMPONENTS = ("principal", "interest", "penalty", "fee")


def image(account, names):
    """Net postings, items and state of an account, transactions by their reference."""
    net: dict = {}
    refs = {item.id: (item.due_ref, item.component) for item in DueItem.objects.filter(account_id=account)}
    for row in Posting.objects.filter(account_id=account).values():
        transaction = Transaction.objects.filter(id=row["transaction_id"]).first()
        origin = names.get(transaction.reverses_id or transaction.id) if transaction else None
        for code, sign in ((row["debit"], 1), (row["credit"], -1)):
            key = (origin, code, refs.get(row["due_item_id"]), row["effective_date"])
            net[key] = net.get(key, 0) + sign * row["amount_minor"]
    items = [
        (item.due_ref, item.component, item.due_date, item.asked_minor, item.paid_minor, item.settled_date)
        for item in DueItem.objects.filter(account_id=account).order_by("due_ref", "component")
    ]
    state = AccountState.objects.filter(account_id=account).values(
        "balance_minor", "credit_balance_minor", "oldest_unpaid_due_date", "latest_payment_date",
        "latest_payment_minor", "standing", "pauses",
    ).get()  # fmt: skip
    return {key: amount for key, amount in net.items() if amount}, items, state


def life_of(chance):
    """Openings, due items, and transactions (reference, kind, component, amount, day, reversed reference)."""
    openings = {name: chance.choice([0, 500, 3_000, 9_000]) for name in COMPONENTS}
    dues = [
        (
            f"D{number}",
            START + timedelta(days=30 * number + chance.randint(0, 3)),
            component,
            chance.randint(1, 3_000),
        )
        for number in range(chance.randint(0, 5))
        for component in chance.sample(COMPONENTS, chance.randint(1, 3))
    ]
    rows = []
    for number in range(chance.randint(1, 9)):
        kind = chance.choice(["payment", "payment", "payment", "credit", "charge"])
        component = "" if kind == "payment" else chance.choice(COMPONENTS)
        rows.append(
            (
                f"T{number}",
                kind,
                component,
                chance.randint(1, 4_000),
                START + timedelta(days=chance.randint(0, 130)),
            )
        )
        if chance.random() < 0.25:
            rows.append((f"R{number}", "reversal", "", None, date(2026, 6, 14), f"T{number}"))
    return openings, dues, rows


def names_of(account):
    return dict(Transaction.objects.filter(account_id=account).values_list("id", "external_ref"))


@pytest.mark.parametrize("policy", ["cn-loan-instalment", "cn-civil-default", "cn-card"])
@pytest.mark.parametrize("seed", range(3))
def test_bulk_and_single_come_to_the_same(book, seed, policy):
    chance = random.Random(f"{seed}{policy}")
    lives = [life_of(chance) for _ in range(6)]
    together = [book.account(policy=policy, **openings) for openings, _, _ in lives]
    alone = [book.account(policy=policy, **openings) for openings, _, _ in lives]
    dues = [(account, *row) for account, (_, dues, _) in zip(together, lives, strict=True) for row in dues]
    if dues:
        book.dues(*dues)
    book.transactions(
        *[(account, *row) for account, (_, _, rows) in zip(together, lives, strict=True) for row in rows]
    )
    for account, (_, dues, rows) in zip(alone, lives, strict=True):
        one_by_one(book, account, rows)
        if dues:
            book.dues(*[(account, *row) for row in dues])
    for account, other in zip(together, alone, strict=True):
        assert image(account, names_of(account)) == image(other, names_of(other))
        for one in (account, other):
            before = Posting.objects.count()
            assert settle_account(one, now=book.now).posted_count == 0
            assert Posting.objects.count() == before
    assert ledger.prove([*together, *alone], deep=True).is_proved


def one_by_one(book, account, rows):
    """Record payments and reversals by the single path, what files alone can bring by files of one row."""
    ids = {}
    for reference, kind, component, amount, day, *reverses in rows:
        if kind == "payment":
            ids[reference] = ledger.record_payment(
                account_id=account, amount=Money(amount), effective_date=day, external_ref=reference,
                source="hand", actor=book.actor, now=book.now,
            ).transaction_id  # fmt: skip
        elif kind == "reversal":
            ledger.reverse_transaction(
                transaction_id=ids[reverses[0]],
                reason="x",
                actor=book.actor,
                now=book.now,
                external_ref=reference,
            )
        else:
            ids[reference] = ledger.record_event(
                account_id=account, kind=kind, amount=Money(amount), effective_date=day, external_ref=reference,
                details={"component": component}, actor=book.actor, now=book.now,
            ).transaction_id  # fmt: skip


SPECIAL = [
    ("waiver", 50, {"component": "fee"}),
    ("pause", 0, {"from": "2026-03-01", "to": "2026-04-01"}),
    ("deferral", 0, {"from_date": "2026-03-01", "months": 1}),
    ("dispute", 0, {"component": "principal"}),
    ("charge", 70, {"component": "penalty", "due_date": "2026-05-05"}),
    ("settlement", 400, {"by_date": "2026-06-15"}),
    ("charge_off", 0, {}),
    ("re_age", 0, {"first_due_date": "2026-07-01", "every": 2, "unit": "weeks", "instalments": 3}),
]


@pytest.mark.parametrize("seed", range(8))
def test_events_and_late_files_come_to_the_same_in_any_order(book, seed):
    chance = random.Random(seed)
    openings, dues, rows = life_of(chance)
    events = [
        (kind, minor, details, START + timedelta(days=chance.randint(30, 130)))
        for kind, minor, details in chance.sample(SPECIAL, 3)
    ]
    account = book.account(policy="cn-loan-instalment", **openings | {"principal": 9_000, "fee": 3_000})
    book.dues(*[(account, *row) for row in dues] or [(account, "D0", date(2026, 3, 1), "principal", 100)])
    for number, (kind, minor, details, day) in enumerate(events):
        try:
            ledger.record_event(
                account_id=account, kind=kind, amount=Money(minor) if minor else None, effective_date=day,
                external_ref=f"E{number}", details=details, actor=book.actor, now=book.now, approval_ref="A",
            )  # fmt: skip
        except ledger.LedgerError:
            continue
        ended = min((each[3] for each in events[: number + 1] if each[0] == "charge_off"), default=date.max)
        book.transactions(
            *[
                (account, f"{row[0]}-{number}", *row[1:5])
                for row in rows
                if row[1] != "reversal" and not (row[1] == "charge" and row[4] >= ended)
            ][:3]
        )
        assert settle_account(account, now=book.now).posted_count == 0
        assert ledger.prove([account], deep=True).differences == ()
    for one in Transaction.objects.filter(account_id=account).order_by("?"):
        ledger.reverse_transaction(transaction_id=one.id, reason="x", actor=book.actor, now=book.now)
    net, items, state = image(account, names_of(account))
    assert {key[0] for key in net} == {None}
    assert state["standing"] == "active"
    assert sum(row[4] for row in items) == 0
    assert ledger.prove([account], deep=True).differences == ()

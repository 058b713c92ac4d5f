"""The proof finds every cache that its postings deny, and every posting that the facts deny."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import connection

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting
from fairdue.contexts.ledger.queries.prove import kind_of
from fairdue.engine.ledger import proving
from fairdue.kernel.money import Money

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 1)


@pytest.fixture
def account(book):
    """An account with two due items, a fee, and two payments of which one was reversed."""
    account = book.account(policy="cn-loan-instalment", principal=100_000)
    book.dues((account, "S1", MARCH, "principal", 10_000), (account, "S1", MARCH, "interest", 500))
    book.transactions(
        (account, "F1", "charge", "fee", 300, date(2026, 3, 1)),
        (account, "P1", "payment", "", 4_000, date(2026, 3, 20)),
        (account, "P2", "payment", "", 2_000, APRIL),
        (account, "R2", "reversal", "", 2_000, APRIL, "P2"),
        (account, "P3", "payment", "", 10_800, date(2026, 4, 5)),
    )
    return account


def found(account, **how):
    return {
        kind_of(one.subject): (one.cached, one.proved) for one in ledger.prove([account], **how).differences
    }


def test_a_book_that_was_kept_by_its_verbs_is_proved_and_replayed(book, account):
    report = ledger.prove(deep=True)
    assert (report.is_proved, report.accounts, report.total, report.is_deep) == (True, 1, 0, True)
    assert report.postings == Posting.objects.count()


@pytest.mark.parametrize(
    ("change", "subjects"),
    [
        ({"balance_minor": 1}, {"balance_minor"}),
        ({"credit_balance_minor": 7}, {"credit_balance_minor"}),
        ({"oldest_unpaid_due_date": MARCH}, {"oldest_unpaid_due_date"}),
        (
            {"latest_payment_date": APRIL, "latest_payment_minor": 2_000},
            {"latest_payment_date", "latest_payment_minor"},
        ),
        ({"standing": "written_off"}, {"standing", "receivable:principal", "receivable:fee"}),
        ({"standing": "charged_off"}, {"standing", "allowance:principal", "allowance:fee"}),
        ({"pauses": [["2026-01-01", "2026-02-01"]]}, {"pauses"}),
        ({"currency": "USD"}, {"posting:currency", "due_item:currency"}),
    ],
)
def test_an_altered_state_is_named(book, account, change, subjects):
    AccountState.objects.filter(account_id=account).update(**change)
    assert set(found(account)) == subjects


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"paid_minor": 9_000}, "due_item:paid_minor"),
        ({"settled_date": None}, "due_item:settled_date"),
        ({"settled_date": MARCH}, "due_item:settled_date"),
    ],
)
def test_an_altered_due_item_is_named(book, account, change, subject):
    DueItem.objects.filter(account_id=account, component="principal").update(**change)
    assert subject in found(account)


def smuggle(account, **fields):
    """Write a posting that no verb wrote."""
    values = {
        "debit": "cash",
        "credit": "receivable:principal",
        "amount_minor": 100,
        "transaction_id": None,
        "due_item_id": None,
        "currency": "CNY",
    } | fields
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_posting (entry, account_id, person_id, transaction_id, kind, debit, credit, due_item_id,
                                           amount_minor, currency, effective_date, recorded_at)
               VALUES (gen_random_uuid(), %s, 1, %s, 'smuggled', %s, %s, %s, %s, %s, %s, now())""",
            [account, *(values[name] for name in ("transaction_id", "debit", "credit", "due_item_id",
                                                  "amount_minor", "currency")), APRIL],
        )  # fmt: skip


def test_a_smuggled_posting_is_found_by_its_money_and_by_its_balance(book, account):
    smuggle(account)
    assert set(found(account)) == {"balance_minor", "transaction:cash"}


def test_a_posting_of_another_accounts_event_or_item_or_currency_is_found(book, account):
    other = book.account(policy="cn-loan-instalment", principal=5_000)
    book.transactions((other, "P1", "payment", "", 100, APRIL))
    event = Posting.objects.filter(account_id=other, transaction_id__isnull=False).first().transaction_id
    smuggle(account, transaction_id=event, debit="receivable:fee", credit="income:fee", currency="USD")
    assert {"posting:transaction_id", "posting:currency"} <= set(found(account))


def test_a_component_below_zero_is_found(book, account):
    smuggle(account, debit="adjustment", credit="receivable:penalty")
    assert found(account)["receivable:penalty"] == ("at least 0", "-100")


def test_money_that_went_where_the_policy_does_not_send_it_is_found_by_the_replay_alone(book, account):
    event = Posting.objects.filter(account_id=account, debit="cash").first().transaction_id
    smuggle(account, transaction_id=event, debit="receivable:principal", credit="cash", amount_minor=50)
    smuggle(account, transaction_id=event, debit="cash", credit="receivable:fee", amount_minor=50)
    smuggle(account, transaction_id=event, debit="receivable:fee", credit="cash", amount_minor=50)
    smuggle(account, transaction_id=event, debit="cash", credit="receivable:principal", amount_minor=50)
    assert ledger.prove([account], deep=True).is_proved  # four postings that come to nothing
    smuggle(account, transaction_id=event, debit="income:fee", credit="income:interest", amount_minor=50)
    assert found(account) == {}
    assert set(found(account, deep=True)) == {"replay:posting:income:fee:income:interest:2026-04-01"}


def test_all_differences_are_counted_and_only_some_are_kept(book):
    accounts = [book.account(principal=1_000) for _ in range(5)]
    AccountState.objects.filter(account_id__in=accounts).update(balance_minor=1)
    report = ledger.prove(limit=2)
    assert (len(report.differences), report.total, report.by_subject) == (2, 5, {"balance_minor": 5})
    assert not report.is_proved


def test_progress_is_told(book, account):
    seen = []
    ledger.prove(on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 1)]


def test_suspense_drawn_beyond_what_came_in_is_found(book, account):
    ledger.record_payment(
        account_id=account,
        amount=Money(100, "CNY"),
        effective_date=APRIL,
        external_ref="S1",
        source="bank:1",
        fund="suspense",
        actor=book.actor,
        now=book.now,
    )
    assert kind_of(ledger.prove().differences[0].subject) == "suspense:CNY"
    ledger.book_incoming(
        incoming_payment_id=1,
        creditor_id=book.creditor.id,
        amount=Money(100, "CNY"),
        effective_date=APRIL,
        now=book.now,
    )
    assert ledger.prove(deep=True).is_proved


def test_an_empty_book_is_proved(db):
    assert ledger.prove(deep=True) == ledger.ProofReport(accounts=0, postings=0, is_deep=True)


def test_ranges_cover_every_account_once(book, monkeypatch):
    from fairdue.contexts.ledger.queries import prove as room

    accounts = [book.account(principal=1_000) for _ in range(7)]
    monkeypatch.setattr(room, "LEAST_ACCOUNTS", 2)
    monkeypatch.setattr(room, "CHUNK_POSTINGS", 10)
    report = ledger.prove()
    assert (report.accounts, report.postings, report.is_proved) == (len(accounts), 7, True)


def test_the_frames_of_an_empty_range_prove_nothing_wrong():
    schemas = (proving.STATE_SCHEMA, proving.ITEM_SCHEMA, proving.EVENT_SCHEMA, proving.POSTING_SCHEMA)
    books = proving.Books(*(pl.DataFrame(schema=schema) for schema in schemas))
    assert proving.differences(books).is_empty()


@pytest.mark.django_db(transaction=True)
def test_the_proof_reads_one_moment_on_a_connection_of_its_own(transactional_db):
    assert ledger.prove(deep=True).is_proved

"""Cards that this installation keeps, from the contract to postings: what the engine derives is what is booked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import connection

from fairdue.contexts.book.models import Creditor
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import DueItem, Posting, Transaction
from fairdue.contexts.parties.models import Person
from fairdue.journeys.open_loan import open_loan
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
ACTOR = system("test")
OPENED = date(2026, 1, 10)
AGREED = {"statement_day": 5, "due_day": 23, "daily_rate": "0.0005"}


def at(day: date) -> datetime:
    """Noon in China of a day."""
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def on(month: int, day: int) -> date:
    return date(2026, month, day)


@pytest.fixture
def card() -> int:
    Creditor.objects.create(code="CARD-BANK", name_zh="发卡行", name_en="Card Bank", institution_group="C")
    person = Person.objects.create(
        name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=at(OPENED)
    )
    return open_loan(
        creditor_code="CARD-BANK",
        person_id=person.pk,
        product_code="cn-card",
        account_ref="6225",
        principal=Money(5_000_000),
        disbursed_date=OPENED,
        details=AGREED,
        actor=ACTOR,
        now=at(OPENED),
    ).account_id


def spend(account_id: int, day: date, amount: int, component: str = "principal") -> None:
    ledger.record_event(
        account_id=account_id,
        kind="charge",
        amount=Money(amount),
        effective_date=day,
        details={"component": component},
        external_ref=f"T{day}{component}",
        actor=ACTOR,
        now=at(day),
    )


def pay(account_id: int, day: date, amount: int, *, known: date | None = None) -> None:
    ledger.record_payment(
        account_id=account_id,
        amount=Money(amount),
        effective_date=day,
        external_ref=f"P{day}{amount}",
        source="hand",
        actor=ACTOR,
        now=at(known or day),
    )


def keep(day: date) -> ledger.KeepReport:
    return ledger.keep_contracts(until=day, now=at(day))


def standing(account_id: int) -> dict[str, int]:
    rows = Transaction.objects.filter(account_id=account_id, source="keeping", kind="charge")
    gone = set(Transaction.objects.filter(reverses__isnull=False).values_list("reverses_id", flat=True))
    return {row.external_ref: row.amount_minor for row in rows if row.pk not in gone}


def dues(account_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    rows = DueItem.objects.filter(account_id=account_id).order_by("due_date", "component")
    return {(row.due_ref, row.component): (row.asked_minor, row.paid_minor) for row in rows}


def income(account_id: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in Posting.objects.filter(account_id=account_id):
        if row.credit.startswith("income:"):
            found[row.credit] = found.get(row.credit, 0) + row.amount_minor
        if row.debit.startswith("income:"):
            found[row.debit] = found.get(row.debit, 0) - row.amount_minor
    return {code: amount for code, amount in found.items() if amount}


def test_a_card_lands_its_statements_and_full_interest_once(card: int) -> None:
    spend(card, on(3, 30), 100_000)
    keep(on(4, 5))
    assert dues(card) == {("s:2026-04-05", "principal"): (10_000, 0)}
    pay(card, on(4, 23), 10_000)
    keep(on(5, 5))
    assert standing(card) == {"keeping:int:s:2026-05-05": 1740}
    assert dues(card) == {
        ("s:2026-04-05", "principal"): (10_000, 10_000),
        ("s:2026-05-05", "interest"): (1740, 0),
        ("s:2026-05-05", "principal"): (9000, 0),
    }
    assert income(card)["income:interest"] == 1740
    assert ledger.account_summary(card, on(5, 5)).balance == Money(91_740)
    assert keep(on(5, 5)).changed_accounts == 0
    assert ledger.prove().differences == ()


def test_a_card_that_is_not_paid_is_late_from_the_day_after_and_bears_its_late_fee(card: int) -> None:
    spend(card, on(3, 30), 100_000)
    for day in (on(4, 5), on(4, 27), on(5, 5)):
        keep(day)
    assert standing(card) == {"keeping:late:s:2026-04-05": 1000, "keeping:int:s:2026-05-05": 1800}
    assert dues(card) == {
        ("s:2026-04-05", "principal"): (10_000, 0),
        ("s:2026-05-05", "interest"): (1800, 0),
        ("s:2026-05-05", "penalty"): (1000, 0),
        ("s:2026-05-05", "principal"): (9000, 0),
    }
    assert income(card) == {"income:principal": 100_000, "income:interest": 1800, "income:penalty": 1000}
    assert ledger.account_summary(card, on(5, 5)).days_past_due == 12
    assert ledger.prove().differences == ()


def test_a_receipt_that_comes_late_takes_interest_and_late_fee_back(card: int) -> None:
    spend(card, on(3, 30), 100_000)
    for day in (on(4, 5), on(4, 27), on(5, 5)):
        keep(day)
    pay(card, on(4, 23), 100_000, known=on(5, 10))
    keep(on(5, 10))
    assert standing(card) == {}
    assert income(card) == {"income:principal": 100_000}
    assert ledger.account_summary(card, on(5, 10)).balance == Money(0)
    assert {key: asked for key, (asked, _) in dues(card).items() if asked} == {
        ("s:2026-04-05", "principal"): 10_000
    }
    assert ledger.prove().differences == ()


def test_money_before_the_statement_lowers_the_balance_and_does_not_pay_it(card: int) -> None:
    """600 of 1000 on 1 April: the statement asks for 40 of 400, nobody pays it, and it is late on 24 April."""
    spend(card, on(3, 30), 100_000)
    pay(card, on(4, 1), 60_000)
    for day in (on(4, 5), on(4, 27)):
        keep(day)
    assert dues(card) == {("s:2026-04-05", "principal"): (4000, 0)}
    assert standing(card) == {"keeping:late:s:2026-04-05": 1000}
    assert ledger.account_summary(card, on(4, 27)).days_past_due == 4
    assert ledger.prove().differences == ()


def test_a_fee_and_a_cash_advance_are_asked_for_by_the_statement_and_owed_once(card: int) -> None:
    """Advance 2000 x 0.05 % x 25 = 25.00; the statement asks for all of advance, fee and interest."""
    spend(card, on(4, 10), 200_000, "cash_advance")
    spend(card, on(4, 10), 3000, "fee")
    keep(on(5, 5))
    assert dues(card) == {
        ("s:2026-05-05", "cash_advance"): (200_000, 0),
        ("s:2026-05-05", "fee"): (3000, 0),
        ("s:2026-05-05", "interest"): (2500, 0),
    }
    assert ledger.account_summary(card, on(5, 5)).balance == Money(205_500)
    pay(card, on(5, 20), 205_500)
    assert {asked - paid for asked, paid in dues(card).values()} == {0}
    keep(on(6, 5))
    assert standing(card) == {"keeping:int:s:2026-05-05": 2500, "keeping:int:s:2026-06-05": 1500}
    assert ledger.prove().differences == ()


@pytest.mark.parametrize("rows", [1, 1000], ids=["the shorter way", "the careful way"])
def test_a_file_that_comes_after_the_statement_with_money_from_before_it_does_not_pay_it(
    card: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement of 5 April is landed when the money of 1 April arrives: its statement asks for 40, unpaid."""
    monkeypatch.setattr("fairdue.contexts.ledger.operations.transactions.BULK_ROWS", rows)
    spend(card, on(3, 30), 100_000)
    keep(on(4, 5))
    row = {
        "account_id": card,
        "person_id": Transaction.objects.get(account_id=card).person_id,
        "external_ref": "F1",
        "kind": "payment",
        "component": "",
        "effective_date": on(4, 1),
        "amount_minor": 60_000,
        "currency": "CNY",
        "reverses_ref": "",
    }
    ledger.land_transactions(pl.DataFrame([row]), batch_id=1, now=at(on(4, 6)))
    assert dues(card) == {("s:2026-04-05", "principal"): (10_000, 0)}
    keep(on(4, 6))
    assert dues(card) == {("s:2026-04-05", "principal"): (4000, 0)}
    assert ledger.prove().differences == ()


def test_what_a_statement_asks_for_is_part_of_what_the_night_sees_as_owed(card: int) -> None:
    spend(card, on(4, 10), 200_000, "cash_advance")
    keep(on(5, 5))
    with connection.cursor() as cursor:
        cursor.execute(ledger.state_facts_sql(on(5, 6)))
        names = [column.name for column in cursor.description]
        found = dict(zip(names, cursor.fetchone(), strict=True))
    assert (found["balance_minor"], found["overdue_minor"], found["next_due_minor"]) == (202_500, 0, 202_500)

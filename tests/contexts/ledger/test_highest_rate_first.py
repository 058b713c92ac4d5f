"""A live US card (12 CFR 1026.53): what a receipt holds above the minimum goes to the highest rate first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from fairdue.contexts.book.models import Account, Creditor
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import Person
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.journeys.open_loan import open_loan
from fairdue.journeys.receive_payment import receive_payment
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
ACTOR = system("test")
OPENED, SPENT, BILLED, PAID = date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 5), date(2026, 4, 10)
RATES = {"principal": "0.0005", "cash_advance": "0.0008", "balance_transfer": "0.0001"}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def card(rates: dict[str, str]) -> int:
    bank = Creditor.objects.create(
        code="US-BANK", name_zh="美国银行", name_en="US Bank", institution_group="U"
    )
    person = Person.objects.create(name_sealed=b"x", name_masked="J*", name_hash=b"h", recorded_at=at(OPENED))
    assert bank.pk
    opened = open_loan(
        creditor_code="US-BANK", person_id=person.pk, product_code="us-card", account_ref="4111",
        principal=Money(1_000_000, "USD"), disbursed_date=OPENED, actor=ACTOR, now=at(OPENED),
        details={"statement_day": 5, "due_day": 30, "daily_rate": "0.0005", "daily_rates": rates},
    ).account_id  # fmt: skip
    for component in RATES:
        ledger.record_event(
            account_id=opened, kind="charge", amount=Money(100_000, "USD"), effective_date=SPENT,
            details={"component": component}, external_ref=component, actor=ACTOR, now=at(SPENT),
        )  # fmt: skip
    ledger.keep_contracts(until=BILLED, now=at(BILLED))
    return opened


def minimum(account_id: int) -> int:
    return sum(
        due.unpaid.minor for due in ledger.account_dues(account_id, PAID) if due.due_date == date(2026, 4, 30)
    )


def above_minimum(account_id: int, amount: int) -> dict[str, int]:
    """Receive money from a provider and return what of it went to balance that nothing asked for."""
    code = payments.issue_code(account_id=account_id, actor=ACTOR, now=at(PAID))
    creditor_id = Creditor.objects.get(code="US-BANK").pk
    incoming = Incoming(
        creditor_id=creditor_id, source="webhook:test", source_ref="p", amount=Money(amount, "USD"), value_date=PAID,
        payer_name="John", remittance=code.spoken,
    )  # fmt: skip
    assert receive_payment(incoming=incoming, actor=ACTOR, now=at(PAID)).status == "matched"
    (payment,) = [row for row in ledger.account_transactions(account_id) if row.kind == "payment"]
    assert sum(part.amount.minor for part in payment.parts) == amount
    return {part.component: part.amount.minor for part in payment.parts if not part.due_ref}


@pytest.mark.parametrize(
    ("rates", "first", "second"),
    [
        (RATES, "cash_advance", "principal"),
        (RATES | {"balance_transfer": "0.0009"}, "balance_transfer", "cash_advance"),
    ],
)
def test_a_receipt_above_the_minimum_lowers_the_balance_with_the_highest_rate_first(rates, first, second):
    account_id = card(rates)
    asked, before = minimum(account_id), ledger.account_summary(account_id, PAID).by_component
    assert asked > 2_500
    paid = above_minimum(account_id, asked + 110_000)
    assert list(paid) == [first, second] or set(paid) == {first, second}
    after = ledger.account_summary(account_id, PAID).by_component
    assert after.get(first, Money(0, "USD")) == Money(0, "USD")
    assert sum(paid.values()) == 110_000 and paid[first] > paid[second] > 0
    third = ({"principal", "cash_advance", "balance_transfer"} - {first, second}).pop()
    assert after[third].minor >= before[third].minor - asked
    assert ledger.prove([account_id], deep=True).differences == ()


def test_a_file_of_many_at_once_settles_as_a_single_receipt_does():
    account_id = card(RATES)
    asked = minimum(account_id)
    row = {
        "account_id": account_id, "person_id": Account.objects.get(pk=account_id).person_id, "external_ref": "F1", "kind": "payment", "component": "",
        "amount_minor": asked + 50_000, "currency": "USD", "effective_date": PAID, "reverses_ref": "",
    }  # fmt: skip
    ledger.land_transactions(pl.DataFrame([row]), batch_id=1, now=at(PAID))
    (payment,) = [row for row in ledger.account_transactions(account_id) if row.kind == "payment"]
    beyond = {part.component: part.amount.minor for part in payment.parts if not part.due_ref}
    assert beyond == {"cash_advance": 50_000}
    assert ledger.prove([account_id], deep=True).differences == ()

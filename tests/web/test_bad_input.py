"""Bad input at every door of the ledger: the refusal names its rule, and nothing was posted."""

from __future__ import annotations

import csv
import json
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings as django_settings
from lender_files import payment, take, write_csv
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import (
    AccountState,
    DueItem,
    HousePosting,
    LoanContract,
    Posting,
    Transaction,
)
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.payments.models import IncomingPayment, Request
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now
from fairdue.kernel.money import MAX_MINOR, Money
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.django_db
TEST = system("test")
DAY = timedelta(days=1)


@pytest.fixture
def loan(world) -> Account:
    return Account.objects.get(external_ref="L-0001")


def today() -> date:
    return business_date(now())


def before_opening(loan: Account) -> date:
    return loan.balance_date - DAY


def books() -> tuple:
    """Return all that a posting would change."""
    rows = (Posting, HousePosting, Transaction, DueItem, LoanContract, Request)
    return [model.objects.count() for model in rows], list(AccountState.objects.order_by("pk").values())


def pay(loan: Account, minor: int = 100, *, currency: str = "CNY", on: date | None = None, ref: str = "P"):
    return ledger.record_payment(
        account_id=loan.pk, amount=Money(minor, currency), effective_date=on or today(), external_ref=ref,
        source="hand", actor=TEST, now=now(),
    )  # fmt: skip


def happen(
    loan: Account, kind: str, minor: int | None = None, *, on: date | None = None, ref: str = "E", **details
):
    return ledger.record_event(
        account_id=loan.pk, kind=kind, amount=None if minor is None else Money(minor), effective_date=on or today(),
        details=details, external_ref=ref, actor=TEST, now=now(), approval_ref="request:1",
    )  # fmt: skip


def pause(loan: Account, ref: str = "E") -> None:
    happen(loan, "pause", ref=ref, **{"from": str(today() - 5 * DAY), "to": str(today() + 5 * DAY)})


def assign(loan: Account) -> None:
    happen(loan, "assignment", ref="given", to="Harbour")


def opening(loan: Account, **other) -> dict:
    return {
        "account_id": loan.pk + 10_000, "person_id": loan.person_id, "creditor_id": loan.creditor_id, "currency": "CNY",
        "component": "principal", "amount_minor": 1, "balance_date": today(),
    } | other  # fmt: skip


def open_all(*rows: dict):
    return ledger.open_accounts(pl.DataFrame(rows), now=now())


def land_due(loan: Account, **other):
    row = {
        "account_id": loan.pk, "person_id": loan.person_id, "due_ref": "x", "due_date": today(), "component": "principal",
        "amount_minor": 1, "currency": "CNY",
    }  # fmt: skip
    return ledger.land_dues(pl.DataFrame([row | other]), batch_id=1, now=now())


def lend(loan: Account, principal: int = 1_000_000, **details):
    return ledger.open_contract(
        account_id=loan.pk + 10_000, product_code="cn-loan-fixed-amount", principal=Money(principal),
        disbursed_date=today(), actor=TEST, now=now(),
        account={"person_id": loan.person_id, "creditor_id": loan.creditor_id},
        details={"rate": "0.1", "first_due_date": str(today() + 30 * DAY), "instalment_minor": 8_000} | details,
    )  # fmt: skip


def reverse_twice(loan: Account):
    paid = Transaction.objects.get(kind="reversal")
    return ledger.reverse_transaction(transaction_id=paid.pk, reason="x", actor=TEST, now=now())


def take_back_a_payment(loan: Account) -> None:
    given = pay(loan, ref="given")
    ledger.reverse_transaction(transaction_id=given.transaction_id, reason="x", actor=TEST, now=now())


ROOM = {
    "component of a charge": (None, lambda loan: happen(loan, "charge", 5, component="gold"), "ledger.component.unknown"),
    "component of an opening": (None, lambda loan: open_all(opening(loan, component="gold")), "ledger.component.unknown"),
    "component of a due item": (None, lambda loan: land_due(loan, component="gold"), "ledger.component.unknown"),
    "currency of a payment": (None, lambda loan: pay(loan, currency="USD"), "ledger.currency.differs"),
    "currency of a due item": (None, lambda loan: land_due(loan, currency="USD"), "ledger.currency.differs"),
    "two currencies in one opening": (
        None,
        lambda loan: open_all(opening(loan), opening(loan, component="fee", currency="USD")),
        "ledger.currency.differs",
    ),
    "another currency for an open account": (
        None,
        lambda loan: open_all(
            opening(loan, account_id=loan.pk, balance_date=loan.balance_date, currency="USD")
        ),
        "ledger.currency.differs",
    ),
    "payment before the opening": (
        None, lambda loan: pay(loan, on=before_opening(loan)), "ledger.date.before_opening",
    ),
    "event before the opening": (
        None, lambda loan: happen(loan, "waiver", 5, on=before_opening(loan), component="principal"), "ledger.date.before_opening",
    ),
    "payment in the future": (None, lambda loan: pay(loan, on=today() + DAY), "ledger.date.future"),
    "contract over nothing": (None, lambda loan: lend(loan, 0), "ledger.contract.invalid"),
    "negative receipt": (None, lambda loan: pay(loan, -100), "ledger.amount.invalid"),
    "receipt of nothing": (None, lambda loan: pay(loan, 0), "ledger.amount.invalid"),
    "receipt beyond 2^53": (None, lambda loan: pay(loan, MAX_MINOR + 1), "ledger.amount.invalid"),
    "opening beyond 2^53": (None, lambda loan: open_all(opening(loan, amount_minor=MAX_MINOR + 1)), "ledger.amount.invalid"),
    "due item below zero": (None, lambda loan: land_due(loan, amount_minor=-1), "ledger.amount.invalid"),
    "detail beyond 2^53": (
        None, lambda loan: happen(loan, "plan", discount={"principal": MAX_MINOR + 1}, rows=[]), "ledger.event.details_invalid",
    ),
    "reversal of a reversal": (take_back_a_payment, reverse_twice, "ledger.reversal.of_reversal"),
    "payment on an assigned debt": (assign, pay, "ledger.event.assigned"),
    "event on an assigned debt": (assign, pause, "ledger.event.assigned"),
    "event on a debt paid in full": (lambda loan: pay(loan, 150_050, ref="all"), pause, "ledger.event.account_not_active"),
    "waiver on a debt written off": (
        lambda loan: happen(loan, "write_off", ref="given"),
        lambda loan: happen(loan, "waiver", 5, component="principal"),
        "ledger.event.written_off",
    ),
    "contract that never repays": (None, lend, "ledger.contract.not_amortising"),
    "overlapping pauses": (lambda loan: pause(loan, "given"), pause, "ledger.event.pause_overlap"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROOM)
def test_the_ledger_refuses_by_a_rule_with_a_name_and_posts_nothing(loan, name):
    prepare, attempt, code = ROOM[name]
    if prepare:
        prepare(loan)
    before = books()
    with pytest.raises(ledger.LedgerError) as refused:
        attempt(loan)
    rows = getattr(refused.value, "rows", None)
    assert set(rows or {refused.value.code}) == {code}
    assert books() == before


# Files


def sent(**other) -> dict:
    return payment("T1", "L-0001", effective_date=str(today())) | other


FILE = {
    "unknown component": (None, {"kind": "charge", "component": "gold"}, "intake.choice.unknown"),
    "another currency": (None, {"currency": "USD"}, "intake.currency.differs_from_account"),
    "before the opening": (None, {"effective_date": "2020-01-02"}, "intake.transaction.before_opening"),
    "in the future": (None, {"effective_date": "2099-01-02"}, "intake.date.in_the_future"),
    "negative": (None, {"amount": "-5"}, "intake.amount.negative"),
    "beyond 2^53": (None, {"amount": "90071992547409.93"}, "intake.amount.too_large"),
    "reversal of a reversal": (
        take_back_a_payment,
        {"kind": "reversal", "amount": "1.00", "reverses_ref": "REVERSAL"},
        "intake.transaction.reverses_reversal",
    ),
    "payment on an assigned debt": (assign, {}, "intake.transaction.account_assigned"),
    "charge on a debt charged off": (
        lambda loan: happen(loan, "charge_off", ref="given"),
        {"kind": "charge", "component": "fee"},
        "intake.transaction.account_charged_off",
    ),
    "credit on a debt written off": (
        lambda loan: happen(loan, "write_off", ref="given"),
        {"kind": "credit", "component": "principal"},
        "intake.transaction.account_written_off",
    ),
}


@pytest.mark.parametrize("name", FILE)
def test_a_file_rejects_the_row_with_its_reason_and_posts_nothing(loan, tmp_path, name):
    prepare, row, code = FILE[name]
    if prepare:
        prepare(loan)
    if row.get("reverses_ref") == "REVERSAL":
        row = row | {"reverses_ref": Transaction.objects.get(kind="reversal").external_ref}
    before = books()
    path = write_csv(tmp_path / "transactions.csv", "transactions", [sent(**row)])
    report = take(path, "transactions", tmp_path, creditor="north", now=now())
    with Path(report.reject_file).open(encoding="utf-8-sig", newline="") as file:
        assert [line["reason"] for line in csv.DictReader(file)] == [code]
    assert (report.accepted_count, books()) == (0, before)


# Commands


def fairdue(*arguments: str):
    return CliRunner().invoke(build(), arguments)


COMMANDS = {
    "a schedule that cannot amortise": (
        ("products", "schedule", "cn-loan-fixed-amount", "--principal", "10000", "--rate", "12", "--disbursed",
         "2026-01-01", "--first-due", "2026-02-01", "--instalment", "1"), 1, "does not repay",
    ),
    "a negative amount lent": (
        ("products", "schedule", "cn-loan-equal-instalment", "--principal", "-5", "--rate", "12", "--disbursed",
         "2026-01-01", "--first-due", "2026-02-01", "--instalments", "12"), (1, 2), "",
    ),
    "a pay-off before the opening": (("ledger", "payoff", "L-0001", "--as-of", "2020-01-01"), 2, "before"),
    "a day that is none": (("ledger", "show", "L-0001", "--as-of", "2026-02-30"), 2, ""),
    "an account that is none": (("ledger", "show", "L-9999"), 2, ""),
    "a bank file that is none": (("payments", "statement", "FILE", "--creditor", "north"), 2, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_a_status_and_a_sentence_and_posts_nothing(loan, tmp_path, name):
    arguments, status, said = COMMANDS[name]
    path = tmp_path / "bank.xml"
    path.write_text("<Document/>", encoding="utf-8")
    before = books()
    result = fairdue(*(str(path) if each == "FILE" else each for each in arguments))
    assert result.exit_code in (status if isinstance(status, tuple) else (status,)), result.output
    assert said in result.output and "Traceback" not in result.output
    assert books() == before


# Providers


def report(client, **other):
    document = {
        "event_id": "evt-1", "kind": "payment.received", "creditor": "north", "payment_ref": "pay-1", "amount_minor": 400,
        "currency": "CNY", "value_date": str(today()), "account_ref": "L-0001",
    }  # fmt: skip
    body = json.dumps(document | other).encode()
    key = django_settings.PAYMENT_PROVIDERS["http"]["key"]
    headers = outreach.sign(key=key, body=body, timestamp=int(time.time()))
    url = "/api/v1/payments/http/events"
    return client.post(url, data=body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "other",
    [
        {"amount_minor": -400}, {"amount_minor": 0}, {"amount_minor": MAX_MINOR + 1}, {"currency": "XYZ"},
        {"value_date": "2026-02-30"}, {"kind": "payment.charge"},
    ],
)  # fmt: skip
def test_a_provider_is_told_what_cannot_be_booked_and_nothing_is(client, loan, other):
    before = books()
    answer = report(client, **other)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["code"]
    assert (IncomingPayment.objects.count(), books()) == (0, before)


WAITS = {
    "another currency": (None, {"currency": "USD"}, "currency_differs"),
    "before the opening": (None, {"value_date": "2020-01-02"}, "ledger_refused"),
    "assigned": (assign, {}, "ledger_refused"),
}


@pytest.mark.parametrize("name", WAITS)
def test_money_that_the_account_cannot_take_waits_in_suspense_with_the_reason(client, loan, name):
    prepare, other, why = WAITS[name]
    if prepare:
        prepare(loan)
    before = AccountState.objects.get(account_id=loan.pk).recorded_at, Posting.objects.count()
    answer = report(client, **other)
    assert (answer.status_code, answer.json()["status"]) == (200, "suspense")
    assert IncomingPayment.objects.get().why_waiting == why
    after = AccountState.objects.get(account_id=loan.pk).recorded_at, Posting.objects.count()
    assert after == before


# The desk


def asked(loan: Account, **other) -> dict:
    return {
        "account_id": loan.pk, "amount": "5.00", "effective_date": str(today()), "external_ref": "R1", "payer_name": "",
        "reason": "cash at the counter",
    } | other  # fmt: skip


DESK_PAYMENT = {
    "negative": (None, {"amount": "-5"}),
    "nothing": (None, {"amount": "0"}),
    "beyond 2^53": (None, {"amount": "90071992547409.93"}),
    "in the future": (None, {"effective_date": "2099-01-01"}),
    "before the opening": (None, {"effective_date": "2020-01-01"}),
    "a debt of nobody here": (None, {"account_id": 999_999}),
    "an assigned debt": (assign, {}),
}


@pytest.mark.parametrize("name", DESK_PAYMENT)
def test_the_desk_refuses_a_payment_in_place_before_anybody_is_asked(world, loan, signed_in, name):
    prepare, other = DESK_PAYMENT[name]
    make_staff("collector")
    if prepare:
        prepare(loan)
    before = books()
    answer = signed_in("collector").post(f"/desk/case/{world.case.pk}/payment", asked(loan, **other))
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()
    assert books() == before


DESK_EVENT = {
    "unknown component": (None, "waiver", {"amount": "5", "component": "gold"}),
    "waiver below zero": (None, "waiver", {"amount": "-5", "component": "principal"}),
    "waiver in the future": (None, "waiver", {"amount": "5", "component": "principal", "effective_date": "2099-01-01"}),
    "waiver before the opening": (None, "waiver", {"amount": "5", "component": "principal", "effective_date": "2020-01-01"}),
    "overlapping pauses": (pause, "pause", {}),
    "pause on an assigned debt": (assign, "pause", {}),
    "waiver on a debt written off": (
        lambda loan: happen(loan, "write_off"), "waiver", {"amount": "5", "component": "principal"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DESK_EVENT)
def test_the_desk_refuses_an_event_in_place_and_records_nothing(world, loan, signed_in, name):
    prepare, kind, other = DESK_EVENT[name]
    make_staff("collector")
    if prepare:
        prepare(loan)
    said = {
        "effective_date": str(today()), "from": str(today() - DAY), "to": str(today() + DAY), "of": "", "due_ref": "",
        "reason": "agreed", "token": "t", "step": "preview",
    }  # fmt: skip
    before = books()
    answer = signed_in("collector").post(f"/desk/accounts/{loan.pk}/events/{kind}", said | other)
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()
    assert books() == before


def test_the_desk_takes_no_reversal_back(world, loan, signed_in):
    make_staff("supervisor")
    take_back_a_payment(loan)
    reversal, before = Transaction.objects.get(kind="reversal"), books()
    path = f"/desk/accounts/{loan.pk}/take-back/{reversal.pk}"
    answer = signed_in("supervisor").post(path, {"reason": "again"})
    assert answer.status_code == 422
    assert "cannot be taken back" in answer.content.decode() or "reversal" in answer.content.decode().lower()
    assert books() == before

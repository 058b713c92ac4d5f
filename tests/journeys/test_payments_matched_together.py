"""Many payments of a bank file are matched at once: each comes to what it would have come to alone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.audit.models import Event
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import PromiseToPay, WorkItem
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting, Transaction
from fairdue.contexts.ledger.operations import bulk_receipts
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.contexts.payments.operations import together as together_module
from fairdue.journeys import receive_payment as journey
from fairdue.journeys import take_bank_statement as statement_journey
from fairdue.journeys.take_bank_statement import match_waiting
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from fairdue.storage.bulk import database_url
from tests.case_world import NOW, TODAY, World, cny

HOUSE = system("tests")
DEBTORS = 14


def arrive(world, ref, amount, **values) -> int:
    incoming = Incoming(
        creditor_id=world.creditors["north"].pk,
        source="webhook:http",
        source_ref=ref,
        amount=Money(amount),
        **{"value_date": TODAY} | values,
    )
    return payments.receive(incoming=incoming, actor=HOUSE, now=NOW).payment_id


def coded(world, number=DEBTORS):
    """Return accounts of as many persons, each with the repayment code of its account."""
    accounts = [world.account(world.person()) for _ in range(number)]
    return accounts, [
        payments.issue_code(account_id=each.pk, actor=HOUSE, now=NOW).spoken for each in accounts
    ]


def story(world):
    """Let payments of every sort arrive and wait; return their accounts."""
    accounts, codes = coded(world)
    collector = world.staff("collector")
    for account in accounts[:3]:
        case_id = world.case(account.person)
        world.work(account.person)
        cases.record_promise(
            case_id=case_id, account_id=account.pk, amount=cny("400"), promised_date=TODAY + timedelta(days=2),
            actor=collector, now=NOW,
        )  # fmt: skip
    paused, backdated, designated, structured = accounts[-4:]
    ledger.record_event(
        account_id=paused.pk, kind="pause", amount=None, effective_date=TODAY - timedelta(days=9), external_ref="p",
        details={"from": str(TODAY - timedelta(days=9)), "to": str(TODAY)}, actor=HOUSE, now=NOW,
    )  # fmt: skip
    ledger.record_payment(
        account_id=backdated.pk, amount=cny("1"), effective_date=TODAY, external_ref="b", source="hand",
        actor=HOUSE, now=NOW,
    )  # fmt: skip
    amounts = [40_000, 100, 130_000, 40_000, 100_000, 7, 8, 9, 10, 11]
    for number, (amount, code) in enumerate(zip(amounts, codes, strict=False)):
        arrive(world, f"A{number}", amount, remittance=f"还款 {code}", payer_name="王建国")
    arrive(world, "second", 39_900, remittance=codes[1])
    arrive(world, "both", 50, remittance=f"{codes[3]} / {codes[4]}")
    arrive(world, "paused", 40_000, remittance=codes[-4])
    arrive(world, "backdated", 500, remittance=codes[-3], value_date=TODAY - timedelta(days=3))
    arrive(world, "designated", 40_000, designated_account_id=designated.pk)
    arrive(world, "beyond", 100_001, structured_ref=structured.external_ref)
    arrive(world, "fits", 100_000, structured_ref=structured.external_ref)
    arrive(world, "unnamed", 5, remittance="谢谢")
    return accounts


def image():
    """All that matching writes, without the numbers that rows are given."""
    refs = dict(Transaction.objects.values_list("id", "external_ref"))
    dues = dict(DueItem.objects.values_list("id", "due_ref"))
    matches = PaymentMatch.objects.order_by("payment_id").values_list(
        "payment_id", "account_id", "person_id", "amount_minor", "way", "rule", "reasons", "matched_by", "recorded_at",
        "transaction_id",
    )  # fmt: skip
    postings = Posting.objects.values_list(
        "account_id",
        "transaction_id",
        "kind",
        "debit",
        "credit",
        "due_item_id",
        "amount_minor",
        "effective_date",
    )
    events = Event.objects.filter(code__in=["ledger.payment.recorded", "payments.payment.matched"])
    return {
        "payments": list(IncomingPayment.objects.order_by("id").values_list("id", "matched_minor", "why_waiting")),
        "matches": [(*row[:-1], refs[row[-1]]) for row in matches],
        "transactions": sorted(
            Transaction.objects.values_list(
                "account_id", "external_ref", "amount_minor", "source", "fund", "effective_date"
            )
        ),
        "postings": sorted((row[0], refs.get(row[1], ""), *row[2:5], dues.get(row[5], ""), *row[6:]) for row in postings),
        "dues": sorted(DueItem.objects.values_list("account_id", "due_ref", "asked_minor", "paid_minor", "settled_date", "id")),
        "states": list(AccountState.objects.order_by("account_id").values()),
        "promises": list(PromiseToPay.objects.order_by("id").values_list("id", "status", "received_minor")),
        "work": list(WorkItem.objects.order_by("id").values_list("id", "status", "done_by")),
        "audit": sorted((one.code, one.person_id, str({**one.after, "transaction_id": 0})) for one in events),
        "closed": sorted(Event.objects.filter(code="cases.work.closed").values_list("person_id", "reason")),
    }  # fmt: skip


class Undo(Exception):
    """Ends a transaction that is to leave nothing."""


def matched(monkeypatch, few):
    """Return what matching all that waits came to, which is then taken back."""
    monkeypatch.setattr(statement_journey, "FEW", few)
    try:
        with transaction.atomic():
            done = match_waiting(creditor_code="north", actor=HOUSE, now=NOW)
            assert ledger.prove(deep=True).differences == ()
            found = image() | {"counts": (done.matched_count, done.waiting_count)}
            raise Undo
    except Undo:
        return found


@pytest.mark.django_db
def test_together_and_alone_come_to_the_same(monkeypatch):
    story(World.build())
    alone = matched(monkeypatch, few=10**9)
    taken = []
    real = payments.match_together
    monkeypatch.setattr(
        journey.payments, "match_together", lambda **values: taken.append(real(**values)) or taken[-1]
    )
    assert matched(monkeypatch, few=1) == alone
    assert alone["counts"] == (15, 3)
    assert [len(one.payment_ids) for one in taken] == [12, 1]
    assert [len(one.alone) for one in taken] == [4, 0]
    assert [status for _, status, _ in alone["promises"]] == ["kept", "kept", "kept"]
    assert {status for _, status, _ in alone["work"]} == {"done"}


@pytest.mark.django_db
def test_a_clerk_of_another_lender_matches_nothing_of_it(monkeypatch):
    world = World.build()
    _, codes = coded(world, 2)
    ids = [arrive(world, code, 100, remittance=code) for code in codes]
    stranger = world.staff("finance", creditors=("south",))
    answer = payments.match_together(payment_ids=ids, actor=stranger, now=NOW)
    assert (answer.payment_ids, answer.alone) == ((), tuple(ids))
    assert PaymentMatch.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("module", "step"),
    [
        pytest.param(bulk_receipts, "_update_states", id="posted, states as before"),
        pytest.param(together_module, "_match", id="in the ledger, not matched"),
        pytest.param(together_module, "_record", id="matched, not in the record"),
        pytest.param(journey, "follow_money", id="matched, promises as before"),
    ],
)
def test_a_kill_while_many_are_matched_leaves_all_of_them_waiting(monkeypatch, module, step):
    world = World.build()
    accounts, codes = coded(world)
    for number, code in enumerate(codes):
        arrive(world, f"A{number}", 40_000, remittance=code)
    before = image()
    real = getattr(module, step)

    def cut(*values, **named):
        with connection.cursor() as cursor:  # what a kill does to the session
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return real(*values, **named)

    monkeypatch.setattr(module, step, cut)
    with pytest.raises(Exception, match=r"terminat|clos"):
        match_waiting(creditor_code="north", actor=HOUSE, now=NOW)
    connections.close_all()
    monkeypatch.undo()
    assert image() == before
    assert match_waiting(creditor_code="north", actor=HOUSE, now=NOW).matched_count == DEBTORS
    assert match_waiting(creditor_code="north", actor=HOUSE, now=NOW).matched_count == 0
    assert ledger.prove(deep=True).differences == ()
    assert {ledger.account_summary(each.pk, TODAY).balance.minor for each in accounts} == {60_000}


@pytest.mark.django_db(transaction=True)
def test_processes_killed_while_matching_lose_and_double_nothing():
    world = World.build()
    accounts, codes = coded(world)
    for number in range(10):
        for code in codes:
            arrive(world, f"{code}-{number}", 1_000 + number, remittance=code)
    script = Path(__file__).with_name("matching_under_load.py")
    run = subprocess.run(
        [sys.executable, str(script), "north", "8"], capture_output=True, text=True, cwd=settings.ROOT_DIR, timeout=120,
        env={**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(settings.ROOT_DIR)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert payments.waiting_payment_ids(creditor_id=world.creditors["north"].pk, actor=HOUSE) == ()
    assert PaymentMatch.objects.count() == Transaction.objects.count() == 10 * DEBTORS
    assert {ledger.account_summary(each.pk, TODAY).balance.minor for each in accounts} == {100_000 - 10_045}
    assert ledger.suspense_balance(world.creditors["north"].pk, TODAY).get("CNY", cny("0")).minor == 0
    assert ledger.prove(deep=True).differences == ()
    assert audit.verify().is_intact

"""Two at once, and a kill half-way: one wins, nothing is half done."""

from __future__ import annotations

import threading

import pytest
from django.db import close_old_connections, connection, connections

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch, RepaymentCode
from fairdue.contexts.payments.operations import match as match_module
from fairdue.contexts.payments.operations import receive as receive_module
from fairdue.contexts.payments.operations import statements as statements_module
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, World, cny
from tests.contexts.payments.conftest import HOUSE, Desk
from tests.contexts.payments.test_bank_statement_intake import camt, entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(db) -> Desk:
    world = World.build()
    return Desk(world, world.staff("finance"), world.staff("finance"), world.staff("supervisor"))


def at_once(*works):
    """Run works in threads that start together and return what each gave or raised."""
    barrier, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        close_old_connections()
        try:
            barrier.wait()
            answers[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever it raised is the answer
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def owed(account) -> int:
    return ledger.account_summary(account.pk, TODAY).balance.minor


def test_of_two_clerks_one_matches_and_the_other_is_told(desk):
    accounts = [desk.debtor()[1], desk.debtor("王芳")[1]]
    for _ in range(3):
        payment_id = desk.arrive(1_000)
        answers = at_once(
            *(
                lambda actor=actor, account=account, payment_id=payment_id: payments.match_payment(
                    payment_id=payment_id, account_ids=[account.pk], actor=actor, now=NOW
                )
                for actor, account in zip((desk.clerk, desk.second), accounts, strict=True)
            )
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyMatched", "Matched"]
        assert PaymentMatch.objects.filter(payment_id=payment_id).count() == 1
    assert sum(map(owed, accounts)) == 200_000 - 3_000
    assert ledger.prove().is_proved


def test_the_same_money_told_twice_at_once_is_one_payment(desk):
    incoming = Incoming(
        creditor_id=desk.world.creditors["north"].pk,
        source="webhook:http",
        source_ref="P-1",
        amount=cny("5"),
        value_date=TODAY,
    )
    answers = at_once(*[lambda: payments.receive(incoming=incoming, actor=HOUSE, now=NOW)] * 3)
    assert sorted(answer.is_repeated for answer in answers) == [False, True, True]
    assert IncomingPayment.objects.count() == 1
    assert ledger.suspense_balance(incoming.creditor_id, TODAY) == {"CNY": cny("5")}


def test_two_who_ask_for_a_code_at_once_get_the_same(desk):
    _, account = desk.debtor()
    answers = at_once(*[lambda: payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)] * 3)
    assert len({answer.code for answer in answers}) == 1
    assert RepaymentCode.objects.count() == 1


def test_a_match_and_an_undo_at_once_leave_the_books_proved(desk):
    _, account = desk.debtor()
    payment_id = desk.arrive()
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    at_once(
        lambda: payments.undo_match(payment_id=payment_id, reason="mistake", actor=desk.clerk, now=NOW),
        lambda: payments.undo_match(payment_id=payment_id, reason="mistake", actor=desk.second, now=NOW),
        lambda: payments.match_payment(
            payment_id=payment_id, account_ids=[account.pk], actor=desk.second, now=NOW
        ),
    )
    payment = IncomingPayment.objects.get()
    live = PaymentMatch.objects.filter(undone_at=None)
    assert payment.matched_minor == sum(live.values_list("amount_minor", flat=True))
    assert owed(account) == 100_000 - payment.matched_minor
    assert ledger.prove().is_proved


def test_two_approvals_at_once_book_one_payment(desk):
    _, account = desk.debtor()
    asked = payments.request_hand_payment(
        account_id=account.pk,
        amount=cny("400"),
        effective_date=TODAY,
        reason="cash",
        actor=desk.clerk,
        now=NOW,
    )
    third = desk.world.staff("finance")
    answers = at_once(
        *(
            lambda actor=actor: payments.approve(request_id=asked.request_id, actor=actor, now=NOW)
            for actor in (desk.second, third)
        )
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Approved", "RequestClosed"]
    assert (owed(account), IncomingPayment.objects.count()) == (60_000, 1)


@pytest.mark.parametrize("kill_after", [1, 2])
def test_a_kill_between_two_shares_leaves_nothing_half_done(desk, monkeypatch, kill_after):
    person, first = desk.debtor()
    second = desk.world.account(person)
    payment_id = desk.arrive(60_000)
    real, calls = ledger.record_payment, []

    def cut(**values):
        answer = real(**values)
        calls.append(1)
        if len(calls) == kill_after:
            with connection.cursor() as cursor:  # what a kill does to the session
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return answer

    monkeypatch.setattr(match_module.ledger, "record_payment", cut)
    with pytest.raises(Exception, match=r"terminat|clos"):
        payments.match_payment(
            payment_id=payment_id,
            shares=[(first.pk, Money(30_000)), (second.pk, Money(30_000))],
            actor=desk.clerk,
            now=NOW,
        )
    connections.close_all()
    monkeypatch.undo()
    assert (PaymentMatch.objects.count(), IncomingPayment.objects.get().matched_minor) == (0, 0)
    assert (owed(first), owed(second)) == (100_000, 100_000)
    payments.match_payment(
        payment_id=payment_id,
        shares=[(first.pk, Money(30_000)), (second.pk, Money(30_000))],
        actor=desk.clerk,
        now=NOW,
    )
    assert (owed(first), owed(second)) == (70_000, 70_000)


def test_the_same_file_and_the_same_event_at_once_book_once(desk):
    creditor_id = desk.world.creditors["north"].pk
    content = camt(entry("400.00", "R1"), entry("25.00", "R2"))

    def take():
        return payments.take_statement_file(
            creditor_id=creditor_id, content=content, file_name="x", actor=desk.clerk, now=NOW
        )

    assert sorted(answer.is_repeated for answer in at_once(take, take, take)) == [False, True, True]
    assert ledger.suspense_balance(creditor_id, TODAY) == {"CNY": cny("425")}
    calls = []

    def answer():
        return payments.answer_once(
            provider="http",
            event_ref="e1",
            body=b"{}",
            work=lambda: calls.append(1) or {"n": len(calls)},
            now=NOW,
        )

    assert sorted(at_once(answer, answer), key=lambda each: each[1]) == [({"n": 1}, False), ({"n": 1}, True)]


@pytest.mark.parametrize(
    ("module", "step"),
    [
        pytest.param(receive_module, "_book_all", id="payments written, nothing booked"),
        pytest.param(statements_module, "_row", id="all booked, no verdict kept"),
    ],
)
def test_a_kill_in_the_middle_of_a_file_leaves_nothing_of_it(desk, monkeypatch, module, step):
    real = getattr(module, step)

    def cut(*values):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return real(*values)

    monkeypatch.setattr(module, step, cut)
    creditor_id = desk.world.creditors["north"].pk
    values = {"creditor_id": creditor_id, "file_name": "x", "actor": desk.clerk, "now": NOW}
    content = camt(entry("400.00", "R1"), entry("25.00", "R2"))
    with pytest.raises(Exception, match=r"terminat|clos"):
        payments.take_statement_file(content=content, **values)
    connections.close_all()
    monkeypatch.undo()
    assert (IncomingPayment.objects.count(), ledger.suspense_balance(creditor_id, TODAY)) == (0, {})
    assert len(payments.take_statement_file(content=content, **values).payment_ids) == 2

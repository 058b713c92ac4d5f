"""Nothing that moves money happens on one person's word; approval and event are one."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, transaction

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import IncomingPayment, PaymentOrder, Request
from fairdue.kernel.actor import PermissionRefused
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, cny

pytestmark = pytest.mark.django_db


def hand(desk, account, amount="400", actor=None):
    return payments.request_hand_payment(
        account_id=account.pk, amount=cny(amount), effective_date=TODAY, reason="cash at the counter",
        payer_name="李小明", evidence_ref="slip 17", actor=actor or desk.clerk, now=NOW,
    )  # fmt: skip


def waive(desk, account, amount="50"):
    return payments.request(
        kind="waiver", account_id=account.pk, amount=cny(amount), effective_date=TODAY,
        details={"component": "principal"}, reason="hardship", actor=desk.clerk, now=NOW,
    )  # fmt: skip


def balance(account) -> int:
    return ledger.account_summary(account.pk, TODAY).balance.minor


def test_a_payment_by_hand_books_when_another_person_approves(desk):
    _, account = desk.debtor()
    asked = hand(desk, account)
    assert (balance(account), IncomingPayment.objects.count()) == (100_000, 0)
    with pytest.raises(payments.OwnRequest):
        payments.approve(request_id=asked.request_id, actor=desk.clerk, now=NOW)
    done = payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    assert (done.request.status, balance(account)) == ("approved", 60_000)
    card = payments.payment_card(payment_id=done.payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.source_kind, card.status, card.payer_name_masked) == ("hand", "matched", "李**")
    with pytest.raises(payments.RequestClosed):
        payments.approve(request_id=asked.request_id, actor=desk.supervisor, now=NOW)
    assert balance(account) == 60_000


def test_the_database_refuses_that_a_requester_decides(desk):
    _, account = desk.debtor()
    asked = hand(desk, account)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Request.objects.filter(pk=asked.request_id).update(
            status="approved", decided_at=NOW, decided_by_id=desk.clerk.id, decided_by="me"
        )


def test_a_collector_asks_and_does_not_approve(desk):
    _, account = desk.debtor()
    collector = desk.world.staff("collector")
    asked = hand(desk, account, actor=desk.world.staff("collector"))
    with pytest.raises(PermissionRefused):
        payments.approve(request_id=asked.request_id, actor=collector, now=NOW)
    assert balance(account) == 100_000


def test_a_waiver_goes_through_the_ledger_with_its_approval(desk):
    _, account = desk.debtor()
    asked = waive(desk, account)
    assert asked.may_approve is False and asked.why_not == "own_request"
    assert payments.open_requests(actor=desk.second)[0].may_approve
    done = payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    event = Transaction.objects.get(pk=done.transaction_id)
    assert (event.kind, event.approval_ref, balance(account)) == (
        "waiver",
        f"request:{asked.request_id}",
        95_000,
    )
    assert ledger.prove().is_proved


def test_what_the_ledger_would_refuse_is_not_even_asked(desk):
    _, account = desk.debtor()
    with pytest.raises(ledger.LedgerError):
        waive(desk, account, "1000.01")
    assert Request.objects.count() == 0


def test_a_request_that_the_account_has_outgrown_is_refused_and_stays_open(desk):
    _, account = desk.debtor()
    asked = waive(desk, account, "900")
    paid = desk.arrive(95_000)
    payments.match_payment(payment_id=paid, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    with pytest.raises(ledger.LedgerError):
        payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    assert payments.request_card(request_id=asked.request_id, actor=desk.second).status == "open"
    assert balance(account) == 5_000


def test_refused_and_withdrawn_requests_move_nothing(desk):
    _, account = desk.debtor()
    first, second = hand(desk, account), hand(desk, account)
    with pytest.raises(payments.ReasonMissing):
        payments.refuse(request_id=first.request_id, reason="", actor=desk.second, now=NOW)
    refused = payments.refuse(request_id=first.request_id, reason="no slip", actor=desk.second, now=NOW)
    with pytest.raises(payments.OwnRequest):
        payments.withdraw(request_id=second.request_id, actor=desk.second, now=NOW)
    withdrawn = payments.withdraw(request_id=second.request_id, actor=desk.clerk, now=NOW)
    assert (refused.status, withdrawn.status, balance(account)) == ("refused", "withdrawn", 100_000)
    assert payments.open_requests(actor=desk.second) == ()


def test_somebody_of_another_creditor_sees_no_request(desk):
    _, account = desk.debtor()
    asked = hand(desk, account)
    outsider = desk.world.staff("finance", creditors=("south",))
    assert payments.open_requests(actor=outsider) == ()
    with pytest.raises(payments.RequestUnknown):
        payments.approve(request_id=asked.request_id, actor=outsider, now=NOW)


def overpaid(desk):
    _, account = desk.debtor(owed=100_000)
    payment_id = desk.arrive(130_000)
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    return account


def refund(desk, account, amount="300"):
    return payments.request_refund(
        account_id=account.pk, amount=cny(amount), payee_name="李小明", payee_account="6222021001098765",
        payee_bank="北方银行", reason="paid too much", actor=desk.clerk, now=NOW,
    )  # fmt: skip


def test_a_credit_balance_is_refunded_by_an_order_for_the_bank(desk):
    account = overpaid(desk)
    with pytest.raises(payments.RequestInvalid):
        refund(desk, account, "300.01")
    done = payments.approve(request_id=refund(desk, account).request_id, actor=desk.second, now=NOW)
    assert ledger.account_summary(account.pk, TODAY).credit_balance.minor == 0
    (order,) = payments.orders(actor=desk.clerk)
    assert (order.order_id, order.status, order.payee_account_masked) == (done.order_id, "open", "****8765")
    north = desk.world.creditors["north"].pk
    export = payments.export_orders(creditor_id=north, actor=desk.second, now=NOW)
    tree = ElementTree.fromstring(export.content)
    names = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    amount = tree.find(".//p:InstdAmt", names)
    assert (amount.text, amount.get("Ccy"), tree.find(".//p:CtrlSum", names).text) == (
        "300.00",
        "CNY",
        "300.00",
    )
    assert tree.find(".//p:CdtrAcct/p:Id/p:Othr/p:Id", names).text == "6222021001098765"
    with pytest.raises(payments.OrderState):
        payments.export_orders(creditor_id=north, actor=desk.second, now=NOW)
    assert payments.confirm_order(order_id=order.order_id, actor=desk.second, now=NOW).status == "confirmed"
    assert "6222021001098765" not in str(PaymentOrder.objects.values().get())


def test_a_refund_that_the_bank_refused_stands_again_as_credit_balance(desk):
    account = overpaid(desk)
    done = payments.approve(request_id=refund(desk, account).request_id, actor=desk.second, now=NOW)
    payments.export_orders(
        creditor_id=desk.world.creditors["north"].pk, format="csv", actor=desk.second, now=NOW
    )
    payments.fail_order(order_id=done.order_id, reason="account closed", actor=desk.second, now=NOW)
    assert ledger.account_summary(account.pk, TODAY).credit_balance.minor == 30_000
    assert ledger.prove().is_proved


def test_waiting_money_goes_back_to_its_payer_on_approval(desk):
    payment_id = desk.arrive(payer_name="王建国", payer_account="6222021001098765")
    asked = payments.request_return(payment_id=payment_id, reason="not our debtor", actor=desk.clerk, now=NOW)
    with pytest.raises(payments.RequestInvalid):
        payments.request_return(payment_id=payment_id, reason="again", actor=desk.second, now=NOW)
    payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    card = payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.status, card.returned) == ("returned", cny("400"))
    creditor_id = desk.world.creditors["north"].pk
    assert ledger.suspense_balance(creditor_id, TODAY).get("CNY", Money(0)).minor == 0


def test_a_return_that_was_overtaken_by_a_match_stays_open(desk):
    _, account = desk.debtor()
    payment_id = desk.arrive(payer_name="王建国", payer_account="6222021001098765")
    asked = payments.request_return(payment_id=payment_id, reason="unknown", actor=desk.clerk, now=NOW)
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    with pytest.raises(payments.NothingWaiting):
        payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    assert payments.request_card(request_id=asked.request_id, actor=desk.second).status == "open"


def test_the_day_closes_to_the_cent_and_a_past_day_reads_the_same_later(desk):
    _, account = desk.debtor()
    north = desk.world.creditors["north"].pk
    matched, returned, waits = (
        desk.arrive(40_000),
        desk.arrive(7_000, payer_account="6222021001098765", payer_name="王"),
        desk.arrive(5_500),
    )
    payments.match_payment(payment_id=matched, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    asked = payments.request_return(payment_id=returned, reason="unknown", actor=desk.clerk, now=NOW)
    payments.approve(request_id=asked.request_id, actor=desk.second, now=NOW)
    report = payments.day_end(creditor_id=north, business_date=TODAY, actor=desk.clerk)
    (row,) = report.suspense
    assert [money.minor for money in (row.opening, row.received, row.matched, row.returned, row.refunded, row.closing)] == [
        0, 52_500, 40_000, 0, 7_000, 5_500
    ]  # fmt: skip
    assert (row.ledger.minor, row.difference.minor, report.is_agreed) == (5_500, 0, True)
    assert report.waiting_by_age == (("0-1", 1, cny("55")),)
    assert [(each.kind, each.decided_by) for each in report.decisions] == [("return", desk.second.label)]
    later = NOW + timedelta(days=1)
    payments.match_payment(payment_id=waits, account_ids=[account.pk], actor=desk.clerk, now=later)
    payments.undo_match(payment_id=matched, reason="mistake", actor=desk.clerk, now=later)
    assert payments.day_end(creditor_id=north, business_date=TODAY, actor=desk.clerk) == report
    (next_row,) = payments.day_end(
        creditor_id=north, business_date=TODAY + timedelta(days=1), actor=desk.clerk
    ).suspense
    assert [money.minor for money in (next_row.opening, next_row.matched, next_row.closing, next_row.difference)] == [
        5_500, -34_500, 40_000, 0
    ]  # fmt: skip

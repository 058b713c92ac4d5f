"""A borrower pays through the provider: whatever the provider tells, and however often, money counts once."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from fairdue.contexts.audit.models import Event
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import Checkout, CheckoutNotice, IncomingPayment
from fairdue.journeys.decide_request import approve_request
from fairdue.journeys.pay_online import ask_provider, begin_payment, reconcile_checkouts
from fairdue.journeys.pay_refund import send_refunds
from fairdue.journeys.receive_payment import undo_match
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.case_world import World
from tests.pay_world import Provider, borrower, standing, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    provider = Provider.open()
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    return provider


@pytest.fixture
def debtor():
    """A person with two debts to the north and one to the south."""
    world = World.build()
    person = world.person()
    accounts = [
        world.account(person),
        world.account(person, owed=50_000, overdue=0),
        world.account(person, "south"),
    ]
    return world, person, accounts


def begin(debtor, shares=None, is_again=False, **changes):
    world, person, accounts = debtor
    chosen = wish(person.pk, world.creditors["north"].pk, shares or {accounts[0].pk: 40_000}, **changes)
    return begin_payment(
        wish=chosen, description="card", actor=borrower(person.pk), now=clock.now(), is_again=is_again
    ).checkout


def balance(account):
    return ledger.account_summary(account.pk, clock.business_date(clock.now())).balance.minor


def money_in():
    return [
        (row.amount_minor, row.currency, row.matched_minor, row.why_waiting)
        for row in IncomingPayment.objects.order_by("id")
    ]


def test_what_is_paid_there_settles_the_debts_as_shown_before(provider, debtor):
    accounts = debtor[2]
    card = begin(debtor, {accounts[0].pk: 30_000, accounts[1].pk: 10_000})
    assert (card.status, card.pay_url.startswith("http://pay.test/page/")) == ("open", True)
    assert money_in() == []
    provider.payer_does(card, "pay")
    assert provider.told[-1][1:] == (
        200,
        {"checkout_ref": card.ref, "status": "paid", "verdict": "took_effect"},
    )
    assert (balance(accounts[0]), balance(accounts[1]), balance(accounts[2])) == (70_000, 40_000, 100_000)
    assert money_in() == [(40_000, "CNY", 40_000, "")]
    receipts = Message.objects.filter(template_code="notice.payment_received").order_by("account_id")
    assert [row.values["paid_amount"]["minor"] for row in receipts] == [30_000, 10_000]
    assert set(Event.objects.filter(code__startswith="payments.checkout").values_list("code", flat=True)) == {
        "payments.checkout.begun", "payments.checkout.paid"
    }  # fmt: skip


def test_a_notice_that_comes_twice_or_under_another_name_counts_once(provider, debtor):
    card = begin(debtor)
    provider.payer_does(card, "pay_twice_told")
    assert [(status, answer["verdict"]) for _, status, answer in provider.told] == [
        (200, "took_effect"), (200, "took_effect"), (200, "repeated")
    ]  # fmt: skip
    assert (money_in(), balance(debtor[2][0])) == ([(40_000, "CNY", 40_000, "")], 60_000)
    status, answer = provider.event(card, "paid", event_id=provider.told[0][0]["event_id"], amount_minor=1)
    assert (status, answer["code"]) == (409, "payments.webhook.event_reused")


def test_news_out_of_order_never_undoes_money_and_never_goes_back(provider, debtor):
    card = begin(debtor)
    assert provider.event(card, "refunded")[1]["code"] == "payments.checkout.not_paid"
    assert provider.event(card, "paid")[1]["verdict"] == "took_effect"
    for kind in ("pending", "failed", "expired", "cancelled", "open"):
        assert provider.event(card, kind)[1] == {
            "checkout_ref": card.ref,
            "status": "paid",
            "verdict": "overtaken",
        }
    assert provider.event(card, "refunded")[1]["status"] == "refunded"
    assert provider.event(card, "paid")[1]["verdict"] == "repeated"
    assert (balance(debtor[2][0]), standing(card).status) == (100_000, "refunded")
    assert CheckoutNotice.objects.filter(verdict="too_early").count() == 1


def test_a_part_given_back_changes_nothing_and_is_told_while_all_of_what_came_goes_back(provider, debtor):
    card = begin(debtor)
    provider.event(card, "paid", amount_minor=39_000)
    for event_id in ("a part", "the same part, told again"):
        answer = provider.event(
            card, "refunded", event_id=event_id, amount_minor=1_000, occurred_at=card.made_at.isoformat()
        )[1]
        assert (answer["status"], answer["verdict"]) == ("differs", "differs")
    assert payments.given_back_in_part(ref=card.ref) == (Money(1_000),)
    assert money_in() == [(39_000, "CNY", 0, "amount_differs")]
    assert provider.event(card, "refunded", amount_minor=39_000)[1]["status"] == "refunded"
    assert payments.given_back_in_part(ref=card.ref) == (Money(1_000),)


@pytest.mark.parametrize("key", ["guess-guess-guess", "sms"])
def test_a_wrong_signature_is_refused_and_tells_nothing(provider, debtor, key, settings):
    card = begin(debtor)
    status, answer = provider.event(card, "paid", key=settings.SMS_PROVIDER_KEY if key == "sms" else key)
    assert (status, answer["code"]) == (401, "payments.webhook.signature")
    assert card.ref not in str(answer)
    assert (money_in(), standing(card).status, CheckoutNotice.objects.count()) == ([], "open", 0)


def test_a_notice_of_somebody_elses_or_of_no_payment_books_nothing_and_is_kept(provider, debtor):
    card = begin(debtor)
    status, answer = provider.event(card, "paid", provider_ref="LP99999999")
    assert (status, answer["code"]) == (409, "payments.checkout.foreign")
    status, answer = provider.event(card, "paid", checkout_ref="PNOBODY")
    assert (status, answer["code"]) == (404, "payments.checkout.unknown")
    assert (money_in(), standing(card).status) == ([], "open")
    day = payments.online_day(
        business_date=clock.business_date(clock.now()), actor=system("test"), now=clock.now()
    )
    assert [each.verdict for each in day.strange] == ["unknown", "foreign"]


@pytest.mark.parametrize(
    ("way", "arrived"),
    [
        ("pay_less", (400, "CNY", 0, "amount_differs")),
        ("pay_other_currency", (40_000, "USD", 0, "currency_differs")),
    ],
)
def test_another_amount_or_currency_waits_for_a_person_and_settles_nothing(provider, debtor, way, arrived):
    card = begin(debtor)
    provider.payer_does(card, way)
    assert provider.told[-1][2]["verdict"] == "differs"
    assert (money_in(), balance(debtor[2][0]), standing(card).status) == ([arrived], 100_000, "differs")


def test_a_currency_without_books_is_refused_and_kept(provider, debtor):
    card = begin(debtor)
    status, answer = provider.event(card, "paid", currency="XYZ")
    assert (status, answer["code"]) == (422, "payments.incoming.invalid")
    assert (money_in(), CheckoutNotice.objects.get().verdict) == ([], "refused")


def test_money_after_the_time_is_over_is_taken_in_all_the_same(provider, debtor):
    card = begin(debtor)
    assert provider.event(card, "expired")[1]["status"] == "expired"
    assert provider.event(card, "paid")[1] == {"checkout_ref": card.ref, "status": "paid", "verdict": "late"}
    assert (len(money_in()), balance(debtor[2][0])) == (1, 60_000)


def test_a_failure_takes_nothing_and_another_try_is_another_payment(provider, debtor):
    card = begin(debtor)
    provider.payer_does(card, "fail")
    after = standing(card)
    assert (after.status, after.failure, after.is_nothing_taken) == ("failed", "declined_by_bank", True)
    second = begin(debtor, nonce="nonce-2")
    assert second.ref != card.ref
    provider.payer_does(second, "pay")
    assert (money_in(), balance(debtor[2][0])) == ([(40_000, "CNY", 40_000, "")], 60_000)


def test_a_double_click_is_one_payment_here_and_there(provider, debtor):
    first, second = begin(debtor), begin(debtor)
    assert (first.ref, first.pay_url) == (second.ref, second.pay_url)
    assert (Checkout.objects.count(), len(provider.house.store.payments())) == (1, 1)
    with pytest.raises(payments.CheckoutInvalid):
        begin(debtor, {debtor[2][0].pk: 1_000})
    assert Checkout.objects.count() == 1


def test_a_second_tab_is_led_to_the_first_and_paying_the_same_again_must_be_meant(provider, debtor):
    first = begin(debtor)
    with pytest.raises(payments.CheckoutUnderWay) as refused:
        begin(debtor, nonce="tab-2", method="wallet")
    assert (refused.value.ref, Checkout.objects.count()) == (first.ref, 1)
    provider.payer_does(first, "pay")
    with pytest.raises(payments.CheckoutJustPaid):
        begin(debtor, nonce="tab-2")
    again = begin(debtor, nonce="tab-2", is_again=True)
    provider.payer_does(again, "pay")
    assert (len(money_in()), balance(debtor[2][0])) == (2, 20_000)


def test_a_debt_of_another_person_or_lender_cannot_be_paid_with(provider, debtor):
    world, _, accounts = debtor
    stranger = world.account(world.person("王五"))
    for account_id in (stranger.pk, accounts[2].pk, 999_999):
        with pytest.raises(payments.CheckoutInvalid):
            begin(debtor, {account_id: 100})
    with pytest.raises(payments.CheckoutInvalid):
        begin(debtor, amount=Money(39_999))
    assert (Checkout.objects.count(), provider.house.store.payments()) == (0, [])


def test_a_lost_notice_is_found_by_asking_and_a_late_one_changes_nothing(provider, debtor):
    card = begin(debtor)
    provider.payer_does(card, "pay_untold")
    assert (provider.told, standing(card).status) == ([], "open")
    later = clock.now() + timedelta(minutes=1)
    asked = reconcile_checkouts(now=later)
    assert (asked.asked_count, asked.changed_count, asked.silent_count) == (1, 1, 0)
    assert (standing(card).status, balance(debtor[2][0])) == ("paid", 60_000)
    assert reconcile_checkouts(now=later).asked_count == 0
    assert provider.event(card, "paid")[1]["verdict"] == "repeated"
    day = payments.online_day(business_date=clock.business_date(later), actor=system("test"), now=later)
    assert ([each.source for each in day.told], len(money_in())) == (["told", "asked"], 1)


def test_a_silent_provider_leaves_the_payment_to_be_begun_again_under_its_name(provider, debtor, settings):
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(503))
    with pytest.raises(payments.ProviderSilent):
        begin(debtor)
    row = Checkout.objects.get()
    assert (row.status, row.pay_url) == ("created", "")
    assert reconcile_checkouts(now=clock.now() + timedelta(minutes=1)).silent_count == 1
    settings.PAY_TRANSPORT = provider.transport()
    card = begin(debtor)
    assert (card.ref, card.status) == (row.ref, "open")


def test_what_the_provider_never_took_over_ends_with_its_time(provider, debtor, settings):
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(503))
    with pytest.raises(payments.ProviderSilent):
        begin(debtor)
    settings.PAY_TRANSPORT = provider.transport()
    card = payments.checkouts_of(person_id=debtor[1].pk)[0]
    assert ask_provider(card=card, now=clock.now()).status == "created"
    after = ask_provider(card=card, now=clock.now() + timedelta(hours=1))
    assert (after.status, after.failure) == ("failed", "never_sent")


def test_a_page_that_is_none_is_no_page(provider, debtor, settings):
    settings.PAY_TRANSPORT = httpx.MockTransport(
        lambda request: httpx.Response(201, json={"provider_ref": "1", "pay_url": "javascript:alert(1)"})
    )
    with pytest.raises(payments.ProviderSilent):
        begin(debtor)
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(400))
    with pytest.raises(payments.ProviderRefused):
        begin(debtor)
    assert Checkout.objects.get().status == "failed"


def test_money_that_the_ledger_refuses_by_now_waits_and_is_not_lost(provider, debtor):
    card = begin(debtor)
    account = debtor[2][0]
    ledger.record_event(
        account_id=account.pk, kind="assignment", amount=None, effective_date=clock.business_date(clock.now()),
        details={"to": "buyer"}, external_ref="sold", actor=system("test"), now=clock.now(), approval_ref="r1",
    )  # fmt: skip
    provider.payer_does(card, "pay")
    assert (money_in(), standing(card).status) == ([(40_000, "CNY", 0, "ledger_refused")], "paid")


def test_a_refund_asked_by_one_and_approved_by_another_goes_back_the_way_it_came_once(provider, debtor):
    world, _, accounts = debtor
    clerk, second = world.staff("finance"), world.staff("finance")
    card = begin(debtor)
    provider.payer_does(card, "pay")
    payment_id = standing(card).payment_id
    undo_match(payment_id=payment_id, reason="the payer asked for it", actor=clerk, now=clock.now())
    asked = payments.request_return(
        payment_id=payment_id, reason="paid by mistake", actor=clerk, now=clock.now()
    )
    approve_request(request_id=asked.request_id, actor=second, now=clock.now())
    with pytest.raises(payments.OrderState):
        payments.export_orders(creditor_id=card.creditor_id, actor=second, now=clock.now())
    assert (send_refunds(now=clock.now()).sent_count, send_refunds(now=clock.now()).sent_count) == (1, 0)
    provider.house.deliver()
    assert provider.payment(card).status == "refunded"
    assert (standing(card).status, balance(accounts[0])) == ("refunded", 100_000)
    assert [order.status for order in payments.orders(actor=second)] == ["confirmed"]
    assert IncomingPayment.objects.get().returned_minor == 40_000


def test_a_refund_that_the_provider_refuses_waits_in_suspense_again(provider, debtor, settings):
    world, _, _ = debtor
    clerk, second = world.staff("finance"), world.staff("finance")
    card = begin(debtor)
    provider.payer_does(card, "pay")
    payment_id = standing(card).payment_id
    undo_match(payment_id=payment_id, reason="wrong", actor=clerk, now=clock.now())
    asked = payments.request_return(payment_id=payment_id, reason="wrong", actor=clerk, now=clock.now())
    approve_request(request_id=asked.request_id, actor=second, now=clock.now())
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(422))
    assert send_refunds(now=clock.now()).refused_count == 1
    assert [
        row.amount_minor - row.matched_minor - row.returned_minor
        for row in IncomingPayment.objects.order_by("id")
    ] == [0, 40_000]

"""A borrower pays at the portal: one question a page, what it settles before, the truth after, and a direct debit."""

from __future__ import annotations

import re

import httpx
import pytest
from case_world import World
from django.conf import settings as django_settings
from django.test import Client

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import Checkout, IncomingPayment, Mandate
from fairdue.journeys.direct_debit import collect_debits
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.pay_world import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    provider = Provider.open()
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    return provider


@pytest.fixture
def debtor():
    world = World.build()
    person = world.person()
    return world, person, world.account(person), world.account(person, owed=50_000, overdue=10_000)


def visit(person, language="en"):
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    client.post(invite_borrower(person_id=person.pk, actor=system("test"), now=clock.now()))
    return client


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def choose(client, accounts, choice="overdue", method="card", **more):
    """Answer the questions up to the page that checks the answers, and return its address."""
    ids = ",".join(str(account.pk) for account in accounts)
    at = client.post("/my/pay/start/", {"debts": ids}).headers["Location"]
    at = client.post(at, {"choice": choice} | more).headers["Location"]
    return client.post(at, {"method": method}).headers["Location"]


def shown(client, at):
    return re.search(r'name="shown" value="([0-9a-f]+)"', client.get(at).content.decode()).group(1)


def pay(client, at, **more):
    return client.post(at, {"shown": shown(client, at)} | more)


def balance(account):
    return ledger.account_summary(account.pk, clock.business_date(clock.now())).balance.minor


def test_all_that_is_overdue_of_two_debts_is_paid_and_receipted(provider, debtor):
    _, person, first, second = debtor
    client = visit(person)
    at = choose(client, [first, second])
    page = text(client.get(at))
    assert "CNY 500.00" in page and "In this order:" in page
    assert "Owed after it CNY 600.00" in page and "Owed after it CNY 400.00" in page
    gone = pay(client, at)
    card = payments.checkouts_of(person_id=person.pk)[0]
    assert gone.headers["Location"] == f"/my/pay/go/{card.ref}/"
    leaving = client.get(gone.headers["Location"])
    assert card.pay_url in leaving.content.decode() and "pay.test" in text(leaving)
    provider.payer_does(card, "pay")
    back = text(client.get(f"/my/pay/done/{card.ref}/"))
    assert "Your payment has arrived" in back and "CNY 500.00" in back and "Principal CNY 400.00" in back
    assert (balance(first), balance(second)) == (60_000, 40_000)
    receipt = client.get(f"/my/pay/done/{card.ref}/receipt.pdf")
    assert (receipt.status_code, receipt.headers["Content-Type"]) == (200, "application/pdf")
    assert receipt.content.startswith(b"%PDF")
    assert "CNY 500.00" in text(client.get("/my/pay/list/"))


def test_another_amount_follows_the_law_unless_the_payer_names_a_debt(provider, debtor):
    _world, person, _, _ = debtor
    old, new = debtor[2], debtor[3]
    client = visit(person, "zh-hans")
    at = choose(client, [old, new], "other", amount="450")
    assert re.findall(r"(\d+\.\d\d)", text(client.get(at)))[:1] == ["450.00"]
    named = choose(client, [old, new], "other", amount="６０", first=str(new.pk))
    pay(client, named)
    assert [share.account_id for share in payments.checkouts_of(person_id=person.pk)[0].shares] == [new.pk]


@pytest.mark.parametrize(
    "written", ["", "-5", "0", "abc", "1e99", "NaN", "1.001", "100000", "99999999999999999999"]
)
def test_an_amount_that_is_none_is_said_beside_the_field_and_nothing_begins(provider, debtor, written):
    _, person, first, _ = debtor
    client = visit(person)
    at = client.post("/my/pay/start/", {"debts": str(first.pk)}).headers["Location"]
    answer = client.post(at, {"choice": "other", "amount": written})
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert client.post(at, {}).status_code == 422
    assert Checkout.objects.count() == 0


def test_two_clicks_are_one_payment_and_a_second_tab_is_led_to_the_first(provider, debtor):
    _, person, first, _ = debtor
    client = visit(person)
    one, two = choose(client, [first]), choose(client, [first])
    digest = shown(client, one)
    answers = {client.post(one, {"shown": digest}).headers["Location"] for _ in range(2)}
    assert (len(answers), Checkout.objects.count()) == (1, 1)
    assert {client.post(two, {"shown": digest}).headers["Location"]} == answers
    card = payments.checkouts_of(person_id=person.pk)[0]
    provider.payer_does(card, "pay")
    assert client.get(two).headers["Location"].endswith("/amount/")
    third = choose(client, [first], "other", amount="400")
    said = client.post(third, {"shown": shown(client, third)})
    assert (said.status_code, Checkout.objects.count()) == (409, 1)
    assert "a few minutes ago" in text(said)
    assert pay(client, third, again="1").status_code == 302


def test_sums_that_changed_meanwhile_are_shown_again_and_nothing_begins(provider, debtor):
    _, person, first, _ = debtor
    client = visit(person)
    at = choose(client, [first])
    seen = shown(client, at)
    ledger.record_payment(
        account_id=first.pk, amount=Money(10_000), effective_date=clock.business_date(clock.now()),
        external_ref="bank-1", source="bank:1", actor=system("test"), now=clock.now(),
    )  # fmt: skip
    answer = client.post(at, {"shown": seen})
    assert (answer.status_code, Checkout.objects.count()) == (409, 0)
    assert "CNY 300.00" in text(answer)


@pytest.mark.parametrize(
    ("way", "heading", "balance_after"),
    [
        ("fail", "Nothing was taken", 100_000),
        ("cancel", "Nothing was taken", 100_000),
        ("pay_later", "We are waiting for the bank", 100_000),
        ("pay_untold", "Your payment has arrived", 60_000),
        ("pay_less", "Money arrived, but not the amount that was agreed here", 100_000),
    ],
)
def test_what_became_of_it_is_said_as_it_is(provider, debtor, way, heading, balance_after):
    _, person, first, _ = debtor
    client = visit(person)
    pay(client, choose(client, [first]))
    card = payments.checkouts_of(person_id=person.pk)[0]
    provider.payer_does(card, way)
    page = client.get(f"/my/pay/done/{card.ref}/?status=paid")
    assert f"<h1>{heading}</h1>" in page.content.decode()
    assert balance(first) == balance_after
    assert client.get(f"/my/pay/done/{card.ref}/receipt.pdf").status_code == (
        200 if way == "pay_untold" else 404
    )


def test_a_silent_provider_is_said_and_the_transfer_is_left(provider, debtor, settings):
    _, person, first, _ = debtor
    client = visit(person)
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(502))
    at = choose(client, [first])
    answer = pay(client, at)
    assert (answer.status_code, IncomingPayment.objects.count()) == (503, 0)
    assert "Nothing was taken" in text(answer)
    settings.PAY_TRANSPORT = provider.transport()
    assert pay(client, at).status_code == 302
    assert Checkout.objects.count() == 1


def test_a_transfer_names_the_live_code_of_each_debt_with_its_picture(provider, debtor, settings):
    _, person, first, second = debtor
    settings.PAY_URL = ""
    client = visit(person)
    at = choose(client, [first, second], "full", "transfer")
    page = client.get(at).content.decode()
    for account in (first, second):
        assert payments.repayment_code(account_id=account.pk).spoken in page
    assert page.count('<svg class="qr"') == 2
    assert 'value="card"' not in client.get(at.replace("transfer", "way")).content.decode()


def test_nobody_sees_or_touches_what_is_another_persons(provider, debtor):
    world, person, first, _ = debtor
    client = visit(person)
    pay(client, choose(client, [first]))
    card = payments.checkouts_of(person_id=person.pk)[0]
    flow = choose(client, [first])
    other = world.person("王五")
    stranger = visit(other)
    for path in (
        f"/my/pay/go/{card.ref}/",
        f"/my/pay/done/{card.ref}/",
        f"/my/pay/done/{card.ref}/receipt.pdf",
    ):
        assert stranger.get(path).status_code == 404
        assert Client().get(path).status_code == 403
    assert stranger.get(flow).headers["Location"] == "/my/pay/"
    assert stranger.post("/my/pay/start/", {"debts": str(first.pk)}).headers["Location"] == "/my/pay/"
    assert stranger.get(f"/my/pay/debit/{first.pk}/give/").status_code == 404
    assert Checkout.objects.count() == 1


@pytest.fixture
def codes(monkeypatch):
    """Read codes as the person would in the message."""
    drawn = []
    from fairdue.contexts.parties import facade

    def issue(**values):
        drawn.append(original(**values))
        return drawn[-1]

    original = parties.issue_code
    monkeypatch.setattr(facade, "issue_code", issue)
    return drawn


def test_a_mandate_is_given_by_code_used_on_the_due_date_retried_as_capped_and_stopped_at_once(
    provider, debtor, codes
):
    _world, person, first, _ = debtor
    client, today = visit(person), clock.business_date(clock.now())
    start = client.post(
        f"/my/pay/debit/{first.pk}/give/",
        {"payer_name": "李小明", "payer_account": "6222021234567890123", "cap": "500"},
    )
    at = start.headers["Location"]
    words = text(client.get(at))
    assert "****0123" in words and "never costs me anything" in words and "6222021234567890123" not in words
    assert client.post(at, {"code": "000000" if codes[0].code != "000000" else "111111"}).status_code == 422
    assert Mandate.objects.get().status == "offered"
    assert client.post(at, {"again": "1"}).headers["Location"] == at
    assert client.post(at, {"code": codes[-1].code}).headers["Location"] == "/my/pay/debit/"
    row = Mandate.objects.get(status="active")
    assert (row.provider_ref[:2], row.acceptance) == ("LM", f"code:{codes[-1].code_id}")
    second = {"payer_name": "李小明", "payer_account": "6222021234567890123", "cap": "1"}
    assert client.post(f"/my/pay/debit/{first.pk}/give/", second).status_code == 422
    assert collect_debits(as_of=today, now=clock.now()).planned_count == 0
    assert client.post(f"/my/pay/debit/{row.pk}/stop/").headers["Location"] == "/my/pay/debit/"
    assert (Mandate.objects.get(pk=row.pk).status, provider.house.store.rows("select is_stopped from mandate")[0][0]) == (
        "stopped", 1
    )  # fmt: skip
    assert "You stopped it." in text(client.get("/my/pay/debit/"))


def test_an_account_that_the_bank_does_not_know_ends_the_mandate(provider, debtor, codes):
    _, person, first, _ = debtor
    client = visit(person)
    client.post(
        f"/my/pay/debit/{first.pk}/give/",
        {"payer_name": "李小明", "payer_account": "622202123456780000", "cap": "500"},
    )
    row = Mandate.objects.get()
    client.post(f"/my/pay/debit/{row.pk}/code/", {"code": codes[-1].code})
    assert (Mandate.objects.get().status, Mandate.objects.get().end_reason) == ("refused", "bank_refused")

"""Direct debits: announced, taken on the due date, tried again as the terms say, never dearer, and stopped at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import polars as pl
import pytest
import time_machine

from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import Checkout, Debit, IncomingPayment, Mandate
from fairdue.journeys.direct_debit import collect_debits, register_mandate, stop_mandate
from fairdue.journeys.pay_online import reconcile_checkouts
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.case_world import TODAY, World
from tests.pay_world import Provider, borrower

pytestmark = pytest.mark.django_db
HOUSE = system("test")


@pytest.fixture
def travel():
    """A clock that each test moves; it begins on the morning of TODAY."""
    with time_machine.travel(
        datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC), tick=False
    ) as moved:
        yield lambda days: moved.move_to(
            datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC) + timedelta(days=days)
        )


@pytest.fixture
def provider(settings, travel):
    provider = Provider.open()
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    return provider


def owing(world, amount=20_000, days=3):
    """A person whose debt asks for an amount in some days."""
    person = world.person()
    account = world.account(person)
    dues = [
        {"due_ref": f"due-{offset}", "due_date": TODAY + timedelta(days=offset), "amount_minor": amount}
        for offset in (days, days + 30)
    ]
    common = {"account_id": account.pk, "person_id": person.pk, "currency": "CNY", "component": "principal"}
    ledger.land_dues(pl.DataFrame([common | due for due in dues]), batch_id=2, now=clock.now())
    return person, account


def mandate(person, account, cap=50_000):
    """Give a mandate, as by a code."""
    card = payments.offer_mandate(
        person_id=person.pk, account_id=account.pk, cap=Money(cap), payer_name="李小明",
        payer_account="6222021234567890123", actor=borrower(person.pk), now=clock.now(),
    )  # fmt: skip
    card = payments.accept_mandate(
        mandate_id=card.mandate_id,
        person_id=person.pk,
        acceptance="code:1",
        actor=borrower(person.pk),
        now=clock.now(),
    )
    return register_mandate(card=card, actor=HOUSE, now=clock.now())


def run():
    now = clock.now()
    return collect_debits(as_of=clock.business_date(now), now=now)


def balance(account):
    return ledger.account_summary(account.pk, clock.business_date(clock.now())).balance.minor


def test_a_due_date_is_announced_taken_once_on_its_day_and_booked(provider, travel):
    person, account = owing(World.build())
    mandate(person, account)
    first = run()
    assert (first.planned_count, first.told_count, first.sent_count) == (1, 1, 0)
    assert Message.objects.get().values == {
        "debit_amount": {"minor": 20_000, "currency": "CNY"}, "debit_date": str(TODAY + timedelta(days=3))
    }  # fmt: skip
    assert (run().planned_count, run().sent_count) == (0, 0)
    travel(3)
    assert (run().sent_count, run().sent_count) == (1, 0)
    provider.house.deliver()
    assert (balance(account), Debit.objects.get().status) == (80_000, "collected")
    provider.house.tell_again(Checkout.objects.get().ref)
    provider.house.deliver()
    assert IncomingPayment.objects.count() == 1


def test_a_refused_debit_is_tried_again_as_often_as_the_terms_say_and_costs_nothing(provider, travel):
    person, account = owing(World.build(), amount=20_013)
    mandate(person, account)
    run()
    tried = []
    for day in (3, 4, 6, 12, 13, 14, 24):
        travel(day)
        if run().sent_count:
            tried.append(day)
        provider.house.deliver()
    row = Debit.objects.order_by("due_date").first()
    assert (tried, row.status, row.tries) == ([3, 6, 13], "given_up", 3)
    assert (balance(account), Transaction.objects.filter(kind="charge").count()) == (100_000, 0)
    assert Mandate.objects.get().status == "active"
    for day in (30, 33, 36, 43):
        travel(day)
        run()
        provider.house.deliver()
    assert (Mandate.objects.get().status, Mandate.objects.get().end_reason) == ("lapsed", "refused_debits")
    assert (Debit.objects.count(), Checkout.objects.count()) == (2, 6)


def test_what_was_paid_otherwise_is_not_taken_and_a_part_only_as_far_as_open(provider, travel):
    person, account = owing(World.build())
    mandate(person, account, cap=15_000)
    run()
    assert Debit.objects.get().amount_minor == 15_000
    ledger.record_payment(
        account_id=account.pk, amount=Money(52_000), effective_date=TODAY, external_ref="t-1", source="bank:1",
        actor=HOUSE, now=clock.now(),
    )  # fmt: skip
    travel(3)
    assert run().sent_count == 1
    assert Checkout.objects.get().amount_minor == 8_000
    provider.house.deliver()
    assert balance(account) == 40_000


def test_a_stop_is_in_force_at_once_and_what_the_bank_had_is_booked_all_the_same(provider, travel):
    person, account = owing(World.build())
    card = mandate(person, account)
    run()
    travel(3)
    assert run().sent_count == 1
    stop_mandate(
        mandate_id=card.mandate_id,
        person_id=person.pk,
        reason="by_borrower",
        actor=borrower(person.pk),
        now=clock.now(),
    )
    provider.house.deliver()
    assert (balance(account), Debit.objects.get().status) == (80_000, "collected")
    travel(33)
    assert (run().planned_count, run().sent_count) == (0, 0)
    with pytest.raises(payments.MandateUnknown):
        stop_mandate(
            mandate_id=card.mandate_id, person_id=person.pk + 1, reason="x", actor=HOUSE, now=clock.now()
        )


def test_nothing_is_taken_while_a_dispute_stands(provider, travel):
    person, account = owing(World.build())
    mandate(person, account)
    run()
    law.place_hold(person_id=person.pk, kind="dispute", reason="not mine", actor=HOUSE, now=clock.now())
    travel(3)
    assert (run().sent_count, run().held_count, Checkout.objects.count()) == (0, 1, 0)


def test_a_provider_that_is_silent_gets_the_same_debit_again_under_its_name(provider, travel, settings):
    person, account = owing(World.build())
    mandate(person, account)
    run()
    travel(3)
    settings.PAY_TRANSPORT = httpx.MockTransport(lambda request: httpx.Response(503))
    assert run().silent_count == 1
    settings.PAY_TRANSPORT = provider.transport()
    assert run().sent_count == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        reconcile_checkouts(now=clock.now())
        provider.house.deliver()
    assert (Checkout.objects.count(), len(provider.house.store.payments()), balance(account)) == (
        1,
        1,
        80_000,
    )


def test_a_bank_that_takes_a_debit_back_leaves_the_debt_as_it_was(provider, travel):
    person, account = owing(World.build())
    mandate(person, account)
    run()
    travel(3)
    run()
    provider.house.deliver()
    provider.house.take_back(Checkout.objects.get().ref)
    provider.house.deliver()
    assert (balance(account), Checkout.objects.get().status, Debit.objects.get().failure) == (
        100_000, "refunded", "charged_back"
    )  # fmt: skip

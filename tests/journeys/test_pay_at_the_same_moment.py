"""Clicks, notices and an agreement at the same moment: one payment, counted once, nothing lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.facade import Notice
from fairdue.contexts.payments.models import Checkout, IncomingPayment, PaymentMatch
from fairdue.engine.negotiation.offers import Wish
from fairdue.journeys.agree_plan import agree_plan
from fairdue.journeys.pay_online import PROVIDER, apply_notice, begin_payment, reconcile_checkouts
from tests.case_world import NOW, TODAY, World
from tests.pay_world import Provider, borrower, standing, wish

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run some works at the same moment, each on its own connection; return results or errors."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_clicks_notices_questions_and_an_agreement_at_once_count_the_money_once(settings):
    provider = Provider.open(NOW)
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    world = World.build()
    person, collector = world.person(), world.staff("collector")
    account = world.account(person)
    chosen = wish(person.pk, world.creditors["north"].pk, {account.pk: 40_000})

    def click():
        return begin_payment(wish=chosen, description="card", actor=borrower(person.pk), now=NOW).checkout

    cards = at_once(click, click, click)
    assert len({card.ref for card in cards}) == 1
    assert (Checkout.objects.count(), len(provider.house.store.payments())) == (1, 1)
    card = cards[0]
    provider.payer_does(card, "pay_untold")
    proposal = arrangements.propose(
        person_id=person.pk, account_ids=[account.pk], wish=Wish(months=6), actor=collector, now=NOW
    )

    def told(name):
        notice = Notice(
            event_ref=name, kind="paid", checkout_ref=card.ref, provider_ref=card.provider_ref, amount_minor=40_000,
            currency="CNY", occurred_at=NOW,
        )  # fmt: skip
        return lambda: apply_notice(notice=notice, actor=PROVIDER, now=NOW).verdict

    proof = arrangements.OralProof("REC-1")
    answers = at_once(
        told("one"),
        told("two"),
        lambda: reconcile_checkouts(now=NOW + timedelta(minutes=1)).asked_count,
        lambda: agree_plan(proposal_id=proposal.proposal_id, proof=proof, actor=collector, now=NOW),
    )
    assert [answer for answer in answers[:3] if isinstance(answer, Exception)] == []
    assert (IncomingPayment.objects.count(), PaymentMatch.objects.count(), standing(card).status) == (
        1,
        1,
        "paid",
    )
    agreement = answers[3]
    assert not isinstance(agreement, Exception) or isinstance(agreement, arrangements.ArrangementRefused)
    assert ledger.account_summary(account.pk, TODAY).balance.minor == 60_000
    assert ledger.prove().differences == ()

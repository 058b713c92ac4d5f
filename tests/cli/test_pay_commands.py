"""`fairdue pay`: what is missing is an exit status; reconciling and retrying do nothing twice."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.pay_online import begin_payment
from fairdue.kernel import clock
from tests.case_world import World
from tests.pay_world import Provider, borrower, standing, wish

pytestmark = pytest.mark.django_db


def fairdue(*words):
    answer = CliRunner().invoke(build(without=("bench", "conform", "dmn", "docs")), ["pay", *words, "--json"])
    return answer.exit_code, json.loads(answer.stdout) if answer.stdout.strip() else {}


@pytest.fixture
def card(settings):
    provider = Provider.open()
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    world = World.build()
    person = world.person()
    account = world.account(person)
    chosen = wish(person.pk, world.creditors["north"].pk, {account.pk: 40_000})
    begun = begin_payment(wish=chosen, description="card", actor=borrower(person.pk), now=clock.now())
    provider.payer_does(begun.checkout, "pay_untold")
    return begun.checkout


def test_a_lost_notice_is_found_by_the_list_of_the_day_and_then_missing_is_what_was_not_told(card):
    today = clock.business_date(clock.now()).isoformat()
    status, listed = fairdue("list")
    assert (status, [row["status"] for row in listed["asked"]], listed["missing"]) == (0, ["open"], [])
    status, done = fairdue("reconcile", "--date", today)
    assert (status, done["changed_refs"], done["unknown_refs"]) == (0, [card.ref], [])
    assert standing(card).status == "paid"
    assert fairdue("reconcile", "--date", today)[1]["changed_refs"] == []
    status, listed = fairdue("list")
    assert (status, [row["ref"] for row in listed["missing"]]) == (1, [card.ref])


def test_one_payment_is_asked_about_and_one_unknown_is_refused(card, settings):
    assert fairdue("retry", card.ref)[1]["status"] == "paid"
    assert fairdue("retry", "PNOBODY")[0] == 1
    assert fairdue("debits")[1]["sent_count"] == 0
    settings.PAY_URL = ""
    assert fairdue("debits")[0] == 1
    assert not payments.is_open()

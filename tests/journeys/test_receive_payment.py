"""Money finds its debt, and promises and open work follow it, forward and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import PromiseToPay, WorkItem
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming
from fairdue.contexts.payments.models import PaymentMatch
from fairdue.journeys.decide_request import approve_request
from fairdue.journeys.receive_payment import candidates, match_payment, receive_payment, take_back, undo_match
from fairdue.journeys.take_bank_statement import match_waiting
from fairdue.kernel.actor import system
from tests.case_world import NOW, TODAY, World, cny

pytestmark = pytest.mark.django_db
HOUSE = system("tests")


@pytest.fixture
def story(db):
    """A debtor with 400 overdue, an open promise of 400, a call to make, and two clerks."""
    world = World.build()
    person = world.person()
    account = world.account(person)
    case_id = world.case(person)
    world.work(person)
    collector = world.staff("collector")
    cases.record_promise(
        case_id=case_id,
        account_id=account.pk,
        amount=cny("400"),
        promised_date=TODAY + timedelta(days=2),
        actor=collector,
        now=NOW,
    )
    return world, person, account


def arrive(world, ref="P-1", amount="400", **values):
    incoming = Incoming(
        creditor_id=world.creditors["north"].pk,
        source="webhook:http",
        source_ref=ref,
        amount=cny(amount),
        value_date=TODAY,
        **values,
    )
    return receive_payment(incoming=incoming, actor=HOUSE, now=NOW)


def state():
    return PromiseToPay.objects.get().status, WorkItem.objects.get().status


def test_a_payment_with_its_code_keeps_the_promise_and_closes_the_work(story):
    world, person, account = story
    code = payments.issue_code(account_id=account.pk, actor=HOUSE, now=NOW)
    received = arrive(world, remittance=code.spoken)
    assert (received.status, received.person_ids, state()) == ("matched", (person.pk,), ("kept", "done"))
    again = arrive(world, remittance=code.spoken)
    assert (again.is_repeated, PaymentMatch.objects.count()) == (True, 1)


def test_a_clerk_sees_the_promise_among_the_reasons_and_the_match_keeps_it(story):
    world, _, account = story
    clerk = world.staff("finance")
    received = arrive(world)
    assert (received.status, received.why_waiting, state()) == ("suspense", "not_certain", ("open", "open"))
    (best,) = candidates(payment_id=received.payment_id, as_of=TODAY, actor=clerk)
    assert [reason.code for reason in best.reasons] == ["promised", "overdue", "promised_date"]
    placed = match_payment(
        payment_id=received.payment_id, account_ids=[account.pk], reasons=best.reasons, actor=clerk, now=NOW
    )
    assert (placed.promises.kept, placed.closed_work_count, state()) == (1, 1, ("kept", "done"))
    card = payments.payment_card(payment_id=received.payment_id, as_of=TODAY, actor=clerk)
    assert [reason.code for reason in card.matches[0].reasons] == ["promised", "overdue", "promised_date"]


def test_an_undone_match_keeps_the_promise_no_longer_and_is_not_matched_by_itself_again(story):
    world, _, account = story
    clerk = world.staff("finance")
    code = payments.issue_code(account_id=account.pk, actor=HOUSE, now=NOW)
    payment_id = arrive(world, remittance=code.code).payment_id
    placed = undo_match(payment_id=payment_id, reason="paid for a neighbour", actor=clerk, now=NOW)
    assert (placed.promises.reopened, state()[0]) == (1, "open")
    assert match_waiting(creditor_code="north", actor=HOUSE, now=NOW).matched_count == 0


def test_money_taken_back_reopens_the_promise(story):
    world, _, account = story
    payment_id = arrive(world, designated_account_id=account.pk).payment_id
    assert state()[0] == "kept"
    take_back(payment_id=payment_id, effective_date=TODAY, reason="AC04", actor=HOUSE, now=NOW)
    assert state()[0] == "open"


def test_what_waited_is_matched_once_its_code_exists(story):
    world, _, account = story
    account_ref = account.external_ref
    waiting = arrive(world, structured_ref="unknown")
    done = match_waiting(creditor_code="north", actor=HOUSE, now=NOW)
    assert (done.matched_count, done.waiting_count) == (0, 1)
    arrive(world, ref="P-2", amount="1", structured_ref=account_ref)
    assert payments.waiting_payment_ids(creditor_id=world.creditors["north"].pk, actor=HOUSE) == (
        waiting.payment_id,
    )


def test_an_approved_payment_by_hand_keeps_the_promise(story):
    world, person, account = story
    asked = payments.request_hand_payment(
        account_id=account.pk,
        amount=cny("400"),
        effective_date=TODAY,
        reason="cash",
        actor=world.staff("collector"),
        now=NOW,
    )
    assert state() == ("open", "open")
    approved = approve_request(request_id=asked.request_id, actor=world.staff("supervisor"), now=NOW)
    assert (approved.person_ids, state()) == ((person.pk,), ("kept", "done"))

"""What surely was not sent is sent later only if it may still be sent then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.contexts.outreach.conftest import accepted_keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]
DEAD_END = "http://127.0.0.1:9/api/local-provider/messages"


@pytest.fixture
def stuck(borrow, plan, settings):
    """A message that was reserved while the provider could not be reached; it can be now."""
    borrower = borrow()
    reachable, settings.SMS_PROVIDER_URL = settings.SMS_PROVIDER_URL, DEAD_END
    message = plan(borrower, expires_at=clock.now() + timedelta(days=2))
    assert outreach.dispatch_due(now=clock.now()).retried == 1
    settings.SMS_PROVIDER_URL = reachable
    return borrower, message


def later(**delta):
    return outreach.dispatch_due(now=clock.now() + timedelta(**delta))


def pay(borrower, minor: int) -> None:
    ledger.record_payment(
        account_id=borrower.account_id,
        amount=Money(minor),
        effective_date=date(2025, 10, 15),
        external_ref=f"P{minor}",
        source="test",
        actor=system("test"),
        now=clock.now(),
    )


def test_a_later_try_has_a_permit_of_its_own_and_only_one_contact_counts(stuck):
    first = Dispatch.objects.get().permit_id
    assert later(minutes=1).accepted == 1
    sent = Dispatch.objects.get()
    assert sent.permit_id != first
    assert sorted(Contact.objects.values_list("result", flat=True)) == ["failed", "sent"]
    assert Contact.objects.get(result="sent").pk == sent.contact_id
    digests = {law.permit(permit_id).content_sha256 for permit_id in (first, sent.permit_id)}
    assert len(digests) == 2, "the personal link is made anew, so each text has a permit of its own"
    assert len(accepted_keys()) == 1


def test_a_text_that_is_no_longer_true_is_written_anew(stuck):
    pay(stuck[0], 100_000)
    assert later(minutes=30).accepted == 1
    assert "待还234.50元" in outreach.local_outbox()[0].text
    permits = [law.permit(each).content_sha256 for each in Permit.objects.values_list("pk", flat=True)]
    assert len(set(permits)) == 2


def test_what_was_paid_meanwhile_is_not_asked_for(stuck):
    pay(stuck[0], 123_450)
    assert later(minutes=30).expired == 1
    stuck[1].refresh_from_db()
    assert (stuck[1].status, stuck[1].verdict["reasons"][0]["rule_id"]) == ("expired", "outreach.nothing_due")
    assert (Dispatch.objects.get().status, Contact.objects.get().result, accepted_keys()) == (
        "failed",
        "failed",
        [],
    )


def test_an_opt_out_meanwhile_stops_it(stuck):
    parties.record_consent(
        person_id=stuck[0].person_id, kind="opt_out", channel="sms", contact_point_id=stuck[0].mobile_id,
        source="test", detail={}, actor=system("test"), occurred_at=clock.now(), now=clock.now(),
    )  # fmt: skip
    assert later(minutes=1).refused == 1
    stuck[1].refresh_from_db()
    assert (stuck[1].status, stuck[1].verdict["outcome"], accepted_keys()) == ("refused", "refuse", [])
    assert Dispatch.objects.get().status == "failed"
    assert later(hours=5).claimed == 0


def test_quiet_hours_meanwhile_put_it_off_until_morning(stuck):
    assert later(hours=13).deferred == 1
    assert accepted_keys() == []
    waiting = Dispatch.objects.get().next_try_at
    assert outreach.dispatch_due(now=waiting + timedelta(seconds=1)).accepted == 1
    assert len(accepted_keys()) == 1


def test_what_is_too_late_is_given_up(stuck):
    assert later(days=3).expired == 1
    stuck[1].refresh_from_db()
    assert (stuck[1].status, Contact.objects.get().result, accepted_keys()) == ("expired", "failed", [])


def test_a_provider_that_stays_away_is_given_up_after_eight_tries(stuck, settings):
    settings.SMS_PROVIDER_URL = DEAD_END
    reports = [later(minutes=minutes) for minutes in range(1, 120, 12)]
    assert sum(each.retried for each in reports) == 6
    assert sum(each.failed for each in reports) == 1
    stuck[1].refresh_from_db()
    sent = Dispatch.objects.get()
    assert (stuck[1].status, sent.error, sent.tries) == ("failed", "http.unreachable", 8)
    assert (accepted_keys(), set(Contact.objects.values_list("result", flat=True))) == ([], {"failed"})

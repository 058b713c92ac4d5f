"""Paying online at the desk: finance sees what is missing and asks; a mandate is stopped on the person's word."""

from __future__ import annotations

import pytest

from fairdue.contexts.book.models import Account
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import Mandate
from fairdue.journeys.pay_online import begin_payment
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from fairdue.kernel.money import Money
from tests.pay_world import Provider, borrower, standing, wish
from tests.web.desk_world import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(world, settings):
    provider = Provider.open()
    settings.PAY_URL, settings.PAY_TRANSPORT = "http://pay.test", provider.transport()
    account = Account.objects.get(external_ref="L-0001")
    chosen = wish(account.person_id, account.creditor_id, {account.pk: 5_000})
    begun = begin_payment(
        wish=chosen, description="loan", actor=borrower(account.person_id), now=now()
    ).checkout
    provider.payer_does(begun, "pay_untold")
    return begun


def test_finance_sees_what_is_open_asks_and_reads_the_word_that_was_lost(card, staff, signed_in):
    staff("finance", locale="en")
    client = signed_in("finance")
    page = client.get("/desk/online/").content.decode()
    assert card.ref in page and "On the payment page" in page
    assert (
        client.post("/desk/online/ask", {"ref": card.ref}).headers["Location"] == f"/desk/online/{card.ref}/"
    )
    assert standing(card).status == "paid"
    page = client.get("/desk/online/").content.decode()
    assert "Something needs a look" in page
    detail = client.get(f"/desk/online/{card.ref}/").content.decode()
    assert "Asked" in detail and "Took effect" in detail
    assert client.get(f"/desk/accounts/{card.shares[0].account_id}/").content.decode().count(card.ref) == 1
    assert client.post("/desk/online/ask", {}).status_code == 302
    day = client.post("/desk/online/ask", {"date": now().date().isoformat()}, follow=True)
    assert "1 listed" in day.content.decode()
    assert client.get("/desk/online/PNOBODY/").status_code == 404
    assert client.get("/desk/online/?export=missing.csv").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_does_what_its_permissions_name(card, staff, signed_in, role):
    staff(role, team="agency" if role == "agency" else "early")
    client, granted = signed_in(role), PERMISSIONS_BY_ROLE[role]
    assert (client.get("/desk/online/").status_code == 200) is ("payments.view" in granted)
    allowed = {"payments.view", "payments.match"} <= granted
    assert (client.post("/desk/online/ask", {}).status_code == 302) is allowed


def test_a_mandate_is_stopped_on_the_persons_word_by_who_may_adjust(card, staff, signed_in):
    account = Account.objects.get(external_ref="L-0001")
    given = payments.offer_mandate(
        person_id=account.person_id, account_id=account.pk, cap=Money(10_000), payer_name="李小明",
        payer_account="6222021234567890123", actor=borrower(account.person_id), now=now(),
    )  # fmt: skip
    payments.accept_mandate(
        mandate_id=given.mandate_id, person_id=account.person_id, acceptance="code:1",
        actor=borrower(account.person_id), now=now(),
    )  # fmt: skip
    at = f"/desk/accounts/{account.pk}/mandates/{given.mandate_id}/stop"
    staff("legal")
    refused = signed_in("legal")
    assert refused.post(at).status_code == 403
    refused.logout()
    staff("collector", locale="en")
    client = signed_in("collector")
    page = client.get(f"/desk/accounts/{account.pk}/").content.decode()
    assert "****0123" in page
    assert client.post(at).status_code == 302
    row = Mandate.objects.get()
    assert (row.status, row.end_reason) == ("stopped", "on_the_persons_word")


def test_a_link_to_pay_goes_from_the_case_by_an_approved_text_under_a_permit(world, staff, signed_in):
    outreach.load_templates(actor=system("test"), now=now())
    staff("collector", locale="en")
    client = signed_in("collector")
    at = f"/desk/case/{world.case.pk}/pay-link"
    assert client.post(at, {"channel": "pigeon"}).status_code == 422
    assert client.post(at, {"channel": "inapp"}).status_code == 302
    message = Message.objects.get(template_code="reminder.pay_link")
    assert (message.person_id, message.channel) == (world.person.pk, "inapp")
    assert message.status in ("delivered", "planned", "refused", "held")
    assert (
        client.post(f"/desk/case/{world.foreign_case.pk}/pay-link", {"channel": "inapp"}).status_code == 404
    )
    assert Message.objects.count() == 1

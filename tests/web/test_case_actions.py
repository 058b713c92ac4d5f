"""The actions of a case: each does what its form says, or says in place what was not done and why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Account
from fairdue.contexts.cases.models import Case, PromiseToPay, WorkItem
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.statements import said as read_statement
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.models import Consent, PortalLink
from fairdue.contexts.payments.models import Request
from fairdue.journeys.invite_borrower import admit_borrower
from fairdue.journeys.record_statement import STATEMENTS
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now
from fairdue.web.workbench.words import HOLD_KINDS
from tests.web.money_world import approve_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(world, staff, signed_in):
    """Sign in as one role, in English or Chinese."""

    def sign(role: str, locale: str = "en"):
        staff(role, locale=locale)
        return signed_in(role)

    return sign


def address(world, part: str = "") -> str:
    return f"/desk/case/{world.case.pk}/{part}"


def account(world) -> int:
    return Account.objects.get(person_id=world.person.pk, external_ref="L-0001").pk


def payment(world, **changes):
    return {
        "account_id": account(world), "amount": "500.50", "effective_date": business_date(now()).isoformat(),
        "external_ref": "BANK-1", "reason": "cash at the branch", "payer_name": "",
    } | changes  # fmt: skip


def test_a_payment_by_hand_is_asked_for_and_booked_by_somebody_else(sign, world):
    collector = sign("collector")
    answer = collector.post(address(world, "payment"), payment(world), follow=True)
    text = answer.content.decode()
    assert "Payment of 500.50 CNY asked for: it is booked when somebody else approves it." in text
    assert "1 request waits for a second pair of eyes." in text
    assert Transaction.objects.count() == 0
    assert approve_everything() == 1
    (row,) = Transaction.objects.all()
    assert (row.kind, row.amount_minor, row.source, row.fund) == ("payment", 50_050, "hand", "suspense")
    assert ledger.account_summary(account(world), business_date(now())).overdue.minor == 100_000
    after = collector.get(address(world)).content.decode()
    assert "waits for a second pair of eyes" not in after
    assert "Principal 500.50 (2026-10)" in after


def test_a_form_comes_when_it_is_opened_with_a_script_and_without(sign, world):
    collector = sign("collector")
    page = collector.get(address(world)).content.decode()
    assert 'id="hold-reason"' not in page and address(world, "do/hold") in page
    part = collector.get(address(world, "do/hold"), headers={"HX-Request": "true"}).content.decode()
    assert 'id="hold-reason"' in part and "<html" not in part
    whole = collector.get(address(world, "do/hold")).content.decode()
    assert 'id="hold-reason"' in whole and re.search(r'data-action="hold" open', whole)
    assert 'id="callback-at"' not in whole
    assert collector.get(address(world, "do/evil"), headers={"HX-Request": "true"}).status_code == 404
    foreign = f"/desk/case/{world.foreign_case.pk}/do/hold"
    assert collector.get(foreign, headers={"HX-Request": "true"}).status_code == 404


def test_several_requests_are_decided_at_once_each_by_itself_and_never_ones_own(sign, world):
    collector = sign("collector")
    for ref in ("BANK-1", "BANK-2"):
        collector.post(address(world, "payment"), payment(world, external_ref=ref, amount="10"))
    collector.logout()
    supervisor = sign("supervisor")
    supervisor.post(address(world, "payment"), payment(world, external_ref="BANK-3", amount="10"))
    first, second, own = Request.objects.order_by("id")
    inbox = supervisor.get("/desk/inbox/").content.decode()
    assert inbox.count('name="items"') == 2 and f'value="money:{own.pk}"' not in inbox
    sent = {"items": [f"money:{each.pk}" for each in (first, second, own)] + ["money:0", "evil:1"]}
    silent = supervisor.post("/desk/inbox/decide", sent | {"verb": "no"}, follow=True).content.decode()
    assert "say why it is refused" in silent and Transaction.objects.count() == 0
    done = supervisor.post("/desk/inbox/decide", sent | {"verb": "yes"}).content.decode()
    assert "2 things were decided. 2 do not wait any more." in done
    assert (done.count("Approved"), done.count("Not done"), done.count("Your own")) == (2, 1, 1)
    assert sorted(Request.objects.values_list("status", flat=True)) == ["approved", "approved", "open"]


def test_the_same_reference_again_is_recognised_and_asks_for_nothing(sign, world):
    collector = sign("collector")
    collector.post(address(world, "payment"), payment(world))
    again = collector.post(address(world, "payment"), payment(world), follow=True)
    assert "was asked for before: Waiting for a second pair of eyes." in again.content.decode()
    approve_everything()
    late = collector.post(address(world, "payment"), payment(world), follow=True)
    assert "was asked for before: Approved." in late.content.decode()
    other = collector.post(address(world, "payment"), payment(world, amount="1"))
    assert other.status_code == 422
    assert "stands for another payment" in other.content.decode()
    assert (Transaction.objects.count(), Request.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": ""}, "required"),
        ({"amount": "-5"}, "greater than or equal to"),
        ({"amount": "0.001"}, "decimal places"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"external_ref": " "}, "required"),
        ({"reason": " "}, "required"),
        ({"account_id": "1"}, "Select a valid choice"),
        ({"effective_date": "2099-01-01"}, "lies in the future"),
        ({"effective_date": "2000-01-01"}, "before the opening balance"),
        ({"effective_date": "yesterday"}, "Enter a valid date"),
    ],
)
def test_a_wrong_payment_says_so_in_place_and_records_nothing(sign, world, changes, message):
    answer = sign("collector").post(address(world, "payment"), payment(world, **changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert message in text and "Nothing was saved." in text
    assert re.search(r'<details class="action" data-action="payment" open', text)
    assert Transaction.objects.count() == Request.objects.count() == 0


def test_a_payment_that_settles_everything_closes_the_work_and_then_the_case(sign, world):
    collector = sign("collector")
    refused = collector.post(address(world, "close"), {"reason": "x"})
    assert refused.status_code == 422
    assert "ask a supervisor to close the case" in refused.content.decode()
    assert Case.objects.get(pk=world.case.pk).status == "open"
    card = Account.objects.get(person_id=world.person.pk, external_ref="6222000011112222").pk
    collector.post(address(world, "payment"), payment(world, amount="1500.50"))
    collector.post(address(world, "payment"), payment(world, account_id=card, amount="8200"))
    assert WorkItem.objects.get(pk=world.item.pk).status == "open"
    assert approve_everything() == 2
    assert WorkItem.objects.get(pk=world.item.pk).status == "done"
    closed = collector.post(address(world, "close"), {"reason": ""}, follow=True)
    assert "The case is closed." in closed.content.decode()
    assert Case.objects.get(pk=world.case.pk).status == "closed"
    assert "The case is closed already." in collector.get(address(world)).content.decode()


def test_a_supervisor_reverses_a_payment_on_its_card_with_a_reason(sign, world):
    supervisor = sign("supervisor")
    day = business_date(now()) + timedelta(days=2)
    supervisor.post(
        address(world, "outcome"),
        {"outcome": "inbound:promise", "amount": "500.50", "promised_date": day.isoformat()},
    )
    supervisor.post(address(world, "payment"), payment(world))
    approve_everything()
    assert PromiseToPay.objects.get().status == "kept"
    row = Transaction.objects.get()
    asked = {"account_id": row.account_id, "transaction_id": row.pk}
    text = supervisor.get(address(world)).content.decode()
    assert "Reverse this payment" in text
    bare = supervisor.post(address(world, "reverse"), {**asked, "reason": " "})
    assert bare.status_code == 422
    assert "Say why the payment is reversed" in bare.content.decode()
    assert Transaction.objects.count() == 1
    done = supervisor.post(address(world, "reverse"), {**asked, "reason": "bounced"}, follow=True)
    assert "The payment was reversed" in done.content.decode()
    assert "is not kept any more" in done.content.decode()
    assert "Reverse this payment" not in done.content.decode()
    assert ledger.account_summary(account(world), business_date(now())).overdue.minor == 150_050
    assert PromiseToPay.objects.get().status == "open"
    (event,) = audit.events(code="ledger.transaction.reversed")
    assert event.reason == "bounced"
    twice = supervisor.post(address(world, "reverse"), {**asked, "reason": "again"})
    assert twice.status_code == 422
    assert Transaction.objects.filter(kind="reversal").count() == 1


@pytest.mark.parametrize("wrong", ["", "0", "999999", "²", "9" * 40, "x"])
def test_a_reversal_of_what_is_not_there_changes_nothing(sign, world, wrong):
    supervisor = sign("supervisor")
    answer = supervisor.post(
        address(world, "reverse"), {"account_id": account(world), "transaction_id": wrong, "reason": "x"}
    )
    assert answer.status_code == 422
    assert Transaction.objects.count() == 0


def test_a_hold_stops_contacts_at_once_and_is_lifted_with_a_reason(sign, world, at_half_past_ten):
    supervisor = sign("supervisor")
    assert 'data-action="lift"' not in supervisor.get(address(world)).content.decode()
    form = {"kind": "dispute", "account_id": "", "reason": "Denies the card"}
    done = supervisor.post(address(world, "hold"), form, follow=True)
    text = done.content.decode()
    assert "The hold is in force: contacts stop at once." in text
    assert "Hold: Dispute" in text and 'data-channel="call" data-outcome="allow"' not in text
    again = supervisor.post(address(world, "hold"), form, follow=True)
    assert "in force already" in again.content.decode()
    (hold,) = law.open_holds(world.person.pk)
    assert hold.reason == "Denies the card"
    bare = supervisor.post(address(world, "lift"), {"hold_id": hold.hold_id, "reason": ""})
    assert bare.status_code == 422
    assert len(law.open_holds(world.person.pk)) == 1
    lifted = supervisor.post(
        address(world, "lift"), {"hold_id": hold.hold_id, "reason": "Settled"}, follow=True
    )
    assert "The hold was lifted" in lifted.content.decode()
    assert law.open_holds(world.person.pk) == ()
    late = supervisor.post(address(world, "lift"), {"hold_id": hold.hold_id, "reason": "Settled"})
    assert late.status_code == 422


@pytest.mark.parametrize("changes", [{"kind": "whim"}, {"reason": " "}, {"account_id": "1"}, {"kind": ""}])
def test_a_wrong_hold_is_refused_in_place(sign, world, changes):
    form = {"kind": "dispute", "account_id": "", "reason": "x"} | changes
    answer = sign("collector").post(address(world, "hold"), form)
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()
    assert law.open_holds(world.person.pk) == ()


def test_each_kind_of_hold_has_words():
    assert set(law.HOLD_KINDS) <= set(HOLD_KINDS)


def test_an_opt_out_of_a_channel_binds_the_gate_and_can_be_taken_back(sign, world, at_half_past_ten):
    collector = sign("collector")
    said = {"kind": "opt_out", "about": "channel:call", "source": "conversation"}
    assert (
        "follows it at once"
        in collector.post(address(world, "statement"), said, follow=True).content.decode()
    )
    refused = [
        a
        for a in law.preview_all(person_id=world.person.pk, now=now(), actor=system("test"))
        if a.channel == "call"
    ]
    assert {a.verdict.outcome for a in refused} <= {"refuse", "hold"}
    assert (
        "recorded before" in collector.post(address(world, "statement"), said, follow=True).content.decode()
    )
    assert Consent.objects.count() == 1
    collector.post(address(world, "statement"), said | {"kind": "opt_in"})
    assert [c.kind for c in Consent.objects.order_by("id")] == ["opt_out", "opt_in"]


def test_a_statement_may_be_about_one_contact_point_or_about_everything(sign, world):
    collector = sign("collector")
    point = f"point:{world.point.pk}"
    collector.post(address(world, "statement"), {"kind": "opt_out", "about": point, "source": "letter"})
    (card,) = parties.contact_points(world.person.pk)
    assert card.is_opted_out
    collector.post(address(world, "statement"), {"kind": "opt_out", "about": "", "source": "email"})
    assert [(c.channel, c.contact_point_id, c.source) for c in Consent.objects.order_by("id")] == [
        ("", world.point.pk, "letter"),
        ("", None, "email"),
    ]
    for about in ("channel:pigeon", "point:999999", "x"):
        wrong = collector.post(
            address(world, "statement"), {"kind": "opt_out", "about": about, "source": "email"}
        )
        assert wrong.status_code == 422
    assert Consent.objects.count() == 2


def test_a_borrower_link_is_shown_once_works_and_is_on_record(sign, world):
    collector = sign("collector")
    answer = collector.post(address(world, "link"))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    (token,) = re.findall(r'value="http://testserver/my/([\w-]+)"', answer.content.decode())
    assert token not in collector.get(address(world)).content.decode()
    (event,) = audit.events(code="parties.portal_link.issued")
    assert event.person_id == world.person.pk and token not in str(event)
    assert admit_borrower(token=token, now=now()) == world.person.pk
    assert PortalLink.objects.count() == 1


def test_who_may_not_sees_the_control_disabled_with_the_reason_beside_it(sign, world):
    text = sign("compliance").get(address(world)).content.decode()
    for code, permission in (("payment", "recording payments"), ("reverse", "reversing payments")):
        assert re.search(rf'disabled aria-disabled="true" aria-describedby="off-{code}"', text)
        assert f"does not include {permission}." in text
    assert 'data-action="hold"' in text


def test_the_actions_cost_no_query(sign, world):
    supervisor = sign("supervisor")
    supervisor.get(address(world))
    with CaptureQueriesContext(connection) as queries:
        assert supervisor.get(address(world)).status_code == 200
    assert len(queries) <= 22  # calls, errands, matters, plans and drafts are read once each


def test_the_panel_is_reached_by_keys_and_speaks_chinese(sign, world):
    text = sign("supervisor", "zh-hans").get(address(world)).content.decode()
    for key in ("a p", "h", "a c", "a b", "a k", "a x"):
        assert f'data-key="{key}"' in text
    for words in ("登记还款", "设置停催", "结案"):
        assert words in text
    assert "Record a payment" not in text


def test_each_statement_that_the_desk_offers_is_recorded_with_what_rules_read(sign, world):
    collector, point = sign("collector"), f"point:{world.point.pk}"
    hours = {"hours_from": "21:00", "hours_to": "22:30"}
    for kind in STATEMENTS:
        said = {"kind": kind, "source": "conversation", "about": point} | (hours if "hours" in kind else {})
        answer = collector.post(address(world, "statement"), said, follow=True)
        assert answer.status_code == 200, kind
        assert "follows it at once" in answer.content.decode() or kind == "opt_in", kind
    kept = {consent.kind: consent.detail for consent in Consent.objects.all()}
    assert set(kept) == set(STATEMENTS)
    assert kept["inconvenient_hours"] == {"from": "21:00", "to": "22:30"}
    assert kept["direct_hours"] == {"times": [{"from": "21:00", "to": "22:30"}], "to": "lender"}
    read = read_statement("direct_hours", kept["direct_hours"])
    assert (read.told_to, read.hours) == ("lender", "mon,tue,wed,thu,fri,sat,sun 21:00-22:30")


def test_hours_without_an_end_and_a_place_without_a_number_record_nothing(sign, world):
    collector = sign("collector")
    for wrong, words in (
        ({"kind": "direct_hours", "about": "", "hours_from": "21:00"}, "Say from when to when."),
        ({"kind": "agreed_hours", "about": "", "hours_from": "21:00", "hours_to": "20:00"}, "Say from when to when."),
        ({"kind": "inconvenient_place", "about": ""}, "Say which number or address is meant."),
    ):  # fmt: skip
        answer = collector.post(address(world, "statement"), wrong | {"source": "letter"})
        assert answer.status_code == 422 and words in answer.content.decode()
    assert Consent.objects.count() == 0


def test_how_a_number_was_obtained_is_asked_only_where_a_law_asks_it(sign, world):
    collector = sign("collector")
    assert 'data-action="origin"' not in collector.get(address(world)).content.decode()
    Account.objects.update(jurisdiction="us")
    assert 'data-action="origin"' in collector.get(address(world)).content.decode()


def test_how_a_number_was_obtained_is_recorded_once_and_a_notice_says_until_when(sign, world):
    collector, today = sign("collector"), business_date(now())
    Account.objects.update(jurisdiction="us")
    form = {
        "contact_point_id": world.point.pk,
        "route": "consumer_consent",
        "obtained_date": today.isoformat(),
    }
    for wrong in (
        {"route": "creditor_notice"},
        {"obtained_date": (today + timedelta(days=1)).isoformat()},
        {"contact_point_id": 999_999},
        {"route": "bought"},
    ):
        assert collector.post(address(world, "origin"), form | wrong).status_code == 422
    assert Consent.objects.count() == 0
    assert (
        "follows it at once" in collector.post(address(world, "origin"), form, follow=True).content.decode()
    )
    assert "recorded before" in collector.post(address(world, "origin"), form, follow=True).content.decode()
    notice = {"route": "creditor_notice", "opt_out_days": "35", "opt_out_until": today.isoformat(), "is_opt_out_simple": "on"}  # fmt: skip
    collector.post(address(world, "origin"), form | notice)
    first, second = (consent.detail for consent in Consent.objects.order_by("id"))
    assert first == {"route": "consumer_consent", "by": "lender", "date": today.isoformat()}
    assert (second["opt_out_days"], second["is_opt_out_simple"], second["is_domain_public"]) == (
        35,
        True,
        False,
    )

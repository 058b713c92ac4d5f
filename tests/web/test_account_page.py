"""The page of one debt: its state on any day as known on any day, its events, postings and lateness."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Posting, Transaction
from fairdue.contexts.payments.models import Request
from fairdue.kernel.actor import system
from fairdue.kernel.clock import OFFSET_VARIABLE, business_date, now
from fairdue.kernel.money import Money
from tests.web.desk_world import DEBTOR
from tests.web.money_world import approve_everything

pytestmark = pytest.mark.django_db
PARTS = ("state", "payoff", "events", "postings", "lateness", "limits")


@pytest.fixture
def sign(world, staff, signed_in):
    """Sign in as one role, in English or Chinese."""

    def sign(role: str, locale: str = "en"):
        staff(role, locale=locale)
        return signed_in(role)

    return sign


@pytest.fixture
def loan(world) -> int:
    return Account.objects.get(external_ref="L-0001").pk


def page(loan: int, query: str = "", part: str = "") -> str:
    return f"/desk/accounts/{loan}/{part}{query}"


def pay(loan: int, minor: int, *, days_ago: int = 0, ref: str = "BANK-1"):
    return ledger.record_payment(
        account_id=loan, amount=Money(minor), effective_date=business_date(now()) - timedelta(days=days_ago),
        external_ref=ref, source="file:1", actor=system("test"), now=now(),
    )  # fmt: skip


def test_the_page_shows_what_is_owed_masked_and_links_to_the_case(sign, world, loan):
    text = sign("collector").get(page(loan)).content.decode()
    assert DEBTOR not in text and "李**" in text
    for expected in (
        "Consumer loan",
        "****0001",
        "North Bank",
        "1,500.50",
        "Principal",
        "M1 · 12 d",
        "2026-10",
    ):
        assert expected in text
    assert f"/desk/case/{world.case.pk}/" in text


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_every_part_opens_in_both_languages(sign, loan, part, locale):
    pay(loan, 50_050, days_ago=3)
    answer = sign("supervisor", locale).get(page(loan, f"?show={part}"))
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.content.decode()


def test_the_same_day_is_shown_as_it_was_known_then_and_what_became_known_since(sign, loan):
    today = business_date(now())
    collector = sign("collector")
    pay(loan, 50_050, days_ago=3)
    yesterday = today - timedelta(days=1)
    plain = collector.get(page(loan, f"?as_of={yesterday}")).content.decode()
    assert "1,000.00" in plain
    assert f"The account as of {yesterday}, by all that is known today." in plain
    then = collector.get(page(loan, f"?as_of={yesterday}&known={yesterday}")).content.decode()
    assert "Not known yet" in then
    assert "At the end of that day this account was not in the ledger." in then


def test_what_became_known_later_stands_beside_what_was_known_then(sign, loan, monkeypatch):
    monkeypatch.setenv(OFFSET_VARIABLE, str(3 * 86_400))
    today = business_date(now())
    collector = sign("collector")
    pay(loan, 50_050, days_ago=2)
    before = today - timedelta(days=1)
    now_known = collector.get(page(loan, f"?as_of={before}")).content.decode()
    assert "1,000.00" in now_known and "What became known after" not in now_known
    then = collector.get(page(loan, f"?as_of={before}&known={before}")).content.decode()
    assert f"The account as of {before}, by what was known at the end of {before}." in then
    assert f"What became known after {before}" in then
    assert "1,500.50" in then and "−500.50" in then
    events = collector.get(page(loan, f"?as_of={before}&known={before}&show=events")).content.decode()
    assert "Nothing has happened by this day" in events


@pytest.mark.parametrize(
    "query",
    ["?as_of=x&known=y", "?as_of=0001-01-01", "?as_of=9999-99-99", "?show=nothing", "?known=2999-01-01"],
)
def test_days_that_are_none_show_today(sign, loan, query):
    answer = sign("collector").get(page(loan, query))
    assert answer.status_code == 200
    assert "by all that is known today" in answer.content.decode()
    assert ("A date in the address cannot be read" in answer.content.decode()) == ("show" not in query)


def test_a_day_to_come_says_so(sign, loan):
    tomorrow = business_date(now()) + timedelta(days=1)
    text = sign("collector").get(page(loan, f"?as_of={tomorrow}")).content.decode()
    assert "This day has not come yet" in text


def test_events_say_where_a_payment_went_and_postings_are_marked_back_dated(sign, loan):
    pay(loan, 50_050, days_ago=3)
    supervisor = sign("supervisor")
    events = supervisor.get(page(loan, "?show=events")).content.decode()
    assert "Principal (2026-10)" in events and "500.50" in events and "Creditor&#x27;s file 1" in events
    assert f"/desk/accounts/{loan}/take-back/{Transaction.objects.get().pk}" in events
    postings = supervisor.get(page(loan, "?show=postings")).content.decode()
    assert "Receivable · Principal" in postings and "Cash" in postings and "back-dated" in postings


def test_a_list_of_the_page_is_a_file_by_its_name(sign, loan):
    pay(loan, 50_050)
    answer = sign("collector").get(page(loan, "?show=postings&export=csv&list=postings"))
    assert answer["Content-Disposition"] == f'attachment; filename="account-{loan}-postings.csv"'
    assert (
        len(answer.content.decode("utf-8-sig").splitlines())
        == Posting.objects.filter(account_id=loan).count() + 1
    )
    (event,) = audit.events(code="desk.list.exported")
    assert event.after["rows"] == Posting.objects.filter(account_id=loan).count()


def test_a_debt_outside_the_scope_reads_like_no_debt_at_all(sign, world):
    foreign = Account.objects.get(external_ref="9999").pk
    supervisor = sign("supervisor")
    for path in ("", "events/waiver", "events/pause"):
        assert supervisor.get(f"/desk/accounts/{foreign}/{path}").status_code == 404
    assert supervisor.post(f"/desk/accounts/{foreign}/code").status_code == 404
    assert supervisor.post(f"/desk/accounts/{foreign}/events/pause", {}).status_code == 404


@pytest.mark.parametrize("role", ["field", "agency", "strategist", "risk", "administrator"])
def test_roles_without_the_ledger_do_not_open_it(world, staff, signed_in, loan, role):
    staff(role, team="agency" if role == "agency" else "early")
    assert signed_in(role).get(page(loan)).status_code == 403


def test_a_repayment_code_is_issued_once_and_stays(sign, loan):
    collector = sign("collector")
    assert "None was issued yet." in collector.get(page(loan)).content.decode()
    first = collector.post(page(loan, part="code"), follow=True).content.decode()
    assert "issued." in first and "None was issued yet." not in first
    collector.post(page(loan, part="code"))
    assert len(audit.events(code="payments.code.issued")) == 1


@pytest.mark.parametrize("part", PARTS)
def test_a_part_takes_as_many_queries_for_many_events_as_for_one(sign, loan, part):
    collector = sign("collector")
    pay(loan, 1_000, ref="A")
    collector.get(page(loan, f"?show={part}"))
    with CaptureQueriesContext(connection) as few:
        collector.get(page(loan, f"?show={part}"))
    for number in range(5):
        pay(loan, 1_000, ref=f"B{number}")
    with CaptureQueriesContext(connection) as many:
        collector.get(page(loan, f"?show={part}"))
    assert len(many) <= len(few)


def test_the_journal_is_handed_out_as_text_and_recorded(sign, loan):
    pay(loan, 50_050, days_ago=3)
    collector = sign("collector")
    assert (
        f"/desk/accounts/{loan}/journal?as_of="
        in collector.get(page(loan, "?show=postings")).content.decode()
    )
    answer = collector.get(page(loan, part="journal"))
    assert answer["Content-Disposition"] == f'attachment; filename="account-{loan}.beancount"'
    text = answer.content.decode()
    assert "500.50 CNY" in text and DEBTOR not in text
    (event,) = audit.events(code="desk.list.exported")
    assert (event.subject_id, event.after["format"]) == (f"account-{loan}-journal", "beancount")


def test_a_credit_balance_is_refunded_by_two_persons_and_never_more_than_there_is(
    world, staff, signed_in, loan
):
    staff("collector")
    pay(loan, 200_000)
    collector, path = signed_in("collector"), page(loan, part="refund")
    assert "refund" in collector.get(page(loan)).content.decode()
    said = {
        "amount": "600",
        "payee_name": "李小明",
        "payee_account": "6222021234567890123",
        "payee_bank": "",
        "reason": "paid twice",
    }
    too_much = collector.post(path, said)
    assert too_much.status_code == 422 and "does not fit" in too_much.content.decode()
    assert Request.objects.count() == 0
    asked = collector.post(path, said | {"amount": "499.50"}, follow=True).content.decode()
    assert (
        "somebody else must approve it" in asked
        and "6222021234567890123" not in asked
        and DEBTOR not in asked
    )
    assert approve_everything() == 1
    assert ledger.account_summary(loan, business_date(now())).credit_balance.minor == 0


# Events by form


def waiver(**changes):
    return {
        "effective_date": business_date(now()).isoformat(), "amount": "100", "component": "principal", "of": "",
        "due_ref": "", "reason": "hardship, agreed by phone", "token": "t-1",
    } | changes  # fmt: skip


def previewed(client, path: str, data: dict) -> dict:
    """Send a form for its preview and return what the confirmation sends."""
    answer = client.post(path, data | {"step": "preview"})
    assert answer.status_code == 200, answer.content.decode()
    return data | {"step": "confirm", "seen": answer.context["digest"]}


def pause(today, **changes):
    return {
        "effective_date": today.isoformat(), "from": (today - timedelta(days=10)).isoformat(),
        "to": today.isoformat(), "reason": "flood", "token": "t-2",
    } | changes  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_every_kind_has_its_form_in_both_languages(sign, loan, locale):
    from fairdue.web.workbench.views.account import OFFERED

    collector = sign("collector", locale)
    for kind in OFFERED:
        assert collector.get(page(loan, part=f"events/{kind}")).status_code == 200, kind
    for unknown in ("payment", "charge", "refund", "nothing"):
        assert collector.get(page(loan, part=f"events/{unknown}")).status_code == 404


def test_a_waiver_is_previewed_asked_for_and_done_by_somebody_else(world, staff, signed_in, loan):
    staff("collector")
    staff("supervisor")
    collector, path = signed_in("collector"), page(loan, part="events/waiver")
    seen = previewed(collector, path, waiver())
    assert Transaction.objects.count() == Request.objects.count() == 0
    asked = collector.post(path, seen, follow=True).content.decode()
    assert "somebody else must approve it" in asked
    assert "You asked for this yourself: somebody else decides." in asked
    (row,) = Request.objects.all()
    assert (row.kind, row.amount_minor, row.status) == ("waiver", 10_000, "open")
    own = collector.post(f"/desk/approvals/{row.pk}/decide", {"verb": "approve"})
    assert own.status_code in (403, 422)
    assert Transaction.objects.count() == 0
    collector.logout()
    supervisor = signed_in("supervisor")
    assert "1,400.50" in supervisor.get(f"/desk/approvals/{row.pk}/").content.decode()
    done = supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "approve"}, follow=True)
    assert "Approved: it was done in the same moment." in done.content.decode()
    assert ledger.account_summary(loan, business_date(now())).balance.minor == 140_050
    assert Transaction.objects.get().approval_ref == f"request:{row.pk}"


def agreed(client, path: str, said: dict) -> Request:
    """Preview an event and ask for it; return what now waits for a second person."""
    client.post(path, previewed(client, path, said))
    return Request.objects.get(status="open")


def test_a_judgment_asked_for_and_approved_shows_its_limit_and_what_it_orders(staff, signed_in, loan):
    staff("collector")
    today = business_date(now())
    path = page(loan, part="events/judgment")
    said = {
        "effective_date": (today - timedelta(days=5)).isoformat(), "amount": "1000",
        "perform_by": (today - timedelta(days=3)).isoformat(), "reference": "(2026)沪0101民初1号",
        "reason": "served", "token": "t-3",
    }  # fmt: skip
    collector = signed_in("collector")
    before = collector.get(page(loan, "?show=limits")).content.decode()
    assert "Last day to apply for enforcement" not in before
    early = collector.post(path, said | {"perform_by": "2020-01-01", "step": "preview"})
    assert early.status_code == 422
    asked = agreed(collector, path, said)
    assert (asked.kind, asked.amount_minor, Transaction.objects.count()) == ("judgment", 100_000, 0)
    assert approve_everything() == 1
    shown = collector.get(page(loan, "?show=limits")).content.decode()
    assert "Last day to apply for enforcement" in shown and "(2026)沪0101民初1号" in shown
    assert "0.53" in shown  # three days on 1,000.00 at 0.0175 % a day, 0.525, half up


def test_a_debt_is_assigned_by_two_persons_and_owes_nothing_here_afterwards(staff, signed_in, loan):
    staff("collector")
    collector, path = signed_in("collector"), page(loan, part="events/assignment")
    said = {"effective_date": business_date(now()).isoformat(), "to": "", "reason": "sold", "token": "t-4"}
    assert collector.post(path, said | {"step": "preview"}).status_code == 422
    asked = agreed(collector, path, said | {"to": "Harbour Asset Management"})
    assert (asked.kind, asked.details["to"]) == ("assignment", "Harbour Asset Management")
    assert Transaction.objects.count() == 0
    waits = collector.get(f"/desk/approvals/{asked.pk}/").content.decode()
    assert "Harbour Asset Management" in waits
    assert approve_everything() == 1
    assert ledger.account_summary(loan, business_date(now())).balance.minor == 0
    assert "Assigned" in collector.get(page(loan)).content.decode()


def test_a_confirmation_of_something_else_than_was_seen_is_only_a_preview(sign, loan):
    collector, path = sign("collector"), page(loan, part="events/waiver")
    seen = previewed(collector, path, waiver())
    answer = collector.post(path, seen | {"amount": "900"})
    assert answer.status_code == 200
    assert "Nothing has been recorded." in answer.content.decode()
    assert Request.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "99999"}, "more than what is unpaid"),
        ({"amount": "-1"}, "greater than or equal to"),
        ({"amount": "1.001"}, "decimal places"),
        ({"component": ""}, "Name either a component or one charge."),
        ({"component": "gold"}, "Select a valid choice"),
        ({"reason": " "}, "required"),
        ({"effective_date": "2099-01-01"}, "lies in the future"),
        ({"effective_date": "2000-01-01"}, "before the opening balance"),
    ],
)
def test_a_wrong_event_says_so_in_place_and_records_nothing(sign, loan, changes, message):
    answer = sign("collector").post(page(loan, part="events/waiver"), waiver(**changes) | {"step": "preview"})
    assert answer.status_code == 422
    assert message in answer.content.decode() and "Nothing was saved." in answer.content.decode()
    assert Transaction.objects.count() == Request.objects.count() == 0


def test_a_pause_counts_at_once_and_sent_twice_is_recorded_once(sign, loan):
    today = business_date(now())
    collector, path = sign("collector"), page(loan, part="events/pause")
    seen = previewed(collector, path, pause(today))
    first = collector.post(path, seen, follow=True).content.decode()
    assert "Pause of days past due recorded" in first
    again = collector.post(path, seen, follow=True).content.decode()
    assert "This was recorded before: nothing was recorded again." in again
    assert Transaction.objects.filter(kind="pause").count() == 1
    overlapping = collector.post(path, pause(today, token="t-3") | {"step": "preview"})
    assert overlapping.status_code == 422
    assert "Another pause covers some of these days" in overlapping.content.decode()


def test_a_plan_is_spread_evenly_and_a_plan_that_gives_something_up_waits(sign, loan):
    today = business_date(now())
    first = (today + timedelta(days=20)).isoformat()
    said = {
        "effective_date": today.isoformat(), "instalments": "3", "first_due_date": first, "every_months": "1",
        "until": "", "discount_principal": "", "reason": "agreed", "token": "t-4",
    }  # fmt: skip
    collector, path = sign("collector"), page(loan, part="events/plan")
    seen = previewed(collector, path, said)
    preview = collector.post(path, said | {"step": "preview"}).content.decode()
    assert preview.count("500.16") >= 2 and "500.18" in preview
    collector.post(path, seen)
    assert [row.unpaid.minor for row in ledger.account_dues(loan, today) if row.unpaid.minor] == [
        50_016,
        50_016,
        50_018,
    ]
    less = said | {"discount_principal": "0.50", "token": "t-5", "first_due_date": first}
    collector.post(path, previewed(collector, path, less))
    assert Request.objects.get().kind == "plan"


def test_any_event_is_taken_back_with_a_reason_by_who_may(sign, loan):
    pay(loan, 50_050)
    row = Transaction.objects.get()
    path = page(loan, part=f"take-back/{row.pk}")
    supervisor = sign("supervisor")
    assert "500.50" in supervisor.get(path).content.decode()
    bare = supervisor.post(path, {"reason": " "})
    assert bare.status_code == 422 and "Say why it is taken back" in bare.content.decode()
    assert Transaction.objects.count() == 1
    done = supervisor.post(path, {"reason": "bounced"}, follow=True).content.decode()
    assert "Payment taken back" in done
    assert ledger.account_summary(loan, business_date(now())).balance.minor == 150_050
    assert "there is nothing to take back" in supervisor.get(path).content.decode()
    assert supervisor.get(page(loan, part="take-back/999999")).status_code == 404


def test_who_talks_to_borrowers_takes_nothing_back(sign, loan):
    pay(loan, 50_050)
    collector = sign("collector")
    assert "not by your role" in collector.get(page(loan, "?show=events")).content.decode()
    assert (
        collector.post(
            page(loan, part=f"take-back/{Transaction.objects.get().pk}"), {"reason": "x"}
        ).status_code
        == 403
    )
    assert Transaction.objects.count() == 1

"""The eight steps of a negotiation on a telephone of 390 × 844, in Chinese, without script; and their twin.

Reminder → personal link → what is owed → “I cannot pay now” → offers → agreement → first instalment → kept plan. The twin
pays nothing: asked gently, broken by rule, back to work for a collector.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book.models import Account, Creditor
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.review_plans import review_plans
from fairdue.kernel.actor import system
from fairdue.kernel.clock import HOUSE_ZONE, OFFSET_VARIABLE, business_date, now
from fairdue.kernel.money import Money
from tests.browser.test_borrower_pages import telephone
from tests.browser.test_paying_online import provider
from tests.browser.test_plan_journey import GO_ON, answers

__all__ = ["provider", "telephone"]
pytestmark = pytest.mark.browser
NIGHT = system("night")


@pytest.fixture
def debtor(world, settings, live_server):
    """The debtor of the small book; texts go to the local provider over real HTTP."""
    settings.PUBLIC_URL = live_server.url
    settings.SMS_PROVIDER_URL = f"{live_server.url}/api/local-provider/messages"
    load_packs(now=now())
    outreach.load_templates(actor=system("test"), now=now())
    Creditor.objects.update(contact_phone="400-000-1000")
    return world.person


def newest_text() -> str:
    """Let what is planned leave, and return the newest text on the debtor's telephone."""
    report = outreach.dispatch_due(now=now())
    assert report.accepted == 1, report
    return outreach.local_outbox()[0].text


def code_received() -> str:
    (code,) = re.findall(r"(?<!\d)\d{6}(?!\d)", newest_text())
    return code


def travel(monkeypatch, day: date) -> datetime:
    """Let every clock show ten o'clock of a day."""
    moment = datetime.combine(day, time(10), HOUSE_ZONE)
    monkeypatch.setenv(OFFSET_VARIABLE, str((moment - datetime.now(HOUSE_ZONE)).total_seconds()))
    return moment


def agree_by_telephone(window, person) -> arrangements.PlanCard:
    """Go from the reminder to the signed agreement, as the debtor does, and return the plan."""
    page = window.page
    sent = outreach.send_one(
        person_id=person.pk, channel="sms", template_code="reminder.first_overdue", actor=NIGHT, now=now()
    )
    assert sent.status == "sent", sent.verdict
    text = outreach.local_outbox()[0].text
    (link,) = re.findall(r"http\S+/my/[\w-]{43}", text)
    (proof,) = re.findall(r"M\d+-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    page.goto(f"{window.address}/my/genuine/")
    page.fill("#id_code", proof)
    page.click("main form.panel button")
    expect(page.locator("main")).to_contain_text("是的，这是真的。")
    page.goto(link)
    page.click("main section.panel form button")
    page.click("main nav a[href='/my/debts/']")
    expect(page.locator("main")).to_contain_text("8,200.00")
    expect(page.locator("main")).to_contain_text("逾期天数")
    page.locator("a.why-link").first.click()
    expect(page.locator("h1")).to_have_text("为何是这个金额？")
    page.goto(f"{window.address}/my/")
    page.click("main nav a[href='/my/plan/']")
    page.click("main section a.btn-primary")
    answers(page, lambda name: None)
    page.click("main form.stack-s button.btn-primary")
    page.wait_for_url("**/plan/offers/")
    page.locator("a[href*='/plan/offers/instalments-']:not([href*=overdue])").first.click()
    page.click("main form.stack-s button.btn-primary")
    page.wait_for_url("**/plan/agree/**")
    page.locator("button[name=send]").first.click()
    page.fill("#id_code", code_received())
    window.shot("eight-agree")
    page.click(GO_ON)
    page.wait_for_url("**/plan/agreement/**")
    expect(page.locator("h1")).to_have_text("您的方案已生效")
    with page.expect_download() as download:
        page.locator("main a[href*='/plan/agreement/'].btn").first.click()
    assert download.value.suggested_filename.endswith(".pdf"), "both sides keep the signed agreement"
    (plan,) = arrangements.plans_of(person.pk)
    assert (plan.state, [hold.kind for hold in law.open_holds(person.pk)]) == ("running", ["plan"] * 2)
    return plan


def come_back(window) -> None:
    """Enter again without a link: telephone, last four of the identity document, code."""
    page = window.page
    page.goto(f"{window.address}/my/identify/")
    page.fill("#id_contact", "138 1234 5521")
    page.fill("#id_ending", "002x")
    page.click(GO_ON)
    page.fill("#id_code", code_received())
    page.click(GO_ON)
    page.wait_for_url("**/my/")


def pay_first_instalment(window, person, plan) -> None:
    """Pay the first instalment at the provider's page, from the portal and back."""
    page = window.page
    first = sum(
        (one.amount for one in plan.instalments if one.due_date == plan.instalments[0].due_date),
        Money(0, "CNY"),
    )
    page.goto(f"{window.address}/my/pay/")
    page.locator("button[name=debts]").first.click()
    page.check("input[name=choice][value=other]")
    page.fill("#amount", str(first.amount))
    page.click("main form.panel button")
    page.check("input[name=method][value=wallet]")
    page.click("main form.panel button")
    page.click("form button.btn-primary")
    page.click("a.btn-primary")
    page.click("button[value=pay]")
    page.click("a.go")
    expect(page.locator("h1")).to_have_text("已收到您的付款")
    assert payments.checkouts_of(person_id=person.pk)[0].status == "paid"


def test_from_the_reminder_to_a_kept_plan(telephone, debtor, provider, monkeypatch):
    window = telephone(language="zh-hans", java_script_enabled=False)
    plan = agree_by_telephone(window, debtor)
    pay_first_instalment(window, debtor, plan)
    (plan,) = arrangements.plans_of(debtor.pk)
    days = sorted({one.due_date for one in plan.instalments})
    assert {one.state for one in plan.instalments if one.due_date == days[0]} <= {"paid", "early"}

    due = days[1]
    moment = travel(monkeypatch, due - timedelta(days=3))
    assert review_plans(as_of=business_date(moment), actor=NIGHT, now=moment).reminded > 0
    assert (
        f"{due:%Y-%m-%d}" in newest_text() or f"{due.month}月{due.day}日" in outreach.local_outbox()[0].text
    )
    moment = travel(monkeypatch, plan.instalments[-1].due_date)
    for account in Account.objects.filter(person=debtor).order_by("pk"):
        owed = ledger.account_summary(account.pk, business_date(moment)).balance
        if owed.minor:
            ledger.record_payment(
                account_id=account.pk, amount=Money(owed.minor, owed.currency), effective_date=business_date(moment),
                external_ref=f"T{account.pk}", source="hand", actor=NIGHT, now=moment,
            )  # fmt: skip
    assert review_plans(as_of=business_date(moment), actor=NIGHT, now=moment).kept == 1
    assert law.open_holds(debtor.pk) == ()

    come_back(window)
    page = window.page
    page.goto(f"{window.address}/my/plan/agreement/{plan.agreement_id}/")
    expect(page.locator("h1")).to_have_text("您的方案已还清")
    window.shot("eight-kept")
    page.goto(f"{window.address}/my/documents/")
    with page.expect_download() as download:
        page.locator("form[action*='/settlement/'] button").first.click()
    assert download.value.suggested_filename.startswith("settlement-")
    assert [fault for fault in window.faults if "status of 422" not in fault] == []


def test_the_twin_pays_nothing_is_asked_gently_and_goes_back_to_work(telephone, debtor, monkeypatch):
    window = telephone(language="zh-hans", java_script_enabled=False)
    plan = agree_by_telephone(window, debtor)
    page, states = window.page, []
    for day in sorted({one.due_date for one in plan.instalments})[:2]:
        moment = travel(monkeypatch, day + timedelta(days=plan.grace_days + 1))
        report = review_plans(as_of=business_date(moment), actor=NIGHT, now=moment)
        states.append((report.missed, report.breached))
        if len(states) == 1:
            assert "请告诉我们原因" in newest_text()
            come_back(window)
            page.goto(f"{window.address}/my/plan/agreement/{plan.agreement_id}/")
            expect(page.locator("main")).to_contain_text("方案仍可继续履行")
            window.shot("eight-missed")
    assert states[0][0] > 0, states
    assert [broken for _missed, broken in states] == [0, 1]
    assert law.open_holds(debtor.pk) == ()
    assert "plan.broken" in set(
        WorkItem.objects.filter(person_id=debtor.pk, status="open").values_list("reason", flat=True)
    )

    desk = Client()
    desk.force_login(Staff.objects.get(username="supervisor"))
    case = Case.objects.get(person_id=debtor.pk)
    shown = desk.get(f"/desk/case/{case.pk}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert plan.number in shown, "who takes over reads what was agreed and what came of it"

    come_back(window)
    page.goto(f"{window.address}/my/plan/agreement/{plan.agreement_id}/")
    expect(page.locator("h1")).to_have_text("这个方案已结束")
    expect(page.locator("main")).to_contain_text("未还的部分会记入征信")
    window.shot("eight-broken")
    page.goto(f"{window.address}/my/plan/")
    expect(page.locator("main a.btn-primary").first).to_be_visible()
    assert window.faults == []

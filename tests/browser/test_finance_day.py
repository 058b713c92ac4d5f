"""A day of finance by keyboard: waiting money is matched by one key, the collector's payment approved, the day closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.clock import business_date, now
from tests.web.desk_world import make_staff
from tests.web.money_world import money_in

pytestmark = pytest.mark.browser


def loan() -> int:
    return Account.objects.get(external_ref="L-0001").pk


def balance() -> int:
    return ledger.account_summary(loan(), business_date(now())).balance.minor


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_money_is_matched_by_keyboard_and_the_day_agrees(desk, world):
    make_staff("finance")
    money_in(world.lender.pk, 150_050, ref="A")
    later = money_in(world.lender.pk, 31_140, ref="B", payer="王芳")
    desk.sign_in("finance")
    page = desk.page
    press(page, "g", "r")
    page.wait_for_url("**/desk/incoming/")
    check(desk, "incoming")
    press(page, "n")
    page.wait_for_selector("#candidates-title")
    check(desk, "incoming-payment")
    with page.expect_navigation():
        press(page, "1")
    page.wait_for_selector("text=1,500.50 CNY matched to ****0001.")
    check(desk, "incoming-matched")
    assert balance() == 0
    with page.expect_navigation():
        press(page, "n")
    page.wait_for_url(f"**/desk/incoming/{later}/")
    press(page, "g", "e")
    page.wait_for_url("**/desk/day-end/")
    page.wait_for_selector("text=Every figure agrees")
    check(desk, "day-end")
    assert desk.faults == []


def test_a_payment_by_hand_is_asked_for_approved_and_then_allocated(desk, world):
    make_staff("finance")
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    press(page, "a", "p")
    expect(page.locator("#payment-account_id")).to_be_focused()
    page.select_option("#payment-account_id", str(loan()))
    page.fill("#payment-amount", "500.50")
    page.fill("#payment-external_ref", "RECEIPT-1")
    page.fill("#payment-reason", "cash at the branch")
    with page.expect_navigation():
        press(page, "Control+Enter")
    page.wait_for_selector("text=1 request waits for a second pair of eyes.")
    check(desk, "case-waiting")
    assert balance() == 150_050
    sign_out(desk)
    desk.sign_in("finance")
    press(page, "g", "a")
    page.wait_for_url("**/desk/approvals/")
    check(desk, "approvals")
    press(page, "j")
    press(page, "Enter")
    page.wait_for_selector("text=What it changes now")
    check(desk, "request")
    with page.expect_navigation():
        page.click("button[value=approve]")
    page.wait_for_selector("text=Approved: it was done in the same moment.")
    assert balance() == 100_000
    page = desk.open(f"/desk/accounts/{loan()}/?show=events")
    page.wait_for_selector("text=Principal (2026-10)")
    check(desk, "account-events")
    assert desk.faults == []


def test_an_event_is_looked_at_before_it_is_recorded(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/accounts/{loan()}/events/waiver")
    check(desk, "event-form")
    page.fill("#event-amount", "100")
    page.select_option("#event-component", "principal")
    page.fill("#event-reason", "hardship, agreed by phone")
    with page.expect_navigation():
        page.click("button[value=preview]")
    page.wait_for_selector("text=Ask for approval")
    check(desk, "event-preview")
    with page.expect_navigation():
        page.click("button[value=confirm]")
    page.wait_for_selector("text=You asked for this yourself: somebody else decides.")
    check(desk, "request-own")
    assert balance() == 150_050
    assert desk.faults == []


@pytest.mark.parametrize(("theme", "locale"), [("light", "en"), ("dark", "zh-hans")])
def test_the_pages_of_money_are_accessible_and_fit_the_screen(desk, world, theme, locale):
    from tests.browser.test_desk_pages import choose

    make_staff("finance")
    payment_id = money_in(world.lender.pk, 100_050, ref="A")
    ledger_page = f"/desk/accounts/{loan()}/"
    desk.sign_in("finance")
    choose(desk, "locale", locale)
    choose(desk, "theme", theme)
    yesterday = business_date(now()).replace(day=1).isoformat()
    pages = {
        "account": ledger_page, "account-then": f"{ledger_page}?as_of={yesterday}", "account-lateness": f"{ledger_page}?show=lateness",
        "account-payoff": f"{ledger_page}?show=payoff", "account-postings": f"{ledger_page}?show=postings", "account-limits": f"{ledger_page}?show=limits",
        "payment": f"/desk/incoming/{payment_id}/", "bank-files": "/desk/bank-files/", "orders": "/desk/orders/",
        "plan": f"{ledger_page}events/plan", "day-end": "/desk/day-end/",
    }  # fmt: skip
    for name, path in pages.items():
        desk.open(path)
        check(desk, f"money-{name}-{theme}-{locale}")
    assert desk.faults == []


def test_the_money_pages_fit_a_narrow_window(desk, world):
    make_staff("finance")
    payment_id = money_in(world.lender.pk, 100_050, ref="A")
    desk.sign_in("finance")
    desk.page.set_viewport_size({"width": 420, "height": 800})
    for name, path in {
        "account": f"/desk/accounts/{loan()}/",
        "payment": f"/desk/incoming/{payment_id}/",
    }.items():
        desk.open(path)
        desk.shot(f"narrow-{name}")
        assert desk.overflow() == 0, name


def sign_out(desk) -> None:
    desk.page.click("details.menu > summary")
    with desk.page.expect_navigation():
        desk.page.click("details.menu form[action*=logout] button")


def check(desk, name: str) -> None:
    desk.shot(name)
    assert desk.overflow() == 0, f"{name} scrolls sideways"
    assert desk.axe() == [], name

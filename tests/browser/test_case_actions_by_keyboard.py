"""The actions of a case by keyboard: a payment, a hold, a link; what was refused stands open with the focus in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.payments.models import Request

pytestmark = pytest.mark.browser


def wait_for_focus(page, field: str) -> None:
    expect(page.locator(f"#{field}")).to_be_focused()


def act(page, key: str, field: str) -> None:
    page.keyboard.press("a")
    page.keyboard.press(key)
    wait_for_focus(page, field)


def save(page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_a_payment_is_corrected_and_recorded_by_keyboard(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    assert desk.axe() == []
    act(page, "p", "payment-account_id")
    page.keyboard.press("Tab")
    page.keyboard.type("20.50")
    save(page)
    wait_for_focus(page, "payment-external_ref")
    desk.shot("action-refused")
    assert desk.axe() == []
    page.keyboard.type("BANK-7")
    page.focus("#payment-reason")
    page.keyboard.type("cash at the branch")
    save(page)
    page.wait_for_selector("text=it is booked when somebody else approves it")
    desk.shot("action-done")
    row = Request.objects.get()
    assert (row.amount_minor, row.details["evidence_ref"], Transaction.objects.count()) == (
        2_050,
        "BANK-7",
        0,
    )
    assert desk.faults == []


def test_a_hold_is_placed_by_keyboard_and_shows_at_once(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    page.keyboard.press("h")
    wait_for_focus(page, "hold-kind")
    page.keyboard.type("Hardship")
    page.focus("#hold-reason")
    page.keyboard.type("Lost the job in October")
    save(page)
    page.wait_for_selector("text=The hold is in force")
    (hold,) = law.open_holds(world.person.pk)
    assert (hold.kind, hold.reason) == ("hardship", "Lost the job in October")
    assert page.locator("[data-action=lift]").count() == 0
    assert page.locator("#off-lift").inner_text().endswith("lifting holds.")
    assert desk.faults == []


def test_a_borrower_link_can_be_copied(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    page.keyboard.press("a")
    page.keyboard.press("b")
    page.wait_for_selector("[data-action=link][open] button:focus")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("#issued-link")
    desk.shot("action-link")
    assert desk.axe() == []
    page.click("[data-copy]")
    page.wait_for_selector("[data-copy]:has-text('Copied')")
    assert desk.faults == []

"""A collector's morning by keyboard: queue, case, reveal, call, promise, next case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fairdue.contexts.cases.models import Outcome, PromiseToPay, WorkItem
from fairdue.contexts.law.models import Contact
from fairdue.contexts.outreach.models import Message
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel.clock import business_date, now
from tests.web.desk_world import PHONE

pytestmark = pytest.mark.browser


def test_a_morning_by_keyboard(desk, world):
    load_packs(now=now())
    desk.sign_in("collector")
    page = desk.page
    press(page, "g", "q")
    page.wait_for_url("**/desk/queue/")
    press(page, "j")
    assert page.evaluate("document.activeElement.textContent") == "李**"
    press(page, "Enter")
    page.wait_for_url(f"**/desk/case/{world.case.pk}/")
    reveal_the_number(desk, world)
    call_and_promise(desk)
    press(page, "n")
    page.wait_for_url(f"**/desk/case/{world.second_case.pk}/")
    an_outcome_takes_four_presses(desk)
    write_a_message(desk)
    escalate_and_take_it_back(desk)
    find_it_in_the_timeline(desk)
    assert desk.faults == []


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def reveal_the_number(desk, world) -> None:
    page, block = desk.page, f"#reveal-contact{world.point.pk}"
    page.click(f"{block} summary")
    expect(page.locator(f"{block} [name=reason]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{block} [aria-invalid=true]")
    page.fill(f"{block} input[name=reason]", "debtor asked which number we use")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{block} .revealed")
    assert PHONE[3:] in page.inner_text(f"{block} .revealed").replace(" ", "")
    desk.shot("case-revealed")
    assert desk.axe() == []


def call_and_promise(desk) -> None:
    page, day = desk.page, business_date(now()) + timedelta(days=4)
    with page.expect_navigation():
        page.keyboard.press("c")
    page.wait_for_selector("#call-title")
    script = page.inner_text("#script")
    assert "Credit card" not in script and "8,200" not in script
    page.wait_for_selector("#call-state:has-text('Answered')")
    page.keyboard.press("2")
    page.wait_for_selector("#script:has-text('Credit card')")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "id_amount"
    page.keyboard.type("2000")
    page.fill("#id_promised_date", day.isoformat())
    page.wait_for_selector(".promise-check:has-text('overdue')")
    desk.shot("case-calling")
    assert desk.axe() == []
    page.focus("#id_note")
    page.keyboard.type("pays after the salary of the 25th")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    desk.shot("case-promised")
    assert page.locator("audio.player").count() == 1
    promise = PromiseToPay.objects.get()
    assert (promise.amount_minor, promise.promised_date) == (200_000, day)
    assert (Outcome.objects.get().code, Contact.objects.get().result) == ("promise", "conversation")


def an_outcome_takes_four_presses(desk) -> None:
    """From the open case: dial, confirm, choose the outcome (typing), save."""
    page, pressed = desk.page, 0

    def one(key: str) -> None:
        nonlocal pressed
        pressed += 1
        page.keyboard.press(key)

    with page.expect_navigation():
        one("c")
    page.wait_for_selector("#script")
    one("1")
    page.wait_for_selector("#script:has-text('To be said')")
    one("o")
    page.wait_for_selector("#id_outcome:focus")
    page.keyboard.type("Talked")
    with page.expect_navigation():
        one("Control+Enter")
    assert pressed <= 4
    assert Outcome.objects.latest("id").code == "right_party"


def write_a_message(desk) -> None:
    page = desk.page
    press(page, "w", "i")
    page.wait_for_selector("#write-text:focus")
    page.select_option("#write-locale", "en")
    page.focus("#write-text")
    page.keyboard.type("::help")
    page.wait_for_selector("#phrase-list [aria-selected=true]:has-text('::help')")
    page.keyboard.press("Enter")
    assert page.input_value("#write-text").startswith("If paying is difficult")
    page.wait_for_selector("#write-check:has-text('No rule stands against this text')")
    desk.shot("case-writing")
    assert desk.axe() == []
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".notices:has-text('The message was sent.')")
    assert Message.objects.get().status == "delivered"


def escalate_and_take_it_back(desk) -> None:
    page = desk.page
    press(page, "e")
    page.wait_for_selector("#escalate-reason:focus")
    page.keyboard.type("asks for a waiver beyond my limit")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert WorkItem.objects.filter(queue="escalated", status="open").count() == 1
    with page.expect_navigation():
        page.keyboard.press("u")
    assert WorkItem.objects.filter(queue="escalated", status="open").count() == 0


def find_it_in_the_timeline(desk) -> None:
    page = desk.page
    press(page, "f")
    page.keyboard.type("waiver")
    page.keyboard.press("Enter")
    page.wait_for_selector("#timeline:has-text('1 entry holds these words')")
    assert "Taken back" in page.inner_text("#timeline .timeline")
    desk.shot("case-searched")


def test_a_refused_outcome_says_what_is_wrong_in_place(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    page.keyboard.press("p")
    page.fill("#id_amount", "20")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert (
        page.locator("#id_promised_date-error").inner_text().strip()
        == "A promise names an amount and a date."
    )
    assert Outcome.objects.count() == 0
    desk.shot("case-refused")
    assert desk.axe() == []


def test_the_timeline_filter_keeps_a_half_typed_note(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    page.fill("#id_note", "half a sentence")
    page.click("#timeline a.chip >> text=Promises")
    page.wait_for_selector("#timeline a.chip[aria-current]:has-text('Promises')")
    assert page.input_value("#id_note") == "half a sentence"
    assert desk.faults == []


def test_single_keys_can_be_switched_off(desk, world):
    desk.sign_in("collector")
    page = desk.page
    page.click("details.menu > summary")
    with page.expect_navigation():
        page.click("details.menu button[name=keys][value=off]")
    press(page, "?")
    assert not page.locator("#key-sheet").is_visible()


def test_the_key_sheet_opens(desk, world):
    desk.sign_in("collector")
    press(desk.page, "?")
    desk.page.wait_for_selector("#key-sheet[open]")
    desk.shot("keys")
    assert desk.axe() == []

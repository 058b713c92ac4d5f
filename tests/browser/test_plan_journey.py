"""“I cannot pay now” on a telephone, from the first question to the signed plan: each page looked at; without script too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.composing import open_content
from fairdue.contexts.outreach.models import Message
from fairdue.kernel.clock import now
from tests.browser.test_borrower_pages import (
    LARGE_TYPE,
    SMALL_TARGETS,
    TARGET,
    borrower,
    enter,
    telephone,
)

__all__ = ["borrower", "telephone"]
pytestmark = pytest.mark.browser
GO_ON = "main form.panel button.btn-primary"
LOOKED_AT = ("reason", "income", "check", "offers", "counter", "offer", "agree", "agreed")
"""One page of each shape; the others are of the same shapes."""
INCOME = {"wages": "6000", "benefits": "100"}
OUTGOINGS = {"housing": "2000", "food": "300"}


def seen(window, name: str) -> list[str]:
    """Return what is wrong with the page that is open, at its own and at twice its type."""
    window.shot(f"plan-{name}")
    wrong = [*window.axe(), *window.page.evaluate(SMALL_TARGETS, TARGET)]
    wrong += ["scrolls sideways"] if window.overflow() else []
    window.page.evaluate(LARGE_TYPE)
    wrong += ["scrolls sideways at twice the type size"] if window.overflow() else []
    return [f"{name}: {each}" for each in wrong]


def answers(page: Page, look) -> None:
    """Answer every question; `look` is called on each page before its answer."""
    for step, choice in (("reason", "illness"), ("care", "no"), ("budget", "yes")):
        page.wait_for_url(f"**/plan/questions/{step}/")
        assert page.locator("input[type=radio]:checked").count() == 0, "nothing is ticked beforehand"
        look(step)
        page.check(f"input[value={choice}]")
        page.click(GO_ON)
    page.fill("#id_adults", "1")
    page.fill("#id_children", "0")
    look("people")
    page.click(GO_ON)
    for step, lines in (("income", INCOME), ("outgoings", OUTGOINGS)):
        page.wait_for_url(f"**/plan/questions/{step}/")
        for name, amount in lines.items():
            page.fill(f"#id_{name}", amount)
        look(step)
        page.click(GO_ON)
    look("now")
    page.click(GO_ON)
    page.fill("#id_monthly", "900")
    look("wish")
    page.click(GO_ON)
    page.wait_for_url("**/plan/check/")


def code_of(person_id: int) -> str:
    """Let what is planned leave, and read the code from the text that left."""
    outreach.dispatch_due(now=now())
    message = Message.objects.filter(person_id=person_id, purpose="one_time_code").latest("pk")
    (code,) = re.findall(r"\d{6}", open_content(message.content_sealed)[1])
    return code


@pytest.mark.parametrize(("language", "is_large"), [("zh-hans", False), ("en", True)])
def test_from_the_first_question_to_the_signed_plan(telephone, borrower, language, is_large):
    """Chinese in normal type with every page looked at; English in large type without script."""
    window = telephone(language=language, java_script_enabled=not is_large)
    page, wrong = window.page, []

    def look(name: str) -> None:
        if is_large:
            window.shot(f"plan-{name}-large")
        else:
            wrong.extend(seen(window, f"{name}-{language}") if name in LOOKED_AT else [])

    enter(window, borrower.link())
    if is_large:
        page.click(".portal-top form button[name=size]")
    page.goto(f"{window.address}/my/plan/")
    look("start")
    page.click("main section a.btn-primary")
    answers(page, look)
    look("check")
    page.go_back()
    expect(page.locator("#id_monthly")).to_have_value("900.00")
    page.go_forward()
    page.click("main form.stack-s button.btn-primary")
    page.wait_for_url("**/plan/offers/")
    look("offers")
    page.goto(f"{window.address}/my/plan/proposal/")
    page.fill("#id_months", "61")
    page.click(GO_ON)
    expect(page.locator("main [role=alert]").first).to_contain_text("60")
    look("counter")
    page.goto(f"{window.address}/my/plan/offers/")
    page.locator("section[id^=offer-] a.btn").first.click()
    look("offer")
    page.click("main form.stack-s button.btn-primary")
    page.wait_for_url("**/plan/agree/**")
    page.locator("button[name=send]").first.click()
    page.wait_for_selector("#id_code")
    look("agree")
    page.fill("#id_code", code_of(borrower.person_id))
    page.click(GO_ON)
    page.wait_for_url("**/plan/agreement/**")
    look("agreed")
    assert wrong == []
    assert [fault for fault in window.faults if "status of 422" not in fault] == []

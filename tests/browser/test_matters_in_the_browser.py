"""A borrower disagrees on a telephone (the portal runs no script); the desk answers with two persons; the borrower reads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from fairdue.contexts.book.models import Creditor
from fairdue.contexts.care.models import Matter
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from tests.browser.conftest import Desk
from tests.browser.test_borrower_pages import SMALL_TARGETS, TARGET
from tests.engine.uploads.upload_files import pdf
from tests.web.desk_world import PASSWORD, make_staff

pytestmark = pytest.mark.browser
PARTS = {
    "understood": "您认为违约金重复。",
    "found": "核对了十月账单。",
    "decided": "异议成立，予以更正。",
    "next_steps": "三日内更正；可在此补充。",
}


def looked_at(window: Desk, name: str) -> list[str]:
    window.shot(f"matter-{name}")
    if "/my/" in window.page.url:
        small = window.page.evaluate(SMALL_TARGETS, TARGET)
        assert small == [], (name, small)
    return [f"{name}: {fault}" for fault in window.axe()] + (
        [f"{name}: scrolls sideways"] if window.overflow() else []
    )


def choose(page, value: str) -> None:
    page.check(f"input[value='{value}']")
    page.click("main form.panel button.btn-primary")


@pytest.fixture
def windows(chromium, live_server):
    """Open windows of their own: a telephone, a desk in the dark."""
    opened = []

    def open_window(**options) -> Desk:
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": live_server.url}])
        opened.append(context)
        return Desk(context.new_page(), live_server.url)

    yield open_window
    for context in opened:
        context.close()


def disagree(phone: Desk, person_id: int) -> list[str]:
    """Go through the questions of a dispute, with one wrong amount on the way, and send it."""
    page, wrong = phone.page, []
    phone.open(invite_borrower(person_id=person_id, actor=system("test"), now=now()))
    page.click("main section.panel form button")
    page.click("a[href='/my/matters/']")
    page.click("a[href='/my/matters/tell/dispute/']")
    wrong += looked_at(phone, "debt")
    page.check("input[name=answer] >> nth=0")
    page.click("main form.panel button.btn-primary")
    choose(page, "fee_or_interest")
    wrong += looked_at(phone, "part")
    choose(page, "amount")
    page.fill("#answer", "many")
    page.click("main form.panel button.btn-primary")
    expect(page.locator("[role=alert]")).to_be_visible()
    wrong += looked_at(phone, "amount-wrong")
    page.fill("#answer", "128.50")
    page.click("main form.panel button.btn-primary")
    page.fill("#answer", "十月违约金收了两次")
    page.click("main form.panel button.btn-primary")
    wrong += looked_at(phone, "check")
    page.click("main form:not([action]) button.btn-primary")
    page.wait_for_url(re.compile(r"/my/matters/\d+/$"))
    return wrong


def send_documents(phone: Desk, matter_id: int) -> list[str]:
    """Send a program under the name of a PDF, then a PDF."""
    page = phone.page
    page.click(f"a[href='/my/matters/{matter_id}/document/']")
    page.set_input_files(
        "#document", {"name": "账单.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + b"\0" * 80}
    )
    page.click("main form.panel button")
    expect(page.locator("[role=alert]")).to_contain_text("程序")
    wrong = looked_at(phone, "document-refused")
    page.set_input_files("#document", {"name": "账单.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.click("main form.panel button")
    expect(page.locator("main")).to_contain_text("账单.pdf")
    return wrong + looked_at(phone, "open")


def answer(desk: Desk, matter_id: int) -> list[str]:
    """Find the matter in the queue and write the four parts."""
    desk.sign_in("supervisor")
    desk.open("/desk/matters/")
    wrong = looked_at(desk, "queue-en")
    desk.page.click(f"a[href='/desk/matters/{matter_id}/']")
    wrong += looked_at(desk, "page-en")
    desk.page.select_option("#answer-outcome", "upheld")
    for name, text in PARTS.items():
        desk.page.fill(f"#answer-{name}", text)
    desk.page.click(f"form[action$='{matter_id}/answer'] button")
    desk.page.wait_for_url(f"**/matters/{matter_id}/")
    return wrong


def approve(second: Desk, matter_id: int) -> list[str]:
    """Approve what waits, as somebody else, and look at the complaints and the figures."""
    second.sign_in("compliance", PASSWORD)
    second.open(f"/desk/matters/{matter_id}/")
    wrong = looked_at(second, "approve-zh")
    second.page.click("button[value=approve]")
    second.page.wait_for_url(f"**/matters/{matter_id}/")
    for name, path in {"complaints-zh": "complaints/?state=all", "figures-zh": "matters/figures/"}.items():
        second.open(f"/desk/{path}")
        wrong += looked_at(second, name)
    return wrong


def test_a_dispute_goes_from_the_telephone_to_a_second_pair_of_eyes_and_back(windows, desk, world):
    Creditor.objects.update(contact_phone="400-000-1000")
    make_staff("compliance", locale="zh-hans")
    phone = windows(viewport={"width": 390, "height": 844})
    second = windows(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    wrong = disagree(phone, world.person.pk)
    matter_id = Matter.objects.get().pk
    wrong += send_documents(phone, matter_id)
    wrong += answer(desk, matter_id)
    wrong += approve(second, matter_id)
    phone.open(f"/my/matters/{matter_id}/")
    expect(phone.page.locator("main")).to_contain_text("异议成立，予以更正。")
    wrong += looked_at(phone, "answered")
    phone.open("/my/matters/")
    wrong += looked_at(phone, "list")
    assert wrong == []
    assert desk.faults == second.faults == []

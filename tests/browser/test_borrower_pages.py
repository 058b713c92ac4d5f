"""The borrower's way on a telephone: in by a link, what is owed, messages, fewer contacts, help; without script too."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from fairdue.contexts.book.models import Creditor
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from tests.browser.conftest import Desk

pytestmark = pytest.mark.browser
TELEPHONE = {"width": 390, "height": 844}
PAGES = ("", "debts/", "messages/", "pay/", "contact/", "help/", "no.such.page")
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, .choice")]
    .filter(each => each.checkVisibility() && !each.classList.contains("skip"))
    .filter(each => { const box = each.getBoundingClientRect(); return box.width < 44 || box.height < 44 })
    .map(each => each.outerHTML.slice(0, 90))"""
LARGE_TYPE = "document.documentElement.style.setProperty('font-size', '34px')"


@pytest.fixture
def borrower(world):
    """The debtor of the small book, with one reminder in the inbox and a way to ask for links."""
    load_packs(now=now())
    outreach.load_templates(actor=system("test"), now=now())
    Creditor.objects.update(contact_phone="400-000-1000")
    sent = outreach.send_one(
        person_id=world.person.pk, channel="inapp", template_code="reminder.first_overdue", actor=system("test"), now=now(), locale="en",
    )  # fmt: skip
    assert sent.status == "delivered", sent.verdict
    return SimpleNamespace(
        person_id=world.person.pk,
        link=lambda: invite_borrower(person_id=world.person.pk, actor=system("test"), now=now()),
    )


@pytest.fixture
def telephone(chromium, live_server):
    """Open windows of a telephone; a scheme and script on or off may be asked for."""
    opened = []

    def open_window(*, language: str = "en", **options) -> Desk:
        context = chromium.new_context(viewport=TELEPHONE, timezone_id="Asia/Shanghai", **options)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        opened.append(context)
        return Desk(context.new_page(), live_server.url)

    yield open_window
    for context in opened:
        context.close()


def enter(window: Desk, link: str) -> None:
    window.open(link)
    window.page.click("main form button")
    window.page.wait_for_url("**/my/")


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("zh-hans", "light")])
def test_each_page_is_accessible_fits_the_telephone_and_names_a_person_to_call(
    telephone, borrower, language, scheme
):
    window = telephone(language=language, color_scheme=scheme)
    window.open(borrower.link())
    assert window.axe() == []
    window.page.click("main form button")
    for path in PAGES:
        window.open(f"/my/{path}")
        window.shot(f"portal-{path.strip('/') or 'home'}-{language}")
        assert window.overflow() == 0, f"{path} scrolls sideways"
        assert window.axe() == [], path
        assert window.page.evaluate(SMALL_TARGETS) == [], path
        assert window.page.locator("aside a[href^='tel:']").count() >= 1, path
    assert [fault for fault in window.faults if "status of 404" not in fault] == []


def test_no_page_needs_sideways_scrolling_at_twice_the_type_size(telephone, borrower):
    window = telephone(language="en")
    enter(window, borrower.link())
    for path in PAGES:
        window.open(f"/my/{path}")
        window.page.evaluate(LARGE_TYPE)
        assert window.overflow() == 0, path


def test_the_essential_steps_work_without_script(telephone, borrower):
    window = telephone(java_script_enabled=False)
    enter(window, borrower.link())
    page = window.page
    page.click("text=What you owe and why")
    expect(page.locator("main")).to_contain_text("8,200.00")
    page.click("text=Start page")
    page.click("text=Messages")
    page.click("main ul a")
    expect(page.locator("main")).to_contain_text("North Bank")
    page.goto(window.address + "/my/contact/")
    page.check("input[value=sms]")
    page.click("text=Save")
    expect(page.locator("main")).to_contain_text("Your choice is in force from this moment.")
    page.click("aside >> text=Your rights and help")
    expect(page.locator("h1")).to_have_text("Your rights and help")
    page.click("text=Leave")
    expect(page.locator("h1")).to_have_text("Your account")


def test_from_the_reminder_to_the_promise(telephone, borrower, desk, world):
    """The borrower opens the link and stops text messages; the collector's page forbids them at once, and why."""
    window = telephone()
    enter(window, borrower.link())
    window.page.click("text=Contact me less")
    window.page.check("input[value=sms]")
    window.page.click("text=Save")
    expect(window.page.locator("label.choice", has_text="Text messages")).to_contain_text("stopped")
    assert [(each.channel, each.kind) for each in parties.latest_consents(borrower.person_id)] == [
        ("sms", "opt_out")
    ]

    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    sms, call = page.locator("[data-gate=sms]"), page.locator("[data-gate=call]")
    assert (sms.get_attribute("data-outcome"), call.get_attribute("data-outcome")) == ("refuse", "allow")
    expect(sms).to_contain_text("Not allowed")
    expect(sms.locator(".cite").first).to_contain_text("CN-CHAN-02")

    call.locator("button").click()
    page.wait_for_selector("#call-title")
    page.keyboard.press("p")
    page.keyboard.type("2000")
    page.fill("#id_promised_date", f"{now():%Y-%m-%d}")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("2,000.00")
    assert desk.faults == []

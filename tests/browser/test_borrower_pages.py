"""The borrower's way on a telephone: in by a link, what is owed, messages, fewer contacts, help; without script too."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from fairdue.contexts.book.models import Account, Creditor
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from tests.browser.conftest import Desk

pytestmark = pytest.mark.browser
TELEPHONE = {"width": 390, "height": 844}
BEFORE = (
    "",
    "identify/",
    "identify/code/",
    "genuine/?code=M1-0000-0000",
    "help/",
    "learn/",
    "learn/budget/",
    "learn/scams/",
)
"""Pages that anybody reads; the code's page after asking for one."""
PAGES = (
    "", "debts/", "debts/{account}/why/?of=balance", "messages/", "contacts/", "documents/", "confirm/", "pay/",
    "contact/", "help/", "learn/how-interest-works/", "plan/", "matters/", "matters/tell/complaint/", "pay/list/",
    "pay/debit/", "no.such.page",
)  # fmt: skip
SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, summary, .choice")]
    .filter(each => each.checkVisibility() && !each.classList.contains("skip"))
    .filter(each => { const box = each.getBoundingClientRect(); return box.width < least - .5 || box.height < least - .5 })
    .map(each => each.outerHTML.slice(0, 90))"""
TARGET, ELDER_TARGET = 44, 60
"""Least sides of what is pressed, in pixels: in normal type, and in large type (MIIT's norm for elder views)."""
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
        account_id=Account.objects.filter(person=world.person).earliest("pk").pk,
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
    window.page.click("main section.panel form button")
    window.page.wait_for_url("**/my/")


@pytest.mark.parametrize(
    ("language", "scheme", "is_large"), [("en", "dark", True), ("zh-hans", "light", False)]
)
def test_each_page_is_accessible_fits_the_telephone_and_names_a_person_to_call(
    telephone, borrower, language, scheme, is_large
):
    """Both languages, both schemes, both type sizes; each page also at twice its type without sideways scrolling."""
    window = telephone(language=language, color_scheme=scheme)
    page, wrong = window.page, []
    if is_large:
        window.open("/my/")
        page.click(".portal-top form button[name=size]")
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)") >= 18
    for path in BEFORE:
        if path == "identify/code/":
            page.fill("#id_contact", "13900139000")
            page.fill("#id_ending", "1234")
            page.click("main form.panel button")
            page.wait_for_url("**/identify/code/")
        wrong += look_at(window, path, language, ELDER_TARGET if is_large else TARGET)
    window.open(borrower.link())
    assert window.axe() == []
    page.click("main form.panel button, main section.panel form button")
    for path in PAGES:
        wrong += look_at(
            window, path.format(account=borrower.account_id), language, ELDER_TARGET if is_large else TARGET
        )
    assert wrong == []
    assert [fault for fault in window.faults if "status of 404" not in fault] == []


def look_at(window: Desk, path: str, language: str, target: int) -> list[str]:
    """Return what is wrong with one page: axe, targets, sideways scrolling at its own and twice its type, no number to call."""
    if path != "identify/code/":
        window.open(f"/my/{path}")
    window.shot(f"portal-{re.sub(r'[^a-z]+', '-', path).strip('-') or 'home'}-{language}")
    wrong = [*window.axe(), *window.page.evaluate(SMALL_TARGETS, target)]
    wrong += ["scrolls sideways"] if window.overflow() else []
    wrong += [] if window.page.locator("aside a[href^='tel:']").count() else ["no number to call"]
    if target == TARGET:
        window.page.evaluate(LARGE_TYPE)
        wrong += ["scrolls sideways at twice the type size"] if window.overflow() else []
    return [f"{path}: {each}" for each in wrong]


def test_the_first_visit_weighs_less_than_a_hundred_kilobytes_and_loads_no_script(telephone, borrower):
    window = telephone()
    loaded: dict[str, int] = {}
    window.page.on("response", lambda answer: loaded.__setitem__(answer.url, len(answer.body())))
    window.page.goto(window.address + borrower.link(), wait_until="networkidle")
    assert sum(loaded.values()) <= 100_000, loaded
    assert [address for address in loaded if address.endswith(".js")] == []


def test_the_essential_steps_work_without_script(telephone, borrower):
    window = telephone(java_script_enabled=False)
    enter(window, borrower.link())
    page = window.page
    page.click('main nav a:has-text("What you owe and why")')
    expect(page.locator("main")).to_contain_text("8,200.00")
    page.click('aside a:has-text("Start page")')
    page.click('main nav a:has-text("Messages")')
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


def test_what_the_borrower_stops_the_collectors_page_forbids_at_once(telephone, borrower, desk, world):
    """The borrower opens the link and stops text messages; the collector's page forbids them at once, and why."""
    window = telephone()
    enter(window, borrower.link())
    window.page.click('main nav a:has-text("Contact me less")')
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

    assert desk.faults == []

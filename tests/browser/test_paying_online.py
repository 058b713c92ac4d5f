"""A borrower pays on a telephone: questions, the provider's real page on another address, back, the truth, the receipt."""

from __future__ import annotations

import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.local.app import App
from fairdue.contexts.payments.local.serving import local_provider
from fairdue.kernel.clock import now
from tests.browser.test_borrower_pages import SMALL_TARGETS, borrower, enter, telephone

__all__ = ["borrower", "telephone"]
pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings, live_server):
    """The local provider on a port of its own, telling this installation over real HTTP."""
    house = local_provider(
        path=":memory:", key=settings.PAY_KEY, url="", merchant_url=live_server.url, now=now
    )
    server = make_server("127.0.0.1", 0, App(house), handler_class=Quiet)
    house.url = settings.PAY_URL = f"http://127.0.0.1:{server.server_port}"
    settings.PUBLIC_URL = live_server.url
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield house
    server.shutdown()
    server.server_close()


def look(window, name: str, least: int = 44) -> list[str]:
    """Return what is wrong with the page as it stands."""
    window.shot(f"pay-{name}")
    faults = [f"{name}: {fault}" for fault in window.axe()]
    if window.overflow():
        faults.append(f"{name} scrolls sideways")
    return faults + [f"{name}: small {each}" for each in window.page.evaluate(SMALL_TARGETS, least)]


def choose(window, account_id: int, method: str) -> None:
    """Answer the questions up to the provider's page."""
    page = window.page
    page.goto(window.address + "/my/pay/")
    page.click(f"button[name=debts][value='{account_id}']")
    page.check("input[name=choice][value=other]")
    page.fill("#amount", "120.50")
    page.click("main form.panel button")
    page.check(f"input[name=method][value={method}]")
    page.click("main form.panel button")


def test_a_payment_is_refused_and_made_again_with_the_truth_at_each_step(telephone, borrower, provider):
    """In Chinese up to the refusal, in English up to the receipt; each page is accessible and fits the telephone."""
    window = telephone(language="zh-hans")
    page, wrong = window.page, []
    enter(window, borrower.link())
    page.goto(window.address + "/my/pay/")
    wrong += look(window, "what")
    page.click(f"button[name=debts][value='{borrower.account_id}']")
    page.click("main form.panel button")
    wrong += look(window, "amount")
    choose(window, borrower.account_id, "wallet")
    wrong += look(window, "check")
    page.click("form button.btn-primary")
    wrong += look(window, "go")
    page.click("a.btn-primary")
    assert page.url.startswith(provider.url)
    wrong += look(window, "provider")
    page.click("button[value=fail]")
    page.click("a.go")
    wrong += look(window, "nothing-taken")
    assert page.inner_text("h1") == "没有扣款"
    cookie = {"name": "django_language", "value": "en", "url": window.address}
    page.context.add_cookies([cookie])
    choose(window, borrower.account_id, "card")
    page.click("form button.btn-primary")
    page.click("a.btn-primary")
    page.click("button[value=pay]")
    wrong += look(window, "provider-paid")
    page.click("a.go")
    wrong += look(window, "arrived")
    with page.expect_download() as download:
        page.click("a.btn-primary")
    assert download.value.suggested_filename.endswith(".pdf")
    page.goto(provider.url + "/books?lang=en")
    wrong += look(window, "books")
    page.goto(window.address + f"/my/pay/debit/{borrower.account_id}/give/")
    wrong += look(window, "mandate")
    assert wrong == []
    assert [fault for fault in window.faults if "404" not in fault] == []
    assert [card.status for card in payments.checkouts_of(person_id=borrower.person_id)] == ["paid", "failed"]

"""A real Chromium on the real pages; without one these tests are skipped, visibly."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop runs in this thread

from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from tests.web.desk_world import PASSWORD, make_staff, make_world, move_clock

CHROMIUM = (
    os.environ.get("FAIRDUE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
)
SCREENSHOTS = os.environ.get("FAIRDUE_SCREENSHOTS", "")
"""A folder to keep pictures in, for people to look at."""
REPORT_POLICY = """
document.addEventListener("securitypolicyviolation", e => console.error("CSP", e.violatedDirective, e.blockedURI))
"""
SIZE = {"width": 1280, "height": 720}
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
"""Every rule of these kinds is asked; of what passes, no list of elements is drawn up."""


@pytest.fixture(scope="session")
def chromium():
    """Start the browser once."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no chromium on this machine: apt-get install chromium fonts-noto-cjk")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Desk:
    """A page with a memory of everything that went wrong on it."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address, self.faults = page, address, []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.add_init_script(REPORT_POLICY)

    def _note(self, line) -> None:
        """Keep errors; a form that is answered with 422 is no fault of the page."""
        if line.type == "error" and "status of 422" not in line.text:
            self.faults.append(line.text)

    def open(self, path: str):
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.open("/accounts/login/")
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", password)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url("**/desk/**")

    def shot(self, name: str) -> None:
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SCREENSHOTS}/{name}.png")

    def overflow(self) -> int:
        """How far the page can be scrolled sideways, in pixels."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def axe(self) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options=AXE)
        return [
            f"{fault['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
            for fault in found.response["violations"] for node in fault["nodes"]
        ]  # fmt: skip


@pytest.fixture
def world(transactional_db, settings, monkeypatch):
    """The small book at half past ten, with a collector and a supervisor who can log in."""
    move_clock(monkeypatch, 10, 30)
    decisions.load_strategies(actor=system("test"), now=now())
    settings.MFA_REQUIRED_ROLES = frozenset()
    book = make_world()
    make_staff("collector")
    make_staff("supervisor")
    return book


@pytest.fixture
def desk(chromium, live_server, world, settings):
    """A fresh browser window on the desk; calls go through the local exchange of the same server."""
    settings.DIAL_URL = f"{live_server.url}/api/local-exchange/calls"
    context = chromium.new_context(viewport=SIZE, locale="en-GB", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    yield Desk(context.new_page(), live_server.url)
    context.close()

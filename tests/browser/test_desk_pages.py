"""Every page of the first desk, in both colour schemes: accessible, silent, no wider than the screen."""

from __future__ import annotations

import pytest

from fairdue.contexts.identity.models import Draft
from tests.web.desk_world import PHONE

pytestmark = pytest.mark.browser


def pages(world) -> dict[str, str]:
    return {
        "home": "/desk/",
        "queue": "/desk/queue/",
        "case": f"/desk/case/{world.case.pk}/",
        "allowed-time": f"/desk/case/{world.case.pk}/when",
        "allowed-month": f"/desk/case/{world.case.pk}/when?view=month",
        "letters-and-visits": "/desk/letters-and-visits/",
        "write-email": f"/desk/case/{world.case.pk}/write/email",
        "plan-ask": f"/desk/case/{world.case.pk}/plan",
        "plans": "/desk/plans/",
        "search": "/desk/search",
        "products": "/desk/products/",
        "product": "/desk/products/cn-loan-fixed-amount/",
        "online": "/desk/online/",
        "gallery": "/desk/gallery",
        "security": "/accounts/2fa/",
    }


def check(desk, name: str) -> None:
    desk.shot(name)
    assert desk.overflow() == 0, f"{name} scrolls sideways"
    assert desk.axe() == [], name


@pytest.mark.parametrize(("theme", "locale"), [("dark", "en"), ("light", "zh-hans")])
def test_pages_are_accessible_fit_the_screen_and_raise_no_error(desk, world, theme, locale):
    desk.sign_in("supervisor")
    choose(desk, "locale", locale)
    choose(desk, "theme", theme)
    for name, path in pages(world).items():
        desk.open(path)
        if name == "gallery":
            draw_all(desk)
        check(desk, f"{name}-{theme}-{locale}")
    assert desk.faults == []


def draw_all(desk) -> None:
    """Bring every chart into sight: the library comes only then, and draws under the strict policy."""
    charts = desk.page.locator("fair-chart")
    for at in range(charts.count()):
        charts.nth(at).scroll_into_view_if_needed()
        charts.nth(at).locator("svg").wait_for()


def test_the_pages_serve_at_twice_the_size_and_on_paper(desk, world):
    """1280 × 720 at 200 % is a window of 640 × 360; on paper the data of charts stand open, without the frame."""
    desk.sign_in("supervisor")
    desk.page.set_viewport_size({"width": 640, "height": 360})
    for name, path in pages(world).items():
        desk.open(path)
        assert desk.overflow() == 0, f"{name} scrolls sideways at 200 %"
    desk.open("/desk/gallery?theme=light")
    assert desk.page.locator("fair-chart").count() == 3
    desk.page.emulate_media(media="print")
    assert not desk.page.locator(".rail").is_visible()
    assert desk.page.locator(".figure-data .table").first.is_visible()
    assert desk.faults == []


def test_rows_stay_chosen_over_pages_and_the_bar_acts_on_all(desk, world, monkeypatch):
    monkeypatch.setattr("fairdue.web.workbench.views.queue.PAGE", 1)
    desk.sign_in("supervisor")
    page = desk.open("/desk/queue/")
    assert not page.locator(".bulk-bar").is_visible()
    for key in ("j", "x"):
        page.keyboard.press(key)
    page.click("a[rel=next]")
    page.wait_for_selector("tbody >> text=王*")
    assert "after=" in page.url
    page.keyboard.press("x")
    assert page.inner_text("[data-selected-count]") == "2"
    page.wait_for_timeout(50)
    assert desk.axe() == []
    with page.expect_navigation():
        page.click(".bulk-bar .btn-primary")
    assert "2 cases assigned" in page.inner_text("main")
    assert desk.faults == []


def test_commands_search_and_drafts_by_keyboard(desk, world):
    desk.sign_in("supervisor")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    page.keyboard.press("Control+k")
    page.wait_for_selector(".finder [aria-selected=true]")
    desk.shot("commands")
    assert desk.axe() == []
    page.keyboard.type("reconcil")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/desk/incoming/")
    page.keyboard.press("/")
    page.keyboard.type(PHONE)
    page.wait_for_selector(".finder [data-href^='/desk/case/']")
    desk.shot("found")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/desk/case/{world.case.pk}/")
    page = desk.open("/desk/gallery?theme=light")
    page.fill("#light_note", "half a sentence")
    page.wait_for_selector("[data-draft-state]:has-text('Draft kept')")
    assert Draft.objects.count() == 1
    assert desk.faults == []


def choose(desk, name: str, value: str) -> None:
    desk.page.click("details.menu > summary")
    with desk.page.expect_navigation():
        desk.page.click(f"details.menu button[name={name}][value={value}]")


def test_the_login_page_is_accessible_in_both_schemes(desk):
    for scheme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=scheme)
        desk.open("/accounts/login/")
        check(desk, f"login-{scheme}")
    assert desk.faults == []


def test_a_wrong_password_forty_times_locks_and_says_until_when(desk):
    """All but the last by the form's address: what forty pages look like is one question."""
    page = desk.open("/accounts/login/")
    wrong = {"login": "collector", "password": "wrong"}
    token = {"csrfmiddlewaretoken": page.input_value("main [name=csrfmiddlewaretoken]")}
    for _attempt in range(39):
        assert page.request.post(page.url, form=wrong | token).status in (200, 429)
    page.fill("#id_login", wrong["login"])
    page.fill("#id_password", wrong["password"])
    page.press("#id_password", "Enter")
    page.wait_for_load_state()
    desk.shot("lockout")
    assert page.locator("main [role=alert]").count() == 1
    assert desk.axe() == []

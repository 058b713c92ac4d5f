"""Every page of the first desk, in both colour schemes: accessible, silent, no wider than the screen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def pages(world) -> dict[str, str]:
    return {
        "home": "/desk/",
        "queue": "/desk/queue/",
        "case": f"/desk/case/{world.case.pk}/",
        "allowed-time": f"/desk/case/{world.case.pk}/when",
        "allowed-month": f"/desk/case/{world.case.pk}/when?view=month",
        "search": "/desk/search",
        "products": "/desk/products/",
        "product": "/desk/products/cn-loan-fixed-amount/",
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
        check(desk, f"{name}-{theme}-{locale}")
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
    for attempt in range(40):
        desk.open("/accounts/login/")
        desk.page.fill("#id_login", "collector")
        desk.page.fill("#id_password", f"wrong-{attempt}")
        desk.page.press("#id_password", "Enter")
        desk.page.wait_for_load_state()
    desk.shot("lockout")
    assert desk.page.locator("main [role=alert]").count() == 1
    assert desk.axe() == []

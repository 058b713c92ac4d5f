"""Setting up the second factor: a page that a supervisor meets on the first day."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_set_up_page_shows_picture_and_key_without_breaking_the_policy(desk, settings):
    settings.MFA_REQUIRED_ROLES = settings.PRIVILEGED_ROLES
    desk.open("/accounts/login/")
    desk.page.fill("#id_login", "supervisor")
    desk.page.fill("#id_password", "a-long-Password-7")
    desk.page.press("#id_password", "Enter")
    desk.page.wait_for_url("**/accounts/2fa/totp/activate/")
    desk.shot("totp")
    assert desk.page.locator(".qr svg path").count() == 1
    assert len(desk.page.inner_text("#authenticator_secret")) == 32
    assert desk.axe() == []
    assert desk.faults == []


def test_the_gate_says_later_at_night_with_its_source(desk, world, monkeypatch):
    from tests.web.desk_world import move_clock

    move_clock(monkeypatch, 22, 30)
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    desk.shot("case-night")
    call = page.locator("[data-gate=call]")
    assert call.get_attribute("data-outcome") == "defer"
    assert call.locator("button").is_disabled()
    assert call.locator(".cite").first.inner_text().strip()
    assert desk.axe() == []

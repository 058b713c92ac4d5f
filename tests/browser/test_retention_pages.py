"""The pages of keeping and deleting in a browser: counted by keyboard, both languages, nothing inaccessible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.parties.models import PortalLink
from fairdue.journeys import retention
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("locale", "scheme"), [("en", "dark"), ("zh-hans", "light")])
def test_retention_is_counted_by_keyboard_and_its_pages_are_accessible(desk, world, locale, scheme):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    make_staff("compliance", username="the-compliance", team="head", locale=locale)
    now = clock.now()
    for days in (200, 100, 40):
        PortalLink.objects.create(
            token_hash=days.to_bytes(32, "big"),
            person_id=world.person.pk,
            issued_at=now,
            expires_at=now - timedelta(days=days),
        )
    report = retention.run(as_of=clock.business_date(now), actor=system("test"), now=now)
    desk.page.emulate_media(color_scheme=scheme)
    desk.sign_in("the-compliance")
    page = desk.open("/desk/retention/")
    button = page.locator('form[action$="/retention/count"] button')
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_be_visible()
    for path in ("", f"?subject={world.person.pk}", f"runs/{report.run_id}/"):
        desk.open(f"/desk/retention/{path}")
        name = path.split("/", maxsplit=1)[0].split("=", maxsplit=1)[0].strip("?") or "page"
        desk.shot(f"retention-{name}-{locale}")
        assert desk.overflow() == 0, f"{path} scrolls sideways"
        assert desk.axe() == [], path
    desk.page.set_viewport_size({"width": 640, "height": 360})
    desk.open("/desk/retention/")
    assert desk.overflow() == 0
    assert desk.faults == []

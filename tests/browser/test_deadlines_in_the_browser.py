"""Deadlines in a real browser: both languages, accessible, no scroll sideways, a complaint taken in by keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Deadline
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("locale", "scheme"), [("en", "dark"), ("zh-hans", "light")])
def test_deadlines_are_taken_in_listed_extended_and_accessible(desk, world, locale, scheme):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    make_staff("supervisor", username="head", team="head", locale=locale)
    now, actor = clock.now(), system("test")
    for kind, days in (("complaint", 14), ("hardship", 30), ("bureau_objection", 2)):
        law.record_request(
            person_id=world.person.pk, kind=kind, channel="letter", summary="费用有误", actor=actor, now=now,
            received_at=now - timedelta(days=days),
        )  # fmt: skip
    law.sweep_deadlines(now)
    desk.page.emulate_media(color_scheme=scheme)
    desk.sign_in("head")
    desk.open(f"/desk/case/{world.case.pk}/")
    desk.page.keyboard.press("a")
    desk.page.keyboard.press("r")
    expect(desk.page.locator("#intake-kind")).to_be_visible()
    desk.page.select_option("#intake-kind", "complaint")
    desk.page.fill("#intake-summary", "称费用有误")
    assert desk.axe() == []
    desk.shot(f"deadline-intake-{locale}")
    desk.page.locator("[data-action=intake] button.btn-primary").press("Enter")
    expect(desk.page.locator("[data-action=intake][open]")).to_have_count(0)
    assert Deadline.objects.count() == 5
    card = law.deadlines(actor=actor, now=now, kind="complaint").rows[0]
    for name, path in {
        "list": "deadlines/", "limits": "deadlines/?kind=limits", "case": f"case/{world.case.pk}/deadlines",
        "one": f"deadlines/{card.deadline_id}/", "case-page": f"case/{world.case.pk}/",
    }.items():  # fmt: skip
        desk.open(f"/desk/{path}")
        desk.shot(f"deadline-{name}-{locale}")
        assert desk.overflow() == 0, path
        assert desk.axe() == [], path
    desk.page.set_viewport_size({"width": 640, "height": 360})
    for path in ("deadlines/", f"deadlines/{card.deadline_id}/"):
        desk.open(f"/desk/{path}")
        assert desk.overflow() == 0, path
    assert desk.faults == []

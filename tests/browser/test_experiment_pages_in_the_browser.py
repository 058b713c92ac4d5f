"""Experiments and the why of a step in a browser: by keyboard, both languages and schemes, nothing inaccessible."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from playwright.sync_api import expect

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.browser


def decide(world) -> None:
    now, live = clock.now(), decisions.published_strategy("reminders-cn")
    day = clock.business_date(now) - timedelta(days=1)
    cycle = decisions.open_cycle(cycle_date=day, strategy_id=live.strategy_id, actor=system("test"), now=now)
    line = {
        "person_id": world.person.pk, "step": "none", "rows_fired": "m1-wait", "template": "", "planned_for": None,
        "outcome": "none", "reasons": "", "days_past_due": 3, "overdue_minor": 1, "rank": 0, "facts_digest": 0,
        "experiment": "later-calls", "arm": "live", "probability": 0.05,
    }  # fmt: skip
    decisions.land_decisions(pl.DataFrame([line]), cycle_id=cycle.cycle_id)


@pytest.mark.parametrize(("locale", "scheme"), [("en", "dark"), ("zh-hans", "light")])
def test_an_experiment_is_started_by_keyboard_and_its_pages_are_accessible(
    desk, world, locale, scheme, settings, tmp_path
):
    settings.LAKE = str(tmp_path)
    live = decisions.published_strategy("reminders-cn")
    content = dict(live.content) | {"version": "2099.1"}
    StrategyVersion.objects.create(
        code=live.code, version="2099.1", sha256="x", content=content, status="approved", origin="desk",
        approved_by_id=99, loaded_at=clock.now(),
    )  # fmt: skip
    make_staff("strategist", locale=locale)
    make_staff("collector", username="reader", locale=locale)
    desk.page.emulate_media(color_scheme=scheme)
    desk.sign_in("strategist")
    page = desk.open("/desk/experiments/")
    page.locator("details.panel summary").press("Enter")
    page.fill("#id_title", "Do later calls bring less?")
    page.fill("#id_code", "later-calls")
    page.locator("#id_challenger").focus()
    page.keyboard.press("ArrowDown")
    page.fill("#id_holdout_share", "10")
    assert desk.axe() == [], "form"
    desk.shot(f"experiments-form-{locale}")
    page.locator("#id_title").press("Enter")
    expect(page).to_have_url(f"{desk.address}/desk/experiments/later-calls/")
    decide(world)
    for path in ("", "later-calls/"):
        desk.open(f"/desk/experiments/{path}")
        desk.shot(f"experiments-{path.strip('/') or 'list'}-{locale}")
        assert desk.overflow() == 0, path
        assert desk.axe() == [], path
    desk.page.set_viewport_size({"width": 640, "height": 360})
    assert desk.overflow() == 0
    desk.page.set_viewport_size({"width": 1280, "height": 720})
    page.context.clear_cookies()
    desk.sign_in("reader")
    desk.open(f"/desk/case/{world.case.pk}/")
    why = page.locator('a[href$="/decision"]')
    why.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#decision-why #why-title")).to_be_visible()
    page.locator("#decision-why").scroll_into_view_if_needed()
    desk.shot(f"why-{locale}")
    assert desk.axe() == [], "why"
    desk.open(f"/desk/case/{world.case.pk}/decision")
    assert desk.axe() == [], "why page"
    assert desk.faults == []

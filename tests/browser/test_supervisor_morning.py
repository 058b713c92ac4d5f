"""A supervisor's morning in the browser: the board, moving cases and taking it back, the dashboards and a list behind a number."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fairdue.contexts.identity.models import Staff
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.kernel import clock
from fairdue.kernel.actor import system

pytestmark = pytest.mark.browser


def look(desk, name: str) -> None:
    """The page fits, is accessible and can be looked at by eye; what does not is told at the end, all at once."""
    desk.shot(f"supervisor-{name}")
    desk.faults += [f"{name} scrolls sideways"] if desk.overflow() else []
    desk.faults += [f"{name}: {fault}" for fault in desk.axe()]


def test_a_supervisors_morning(desk, world, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    load_packs(now=clock.now())
    run_cycle(
        cycle_date=clock.business_date(clock.now()), actor=system("test"), now=clock.now(), var_dir=tmp_path
    )
    desk.sign_in("supervisor")
    page = desk.page
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=1)).to_have_text("Live board")
    page.locator("details summary").filter(has_text="0 / 0").first.press("Enter")
    expect(page.get_by_text("Answered / dialled").first).to_be_visible()
    look(desk, "board")
    page.get_by_role("link", name="Reassign cases").click()
    page.get_by_label("Collector Wang").check()
    page.get_by_role("button", name="Show the load before and after").click()
    expect(page.get_by_text("2 cases would move.")).to_be_visible()
    look(desk, "reassign")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("2 cases were given on.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("2 cases are where they were before.")).to_be_visible()
    for path in ("inbox", "targets"):
        desk.open(f"/desk/{path}/")
        look(desk, path)
    desk.open("/desk/dashboards/")
    expect(page.locator("#card-book svg, #card-book canvas").first).to_be_visible()
    look(desk, "dashboards")
    page.locator("#card-funnel table a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Funnel")
    assert "**" in page.locator("tbody").inner_text() or "*" in page.locator("tbody").inner_text()
    look(desk, "list")
    Staff.objects.filter(username="supervisor").update(locale="zh-hans")
    page.emulate_media(color_scheme="dark")
    for path in ("board", "dashboards", "reassign", "targets", "inbox"):
        desk.open(f"/desk/{path}/")
        look(desk, f"{path}-zh")
    assert desk.faults == []

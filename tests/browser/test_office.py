"""Every office page with a night behind it, in both languages and colour schemes, at full and double size."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.identity import facade as identity
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.browser
COMPLIANCE = ("permits/", "replay/", "replay/?since=2026-11-10&until=2026-11-18", "deadlines/", "retention/", "texts/check/", "rulebook/cn/CN-G3/", "cycles/", "cycles/{day}/", "strategies/", "gate/", "gate/?channel=call&at=2026-11-18T23:00&home_zone=Asia/Shanghai&owner=debtor&unanswered=0&conversations=0&texts=0", "rulebook/", "templates/", "audit/", "book/", "agencies/register", "why/?number=1", "access/")  # fmt: skip
ADMINISTRATOR = (
    "imports/",
    "outbox/",
    "staff/",
    "capacity/",
    "teams/",
    "creditors/",
    "closed-days/",
    "health/",
    "jobs/",
    "keys/",
)
SCHEMES = {"en": "dark", "zh-hans": "light"}


@pytest.fixture
def office(desk, world):
    """Run a night over the small book and sign people in who see all of it."""
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    load_packs(now=clock.now())
    day = clock.business_date(clock.now())
    run_cycle(cycle_date=day, actor=system("test"), now=clock.now())

    def as_role(role: str, locale: str = "en", scheme: str = "light"):
        make_staff(role, username=f"the-{role}-{locale}", team="head", locale=locale)
        desk.page.context.clear_cookies()
        desk.page.emulate_media(color_scheme=scheme)
        desk.sign_in(f"the-{role}-{locale}")
        return desk

    as_role.day = day.isoformat()
    return as_role


@pytest.mark.parametrize("locale", SCHEMES)
def test_office_pages_are_accessible_fit_the_screen_and_raise_no_error(office, locale):
    for role, paths in (("compliance", COMPLIANCE), ("administrator", ADMINISTRATOR)):
        desk = office(role, locale, SCHEMES[locale])
        for path in paths:
            desk.open("/desk/" + path.format(day=office.day))
            name = path.partition("?")[0].strip("/").replace("/", "-")
            desk.shot(f"office-{name}-{locale}")
            assert desk.overflow() == 0, f"{path} scrolls sideways"
            assert desk.axe() == [], path
    assert desk.faults == []


def test_office_pages_fit_at_double_size(office):
    """200 % on a screen of 1280 × 720 leaves 640 × 360 (WCAG 1.4.4)."""
    desk = office("compliance")
    desk.page.set_viewport_size({"width": 640, "height": 360})
    wide = {path: width for path in COMPLIANCE if (width := _overflow_of(desk, path.format(day=office.day)))}
    assert wide == {}


def _overflow_of(desk, path: str) -> int:
    desk.open("/desk/" + path)
    return desk.overflow()


def test_a_strategy_shows_every_input_and_keeps_its_rows_in_sight(office):
    live = decisions.published_strategy("reminders-cn")
    page = office("strategist").open(f"/desk/strategies/{live.strategy_id}/")
    heads = page.locator("table").first.locator("thead th").all_inner_texts()
    assert heads[:3] == ["Row", "Stage", "standing"]
    assert "days past due (worst account)" in heads
    assert "→ step" in heads
    page.locator(".table-wrap").first.evaluate("wrap => wrap.scrollLeft = wrap.scrollWidth")
    head, wrap = (
        page.locator("tbody th").first.bounding_box(),
        page.locator(".table-wrap").first.bounding_box(),
    )
    assert abs(head["x"] - wrap["x"]) <= 1


def test_the_gates_form_keeps_what_was_asked(office):
    page = office("compliance").open("/desk/gate/")
    page.select_option("#id_channel", "sms")
    page.fill("#id_at", "2026-11-18T23:15")
    page.check("#id_is_opted_out")
    page.click("main form button")
    page.wait_for_url("**channel=sms**")
    assert page.input_value("#id_at") == "2026-11-18T23:15"
    assert page.is_checked("#id_is_opted_out")
    expect(page.locator("section.follow .badge")).to_have_text("Not allowed")


NOTE_WORKING = """addEventListener("submit", () => sessionStorage.setItem("working", JSON.stringify([
    document.querySelector("[data-working]").checkVisibility(),
    document.querySelector("main form .btn-primary").getAttribute("aria-disabled")])))"""


def test_an_upload_says_that_it_works_until_the_answer_comes(office, world, tmp_path):
    desk = office("administrator")
    page, file = desk.open("/desk/imports/"), tmp_path / "parties.csv"
    file.write_text(
        "party_ref,name,id_type,id_number,home_zone\nP1,王小明,,,Asia/Shanghai\n", encoding="utf-8"
    )
    page.click("main summary")
    page.select_option("#id_creditor", world.lender.code)
    page.set_input_files("#id_file", str(file))
    assert page.locator("[data-working]").is_hidden()
    page.evaluate(NOTE_WORKING)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/desk/imports/*/")
    assert page.evaluate("JSON.parse(sessionStorage.getItem('working'))") == [True, "true"]
    expect(page.locator("h1")).to_have_text("parties.csv")
    assert desk.faults == []

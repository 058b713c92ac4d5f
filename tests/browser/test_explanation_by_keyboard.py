"""Why an amount is what it is, opened beside it by the keyboard alone, without a fault of contrast or role."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_an_amount_opens_its_explanation_and_leads_one_level_down_and_back(desk, world):
    desk.sign_in("collector")
    page = desk.open(f"/desk/case/{world.case.pk}/")
    panel = page.locator("[id^=explanation-]").first
    page.get_by_role("button", name="Balance: Why this amount?").first.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_text("The balance is the sum of its components")).to_be_visible()
    expect(page.locator("details.limit").first).to_be_visible()
    panel.locator(".explanation-parts button").first.focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".crumbs button")).to_have_count(1)
    panel.locator(".explanation-parts button").first.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("table", name="Postings")).to_be_visible()
    desk.shot("explanation")
    assert (desk.axe(), desk.overflow(), desk.faults) == ([], 0, [])
    panel.locator(".crumbs button").first.click()
    expect(panel.get_by_text("The balance is the sum of its components")).to_be_visible()

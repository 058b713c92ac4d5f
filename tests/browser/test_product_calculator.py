"""The calculator of products in a browser: keyboard only, readable, no wider than the screen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_contract_is_calculated_with_the_keyboard_alone(desk, world):
    desk.sign_in("supervisor")
    desk.open("/desk/products/cn-loan-equal-instalment/")
    desk.page.fill("input[name=principal]", "24000")
    desk.page.focus("input[name=instalments]")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**principal=24000**")
    assert "2,118.93" in desk.page.inner_text(
        "main"
    )  # the equal instalment of 24,000 at 10.8 % over 12 months
    desk.shot("product-calculated")
    assert desk.overflow() == 0
    assert desk.axe() == []
    assert desk.faults == []

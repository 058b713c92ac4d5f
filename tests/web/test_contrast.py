"""Every pair of colours that the design system puts on top of each other can be read, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = (
    Path(__file__).resolve().parents[2] / "fairdue" / "web" / "ui" / "static" / "ui" / "app.css"
).read_text()
BLOCKS = re.findall(r"color-scheme: (light|dark);(.*?)\}", SHEET, re.DOTALL)
SCHEMES = [
    (scheme, dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))) for scheme, block in BLOCKS
]  # fmt: skip
LIGHT, *DARKS = SCHEMES
HEAT = {int(step): int(share) for step, share in re.findall(r"\.heat-(\d) \{ --tint: (\d+)%; \}", SHEET)}

SURFACES = ("--paper", "--panel", "--panel-2")
TEXT = [
    *[(ink, surface) for ink in ("--ink", "--ink-2", "--ink-brand", "--ink-brand-hover") for surface in SURFACES],
    *[(tone, surface) for tone in ("--ok", "--wait", "--stop", "--info") for surface in SURFACES],
    *[(f"--{tone}", f"--{tone}-soft") for tone in ("ok", "wait", "stop", "info")],
    *[("--ink", f"--{tone}-soft") for tone in ("ok", "wait", "stop", "info", )],
    ("--on-brand", "--ink-brand"), ("--on-brand", "--ink-brand-hover"), ("--ink-brand", "--brand-soft"),
    ("--ink", "--brand-soft"), ("--ink-2", "--brand-soft"), ("--panel", "--ok"),
]  # fmt: skip
PARTS = [
    *[(part, surface) for part in ("--line-strong", "--focus") for surface in SURFACES],
    *[(f"--chart-{number}", "--panel") for number in range(1, 7)],
]  # fmt: skip


def light_of(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((light_of(one), light_of(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(tint: str, share: int, ground: str) -> str:
    pairs = [(int(tint[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share / 100 + b * (1 - share / 100)):02x}" for a, b in pairs)


def test_black_on_white_is_21_to_1():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_dark_has_a_colour_for_each_that_light_has_and_says_it_twice_alike():
    assert [scheme for scheme, _tokens in SCHEMES] == ["light", "dark", "dark"]
    assert DARKS[0] == DARKS[1]
    assert set(DARKS[0][1]) == set(LIGHT[1])


@pytest.mark.parametrize(("scheme", "tokens"), SCHEMES[:2], ids=("light", "dark"))
def test_text_reaches_4_5_and_parts_reach_3_to_1(scheme, tokens):
    faults = {
        (ink, ground): round(contrast(tokens[ink], tokens[ground]), 2)
        for pairs, least in ((TEXT, 4.5), (PARTS, 3))
        for ink, ground in pairs
        if contrast(tokens[ink], tokens[ground]) < least
    }
    assert faults == {}


@pytest.mark.parametrize(("scheme", "tokens"), SCHEMES[:2], ids=("light", "dark"))
def test_a_number_can_be_read_on_every_tint_of_a_heat_map(scheme, tokens):
    assert sorted(HEAT) == list(range(9))
    grounds = {step: mixed(tokens["--heat"], share, tokens["--panel"]) for step, share in HEAT.items()}
    faults = {
        step: round(contrast(tokens["--ink"], ground), 2)
        for step, ground in grounds.items() if contrast(tokens["--ink"], ground) < 4.5
    }  # fmt: skip
    assert faults == {}

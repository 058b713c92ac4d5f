"""Charts as objects: every number stands in the table, links where it leads, and cannot break out of its place."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.utils import translation

from fairdue.web.ui.charts import (
    COUNT,
    PERCENT,
    CalendarHeatMap,
    DayValue,
    Funnel,
    HeatMap,
    LineChart,
    Series,
    Step,
    money_figures,
)
from fairdue.web.ui.charts.tinted import level


def a_line(**changes) -> LineChart:
    said = {
        "title": 'Roll "rate" <b>', "label": "Month", "places": ("2026-09", "2026-10"), "figures": PERCENT,
        "series": (Series(name="M1", values=(0.3125, None), hrefs=("/desk/queue/?a=1&b=2", "")),),
    }  # fmt: skip
    return LineChart(**(said | changes))


def test_a_chart_brings_its_numbers_as_a_table_and_its_plan_as_an_attribute():
    with translation.override("en"):
        html = a_line().render()
    assert "<td" in html and '<a href="/desk/queue/?a=1&amp;b=2">31.2 %</a>' in html and ">–</td>" in html
    plan = json.loads(unescape(re.search(r'data-plan="([^"]*)"', html)[1]))
    assert (plan["title"], plan["series"][0]["values"]) == ('Roll "rate" <b>', [0.3125, None])
    assert "<b>" not in html and "Data as a table" in html


def test_a_chart_with_fewer_numbers_than_places_cannot_be_made():
    with pytest.raises(ValueError, match="M1: 1 values for 2 places"):
        a_line(series=(Series(name="M1", values=(0.3,)),))


def test_a_chart_without_numbers_says_so_and_loads_nothing():
    with translation.override("en"):
        html = a_line(series=(Series(name="M1", values=(None, None)),)).render()
    assert "Nothing to show." in html and "<script" not in html


@pytest.mark.parametrize(
    ("figures", "value", "said"),
    [(COUNT, 12400, "12,400"), (COUNT, 2.5, "2.50"), (PERCENT, -0.015, "−1.5 %"), (money_figures("CNY"), 820_050, "8,200.50"),
     (money_figures("JPY"), 820_050, "820,050"), (COUNT, None, "–")],
)  # fmt: skip
def test_numbers_are_written_exactly(figures, value, said):
    assert figures.say(value) == said


def test_tints_go_from_nothing_to_eight_and_a_missing_value_has_none():
    assert [level(value, 0, 10) for value in (None, 0, 5, 10, 11)] == [0, 0, 4, 8, 8]
    assert level(3, 3, 3) == 0
    heat = HeatMap(
        title="Roll",
        row_label="From",
        rows=("M1",),
        columns=("M1", "M2"),
        values=((0.5, None),),
        figures=PERCENT,
    )
    assert heat.lines == [
        ("M1", [{"text": "50.0 %", "level": 8, "href": ""}, {"text": "–", "level": 0, "href": ""}])
    ]  # fmt: skip


def test_a_funnel_tells_the_share_of_the_step_before_and_of_the_first():
    steps = (Step(name="Due", value=200), Step(name="Reached", value=50), Step(name="Kept", value=0))
    lines = Funnel(title="From due to kept", label="Step", steps=steps).lines
    assert [(line["of_before"], line["of_first"]) for line in lines] == [
        ("–", "100.0 %"), ("25.0 %", "25.0 %"), ("0.0 %", "0.0 %"),
    ]  # fmt: skip


def test_a_calendar_begins_on_monday_and_leaves_days_without_a_number_empty():
    days = [DayValue(day=date(2026, 11, 4), value=2), DayValue(day=date(2026, 11, 9), value=8)]
    weeks = CalendarHeatMap(title="Payments", days=days).weeks
    assert [week["monday"] for week in weeks] == [date(2026, 11, 2), date(2026, 11, 9)]
    assert [cell and (cell["text"], cell["level"]) for cell in weeks[0]["cells"]] == [
        None,
        None,
        ("2", 2),
        None,
        None,
        None,
        None,
    ]
    assert weeks[1]["cells"][0]["text"] == "8"

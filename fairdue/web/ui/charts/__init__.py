"""Charts: small ones drawn on the server, large ones by ECharts in the browser, each with its data as a table.

chart = LineChart(title=_("Roll rate"), label=_("Month"), places=("2026-09", "2026-10"),
                  series=(Series(name="M1 → M2", values=(0.31, 0.28)),), figures=PERCENT)
{% chart chart %}
"""

from __future__ import annotations

from fairdue.web.ui.charts.course import BarChart, Chart, LineChart, Series, StackedBarChart
from fairdue.web.ui.charts.drawn import Bar, Leg, Stack, bars, course, sparkline, stacks
from fairdue.web.ui.charts.figures import COUNT, DAYS, PERCENT, Figures, money_figures
from fairdue.web.ui.charts.tinted import CalendarHeatMap, DayValue, Funnel, HeatMap, Step

__all__ = [
    "COUNT",
    "DAYS",
    "PERCENT",
    "Bar",
    "BarChart",
    "CalendarHeatMap",
    "Chart",
    "DayValue",
    "Figures",
    "Funnel",
    "HeatMap",
    "Leg",
    "LineChart",
    "Series",
    "Stack",
    "StackedBarChart",
    "Step",
    "bars",
    "course",
    "money_figures",
    "sparkline",
    "stacks",
]

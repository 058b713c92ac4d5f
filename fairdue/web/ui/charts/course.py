"""Line, bar and stacked bar: drawn by ECharts in the browser, with the data as a table always beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairdue.web.ui.charts.figures import COUNT, Figures
from fairdue.web.ui.tables import Column, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or one colour of bars: a number for each place, and the list that each number opens."""

    name: str
    values: tuple[float | None, ...]
    hrefs: tuple[str, ...] = ()

    def href(self, at: int) -> str:
        """Return the address of the list behind a number, or nothing."""
        return self.hrefs[at] if at < len(self.hrefs) else ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Numbers of one or more series at the same places: months, buckets, channels.

    1. `label` names what the places are; it heads the first column of the table.
    2. `note` says how the number is defined, in one sentence under the title.
    """

    kind: ClassVar[str] = "line"
    is_stacked: ClassVar[bool] = False

    title: str
    label: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    figures: Figures = COUNT
    note: str = ""
    is_share: bool = False
    """Stacked bars only: each column is drawn as a hundred percent; the table keeps the numbers."""
    is_sideways: bool = False
    """Bars only: lying bars, for places with long names."""

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.places):
                raise ValueError(f"{series.name}: {len(series.values)} values for {len(self.places)} places")

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(value is not None for series in self.series for value in series.values)

    @property
    def plan(self) -> str:
        """What the element in the browser draws, as JSON in an attribute: the policy allows no inline data script."""
        said: dict[str, Any] = {
            "kind": self.kind, "stacked": self.is_stacked, "share": self.is_share, "sideways": self.is_sideways,
            "title": self.title, "places": self.places, "figures": self.figures.kind,
            "currency": self.figures.currency, "digits": self.figures.digits,
            "series": [
                {"name": each.name, "values": each.values, "hrefs": each.hrefs} for each in self.series
            ],
        }  # fmt: skip
        return json.dumps(said, ensure_ascii=False)

    @property
    def table(self) -> Table:
        """The same numbers as a table; a number with a list behind it is a link."""
        columns = [
            Column("place", self.label, lambda at: self.places[at], is_row_head=True),
            *(_column(series, self.figures) for series in self.series),
        ]
        return Table(range(len(self.places)), columns=columns, caption=self.title, is_part=True)

    def render(self) -> SafeString:
        """Return the figure: title, picture, table."""
        return SafeString(render_to_string("ui/components/chart.html", {"chart": self}))


def _column(series: Series, figures: Figures) -> Column:
    def cell(_value: Any, at: int) -> Any:
        text = figures.say(series.values[at])
        href = series.href(at)
        return format_html('<a href="{}">{}</a>', href, text) if href else text

    return Column(series.name, series.name, lambda at: series.values[at], render=cell, align="num")


@dataclass(frozen=True, kw_only=True)
class LineChart(Chart):
    """A course in time; a missing value leaves a gap."""

    kind: ClassVar[str] = "line"


@dataclass(frozen=True, kw_only=True)
class BarChart(Chart):
    """Bars side by side."""

    kind: ClassVar[str] = "bar"


@dataclass(frozen=True, kw_only=True)
class StackedBarChart(Chart):
    """Bars made of parts that add up."""

    kind: ClassVar[str] = "bar"
    is_stacked: ClassVar[bool] = True

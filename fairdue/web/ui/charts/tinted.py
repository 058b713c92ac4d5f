"""Heat map, funnel and calendar: tables that are their own picture, drawn on the server without script.

A tinted table prints, zooms, is read aloud and links each number to the list behind it; a canvas would need a
second table for all of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from fairdue.web.ui.charts.figures import COUNT, Figures

LEVELS = 8
"""Steps of tint from nothing (0) to the highest value; the number always stands in the cell."""


def level(value: float | None, low: float, high: float) -> int:
    """Return the step of tint of a value within a range: 0 for a missing or the lowest, `LEVELS` for the highest."""
    if value is None or high <= low:
        return 0
    share = min(max((value - low) / (high - low), 0), 1)
    return round(share * LEVELS)


def _span(values: Iterable[float | None]) -> tuple[float, float]:
    known = [value for value in values if value is not None]
    return (min(0, *known), max(known)) if known else (0, 0)


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """A matrix of numbers tinted by size: roll rates, vintages, hours of the week.

    `values[row][column]`; `hrefs` likewise or empty.
    """

    title: str
    row_label: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    hrefs: tuple[tuple[str, ...], ...] = ()
    figures: Figures = COUNT
    note: str = ""
    tinted: int | None = None
    """So many columns share one scale and are tinted; those after them are figures of their own."""

    @property
    def lines(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The rows with their cells ready to draw."""
        ends = len(self.columns) if self.tinted is None else self.tinted
        low, high = _span(value for row in self.values for value in row[:ends])
        found = []
        for at, name in enumerate(self.rows):
            cells = [
                {
                    "text": self.figures.say(value), "level": level(value, low, high) if place < ends else 0,
                    "href": self.hrefs[at][place] if self.hrefs and place < len(self.hrefs[at]) else "",
                }
                for place, value in enumerate(self.values[at])
            ]  # fmt: skip
            found.append((name, cells))
        return found

    def render(self) -> SafeString:
        """Return the figure."""
        return SafeString(render_to_string("ui/components/heat_map.html", {"chart": self}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a funnel."""

    name: str
    value: float
    href: str = ""
    note: str = ""
    """How the step is counted."""


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """How many go on from step to step, with the share of the step before and of the first."""

    title: str
    label: str
    steps: tuple[Step, ...]
    figures: Figures = COUNT
    note: str = ""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The steps with their widths and shares."""
        first = self.steps[0].value if self.steps else 0
        found, before = [], None
        for step in self.steps:
            found.append(
                {
                    "step": step, "text": self.figures.say(step.value),
                    "width": round(step.value / first * 100, 1) if first else 0,
                    "of_first": _share(step.value, first), "of_before": _share(step.value, before),
                }
            )  # fmt: skip
            before = step.value
        return found

    def render(self) -> SafeString:
        """Return the figure."""
        return SafeString(render_to_string("ui/components/funnel.html", {"chart": self}))


def _share(part: float, whole: float | None) -> str:
    return "–" if not whole else f"{part / whole * 100:.1f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """A number of one day."""

    day: date
    value: float | None
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class CalendarHeatMap:
    """Days in rows of weeks, from Monday to Sunday, tinted by size."""

    title: str
    days: Sequence[DayValue] = field(default_factory=tuple)
    figures: Figures = COUNT
    note: str = ""

    @property
    def weekdays(self) -> list[str]:
        """The heads: the days of the week in the reader's language."""
        monday = date(2024, 1, 1)
        return [date_format(monday + timedelta(days=at), "D") for at in range(7)]

    @property
    def weeks(self) -> list[dict[str, Any]]:
        """Full weeks that cover the days; a day without a number is an empty cell."""
        if not self.days:
            return []
        by_day = {each.day: each for each in self.days}
        low, high = _span(each.value for each in self.days)
        start = min(by_day) - timedelta(days=min(by_day).weekday())
        count = (max(by_day) - start).days // 7 + 1
        return [self._week(start + timedelta(weeks=at), by_day, low, high) for at in range(count)]

    def _week(self, monday: date, by_day: dict[date, DayValue], low: float, high: float) -> dict[str, Any]:
        cells: list[dict[str, Any] | None] = []
        for day in (monday + timedelta(days=at) for at in range(7)):
            found = by_day.get(day)
            if found is None:
                cells.append(None)
                continue
            is_month_start = day.day == 1 or day == min(by_day)
            cells.append(
                {
                    "day": day, "text": self.figures.say(found.value), "href": found.href,
                    "level": level(found.value, low, high), "is_month_start": is_month_start,
                }
            )  # fmt: skip
        return {"monday": monday, "cells": cells}

    def render(self) -> SafeString:
        """Return the figure."""
        return SafeString(render_to_string("ui/components/calendar.html", {"chart": self}))

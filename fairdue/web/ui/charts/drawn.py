"""Small pictures drawn on the server: inline SVG without script or style, readable as text and in print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPARK_WIDTH, SPARK_HEIGHT = 120, 24
BAR_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its label, its length, and the words that stand at its end."""

    label: str
    value: float
    text: str = ""
    href: str = ""


def sparkline(values: Sequence[float], *, title: str) -> SafeString:
    """Return a line of the course of a figure, scaled to its own range; the title says what it shows."""
    if len(values) < 2:
        return format_html('<span class="muted">{}</span>', title)
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = [
        (
            round(at * SPARK_WIDTH / (len(values) - 1), 1),
            round(SPARK_HEIGHT - 2 - (value - low) / span * (SPARK_HEIGHT - 4), 1),
        )
        for at, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    return format_html(
        '<span class="chart spark"><svg viewBox="0 0 {} {}" role="img"><title>{}</title>'
        '<polyline class="line" points="{}"/><circle class="end-dot" cx="{}" cy="{}" r="2.2"/></svg></span>',
        SPARK_WIDTH, SPARK_HEIGHT, title, line, *points[-1],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One stretch of a course in time: from a place and value to a place and value."""

    start: float
    end: float
    first: float
    final: float


COURSE_WIDTH, COURSE_HEIGHT = 600, 100


def course(
    legs: Sequence[Leg],
    *,
    title: str,
    marks: Sequence[float] = (),
    start: str = "",
    end: str = "",
    top: str = "",
) -> SafeString:
    """Return how a figure went in time, with dashed lines at its limits; `start`, `end` and `top` label the axes.

    The words and figures stand in the page; what each stretch is belongs into a table beside it.
    """
    if not legs:
        return format_html('<p class="muted">{}</p>', title)
    first, span = legs[0].start, (legs[-1].end - legs[0].start) or 1
    highest = max(*(max(leg.first, leg.final) for leg in legs), *marks[:1], 1) * 1.08
    wide = [round((place - first) / span * COURSE_WIDTH, 1) for leg in legs for place in (leg.start, leg.end)]
    high = [_height(value, highest) for leg in legs for value in (leg.first, leg.final)]
    line = " ".join(f"{x},{y}" for x, y in zip(wide, high, strict=True))
    context = {
        "title": title, "line": line, "width": COURSE_WIDTH, "height": COURSE_HEIGHT, "start": start, "end": end, "top": top,
        "area": f"0,{COURSE_HEIGHT} {line} {wide[-1]},{COURSE_HEIGHT}",
        "marks": [_height(mark, highest) for mark in marks if mark < highest],
    }  # fmt: skip
    return SafeString(render_to_string("ui/components/course.html", context))


def _height(value: float, highest: float) -> float:
    return round(COURSE_HEIGHT - value / highest * COURSE_HEIGHT, 1)


def bars(rows: Sequence[Bar], *, title: str, label: str, unit: str) -> SafeString:
    """Return a table whose rows carry bars; the longest bar fills its cell.

    Words and figures are text of the page, never of the picture: they wrap, grow with the reader's type and
    are the data table at the same time.
    """
    longest = max((row.value for row in rows), default=0) or 1
    drawn = [{"row": row, "width": round(max(row.value, 0) / longest * BAR_LENGTH, 1)} for row in rows]
    context = {"title": title, "label": label, "unit": unit, "drawn": drawn, "length": BAR_LENGTH}
    return SafeString(render_to_string("ui/components/bars.html", context))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One column: its label and the heights of its parts, from the bottom up."""

    label: str
    parts: tuple[float, ...]


STACKS_WIDTH, STACKS_HEIGHT = 640, 160


def stacks(columns: Sequence[Stack], *, title: str, series: Sequence[str]) -> SafeString:
    """Return columns of stacked parts with a legend in words; the page's table holds the figures."""
    highest = max((sum(column.parts) for column in columns), default=0) or 1
    step = STACKS_WIDTH / max(len(columns), 1)
    width = round(step * 0.7, 2)
    drawn = []
    for place, column in enumerate(columns):
        left, top = round(place * step + step * 0.15, 2), float(STACKS_HEIGHT)
        for number, part in enumerate(column.parts):
            height = max(part, 0) / highest * STACKS_HEIGHT
            top -= height
            drawn.append({"x": left, "y": round(top, 2), "height": round(height, 2), "series": number})
    ends = (columns[0].label, columns[-1].label) if columns else ("", "")
    context = {
        "title": title, "drawn": drawn, "width": width, "series": series, "ends": ends,
        "box": f"0 0 {STACKS_WIDTH} {STACKS_HEIGHT}",
    }  # fmt: skip
    return SafeString(render_to_string("ui/components/stacks.html", context))

"""Clocks as packs describe them (`deadlines/*.yaml`): what starts one, which rule sets its length, how it is extended.

The lengths are parameters of computing rules (`numbers/*.yaml`), so that a clock of a day runs as its rule stood then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fairdue.engine.law.working_calendars import CalendarCode

Unit = Literal["calendar_days", "working_days"]
Nature = Literal["duty", "period", "option"]
"""A duty is missed when nobody did it in time; a period merely passes; an option is lost and nobody is to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number of days of one kind: a parameter of the clock's rule."""

    parameter: str
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A longer time that the law grants on a condition; counted from the same start, so its end is the maximum."""

    code: str
    title_zh: str
    title_en: str
    rule: str
    spans: tuple[Span, ...]
    when: Mapping[str, str]
    """Facts under which the clock has this length from the start; empty: only by extension."""
    needs: tuple[str, ...]
    """What a request for it must say: `reason`, `reference` (of an approval), `notice` (how the person was told)."""
    approvers: tuple[str, ...]
    """Roles that may approve it."""
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one version of a pack."""

    kind: str
    nature: Nature
    title_zh: str
    title_en: str
    act_zh: str
    act_en: str
    start_zh: str
    start_en: str
    occasions: tuple[str, ...]
    ends_with: tuple[str, ...]
    """Records that meet it by themselves, such as `notice.validation`."""
    then: tuple[str, ...]
    """Kinds of clock that begin when what this one asks for was done."""
    rule: str
    spans: tuple[Span, ...]
    counts_from: Literal["day_after", "same_day"]
    ends_on_rest_day: Literal["stays", "next_working_day"]
    calendar: CalendarCode
    steps: tuple[Step, ...]
    is_fallback: bool
    """Runs only where no other pack of the debts starts a clock of the same kind: what the house promises by itself."""

    def step(self, code: str) -> Step | None:
        """Return a step by its code."""
        return next((step for step in self.steps if step.code == code), None)

    def following(self, code: str) -> Step | None:
        """Return the step after one, or the first after the clock's own length (an empty code)."""
        codes = ["", *(step.code for step in self.steps)]
        place = codes.index(code) if code in codes else len(self.steps)
        return self.steps[place] if place < len(self.steps) else None

    def first_step(self, facts: Mapping[str, Any]) -> str:
        """Return the step that a clock has from its start under some facts, empty for none."""
        for step in self.steps:
            if step.when and all(facts.get(name) == value for name, value in step.when.items()):
                return step.code
        return ""


def clocks_of(content: Mapping[str, Any]) -> tuple[Clock, ...]:
    """This function will return the clocks of the content of a pack."""
    return tuple(clock_of(document) for document in content.get("deadlines", ()))


def clock_of(document: Mapping[str, Any]) -> Clock:
    """This function will return the clock that a document of a pack describes."""
    return Clock(
        kind=document["kind"],
        nature=document["nature"],
        title_zh=document["title"]["zh"],
        title_en=document["title"]["en"],
        act_zh=document["act"]["zh"],
        act_en=document["act"]["en"],
        start_zh=document["start"]["zh"],
        start_en=document["start"]["en"],
        occasions=tuple(document["occasions"]),
        ends_with=tuple(document.get("ends_with", ())),
        then=tuple(document.get("then", ())),
        rule=document["rule"],
        spans=_spans(document["spans"]),
        counts_from=document["counts_from"],
        ends_on_rest_day=document["ends_on_rest_day"],
        calendar=document["calendar"],
        steps=tuple(_step(item) for item in document.get("steps", ())),
        is_fallback=document.get("where_law_is_silent", False),
    )


def _step(document: Mapping[str, Any]) -> Step:
    return Step(
        code=document["code"],
        title_zh=document["title"]["zh"],
        title_en=document["title"]["en"],
        rule=document["rule"],
        spans=_spans(document["spans"]),
        when=dict(document.get("when", {})),
        needs=tuple(document["needs"]),
        approvers=tuple(document["approvers"]),
        note_zh=document["note"]["zh"],
        note_en=document["note"]["en"],
    )


def _spans(documents: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(parameter=item["parameter"], unit=item["unit"]) for item in documents)

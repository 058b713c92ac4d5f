"""May a debt, a collector or personal data be handed over: agencies, staff, notices, consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fairdue.engine.law.numbers import Numbers, Rule

Yield = Literal["refuse", "review"]
Fault = tuple[Yield, Rule]
"""What a broken rule yields, and the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """What is known of an agency; `evaluated_date` None means recently."""

    is_listed: bool = True
    is_licensed: bool = True
    evaluated_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What is known of a collector; `exam_date` None means recently."""

    is_approved: bool = True
    exam_date: date | None = None


def placement_faults(
    agency: Agency, *, notice_dates: Sequence[date] | None, on: date, numbers: Numbers
) -> tuple[Fault, ...]:
    """This function will return what placing a case with an agency breaks.

    1. China: only agencies on the published list (CN-OUT-03); an evaluation older than a year needs a person
       (CN-OUT-02).
    2. Singapore: a licence (SG-01). Hong Kong: a written notice on an earlier day (HK-02); `notice_dates` None
       means that it was given.
    """
    found: list[Fault] = []
    if numbers.has("CN-OUT-03", on) and not agency.is_listed:
        found.append(("refuse", numbers.rule("CN-OUT-03", on)))
    if numbers.has("CN-OUT-02", on) and _is_older(agency.evaluated_date, on, numbers.rule("CN-OUT-02", on)):
        found.append(("review", numbers.rule("CN-OUT-02", on)))
    if numbers.has("SG-01", on) and not agency.is_licensed:
        found.append(("refuse", numbers.rule("SG-01", on)))
    if numbers.has("HK-02", on) and notice_dates is not None and not any(day < on for day in notice_dates):
        found.append(("refuse", numbers.rule("HK-02", on)))
    return tuple(found)


def collector_faults(collector: Collector, *, on: date, numbers: Numbers) -> tuple[Fault, ...]:
    """This function will return what giving a case to a collector breaks.

    China: an exam within a year (CN-OUT-04). Singapore: an approval (SG-01).
    """
    found: list[Fault] = []
    if numbers.has("CN-OUT-04", on) and _is_older(collector.exam_date, on, numbers.rule("CN-OUT-04", on)):
        found.append(("refuse", numbers.rule("CN-OUT-04", on)))
    if numbers.has("SG-01", on) and not collector.is_approved:
        found.append(("refuse", numbers.rule("SG-01", on)))
    return tuple(found)


def _is_older(day: date | None, on: date, rule: Rule) -> bool:
    return day is not None and (on - day).days > rule.integer("max_days")


def resale_faults(*, is_assignee: bool, on: date, numbers: Numbers) -> tuple[Fault, ...]:
    """This function will return what selling a bad loan on breaks: a buyer may not (CN-OUT-07)."""
    return (("refuse", numbers.rule("CN-OUT-07", on)),) if is_assignee else ()


def export_faults(*, has_consent: bool, on: date, numbers: Numbers) -> tuple[Fault, ...]:
    """This function will return what giving personal data to another controller breaks (CN-PI-03).

    Without separate consent a person decides whether another legal basis carries it.
    """
    return () if has_consent else (("review", numbers.rule("CN-PI-03", on)),)

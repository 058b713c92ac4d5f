"""What is on record of a person's statements, read into the values that rules ask: one reading for a click and for the night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from fairdue.engine.law.hours import DAYS

LENDER = "lender"
HOURS = ("agreed_hours", "consented_hours", "direct_hours", "inconvenient_hours")
FLAGS = ("inconvenient_place", "no_work", "objection", "plan_progress", "private_sender", "entry_agreed")
ROUTES = ("consumer_consent", "creditor_notice", "consumer_called")


class Said(NamedTuple):
    """One statement as rules read it."""

    is_true: bool = True
    """False: the person took it back."""
    told_to: str = LENDER
    hours: str = ""
    route: str = ""
    """How a contact point was obtained."""
    obtained_by: str = LENDER
    obtained_date: date | None = None
    opt_out_days: int | None = None
    opt_out_until: date | None = None
    is_opt_out_simple: bool = True
    is_domain_public: bool = True
    used_before_by: str = ""
    """The collector just before that used it."""


def said(kind: str, detail: Mapping[str, Any]) -> Said:
    """This function will read the detail of a statement; a part that is missing is read strictly."""
    is_true, told_to = bool(detail.get("is_true", True)), str(detail.get("to") or LENDER)
    if kind in HOURS:
        return Said(is_true, told_to, hours=weekly_hours(detail))
    if kind != "obtained":
        return Said(is_true, told_to)
    return Said(
        is_true,
        told_to,
        route=str(detail.get("route") or ""),
        obtained_by=str(detail.get("by") or LENDER),
        obtained_date=_day(detail.get("date")),
        opt_out_days=detail.get("opt_out_days"),
        opt_out_until=_day(detail.get("opt_out_until")),
        is_opt_out_simple=bool(detail.get("is_opt_out_simple", False)),
        is_domain_public=bool(detail.get("is_domain_public", False)),
        used_before_by=str(detail.get("used_before_by") or ""),
    )


def weekly_hours(detail: Mapping[str, Any]) -> str:
    """This function will write hours as weekly hours: `times` (days, from, to), or one `from` and `to`."""
    times = detail.get("times") or ([detail] if "from" in detail and "to" in detail else [])
    return ";".join(f"{','.join(time.get('days') or DAYS)} {time['from']}-{time['to']}" for time in times)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None

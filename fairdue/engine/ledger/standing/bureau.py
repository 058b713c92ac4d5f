"""The monthly statuses that a credit bureau is told, read off the history of lateness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.engine.ledger.standing.history import Span
from fairdue.engine.ledger.standing.levels import OFF_BOOKS, counts_of
from fairdue.engine.ledger.standing.rules import SchemeRules
from fairdue.engine.ledger.standing.summing import one_day
from fairdue.kernel.day_counts import add_months


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The status of one month: that of its last day, or of the last day known in the running month."""

    month: str
    status_date: date
    code: str
    days_past_due: int
    overdue_minor: int


def monthly_statuses(
    spans: Sequence[Span],
    *,
    months: int,
    rules: SchemeRules,
    charged_off_date: date | None = None,
) -> tuple[Month, ...]:
    """This function will return the status of the last `months` months up to the last day of the spans.

    1. A month before the first span says that there was nothing to report.
    2. Nothing owed: closed. Written off, or charged off by the month's end: bad debt. Settled for less or
       assigned: ended. Else by days past due at the month's end.
    """
    on = spans[-1].to_date
    first = on.replace(day=1)
    return tuple(
        _month(spans, min(_month_end(add_months(first, -back)), on), rules, charged_off_date)
        for back in range(months - 1, -1, -1)
    )


def _month_end(first: date) -> date:
    return add_months(first, 1) - timedelta(days=1)


def _month(spans: Sequence[Span], day: date, rules: SchemeRules, charged_off_date: date | None) -> Month:
    span = next((one for one in spans if one.from_date <= day <= one.to_date), None)
    if span is None:
        code, days, overdue = rules.content["none"], 0, 0
    else:
        days = counts_of(one_day(span, day), rules.counting)[1]
        overdue = span.overdue_minor
        is_charged_off = charged_off_date is not None and charged_off_date <= day
        code = _code(span, days, rules, is_charged_off=is_charged_off)
    return Month(month=f"{day:%Y-%m}", status_date=day, code=code, days_past_due=days, overdue_minor=overdue)


def _code(span: Span, days: int, rules: SchemeRules, *, is_charged_off: bool) -> str:
    content = rules.content
    if span.status == "written_off":
        return content["charged_off"]
    if span.status in OFF_BOOKS:
        return content["ended"]
    if span.outstanding_minor == 0:
        return content["closed"]
    if is_charged_off:
        return content["charged_off"]
    if days == 0:
        return content["normal"]
    return next(code for edge, code in content["codes"] if edge is None or days <= edge)

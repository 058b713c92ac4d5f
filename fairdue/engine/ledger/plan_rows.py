"""Rows of a repayment plan: what is owed spread evenly over some months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fairdue.kernel.day_counts import add_months


def equal_rows(
    owed: Mapping[str, int], *, instalments: int, first_due_date: date, every_months: int = 1
) -> list[dict[str, Any]]:
    """Return rows of a plan, as `engine.ledger.event_kinds` describes them, that come to exactly what is owed.

    1. Each component is divided evenly over the instalments; what does not divide goes to the last one,
       so that no instalment is ever larger than the last by more than `instalments` - 1 minor units of each.
    2. The day of the month stays that of the first due date, or the month's last day where it has none.

    :raises ValueError: for less than one instalment or one month
    """
    if instalments < 1 or every_months < 1:
        raise ValueError("a plan needs at least one instalment and one month between two")
    days = [
        add_months(first_due_date, number * every_months, day=first_due_date.day)
        for number in range(instalments)
    ]
    rows = []
    for number, due_date in enumerate(days, start=1):
        for component, amount in owed.items():
            part = amount // instalments
            asked = amount - part * (instalments - 1) if number == instalments else part
            if asked > 0:
                rows.append({"due_date": due_date.isoformat(), "component": component, "amount": asked})
    return rows

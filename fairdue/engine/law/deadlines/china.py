"""Chinese clocks: complaints, bureau objections and repair, demands on an overdrawn card.

Calendar days; a period that ends on a holiday is not extended (the texts do not say so).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months

Complexity = Literal["simple", "complex", "special"]


def complaint_deadline(
    received_date: date, *, complexity: Complexity, is_extension_approved: bool, numbers: Numbers
) -> Deadline:
    """This function will return the last day to decide a complaint.

    1. Clear and simple: 15 days after receipt (CN-CMP-01). Complex: 30 days (CN-CMP-02).
    2. Specially complex: 30 more days once senior management approved, else no more than a complex one
       (CN-CMP-03).
    """
    if complexity == "simple":
        rules: tuple[Rule, ...] = (numbers.rule("CN-CMP-01", received_date),)
    elif complexity == "complex":
        rules = (numbers.rule("CN-CMP-02", received_date),)
    else:
        long, longer = numbers.rule("CN-CMP-02", received_date), numbers.rule("CN-CMP-03", received_date)
        rules = (longer, long) if is_extension_approved else (long, longer)
    days = rules[0].integer("days")
    return Deadline(last_date=received_date + timedelta(days=days), rules=rules)


def objection_annotation_deadline(received_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the day by which an objection to bureau data is annotated (CN-CMP-04)."""
    rule = numbers.rule("CN-CMP-04", received_date)
    return Deadline(last_date=received_date + timedelta(days=rule.integer("annotation_days")), rules=(rule,))


def objection_answer_deadline(received_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the last day to answer an objection to bureau data (CN-CMP-04)."""
    rule = numbers.rule("CN-CMP-04", received_date)
    return Deadline(last_date=received_date + timedelta(days=rule.integer("days")), rules=(rule,))


def second_effective_demand(first_demand_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the first day on which a second demand counts (CN-LIT-10).

    The gap is a difference of dates: a demand on day 30 counts.
    """
    rule = numbers.rule("CN-LIT-10", first_demand_date)
    return Deadline(
        first_date=first_demand_date + timedelta(days=rule.integer("min_gap_days")), rules=(rule,)
    )


def unpaid_beyond_three_months(second_demand_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the first day that is more than three months after a demand (CN-LIT-10)."""
    rule = numbers.rule("CN-LIT-10", second_demand_date)
    end = add_months(second_demand_date, rule.integer("months"))
    return Deadline(first_date=end + timedelta(days=1), rules=(rule,))

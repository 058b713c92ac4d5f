"""Passing relief: nothing for some months, or less than agreed for some months; then it goes on."""

from __future__ import annotations

from fairdue.engine.negotiation.instalments import Found, level_for, months_for
from fairdue.engine.negotiation.laying import Pace
from fairdue.engine.negotiation.offers import NotOffered, Said
from fairdue.engine.negotiation.table import Sketch, Table
from fairdue.kernel.day_counts import add_months


def deferral_sketches(table: Table) -> Found:
    """Yield a deferral as long as the reason gives, or why there is none.

    1. The months go by the reason alone, and one thing more for who told us of a vulnerability.
    2. Afterwards: what is affordable, else the agreed monthly amount, else the smallest that ends within the cap; in the
       last two cases what can be paid then is asked anew before it begins (`review`).
    """
    rules, situation = table.terms.deferral, table.case.situation
    if rules is None:
        yield NotOffered("deferral", "not_in_terms")
        return
    months = rules.months[situation.reason]
    months += rules.vulnerable_months if situation.is_vulnerable else 0
    if months == 0:
        yield NotOffered("deferral", "reason", {"reason": situation.reason})
    elif table.days_past_due > rules.until_days_past_due:
        yield NotOffered("deferral", "too_long_overdue", {"days": rules.until_days_past_due})
    elif table.plans_before > rules.plans_before:
        yield NotOffered("deferral", "plans_before", {"count": table.plans_before})
    else:
        yield _deferral(table, months)


def _deferral(table: Table, months: int) -> Sketch:
    longest = max(table.cap - months, 1)
    level, by_monthly, is_open = _level_after(table, longest)
    said = [Said("deferral", {"months": months, "reason": table.case.situation.reason})]
    return Sketch(
        kind="deferral",
        scope="whole",
        pace=Pace(add_months(table.first_date, months, day=table.first_date.day), level),
        longest=longest,
        months_deferred=months,
        by_monthly=by_monthly,
        if_missed="deferral",
        why=(*said, Said("review")) if is_open else tuple(said),
    )


def _level_after(table: Table, longest: int) -> tuple[int, bool, bool]:
    """Return (level, whether debts share as agreed, whether it is to be reviewed first)."""
    affordable = table.surplus.affordable_minor if table.surplus else 0
    is_enough = affordable >= table.terms.affordability.smallest_monthly_minor
    if is_enough and months_for(table.total, affordable) <= longest:
        return affordable, False, False
    if table.monthly and months_for(table.total, table.monthly) <= longest:
        return table.monthly, True, True
    return level_for(table, longest), False, True


def reduced_minimum_sketches(table: Table) -> Found:
    """Yield a reduced monthly amount for some months, or why there is none.

    For cards of which the agreed monthly amount is more than what is affordable; afterwards the agreed amount returns, and
    what can be paid is asked anew before it does.
    """
    rules = table.terms.reduced_minimum
    if rules is None:
        yield NotOffered("reduced_minimum", "not_in_terms")
    elif any(debt.product not in rules.products for debt in table.debts):
        yield NotOffered("reduced_minimum", "product")
    elif table.surplus is None:
        yield NotOffered("reduced_minimum", "needs_assessment")
    elif table.plans_before > rules.plans_before:
        yield NotOffered("reduced_minimum", "plans_before", {"count": table.plans_before})
    else:
        yield _reduced(table, table.surplus.affordable_minor, rules.months)


def _reduced(table: Table, affordable: int, months: int) -> Sketch | NotOffered:
    if affordable < table.terms.affordability.smallest_monthly_minor:
        return NotOffered("reduced_minimum", "no_surplus", {"affordable_minor": affordable})
    if table.monthly <= affordable:
        return NotOffered("reduced_minimum", "not_needed", {"monthly_minor": table.monthly})
    needed = months + months_for(max(table.total - months * affordable, 0), table.monthly)
    if needed > table.cap:
        return NotOffered("reduced_minimum", "term_cap", {"months": needed, "cap_months": table.cap})
    facts = {"months": months, "reduced_minor": affordable, "monthly_minor": table.monthly}
    return Sketch(
        kind="reduced_minimum",
        scope="whole",
        pace=Pace(table.first_date, table.monthly, (affordable,) * months),
        longest=table.cap,
        by_monthly=True,
        why=(Said("reduced_minimum", facts), Said("review")),
    )

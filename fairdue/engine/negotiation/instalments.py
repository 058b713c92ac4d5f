"""Instalments: what is owed, or what of it is past due, at an amount that the household can carry."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.engine.negotiation.laying import Pace
from fairdue.engine.negotiation.offers import NotOffered, Said, Scope
from fairdue.engine.negotiation.table import Sketch, Table

Found = Iterator[Sketch | NotOffered]


def instalment_sketches(table: Table) -> Found:
    """Yield the ways to pay in instalments, the quickest first, or why there is none.

    1. Who can pay all of it now is not beyond the own ability (CN-PLAN-01).
    2. No month asks more than is affordable; no plan is longer than the cap (CN-PLAN-02, CN-PLAN-06).
    3. Assessed: the quickest, a gentler one that leaves more to live on, the wished amount where it fits.
       Not assessed: a few short terms that need no assessment.
    4. Where what is past due can be arranged alone, it is too: the agreed monthly amounts go on beside it.
    """
    if table.case.situation.can_pay_now_minor >= table.total:
        yield NotOffered("instalments", "within_ability", {"total_minor": table.total})
    elif table.surplus is None:
        yield from _unassessed(table, "whole", table.total)
        if table.has_own_scope:
            yield from _unassessed(table, "overdue", table.overdue)
    else:
        yield from _assessed(table, table.surplus.affordable_minor)


def _assessed(table: Table, affordable: int) -> Found:
    rules = table.terms.affordability
    if affordable < rules.smallest_monthly_minor:
        yield NotOffered("instalments", "no_surplus", {"affordable_minor": affordable})
        return
    if table.has_own_scope and affordable - table.monthly >= rules.smallest_monthly_minor:
        said = (
            Said("back_on_track", {"monthly_minor": table.monthly}) if table.monthly else Said("only_overdue")
        )
        yield _sketch(table, "overdue", table.overdue, affordable - table.monthly, said)
    needed = months_for(table.total, affordable)
    if needed > table.cap:
        yield NotOffered("instalments", "term_cap", {"months": needed, "cap_months": table.cap})
        return
    yield _sketch(table, "whole", table.total, affordable, Said("quickest", {"affordable_minor": affordable}))
    gentle = int(affordable * table.terms.instalments.gentle_share)
    if gentle >= rules.smallest_monthly_minor and needed < months_for(table.total, gentle) <= table.cap:
        yield _sketch(table, "whole", table.total, gentle, Said("gentle", {"affordable_minor": affordable}))
    yield from _wished(table)


def _wished(table: Table) -> Found:
    wished = table.case.situation.wished_monthly_minor
    if not wished or table.surplus is None:
        return
    is_enough = wished >= table.terms.affordability.smallest_monthly_minor
    if is_enough and wished <= table.surplus.ceiling_minor and months_for(table.total, wished) <= table.cap:
        yield sketch_at(table, "whole", min(wished, table.total), Said("wished", {"monthly_minor": wished}))


def _unassessed(table: Table, scope: Scope, total: int) -> Found:
    seen = set()
    for months in table.terms.instalments.without_assessment_months:
        level = _level(table, total, months)
        if months <= table.cap and level not in seen:
            seen.add(level)
            yield sketch_at(table, scope, level, Said("without_assessment", {"months": months}))
    wished = table.case.situation.wished_monthly_minor or 0
    longest = min(table.terms.instalments.without_assessment_months[-1], table.cap)
    is_fit = wished >= table.terms.affordability.smallest_monthly_minor and wished not in seen
    if scope == "whole" and is_fit and months_for(total, wished) <= longest:
        yield sketch_at(table, scope, min(wished, total), Said("wished", {"monthly_minor": wished}))


def _sketch(table: Table, scope: Scope, total: int, most: int, why: Said) -> Sketch:
    """Return equal instalments of at most so much, and of no fewer than the shortest number of months."""
    months = max(months_for(total, most), min(table.terms.instalments.shortest_months, table.cap))
    return sketch_at(table, scope, min(_level(table, total, months), max(most, 1)), why)


def sketch_at(table: Table, scope: Scope, level: int, why: Said) -> Sketch:
    """Return instalments of a level until all is paid."""
    return Sketch(
        kind="instalments",
        scope=scope,
        pace=Pace(table.first_date, level),
        longest=table.cap,
        why=(why,),
    )


def months_for(total: int, monthly: int) -> int:
    """Return how many months an amount takes."""
    return -(-total // monthly)


def _level(table: Table, total: int, months: int) -> int:
    """Return the monthly amount for so many months, up to whole steps, not below the smallest nor above the total."""
    rules = table.terms.affordability
    steps = -(-total // (months * rules.step_minor)) * rules.step_minor
    return min(max(steps, rules.smallest_monthly_minor), total)


def level_for(table: Table, months: int) -> int:
    """Return the monthly amount that pays all that is owed in so many months."""
    return _level(table, table.total, months)

"""What is given up: fees or interest for prompt payment of the rest, or a part of all of it to settle for good.

The shares stand in the terms and go by the component and the days past due: they don't grow by asking twice, and
nobody who complains louder gets more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from fairdue.engine.negotiation.instalments import Found
from fairdue.engine.negotiation.laying import Pace
from fairdue.engine.negotiation.offers import NotOffered, OfferKind, Said, Scope
from fairdue.engine.negotiation.table import Sketch, Table, arranged
from fairdue.engine.negotiation.terms import WaiverTerms
from fairdue.kernel.day_counts import add_months


def fee_waiver_sketches(table: Table) -> Found:
    """Yield fees and penalties given up for paying what is past due soon, or why not."""
    yield _prompt(table, "fee_waiver", table.terms.fee_waiver, ())


def interest_waiver_sketches(table: Table) -> Found:
    """Yield penalty interest and a part of the interest given up for paying what is past due soon, or why not."""
    fees = table.terms.fee_waiver.components if table.terms.fee_waiver else ()
    yield _prompt(table, "interest_waiver", table.terms.interest_waiver, tuple(fees))


def _prompt(
    table: Table, kind: OfferKind, rules: WaiverTerms | None, beside: tuple[str, ...]
) -> Sketch | NotOffered:
    """Return the waiver; one that would give up nothing but what `beside` names is the other kind's."""
    if rules is None:
        return NotOffered(kind, "not_in_terms")
    if table.days_past_due < max(rules.from_days_past_due, 1) or table.overdue == 0:
        return NotOffered(kind, "not_overdue", {"days": max(rules.from_days_past_due, 1)})
    if table.plans_before > rules.plans_before:
        return NotOffered(kind, "plans_before", {"count": table.plans_before})
    scope: Scope = "overdue" if table.has_own_scope else "whole"
    waived = _waived(table, rules.components, scope)
    if not any(amount for part in waived for name, amount in part.items() if name not in beside):
        return NotOffered(kind, "nothing_to_waive")
    needed = table.overdue - sum(sum(part.values()) for part in waived)
    stated = table.case.situation.can_pay_now_minor
    if needed <= 0 or stated < needed:
        return NotOffered(kind, "cannot_pay_now", {"needed_minor": needed, "stated_minor": stated})
    by_date = table.case.as_of + timedelta(days=rules.within_days)
    return Sketch(
        kind=kind,
        scope=scope,
        pace=Pace(by_date, needed),
        longest=1,
        waived=waived,
        if_missed="waiver",
        why=(Said("prompt_payment", {"by_date": by_date.isoformat()}),),
    )


def settlement_sketches(table: Table) -> Found:
    """Yield one sum, or a few, for all that is owed, or why not; the share goes by the band of days past due."""
    rules = table.terms.settlement
    if rules is None:
        yield NotOffered("settlement", "not_in_terms")
        return
    band = rules.band(table.days_past_due)
    if band is None:
        yield NotOffered("settlement", "not_overdue", {"days": rules.bands[0][0]})
        return
    waived = _waived(table, band, "whole")
    given_up = sum(sum(part.values()) for part in waived)
    needed = table.total - given_up
    stated = table.case.situation.can_pay_now_minor
    if given_up == 0:
        yield NotOffered("settlement", "nothing_to_waive")
    elif stated >= needed:
        yield settlement_sketch(table, waived, needed, 1)
    elif table.surplus and -(-needed // rules.instalments) <= table.surplus.affordable_minor:
        yield settlement_sketch(table, waived, needed, rules.instalments)
    else:
        yield NotOffered("settlement", "cannot_pay_now", {"needed_minor": needed, "stated_minor": stated})


def settlement_sketch(
    table: Table, waived: tuple[Mapping[str, int], ...], needed: int, instalments: int
) -> Sketch:
    """Return a settlement in so many monthly sums, the last of them within the terms' days and months."""
    days = table.terms.settlement.within_days if table.terms.settlement else 0
    first = table.case.as_of + timedelta(days=days)
    last = add_months(first, instalments - 1, day=first.day)
    return Sketch(
        kind="settlement",
        scope="whole",
        pace=Pace(first, -(-needed // instalments)),
        longest=instalments,
        waived=waived,
        if_missed="settlement",
        why=(Said("settlement", {"by_date": last.isoformat(), "days": table.days_past_due}),),
    )


def settlement_waived(table: Table) -> tuple[Mapping[str, int], ...] | None:
    """Return what a settlement gives up of each debt today, or nothing where none is offered."""
    band = table.terms.settlement.band(table.days_past_due) if table.terms.settlement else None
    return None if band is None else _waived(table, band, "whole")


def _waived(table: Table, components: Mapping[str, Fraction], scope: Scope) -> tuple[Mapping[str, int], ...]:
    """Return what of each debt is given up by component, rounded down to the minor unit."""
    return tuple(
        {
            name: amount
            for name, owed in arranged(debt, scope).items()
            if (share := components.get(name)) and (amount := owed * share.numerator // share.denominator) > 0
        }
        for debt in table.debts
    )

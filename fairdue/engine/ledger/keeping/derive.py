"""The one door of keeping: contract and events to items and charges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import Derived, KeptCharge, KeptItem, Why
from fairdue.engine.ledger.keeping.overdue import penalty_key
from fairdue.engine.ledger.keeping.prepaying import rescheduled
from fairdue.engine.ledger.keeping.settling import (
    EARNED_PREFIX,
    earned_part,
    instalment_ref,
    payoff,
    settled_rows,
)
from fairdue.engine.ledger.keeping.walk import Walk
from fairdue.engine.ledger.life.events import Claim, Event, Plan, Reversal
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL
from fairdue.engine.ledger.products.agreement import read_agreement
from fairdue.engine.ledger.products.scheduling import ScheduledRow, rows_of


def derive(
    contract: Contract, events: Sequence[Event], until: date, *, names: Mapping[str, str] | None = None
) -> Derived:
    """Return the due items and charges of a contract as they come to by `until`.

    1. `events` are those of the account, in the order of entry, without what keeping itself made; reversals
       and what they name are left out, the rest is sorted by the day it counts for. So events that come late
       or in another order give the same result.
    2. `names` translates the ids under which kept charges are stored into their keys, for events that name
       a charge.
    3. A plan in place of all that is owed ends the schedule's interest on its day: from then on the debt costs what the
       plan says. Taken back, the schedule's interest runs as if the plan had never been.
    4. A product of kind `card` is derived by `keeping.card.derive_card`, every other by a walk over its
       instalments; a receipt that settles everything early makes the walk begin anew without the interest
       that was not earned, one that repays principal ahead of time with the schedule made anew from its day on.
    """
    standing = standing_events(events, names or {})
    if contract.terms.kind == "card":
        from fairdue.engine.ledger.keeping.card import derive_card

        return derive_card(contract, standing, until)
    agreed = read_agreement(
        contract.terms, contract.details, principal=contract.principal, disbursed_date=contract.disbursed_date
    )
    rows = rows_of(
        contract.terms,
        agreed,
        principal=contract.principal,
        disbursed_date=contract.disbursed_date,
        rates=contract.rates,
        known_date=until,
    )
    if (day := _planned_day(standing, until)) is not None:
        rows, _ = settled_rows(rows, day, contract.terms)
    walk = Walk(contract, agreed, rows, (), standing, until)
    walk.go()
    while walk.found is not None:
        rows = rescheduled(contract, agreed, rows, walk.found, until)
        walk = Walk(contract, agreed, rows, (), standing, until, prepaid=(*walk.prepaid, walk.found))
        walk.go()
    if walk.settled_date is None:
        return _derived(walk, rows)
    kept, earned = settled_rows(rows, walk.settled_date, contract.terms)
    again = Walk(contract, agreed, kept, earned, standing, until, prepaid=walk.prepaid)
    again.settled_date = walk.settled_date
    again.go()
    return _derived(again, rows)


def _planned_day(standing: Sequence[Event], until: date) -> date | None:
    """Return the day of the first plan that replaces all that is owed, if there is one by a day."""
    days = [
        event.counts_on
        for event in standing
        if isinstance(event, Plan) and event.until is None and event.counts_on <= until
    ]
    return min(days, default=None)


def standing_events(events: Iterable[Event], names: Mapping[str, str]) -> list[Event]:
    """Return the events that stand, sorted by the day they count for, naming charges by their keys."""
    given = list(events)
    reversed_ids = {event.of for event in given if isinstance(event, Reversal)}
    standing = [
        replace(event, of=names[event.of])
        if isinstance(event, Claim) and event.of and event.of in names
        else event
        for event in given
        if not isinstance(event, Reversal) and event.id not in reversed_ids
    ]
    return sorted(standing, key=lambda event: (event.counts_on, event.day_rank))


def _derived(walk: Walk, planned: Sequence[ScheduledRow]) -> Derived:
    terms, until = walk.contract.terms, walk.until
    outstanding = 0 if walk.is_stopped else payoff(walk.position, walk.rows, until, terms)
    found = tuple(_accrued(walk))
    accrued = tuple(charge for charge in found if charge.amount)
    open_penalty = sum(charge.amount for charge in accrued if charge.component != INTEREST)
    return Derived(
        items=tuple(_items(walk, planned)),
        charges=tuple(walk.charges),
        accrued=accrued,
        cut=(*walk.cut, *(charge for charge in found if not charge.amount)),
        payoff=max(outstanding + open_penalty, 0),
        facts={"settled_date": walk.settled_date, "cut_by_cap": walk.meter.totals},
    )


def _items(walk: Walk, planned: Sequence[ScheduledRow]) -> Iterator[KeptItem]:
    plan = {row.number: row for row in planned}
    for row in walk.rows:
        ref = instalment_ref(row)
        if row.principal:
            yield KeptItem(ref=ref, due_date=row.due_date, component=PRINCIPAL, amount=row.principal)
        if row.interest:
            why = interest_why(row, walk)
            yield KeptItem(ref=ref, due_date=row.due_date, component=INTEREST, amount=row.interest, why=why)
    for day, ref in dict.fromkeys((one.day, one.ref) for one in walk.prepaid):
        same = [one for one in walk.prepaid if one.day == day]
        amount = sum(one.amount for one in same)
        why = _prepaid_why(sum(one.saved for one in same), day, walk)
        yield KeptItem(ref=ref, due_date=day, component=PRINCIPAL, amount=amount, why=why)
    for row in walk.extra:
        why = _earned_why(plan[row.number], row.due_date, walk)
        ref = f"{EARNED_PREFIX}:{row.number}"
        yield KeptItem(ref=ref, due_date=row.due_date, component=INTEREST, amount=row.interest, why=why)


def interest_why(row: ScheduledRow, walk: Walk) -> Why:
    """Return the arithmetic of an instalment's interest."""
    rule = walk.contract.terms.interest
    is_flat = walk.contract.terms.kind == "flat"
    if row.saved:
        return replace(_stretched(row, walk), rule="interest", citation=rule.citation)
    return Why(
        rule="flat_interest" if is_flat else "interest",
        citation=rule.citation,
        base_minor=walk.rows[0].principal_before if is_flat else row.principal_before,
        from_date=row.from_date,
        to_date=row.agreed_date,
        days=(row.agreed_date - row.from_date).days,
        day_count=rule.day_count,
        rate=str(row.rate),
        rounding=walk.contract.terms.rounding.mode,
    )


def _stretched(row: ScheduledRow, walk: Walk) -> Why:
    """Return the arithmetic of interest on a principal that was lowered within the period."""
    cuts = [row.from_date, *(saved.from_date for saved in row.saved), row.agreed_date]
    bases = [row.principal_before]
    for saved in row.saved:
        bases.append(bases[-1] - saved.principal)
    common = {"rate": str(row.rate), "day_count": walk.contract.terms.interest.day_count}
    stretches = [
        common
        | {
            "base_minor": base,
            "from_date": first.isoformat(),
            "to_date": end.isoformat(),
            "days": (end - first).days,
        }
        for base, first, end in zip(bases, cuts, cuts[1:], strict=False)
        if first < end
    ]
    return Why(
        rule="interest",
        citation={},
        base_minor=row.principal_before,
        from_date=row.from_date,
        to_date=row.agreed_date,
        days=(row.agreed_date - row.from_date).days,
        day_count=str(common["day_count"]),
        rate=str(row.rate),
        rounding=walk.contract.terms.rounding.mode,
        segments=tuple(stretches),
    )


def _prepaid_why(saved: int, day: date, walk: Walk) -> Why:
    """Return the ground on which money ahead of time repays principal, with what it saves of the running period."""
    rule = walk.contract.terms.prepayment or walk.contract.terms.interest
    return Why(rule="prepayment", citation=rule.citation, base_minor=0, from_date=day, cut_minor=saved)


def _earned_why(row: ScheduledRow, day: date, walk: Walk) -> Why:
    """Return the arithmetic of interest earned by a day: the period's interest by the days gone of it."""
    rule = walk.contract.terms.prepayment or walk.contract.terms.interest
    end = min(day, row.agreed_date)
    gone, period = (end - row.from_date).days, (row.agreed_date - row.from_date).days
    return Why(
        rule="earned_interest",
        citation=rule.citation,
        base_minor=row.interest,
        from_date=row.from_date,
        to_date=end,
        days=gone,
        day_count=f"period/{period}",
        unrounded=str(row.interest * Fraction(gone, period)),
        rounding=walk.contract.terms.rounding.mode,
    )


def _accrued(walk: Walk) -> Iterator[KeptCharge]:
    """Yield what is earned by `until` and not yet posted, and, with nothing left, what a cap cut of it."""
    if walk.is_stopped:
        return
    for row in walk.rows:
        part = earned_part(row, walk.until, walk.contract.terms) if row.due_date > walk.until else 0
        if part:
            why = _earned_why(row, walk.until, walk)
            yield _open(f"a:{instalment_ref(row)}", INTEREST, part, walk.until, why)
    rule = walk.contract.terms.penalty
    for late, reckoned in walk.open_penalties(walk.until):
        earned = walk.earned_by(walk.until)
        amount, cap = walk.meter.allow(reckoned.amount, earned)
        why = reckoned.why
        if cap is not None:
            why = replace(why, cap=cap.code, cut_minor=reckoned.amount - amount)
        if (amount or cap is not None) and rule is not None:
            yield _open(penalty_key(late, walk.until), rule.component, amount, walk.until, why)


def _open(key: str, component: str, amount: int, day: date, why: Why) -> KeptCharge:
    return KeptCharge(key=key, component=component, amount=amount, effective_date=day, why=why)

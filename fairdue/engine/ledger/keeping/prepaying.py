"""Partial prepayment: money beyond the next instalment repays principal, and interest is counted on what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.settling import instalment_ref
from fairdue.engine.ledger.life.events import Deferral, Event, Plan, Reage, Reamortise
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.products.agreement import Agreement
from fairdue.engine.ledger.products.scheduling import Saved, ScheduledRow, rows_after
from fairdue.kernel.day_counts import round_to, year_fraction

ONE = Fraction(1)
PREPAID_PREFIX = "x"
RESCHEDULING = (Deferral, Plan, Reage, Reamortise)


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Principal that a receipt repays before it is due, and what interest it saves of the running period."""

    day: date
    amount: int
    saved: int

    @property
    def ref(self) -> str:
        """The name of the due item that it pays, on its own day."""
        return f"{PREPAID_PREFIX}:{self.day.isoformat()}"


def lets_prepay(contract: Contract, events: Sequence[Event]) -> bool:
    """Tell whether money ahead of time repays principal at all.

    Not where the product says otherwise, nor once an event has put other due dates in place of the schedule's.
    """
    rule = contract.terms.prepayment
    if rule is None or rule.partial == "in_advance" or contract.terms.kind == "flat":
        return False
    return not any(isinstance(event, RESCHEDULING) for event in events)


def prepaid(
    contract: Contract, rows: Sequence[ScheduledRow], position: Position, amount: int, day: date
) -> Prepayment | None:
    """Return what of a receipt repays principal: what exceeds all that is due, and the next instalment.

    1. Interest on it is saved from its day on, the rest of the running period included; what is saved of the next
       instalment repays principal too.
    2. No more than the principal of the instalments after the next; nothing if it is less than the product asks.
    """
    following = next_row(rows, day)
    if following is None:
        return None
    until = {instalment_ref(row) for row in rows if row.number <= following.number}
    first = sum(row.payable for row in position.rows if row.due_date <= day or row.ref in until)
    beyond, most = amount + position.held - first, _left_after(following)
    rule = contract.terms.prepayment
    if beyond <= 0 or most <= 0 or rule is None or beyond < rule.least:
        return None
    ref = instalment_ref(following)
    unpaid = sum(row.interest.payable for row in position.rows if row.ref == ref)
    found, saved = min(beyond, most), -1
    while saved != (better := saved_interest(contract, following, found, day, unpaid)):
        saved, found = better, min(beyond + better, most)
    return Prepayment(day, found, saved)


def next_row(rows: Sequence[ScheduledRow], day: date) -> ScheduledRow | None:
    """Return the instalment in whose period a day lies."""
    return next((row for row in rows if row.agreed_date > day), None)


def _left_after(row: ScheduledRow) -> int:
    return row.principal_before - row.principal - sum(saved.principal for saved in row.saved)


def saved_interest(contract: Contract, row: ScheduledRow, principal: int, day: date, most: int) -> int:
    """Return the interest that principal repaid on a day saves until the end of a row's period."""
    start = max(day, row.from_date)
    if start >= row.agreed_date:
        return 0
    part = year_fraction(start, row.agreed_date, contract.terms.interest.day_count)
    exact = principal * row.rate * part
    return min(int(round_to(exact, ONE, contract.terms.rounding.mode)), most)


def rescheduled(
    contract: Contract,
    agreed: Agreement,
    rows: Sequence[ScheduledRow],
    made: Prepayment,
    known_date: date,
) -> tuple[ScheduledRow, ...]:
    """Return the schedule after a prepayment: the next row without the interest saved, later rows made anew."""
    following = next_row(rows, made.day)
    if following is None:
        return tuple(rows)
    saved = Saved(from_date=max(made.day, following.from_date), principal=made.amount, interest=made.saved)
    before = [row for row in rows if row.number < following.number]
    changed = replace(following, interest=following.interest - made.saved, saved=(*following.saved, saved))
    later = rows_after(
        contract.terms,
        agreed,
        rows,
        number=following.number,
        principal=_left_after(changed),
        formed_date=contract.disbursed_date,
        rates=contract.rates,
        known_date=known_date,
    )
    return (*before, changed, *later)

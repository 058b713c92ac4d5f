"""A contract before it is one: its schedule, its cost, and what a late instalment would bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fairdue.engine.law.numbers import Numbers
from fairdue.engine.ledger.ageing import bucket, days_past_due
from fairdue.engine.ledger.allocation.rules import AllocationRule
from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.keeping.derived import KeptCharge
from fairdue.engine.ledger.life.events import Event, Receipt
from fairdue.engine.ledger.products.agreement import AgreedCap, Agreement, read_agreement
from fairdue.engine.ledger.products.cost import Cost, agreed_caps, cost_of, require_within_caps
from fairdue.engine.ledger.products.rates import RateTable
from fairdue.engine.ledger.products.scheduling import ScheduledRow, rows_of
from fairdue.engine.ledger.products.terms import ProductTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A contract that may be opened, with its schedule, its cost and the caps fixed for it."""

    contract: Contract
    agreed: Agreement
    rows: tuple[ScheduledRow, ...]
    cost: Cost
    caps: tuple[AgreedCap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOutcome:
    """What an instalment that is paid some days late brings; all others are paid in time."""

    row: ScheduledRow
    days: int
    paid_date: date
    days_past_due: int
    bucket: str
    charges: tuple[KeptCharge, ...]
    cut: tuple[KeptCharge, ...]

    @property
    def total(self) -> int:
        """The sum of the charges, in minor units."""
        return sum(charge.amount for charge in self.charges)


def quote(
    terms: ProductTerms,
    details: Mapping[str, Any],
    *,
    principal: int,
    disbursed_date: date,
    rates: Mapping[str, RateTable],
    numbers: Numbers,
    allocation: AllocationRule | None = None,
) -> Quote:
    """Return a contract as it would be opened.

    1. What was agreed keeps to the product; the instalments repay the principal.
    2. The caps are fixed at formation; the contract costs no more a year than each allows.

    :raises fairdue.engine.ledger.products.agreement.AgreementInvalid: naming the field
    :raises fairdue.engine.ledger.products.scheduling.NotAmortising: if it is never repaid
    :raises fairdue.engine.ledger.products.cost.AboveCap: naming the cap
    """
    given = {name: value for name, value in details.items() if name != "caps"}
    agreed = read_agreement(terms, given, principal=principal, disbursed_date=disbursed_date)
    caps = agreed_caps(terms, formed_date=disbursed_date, rates=rates, numbers=numbers)
    rows = rows_of(
        terms,
        agreed,
        principal=principal,
        disbursed_date=disbursed_date,
        rates=rates,
        known_date=disbursed_date,
    )
    cost = cost_of(rows, agreed, disbursed_date)
    require_within_caps(cost, caps)
    contract = Contract(
        terms=terms,
        principal=principal,
        currency=terms.currency,
        disbursed_date=disbursed_date,
        details=_plain(given) | {"caps": [_cap(cap) for cap in caps]},
        rates=rates,
        **({} if allocation is None else {"allocation": allocation}),
    )
    return Quote(contract=contract, agreed=replace(agreed, caps=caps), rows=rows, cost=cost, caps=caps)


def late_outcome(quoted: Quote, *, number: int = 1, days: int = 40) -> LateOutcome:
    """Return what happens when one instalment is paid so many days late, with all that it then costs."""
    terms = quoted.contract.terms
    row = next(each for each in quoted.rows if each.number == number)
    paid_date = row.due_date + timedelta(days=days)
    in_time = [
        Receipt(id=f"r{each.number}", entered_date=each.due_date, amount=each.principal + each.interest)
        for each in quoted.rows
        if each.due_date < row.due_date and each.number != number
    ]
    events: list[Event] = [event for event in in_time if event.amount]
    derived = derive(quoted.contract, events, paid_date)
    ref = f"i:{number}"
    mine = [charge for charge in (*derived.charges, *derived.accrued) if f":{ref}:" in charge.key]
    late = days_past_due(row.due_date, paid_date, terms.delinquency.dpd_origin)
    return LateOutcome(
        row=row,
        days=days,
        paid_date=paid_date,
        days_past_due=late,
        bucket=bucket(late, terms.delinquency.bucket_edges),
        charges=tuple(mine),
        cut=tuple(charge for charge in derived.cut if f":{ref}:" in charge.key),
    )


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()}


def _cap(cap: AgreedCap) -> dict[str, Any]:
    return {"code": cap.code, "rate": str(cap.rate), "citation": dict(cap.citation)}

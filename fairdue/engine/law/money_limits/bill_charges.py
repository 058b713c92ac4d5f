"""Charges on Chinese card bills: abolished fees, and liquidated damages after days of grace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fairdue.engine.law.numbers import Numbers, Rule

ChargeKind = Literal["overdue_charge", "over_limit", "liquidated_damages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A card bill: its day, balance and due date."""

    on_date: date
    balance_minor: int
    due_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPayment:
    """A payment; `returned_date` is the day on which it was returned."""

    on_date: date
    amount_minor: int
    returned_date: date | None = None


def is_paid_in_time(bill: Bill, payments: Sequence[BillPayment], *, on: date, rule: Rule) -> bool:
    """Tell whether a bill counts as paid in full and on time (CN-GRACE-01).

    1. Paid by the third day after the due date.
    2. A shortfall of at most 10 yuan counts as paid in full.
    3. Until the days of grace have passed nobody is late.
    """
    last = bill.due_date + timedelta(days=rule.integer("days"))
    paid = sum(
        payment.amount_minor
        for payment in payments
        if bill.on_date <= payment.on_date <= last
        and (payment.returned_date is None or payment.returned_date > on)
    )
    return on <= last or paid >= bill.balance_minor - rule.minor("shortfall")


def charge_faults(
    kind: ChargeKind,
    *,
    on: date,
    bill: Bill | None = None,
    payments: Sequence[BillPayment] = (),
    numbers: Numbers,
) -> tuple[Rule, ...]:
    """This function will return the rule that a charge on a Chinese card breaks.

    1. 滞纳金 is abolished, 违约金 may be agreed (CN-FEE-01); 超限费 is abolished (CN-FEE-02).
    2. No liquidated damages on a bill that was paid within grace and tolerance (CN-GRACE-01).
    """
    abolished = {"overdue_charge": "CN-FEE-01", "over_limit": "CN-FEE-02"}.get(kind)
    if abolished:
        return (numbers.rule(abolished, on),) if numbers.has(abolished, on) else ()
    if bill is None or not numbers.has("CN-GRACE-01", on):
        return ()
    rule = numbers.rule("CN-GRACE-01", on)
    return (rule,) if is_paid_in_time(bill, payments, on=on, rule=rule) else ()

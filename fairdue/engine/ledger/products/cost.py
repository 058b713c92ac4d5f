"""What a contract costs: its schedule in sum, and its annual rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairdue.engine.finance.apr import (
    NoRate,
    TimedFlow,
    unit_period_rate,
    unit_periods_between,
    unit_periods_per_year,
)
from fairdue.engine.law.money_limits.interest import Contract as LegalContract
from fairdue.engine.law.money_limits.interest import private_lending_cap
from fairdue.engine.law.numbers import Numbers
from fairdue.engine.ledger.products.agreement import AgreedCap, Agreement, AgreementInvalid, percent
from fairdue.engine.ledger.products.rates import Rate, RateTable, RateUnknown
from fairdue.engine.ledger.products.scheduling import ScheduledRow
from fairdue.engine.ledger.products.terms import CapTerms, ProductTerms


class AboveCap(ValueError):
    """What was agreed costs more a year than a cap allows."""

    def __init__(self, cap: AgreedCap, cost: Fraction) -> None:
        super().__init__(f"the contract costs {percent(cost)} a year, {cap.code} allows {percent(cap.rate)}")
        self.cap, self.cost = cap, cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Sums in minor units; rates as fractions a year.

    `annual_rate` is the internal rate of a period times the periods of a year (年化利率, IRR), `effective_rate`
    the same compounded; None where no rate makes the payments worth the loan.
    """

    financed: int
    interest: int
    total: int
    annual_rate: Fraction | None
    effective_rate: Fraction | None


def cost_of(rows: Sequence[ScheduledRow], agreed: Agreement, disbursed_date: date) -> Cost:
    """Return what a schedule costs; periods run between the agreed dates, whatever holidays move."""
    own = [row for row in rows if row.number]
    financed = sum(row.principal for row in own)
    interest = sum(row.interest for row in own)
    payments = [
        TimedFlow(
            *unit_periods_between(disbursed_date, row.agreed_date, agreed.unit, agreed.every),
            Fraction(row.principal + row.interest),
        )
        for row in own
    ]
    periods = unit_periods_per_year(agreed.unit, agreed.every)
    try:
        rate = (
            unit_period_rate([TimedFlow(0, Fraction(0), Fraction(financed))], payments)
            if interest
            else Fraction(0)
        )
    except NoRate:
        return Cost(
            financed=financed,
            interest=interest,
            total=financed + interest,
            annual_rate=None,
            effective_rate=None,
        )
    return Cost(
        financed=financed,
        interest=interest,
        total=sum(row.principal for row in rows) + interest,
        annual_rate=rate * periods,
        effective_rate=Fraction((1 + float(rate)) ** float(periods) - 1),
    )


def agreed_caps(
    terms: ProductTerms, *, formed_date: date, rates: Mapping[str, RateTable], numbers: Numbers
) -> tuple[AgreedCap, ...]:
    """Return the caps of a contract as they are fixed on the day of its formation.

    1. A cap's own rate, or a multiple of a table's figure of that day.
    2. A cap by law: the rule's multiple of the figure (CN-CAP-01, by `engine.law.money_limits`).

    :raises AgreementInvalid: if a table has no figure for that day
    """
    return tuple(
        AgreedCap(
            code=cap.code, rate=_cap_rate(cap, terms, formed_date, rates, numbers), citation=cap.citation
        )
        for cap in terms.caps
    )


def _cap_rate(
    cap: CapTerms, terms: ProductTerms, day: date, rates: Mapping[str, RateTable], numbers: Numbers
) -> Fraction:
    if cap.rate is not None:
        return cap.rate
    found = _figure(cap, day, rates)
    if not cap.rule:
        return found.rate * cap.multiple
    contract = LegalContract(
        product=terms.book_kind, institution_kind="other", formed_date=day, lpr_1y=found.rate
    )
    allowed, rule = private_lending_cap(contract, on=day, numbers=numbers)
    if allowed is None or rule.id != cap.rule:
        raise AgreementInvalid("caps", f"{cap.rule} does not bind a contract of {terms.book_kind}")
    return allowed


def _figure(cap: CapTerms, day: date, rates: Mapping[str, RateTable]) -> Rate:
    try:
        return rates[cap.table].on(day)
    except KeyError as error:
        raise AgreementInvalid("caps", f"there is no rate table {cap.table}") from error
    except RateUnknown as error:
        raise AgreementInvalid("caps", str(error)) from error


def require_within_caps(cost: Cost, caps: Sequence[AgreedCap]) -> None:
    """Pass if the contract costs no more a year than each cap allows.

    :raises AboveCap: naming the first cap that it breaks
    """
    for cap in caps:
        if cost.annual_rate is not None and cost.annual_rate > cap.rate:
            raise AboveCap(cap, cost.annual_rate)

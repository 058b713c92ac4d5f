"""From product terms and an agreement to the rows of a schedule, with the rate that each row bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Literal

from fairdue.engine.finance.schedule import NeverRepaid, Row, Terms, due_dates, schedule
from fairdue.engine.ledger.products.agreement import Agreement, AgreementInvalid
from fairdue.engine.ledger.products.moving import moved
from fairdue.engine.ledger.products.rates import Rate, RateTable, RateUnknown
from fairdue.engine.ledger.products.terms import InterestTerms, Kind, ProductTerms
from fairdue.kernel.money import MAX_MINOR

ONE = Fraction(1)


class NotAmortising(ValueError):
    """The agreed instalments never repay the principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Principal repaid within a period from a day on, and the interest that it saves until the period's end."""

    from_date: date
    principal: int
    interest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRow:
    """One instalment in minor units.

    Interest runs from `from_date` up to but not including `agreed_date`; `due_date` is that day as holidays
    move it. Number 0 is a down payment. `interest` is less than the whole period's by what was `saved`.
    """

    number: int
    from_date: date
    agreed_date: date
    due_date: date
    principal: int
    interest: int
    principal_before: int
    rate: Fraction
    saved: tuple[Saved, ...] = ()


def rows_of(
    terms: ProductTerms,
    agreed: Agreement,
    *,
    principal: int,
    disbursed_date: date,
    rates: Mapping[str, RateTable],
    known_date: date,
) -> tuple[ScheduledRow, ...]:
    """Return the schedule as it is known on a day.

    1. A fixed rate: one schedule by `engine.finance.schedule`; the last row takes the remainder.
    2. A rate by table: figure plus margin. When repriced, the rows after it are made anew on the principal that
       the schedule leaves. A figure published after `known_date` is not used yet.
    3. Interest is counted between the agreed dates; only due dates move with holidays.

    :raises NotAmortising: if a given instalment does not cover the interest, or never repays the principal
    :raises AgreementInvalid: if the table has no figure for the day of the contract, or an amount passes 2^53
    """
    financed = principal - agreed.down_payment_minor
    base = _finance_terms(terms, agreed, financed, disbursed_date)
    made = _rows(base, terms, agreed, rates, known_date, disbursed_date)
    _require_sound(made)
    first = _down_payment(agreed, disbursed_date, principal)
    return (*first, *(replace(row, due_date=moved(row.agreed_date, terms.holidays)) for row in made))


def rows_after(
    terms: ProductTerms,
    agreed: Agreement,
    rows: Sequence[ScheduledRow],
    *,
    number: int,
    principal: int,
    formed_date: date,
    rates: Mapping[str, RateTable],
    known_date: date,
) -> tuple[ScheduledRow, ...]:
    """Return the rows after one of a schedule, made anew on the principal that is then left.

    1. Due dates and rates stay as they are.
    2. `shorten_term`: the instalment, or of equal principal its principal, stays; the last takes the remainder.
       Interest only has no term to shorten.
    3. `lower_instalment`: the number of rows stays.
    """
    later = [row for row in rows if row.number > number]
    if not later or not principal:
        return ()
    first = later[0]
    base = replace(
        _finance_terms(terms, agreed, principal, first.from_date),
        rate=first.rate,
        first_due_date=first.agreed_date,
        due_day=agreed.due_day or (agreed.first_due_date.day if agreed.unit == "months" else None),
        instalments=len(later),
        instalment_amount=None,
        principal_grace=len(later) - 1 if terms.kind == "interest_only" else 0,
    )
    is_shortened = terms.prepayment is not None and terms.prepayment.partial == "shorten_term"
    if is_shortened and terms.kind == "equal_principal":
        part = first.principal
        base = replace(base, principal_part=Fraction(part), instalments=-(-principal // part))
    elif is_shortened and terms.kind != "interest_only":
        amount = first.principal + first.interest
        base = replace(base, instalment_amount=Fraction(amount), instalments=None)
    made = _rows(base, terms, agreed, rates, known_date, formed_date, number)
    return tuple(replace(row, due_date=moved(row.agreed_date, terms.holidays)) for row in made)


def annual_rate(
    interest: InterestTerms,
    agreed: Agreement,
    rates: Mapping[str, RateTable],
    *,
    formed_date: date,
    start_date: date,
    known_date: date,
) -> Fraction:
    """Return the rate a year of a period that begins on `start_date`.

    1. Without a table, what was agreed.
    2. The table's figure plus the margin: of the day of formation; when repriced yearly, of the latest
       1 January since; when repriced with each period, of its first day.

    :raises AgreementInvalid: if the table has no figure for that day
    """
    if not interest.base:
        return agreed.rate
    return figure(
        interest, rates, formed_date=formed_date, start_date=start_date, known_date=known_date
    ).rate + (agreed.rate)


def figure(
    interest: InterestTerms,
    rates: Mapping[str, RateTable],
    *,
    formed_date: date,
    start_date: date,
    known_date: date,
) -> Rate:
    """Return the table's figure that a period beginning on `start_date` bears.

    :raises AgreementInvalid: if the table is not there or has no figure for that day
    """
    day = formed_date
    if interest.repricing == "yearly":
        day = max(formed_date, date(start_date.year, 1, 1))
    elif interest.repricing == "each_period":
        day = start_date
    try:
        return rates[interest.base].on(min(day, max(known_date, formed_date)))
    except KeyError as error:
        raise AgreementInvalid("rate", f"there is no rate table {interest.base}") from error
    except RateUnknown as error:
        raise AgreementInvalid("rate", str(error)) from error


def _finance_terms(terms: ProductTerms, agreed: Agreement, financed: int, disbursed_date: date) -> Terms:
    kind: Kind = terms.kind
    way: Literal["flat", "declining"] = "flat" if kind == "flat" else "declining"
    return Terms(
        principal=Fraction(financed),
        rate=agreed.rate,
        interest=way,
        disbursed_date=disbursed_date,
        first_due_date=agreed.first_due_date,
        instalments=agreed.instalments,
        instalment_amount=Fraction(agreed.instalment_minor) if agreed.instalment_minor else None,
        is_equal_principal=kind == "equal_principal",
        day_count=terms.interest.day_count,
        compounding=terms.interest.compounding,
        every=agreed.every,
        unit=agreed.unit,
        due_day=agreed.due_day,
        principal_grace=(agreed.instalments or 1) - 1 if kind == "interest_only" else 0,
        rounding=terms.rounding.mode,
        minor_unit=ONE,
        multiple=Fraction(terms.rounding.multiple),
    )


def _rows(
    base: Terms,
    terms: ProductTerms,
    agreed: Agreement,
    rates: Mapping[str, RateTable],
    known_date: date,
    formed: date,
    before: int = 0,
) -> list[ScheduledRow]:
    """Make the schedule with the first rate, and again from each row on whose rate is another one."""

    def rate_from(day: date) -> Fraction:
        return annual_rate(
            terms.interest, agreed, rates, formed_date=formed, start_date=day, known_date=known_date
        )

    made: list[ScheduledRow] = []
    rest = replace(base, rate=rate_from(base.disbursed_date))
    while True:
        new = _numbered(_scheduled(rest), rest, before + len(made))
        change = next(
            (at for at, row in enumerate(new) if at and rate_from(row.from_date) != rest.rate), None
        )
        made += new[:change]
        if change is None:
            return made
        rest = _rest(rest, new[change], change, rate_from(new[change].from_date))


def _rest(before: Terms, row: ScheduledRow, done: int, rate: Fraction) -> Terms:
    """Return the terms of the rows from one on, by another rate."""
    return replace(
        before,
        principal=Fraction(row.principal_before),
        rate=rate,
        disbursed_date=row.from_date,
        first_due_date=row.agreed_date,
        due_day=before.due_day or (before.first_due_date.day if before.unit == "months" else None),
        instalments=before.instalments - done if before.instalments else None,
        principal_grace=max(before.principal_grace - done, 0),
    )


def _scheduled(terms: Terms) -> list[Row]:
    try:
        return schedule(terms)
    except NeverRepaid as error:
        raise NotAmortising("the instalment does not repay the principal") from error


def _numbered(rows: Sequence[Row], terms: Terms, before: int) -> list[ScheduledRow]:
    found, left, start = [], terms.principal, terms.disbursed_date
    days = islice(due_dates(terms), len(rows))
    for number, (row, day) in enumerate(zip(rows, days, strict=True), start=before + 1):
        found.append(
            ScheduledRow(
                number=number,
                from_date=start,
                agreed_date=day,
                due_date=day,
                principal=int(row.principal),
                interest=int(row.interest),
                principal_before=int(left),
                rate=terms.rate,
            )
        )
        left, start = left - row.principal, day
    return found


def _require_sound(rows: Sequence[ScheduledRow]) -> None:
    if any(row.principal < 0 for row in rows):
        raise NotAmortising("an instalment does not cover its interest")
    if any(row.interest > MAX_MINOR for row in rows):
        raise AgreementInvalid("rate", "an instalment passes 2^53 minor units")


def _down_payment(agreed: Agreement, disbursed_date: date, principal: int) -> tuple[ScheduledRow, ...]:
    if not agreed.down_payment_minor:
        return ()
    return (
        ScheduledRow(
            number=0,
            from_date=disbursed_date,
            agreed_date=disbursed_date,
            due_date=disbursed_date,
            principal=agreed.down_payment_minor,
            interest=0,
            principal_before=principal,
            rate=Fraction(0),
        ),
    )

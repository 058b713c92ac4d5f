"""Reading the loans of ledger cases: terms, order of payment, day counting, calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.running import Unsupported
from fairdue.engine.finance.schedule import NeverRepaid, Terms
from fairdue.engine.ledger.life.terms import (
    AllocationRule,
    Calendar,
    DayRange,
    DebtTerms,
    DelinquencyRule,
    Instalment,
    RuleInvalid,
    Slot,
    TermsInvalid,
    instalments_of,
)

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Unit:
    """The currency's minor unit: amounts as text to integers and back."""

    digits: int

    def minor(self, amount: str | int) -> int:
        """Return an amount in minor units.

        :raises Unsupported: if it has a part of a minor unit
        """
        scaled = Fraction(amount) * self._parts
        if scaled.denominator != 1:
            raise Unsupported(f"an amount of {amount}, finer than the currency")
        return scaled.numerator

    def major(self, minor: int) -> Fraction:
        """Return minor units as currency units."""
        return minor / self._parts

    @property
    def _parts(self) -> Fraction:
        return Fraction(10) ** self.digits


def read_terms(loan: dict[str, Any], unit: Unit) -> DebtTerms:
    """Return the terms of a loan of a case.

    :raises Unsupported: if the format's rules do not say what such terms mean
    """
    try:
        return DebtTerms(
            disbursed_date=date.fromisoformat(loan["disbursed_on"]),
            instalments=_instalments(loan, unit),
            rounding=loan.get("rounding", "half_even"),
            share_multiple=unit.minor(loan["instalment_multiple"]) if "instalment_multiple" in loan else 1,
            allocation=_allocation(loan.get("allocation")),
            delinquency=_delinquency(loan.get("delinquency", {}), loan.get("calendar")),
        )
    except (TermsInvalid, RuleInvalid, NeverRepaid) as error:
        raise Unsupported(f"these terms: {error}") from error


def _instalments(loan: dict[str, Any], unit: Unit) -> tuple[Instalment, ...]:
    if "schedule" not in loan:
        return instalments_of(_schedule_terms(loan, unit))
    return tuple(
        Instalment(
            date.fromisoformat(row["due"]),
            unit.minor(row.get("principal", 0)),
            unit.minor(row.get("interest", 0)),
        )
        for row in loan["schedule"]
    )


def _schedule_terms(loan: dict[str, Any], unit: Unit) -> Terms:
    terms = loan["terms"]
    _require_ruled(terms)
    amount = terms.get("instalment_amount")
    return Terms(
        principal=Fraction(unit.minor(terms["principal"])),
        rate=Fraction(terms.get("rate", 0)) / 100,
        interest=terms["interest"],
        disbursed_date=date.fromisoformat(loan["disbursed_on"]),
        first_due_date=date.fromisoformat(terms["first_due"]),
        instalments=terms.get("instalments"),
        instalment_amount=None if amount is None else Fraction(unit.minor(amount)),
        is_equal_principal=terms.get("amortisation") == "equal_principal",
        day_count=terms.get("day_count", "30/360"),
        every=terms.get("every", 1),
        unit=terms.get("unit", "months"),
        due_day=terms.get("due_day"),
        principal_grace=terms.get("principal_grace", 0),
        rounding=loan.get("rounding", "half_even"),
        minor_unit=Fraction(1),
        multiple=Fraction(unit.minor(loan["instalment_multiple"]) if "instalment_multiple" in loan else 1),
    )


def _require_ruled(terms: Mapping[str, Any]) -> None:
    """Refuse combinations of terms for which README 3.2 has no rule."""
    is_equal_principal = terms["interest"] == "declining" and terms.get("amortisation") == "equal_principal"
    if is_equal_principal and ("instalment_amount" in terms or "instalments" not in terms):
        raise Unsupported("a given instalment amount with equal principal")
    if terms["interest"] == "flat" and terms.get("principal_grace"):
        raise Unsupported("rows without principal with flat interest")
    if terms.get("principal_grace", 0) >= terms.get("instalments", float("inf")):
        raise Unsupported("no row with principal")


def _allocation(given: dict[str, Any] | None) -> AllocationRule:
    if given is None:
        return AllocationRule()
    return AllocationRule(
        order=tuple(_slot(entry) for entry in given["order"]),
        style=given.get("style", "horizontal"),
        in_advance=given.get("in_advance", "next"),
        chargeback_order=tuple(given.get("chargeback_order", ())),
    )


def _slot(entry: str) -> Slot:
    due_class, _, component = entry.partition(".")
    return Slot(due_class, component)  # type: ignore[arg-type]


def _delinquency(given: dict[str, Any], calendar: dict[str, Any] | None) -> DelinquencyRule:
    return DelinquencyRule(
        origin=given.get("origin", "due_plus_1"),
        grace_days=given.get("grace_days", 0),
        instalment_grace_days=given.get("instalment_grace_days"),
        buckets=tuple(DayRange(one["name"], one["from"], one["to"]) for one in given.get("ranges", ())),
        calendar=_calendar(calendar),
    )


def _calendar(given: dict[str, Any] | None) -> Calendar:
    if given is None:
        return Calendar()
    if given.get("roll", "following") != "following":
        raise Unsupported(f"due dates rolled {given['roll']}")
    return Calendar(
        weekend=frozenset(_WEEK.index(day) for day in given.get("weekend", ())),
        holidays=frozenset(date.fromisoformat(day) for day in given.get("holidays", ())),
    )

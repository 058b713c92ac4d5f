"""What was agreed for one debt under a product: read from plain details, refused when it cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.kernel.money import MAX_MINOR

FIELDS = (
    "rate", "instalments", "instalment_minor", "first_due_date", "every", "unit", "due_day",
    "down_payment_minor", "caps", "lpr_date",
)  # fmt: skip
MOST_INSTALMENTS = 1200


class AgreementInvalid(ValueError):
    """What was agreed contradicts the product; `field` names where."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault = field, fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedCap:
    """A cap as it was fixed when the contract was formed: a rate a year."""

    code: str
    rate: Fraction
    citation: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The figures of one instalment contract.

    `rate` is a fraction a year; where the product names a rate table, the margin over its figure.
    """

    rate: Fraction
    first_due_date: date
    instalments: int | None = None
    instalment_minor: int | None = None
    every: int = 1
    unit: Literal["months", "weeks", "days"] = "months"
    due_day: int | None = None
    down_payment_minor: int = 0
    caps: tuple[AgreedCap, ...] = ()


def read_agreement(
    terms: ProductTerms, details: Mapping[str, Any], *, principal: int, disbursed_date: date
) -> Agreement:
    """Return what the details agree.

    1. Fields: rate, first_due_date, instalments (or instalment_minor for a fixed amount), every, unit, due_day,
       down_payment_minor; no other field.
    2. The first due date lies after the disbursement; the rate is not above the product's highest.
    3. A down payment is at least the product's share of the price; only where the product has one.

    :raises AgreementInvalid: naming the field
    """
    if unknown := sorted(set(details) - set(FIELDS)):
        raise AgreementInvalid(unknown[0], "is not a field of an instalment contract")
    found = Agreement(
        rate=_fraction(details, "rate"),
        first_due_date=_day(details, "first_due_date"),
        instalments=_whole(details, "instalments", 1, MOST_INSTALMENTS),
        instalment_minor=_whole(details, "instalment_minor", 1, MAX_MINOR),
        every=_whole(details, "every", 1, 36) or 1,
        unit=details.get("unit", "months"),
        due_day=_whole(details, "due_day", 1, 31),
        down_payment_minor=_whole(details, "down_payment_minor", 0, MAX_MINOR) or 0,
        caps=tuple(
            AgreedCap(code=cap["code"], rate=Fraction(cap["rate"]), citation=cap["citation"])
            for cap in details.get("caps", ())
        ),
    )
    _check(terms, found, principal, disbursed_date)
    return found


def _check(terms: ProductTerms, agreed: Agreement, principal: int, disbursed_date: date) -> None:
    if not 0 < principal <= MAX_MINOR:
        raise AgreementInvalid("principal", "is not above zero or beyond 2^53 minor units")
    if agreed.unit not in ("months", "weeks", "days"):
        raise AgreementInvalid("unit", f"{agreed.unit!r} is not months, weeks or days")
    if agreed.first_due_date <= disbursed_date:
        raise AgreementInvalid("first_due_date", "is not after the disbursement")
    wanted = "instalment_minor" if terms.kind == "fixed_amount" else "instalments"
    other = "instalments" if terms.kind == "fixed_amount" else "instalment_minor"
    if getattr(agreed, wanted) is None:
        raise AgreementInvalid(wanted, "is missing")
    if getattr(agreed, other) is not None:
        raise AgreementInvalid(other, f"is not agreed in a product of kind {terms.kind}")
    highest = terms.interest.highest_rate
    if highest is not None and not terms.interest.base and agreed.rate > highest:
        raise AgreementInvalid("rate", f"{percent(agreed.rate)} is above the product's {percent(highest)}")
    _check_down_payment(terms, agreed, principal)


def _check_down_payment(terms: ProductTerms, agreed: Agreement, principal: int) -> None:
    rule, paid = terms.down_payment, agreed.down_payment_minor
    if rule is None and paid:
        raise AgreementInvalid("down_payment_minor", "the product has no down payment")
    if rule is not None and not principal * rule.least_share <= paid < principal:
        raise AgreementInvalid(
            "down_payment_minor", f"is not between {percent(rule.least_share)} of the price and the price"
        )


def percent(rate: Fraction) -> str:
    """Return a rate in per cent with at most four decimals."""
    return f"{float(rate * 100):.4f}".rstrip("0").rstrip(".") + " %"


def _fraction(details: Mapping[str, Any], name: str) -> Fraction:
    try:
        found = Fraction(str(details[name]))
    except KeyError as error:
        raise AgreementInvalid(name, "is missing") from error
    except (ValueError, ZeroDivisionError) as error:
        raise AgreementInvalid(name, f"{details[name]!r} is no number") from error
    if not 0 <= found <= 10:
        raise AgreementInvalid(name, "is below zero or above 1000 %")
    return found


def _day(details: Mapping[str, Any], name: str) -> date:
    value = details.get(name)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise AgreementInvalid(name, "is missing" if value is None else f"{value!r} is no date") from error


def _whole(details: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    value = details.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise AgreementInvalid(name, f"{value!r} is no whole number between {least} and {most}")
    return value

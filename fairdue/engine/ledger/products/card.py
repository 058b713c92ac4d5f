"""The card's own section of product terms, and what is agreed for one card: read, checked, typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import jsonschema

from fairdue.engine.finance.minimum_payment import Entry
from fairdue.engine.ledger.products.agreement import AgreedCap, AgreementInvalid
from fairdue.engine.ledger.products.terms import ProductTerms

SCHEMA = Path(__file__).resolve().parents[4] / "packs" / "products" / "schema" / "card.schema.json"
FIELDS = ("statement_day", "due_day", "due_days", "daily_rate", "daily_rates", "caps")
DAYS_OF_YEAR = 365
"""An annual rate of a card is its daily rate times so many."""
HIGHEST_DAILY_RATE = Fraction(1, 100)
LONGEST_FREE_DAYS = 90
BEARS_USUALLY = ("principal", "cash_advance", "balance_transfer")

InterestOn = Literal["full", "unpaid_part"]
Compounding = Literal["none", "statement", "daily"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumTerms:
    """The rule of the minimum payment, in minor units (see `engine.finance.minimum_payment`)."""

    greatest_of: tuple[Entry, ...]
    then_add: tuple[str, ...] = ()
    citation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTerms:
    """What a card's terms say beside those of every product.

    1. `interest_on`: when a statement is not paid in full in time, whether all that it billed bears interest
       from its own day (全额计息) or only the part left unpaid.
    2. `without_free_period` bear interest from their own day whatever is paid; `bears` may bear any at all.
    3. `shortfall`: a statement short by at most so much counts as paid in full (容差); days of grace (容时)
       are those of the product's delinquency.
    4. `compounding`: interest once posted bears none; or bears like a purchase of its statement; or each day.
    5. `is_free_period_lost`: whether, after a statement not paid in full, new purchases bear interest from
       their own day at once, not only when their own statement is not paid in full.
    """

    minimum: MinimumTerms
    interest_on: InterestOn = "full"
    bears: tuple[str, ...] = BEARS_USUALLY
    without_free_period: tuple[str, ...] = ("cash_advance",)
    shortfall: int = 0
    compounding: Compounding = "none"
    is_free_period_lost: bool = False
    citation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAgreement:
    """The figures of one card; rates are exact fractions a day."""

    statement_day: int
    due_day: int | None
    due_days: int | None
    daily_rate: Fraction
    daily_rates: Mapping[str, Fraction] = field(default_factory=dict)
    caps: tuple[AgreedCap, ...] = ()

    def rate_of(self, component: str) -> Fraction:
        """Return the daily rate that a component bears."""
        return self.daily_rates.get(component, self.daily_rate)


def segment_rates(section: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Fraction]:
    """Return the annual rate of each kind of balance that bears interest, from a card's section and what was agreed."""
    daily, own = details.get("daily_rate", 0), details.get("daily_rates") or {}
    bears = section.get("bears", BEARS_USUALLY)
    return {name: Fraction(str(own.get(name, daily))) * DAYS_OF_YEAR for name in bears}


def card_faults(section: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the card section of a product, each with its field."""
    errors = sorted(_validator().iter_errors(section), key=lambda error: error.json_path)
    faults = [f"card.{error.json_path.removeprefix('$.')}: {error.message[:200]}" for error in errors]
    if faults:
        return faults
    lost = sorted(set(section.get("without_free_period", ())) - set(section.get("bears", BEARS_USUALLY)))
    return [f"card.without_free_period: {name} bears no interest at all" for name in lost]


def read_card(terms: ProductTerms) -> CardTerms:
    """Return the card section of a product's terms, which were checked when they were read."""
    section = terms.card
    minimum = section["minimum"]
    return CardTerms(
        minimum=MinimumTerms(
            greatest_of=tuple(_entry(entry) for entry in minimum["greatest_of"]),
            then_add=tuple(minimum.get("then_add", ())),
            citation=minimum["citation"],
        ),
        interest_on=section["interest_on"],
        bears=tuple(section.get("bears", BEARS_USUALLY)),
        without_free_period=tuple(section.get("without_free_period", ("cash_advance",))),
        shortfall=section.get("shortfall_minor", 0),
        compounding=section.get("compounding", "none"),
        is_free_period_lost=section.get("is_free_period_lost", False),
        citation=section["citation"],
    )


def read_card_agreement(terms: ProductTerms, details: Mapping[str, Any]) -> CardAgreement:
    """Return what the details agree for a card.

    1. Fields: statement_day; due_day (a day of the month) or due_days (after the statement); daily_rate;
       daily_rates by component; caps. No other field.
    2. A rate is not above the product's highest, counted as 365 days.

    :raises AgreementInvalid: naming the field
    """
    if unknown := sorted(set(details) - set(FIELDS)):
        raise AgreementInvalid(unknown[0], "is not a field of a card")
    due_day = _whole(details, "due_day", 31)
    due_days = _whole(details, "due_days", LONGEST_FREE_DAYS)
    if (due_day is None) == (due_days is None):
        raise AgreementInvalid("due_day", "give either a due day or days after the statement")
    statement_day = _whole(details, "statement_day", 31)
    if statement_day is None:
        raise AgreementInvalid("statement_day", "is missing")
    rates = details.get("daily_rates", {})
    if not isinstance(rates, Mapping):
        raise AgreementInvalid("daily_rates", "is no table of rates by component")
    return CardAgreement(
        statement_day=statement_day,
        due_day=due_day,
        due_days=due_days,
        daily_rate=_daily_rate(terms, "daily_rate", details.get("daily_rate")),
        daily_rates={name: _daily_rate(terms, f"daily_rates.{name}", rate) for name, rate in rates.items()},
        caps=tuple(
            AgreedCap(code=cap["code"], rate=Fraction(cap["rate"]), citation=cap["citation"])
            for cap in details.get("caps", ())
        ),
    )


def agreed_details(terms: ProductTerms, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details of a card as they are kept: checked, with the product's caps fixed.

    :raises AgreementInvalid: naming the field
    """
    read_card_agreement(terms, details)
    if any(cap.rate is None for cap in terms.caps):
        raise AgreementInvalid("caps", "a card's cap is a rate, not one by table or rule")
    caps = [{"code": cap.code, "rate": str(cap.rate), "citation": dict(cap.citation)} for cap in terms.caps]
    kept = {name: value for name, value in details.items() if value is not None}
    return kept | ({"caps": kept.get("caps", caps)} if caps else {})


@lru_cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _entry(given: Mapping[str, Any]) -> Entry:
    return Entry(
        percent=Fraction(given["percent"]) if "percent" in given else None,
        of=given.get("of", "balance"),
        amount=Fraction(given.get("amount_minor", 0)),
        plus=tuple(given.get("plus", ())),
    )


def _whole(details: Mapping[str, Any], name: str, most: int) -> int | None:
    value = details.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise AgreementInvalid(name, f"{value!r} is no whole number between 1 and {most}")
    return value


def _daily_rate(terms: ProductTerms, name: str, value: Any) -> Fraction:
    try:
        rate = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise AgreementInvalid(name, "is missing" if value is None else f"{value!r} is no number") from error
    if not 0 <= rate <= HIGHEST_DAILY_RATE:
        raise AgreementInvalid(name, "is below zero or above 1 % a day")
    highest = terms.interest.highest_rate
    if highest is not None and rate * DAYS_OF_YEAR > highest:
        raise AgreementInvalid(name, f"comes to more than {float(highest * 100):g} % a year")
    return rate

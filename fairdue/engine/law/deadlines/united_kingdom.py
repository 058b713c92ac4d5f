"""Clocks of the United Kingdom: breathing space and persistent debt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months

Step = Literal["none", "first_letter", "second_letter", "repayment_plan"]


class TreatmentNotEnded(ValueError):
    """A mental-health crisis breathing space has no end while the treatment lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathingSpace:
    """A statutory moratorium; `treatment_ended_date` is the last day of a crisis treatment."""

    variant: Literal["standard", "crisis"]
    started_date: date
    treatment_ended_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRepayment:
    """How a card was repaid over a period; amounts in pence."""

    months: int
    interest_and_fees_minor: int
    principal_paid_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistentDebt:
    """The step that is due on a card in persistent debt."""

    step: Step
    rules: tuple[Rule, ...]


def breathing_space_end(space: BreathingSpace, *, numbers: Numbers) -> Deadline:
    """This function will return the last day of a breathing space.

    1. Standard: 60 days, the start being day 1 (UK-BS-01).
    2. Crisis: 30 days after the treatment ended (UK-BS-02).

    :raises TreatmentNotEnded: if a crisis treatment has no end yet
    """
    if space.variant == "standard":
        rule = numbers.rule("UK-BS-01", space.started_date)
        end = space.started_date + timedelta(days=rule.integer("days") - 1)
        return Deadline(first_date=space.started_date, last_date=end, rules=(rule,))
    rule = numbers.rule("UK-BS-02", space.started_date)
    if space.treatment_ended_date is None:
        raise TreatmentNotEnded("the treatment has not ended")
    end = space.treatment_ended_date + timedelta(days=rule.integer("days_after_treatment"))
    return Deadline(first_date=space.started_date, last_date=end, rules=(rule,))


def breathing_space_review_deadline(notified_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the last day of a creditor's request for a review (UK-BS-03)."""
    rule = numbers.rule("UK-BS-03", notified_date)
    return Deadline(last_date=notified_date + timedelta(days=rule.integer("days")), rules=(rule,))


def next_breathing_space(last_started_date: date | None, *, on: date, numbers: Numbers) -> Deadline:
    """This function will return the first day of a new standard breathing space: once in twelve months."""
    rule = numbers.rule("UK-BS-01", on)
    if last_started_date is None:
        return Deadline(rules=(rule,))
    return Deadline(first_date=add_months(last_started_date, rule.integer("months_between")), rules=(rule,))


def persistent_debt_step(card: CardRepayment, *, numbers: Numbers, on: date | None = None) -> PersistentDebt:
    """This function will return which step of the persistent-debt rules is due (UK-PD-01).

    1. Persistent: more interest and fees than principal were paid.
    2. A letter from 18 months, another from 27, a repayment plan from 36.
    3. Nothing below a balance of 200 pounds.
    """
    rule = numbers.rule("UK-PD-01", on)
    step: Step = "none"
    if card.interest_and_fees_minor > card.principal_paid_minor and card.balance_minor >= rule.minor(
        "min_balance"
    ):
        steps: tuple[Step, ...] = ("repayment_plan", "second_letter", "first_letter")
        step = next((name for name in steps if card.months >= rule.integer(name)), "none")
    return PersistentDebt(step=step, rules=(rule,))

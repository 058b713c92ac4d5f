"""What the law asks of an arrangement: personalised instalments, card instalments, terms and amounts of loans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.numbers import Numbers, Rule


class AmountIncomparable(ValueError):
    """The amount decides, and it is in another currency than the rule's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardship:
    """The debtor's ability and will to repay."""

    is_beyond_ability: bool
    is_willing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFaults:
    """The rules that a plan breaks, and the items that its agreement lacks."""

    rules: tuple[Rule, ...]
    missing: tuple[str, ...] = ()


def personalised_plan_faults(
    *,
    term_months: int | None,
    elements: Collection[str] | None,
    hardship: Hardship | None,
    on: date,
    numbers: Numbers,
) -> PlanFaults:
    """This function will return what a personalised instalment agreement on a card breaks.

    1. A debt beyond the holder's ability, and a holder who is willing (CN-PLAN-01).
    2. Five years at most (CN-PLAN-02).
    3. All prescribed items (CN-PLAN-03). What is None is not tested.
    """
    entitled, term, content = (numbers.rule(key, on) for key in ("CN-PLAN-01", "CN-PLAN-02", "CN-PLAN-03"))
    found = []
    if hardship is not None and not (hardship.is_beyond_ability and hardship.is_willing):
        found.append(entitled)
    if term_months is not None and term_months > term.integer("max_months"):
        found.append(term)
    missing = (
        () if elements is None else tuple(item for item in content.words("elements") if item not in elements)
    )
    return PlanFaults(rules=(*found, *([content] if missing else [])), missing=missing)


def card_instalment_faults(
    *,
    is_cash_advance: bool,
    amount_minor: int | None,
    term_months: int | None,
    is_of_instalment: bool,
    is_other_currency: bool = False,
    on: date,
    numbers: Numbers,
) -> PlanFaults:
    """This function will return what instalments of a card balance break (CN-PLAN-05).

    1. A cash advance: at most 50 000 yuan and 24 months.
    2. A balance in instalments is not put into instalments again.
    3. An amount in another currency is not compared with yuan; where the term or the balance already
       decides, it need not be.

    :raises AmountIncomparable: if the limit in yuan alone decides on an amount in another currency
    """
    rule = numbers.rule("CN-PLAN-05", on)
    is_too_long = is_cash_advance and (term_months or 0) > rule.integer("max_months")
    if is_too_long or is_of_instalment:
        return PlanFaults(rules=(rule,))
    if is_cash_advance and amount_minor and is_other_currency:
        raise AmountIncomparable("the limit is in yuan")
    is_too_much = is_cash_advance and (amount_minor or 0) > rule.minor("max_amount")
    return PlanFaults(rules=(rule,) if is_too_much else ())


def loan_term_faults(
    *, term_months: int, is_bank: bool, is_long_term_need: bool, on: date, numbers: Numbers
) -> PlanFaults:
    """This function will return what the term of a consumer loan breaks (CN-PLAN-06).

    Five years at most; with banks, from 14 March 2025 and for a long-term need, seven.
    """
    rule = numbers.rule("CN-PLAN-06", on)
    longest = rule.integer("max_months_long_term_need" if is_bank and is_long_term_need else "max_months")
    return PlanFaults(rules=(rule,) if term_months > longest else ())


def household_balance_faults(balance_minor: int, *, on: date, numbers: Numbers) -> PlanFaults:
    """This function will return what a micro-lender's total balance with a household breaks (CN-PLAN-07)."""
    rule = numbers.rule("CN-PLAN-07", on)
    return PlanFaults(rules=(rule,) if balance_minor > rule.minor("max_balance") else ())

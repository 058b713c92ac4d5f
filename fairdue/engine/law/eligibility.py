"""Does a procedure apply: small claims, payment order, the threshold of malicious overdraft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fairdue.engine.law.deadlines.china import second_effective_demand
from fairdue.engine.law.numbers import Numbers, Rule

Eligible = Literal["eligible", "by_agreement", "not_eligible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a procedure applies; `principal_minor` is the principal that counts for a threshold."""

    answer: Eligible
    rules: tuple[Rule, ...]
    principal_minor: int | None = None


def small_claims(
    amount_minor: int, *, average_wage_minor: int, is_whereabouts_unknown: bool, on: date, numbers: Numbers
) -> Eligibility:
    """This function will tell whether a simple money claim goes to small claims (CN-LIT-02).

    Up to half of the province's average wage; up to twice by agreement; never with whereabouts unknown.
    """
    rule = numbers.rule("CN-LIT-02", on)
    answer: Eligible = "not_eligible"
    if not is_whereabouts_unknown and amount_minor <= average_wage_minor * rule.ratio("of_right"):
        answer = "eligible"
    elif not is_whereabouts_unknown and amount_minor <= average_wage_minor * rule.ratio("by_agreement"):
        answer = "by_agreement"
    return Eligibility(answer=answer, rules=(rule,))


def payment_order_enforcement(
    served_date: date, *, objection_date: date | None, on: date, numbers: Numbers
) -> Eligibility:
    """This function will tell whether a payment order can be enforced (CN-LIT-05).

    Once fifteen days after service have passed without an objection in them.
    """
    rule = numbers.rule("CN-LIT-05", on)
    last = served_date + timedelta(days=rule.integer("days"))
    has_fallen = objection_date is not None and objection_date <= last
    is_open = on > last and not has_fallen
    return Eligibility(answer="eligible" if is_open else "not_eligible", rules=(rule,))


def card_fraud_threshold(
    principal_minor: int, *, booked_as_interest_minor: int, on: date, numbers: Numbers
) -> Eligibility:
    """This function will tell whether the principal reaches the threshold of malicious overdraft (CN-LIT-10).

    Every repayment counts as principal, however the bank booked it (CN-ALLOC-07). Necessary, not sufficient.
    """
    rule, counting = numbers.rule("CN-LIT-10", on), numbers.rule("CN-ALLOC-07", on)
    principal = max(principal_minor - booked_as_interest_minor, 0)
    is_reached = principal >= rule.minor("threshold")
    return Eligibility(
        answer="eligible" if is_reached else "not_eligible", rules=(rule, counting), principal_minor=principal
    )


def has_two_effective_demands(demand_dates: Sequence[date], *, numbers: Numbers) -> bool:
    """Tell whether two demands are at least thirty days apart (CN-LIT-10)."""
    ordered = sorted(demand_dates)
    return len(ordered) > 1 and second_effective_demand(ordered[0], numbers=numbers).is_met(ordered[-1])

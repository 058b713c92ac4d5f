"""Interest earned up to a day, instalment by instalment."""

from __future__ import annotations

from fractions import Fraction

from fairdue.engine.ledger.explaining.facts import Earning, Facts
from fairdue.engine.ledger.explaining.tree import Piece, Working, total
from fairdue.engine.ledger.explaining.working import money_text


def accrued_interest(facts: Facts) -> Piece | None:
    """Return the interest earned by the day, paid or not; None where it is not known by instalments.

    1. All of an instalment's interest once it is due; before, the days gone of its period over all its days.
    """
    if facts.earnings is None:
        return None
    parts = [_earned(facts, earning) for earning in facts.earnings if earning.earned]
    return total("accrued", parts, subject="accrued_interest", words={"day": facts.as_of})


def _earned(facts: Facts, earning: Earning) -> Piece:
    words = {"ref": earning.ref, "from": earning.from_date, "due": earning.due_date}
    if earning.due_date <= facts.as_of:
        return Piece(
            phrase="accrued.whole", amount=earning.earned, words=words, effective_date=earning.due_date
        )
    gone, period = (facts.as_of - earning.from_date).days, (earning.due_date - earning.from_date).days
    exact = Fraction(earning.interest * gone, period)
    working = Working(
        factors=(money_text(Fraction(earning.interest), facts.currency), f"{gone}/{period}"),
        exact=money_text(exact, facts.currency),
        rounding="half_even",
        result=facts.money(earning.earned),
    )
    return Piece(
        phrase="accrued.part", amount=earning.earned, words=words, effective_date=facts.as_of, working=working
    )

"""Interest that is earned by a day and not asked for yet."""

from __future__ import annotations

from fractions import Fraction

from fairdue.engine.ledger.explaining.facts import Accrual, Earning, Facts
from fairdue.engine.ledger.explaining.moves import citation_of
from fairdue.engine.ledger.explaining.tree import Piece, Word, Working, total
from fairdue.engine.ledger.explaining.working import money_text, working_of


def accrued_interest(facts: Facts) -> Piece:
    """Return what is earned by the day and not asked for yet.

    1. Of a kept account: the open rest of each running period, as its contract computes it; a part of the
       claim that no posting shows yet.
    2. Of a fed account: the days gone of the running instalment's period over all its days; a part of the
       interest that the creditor has asked for already, for a later day.
    """
    words: dict[str, Word] = {"day": facts.as_of}
    if facts.accruals is not None:
        parts = [_kept(facts, accrual) for accrual in facts.accruals if accrual.amount]
        return total("accrued.kept", parts, subject="accrued_interest", words=words)
    parts = [_earned(facts, earning) for earning in facts.earnings if earning.earned]
    return total("accrued.fed", parts, subject="accrued_interest", words=words)


def _kept(facts: Facts, accrual: Accrual) -> Piece:
    return Piece(
        phrase="accrued.open",
        amount=accrual.amount,
        words={"component": f"#{accrual.component}", "day": accrual.effective_date},
        effective_date=accrual.effective_date,
        rule=str(accrual.why.get("rule", "")),
        citation=citation_of(accrual.why.get("citation")),
        working=working_of(accrual.why, facts.currency, accrual.amount),
    )


def _earned(facts: Facts, earning: Earning) -> Piece:
    words: dict[str, Word] = {"ref": earning.ref, "from": earning.from_date, "due": earning.due_date}
    gone, period = (facts.as_of - earning.from_date).days, (earning.due_date - earning.from_date).days
    working = Working(
        products=((money_text(Fraction(earning.interest), facts.currency), f"{gone}/{period}"),),
        exact=money_text(Fraction(earning.interest * gone, period), facts.currency),
        rounding=earning.rounding,
        result=facts.money(earning.earned),
    )
    return Piece(
        phrase="accrued.part", amount=earning.earned, words=words, effective_date=facts.as_of, working=working
    )

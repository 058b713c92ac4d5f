"""Which function answers which kind of case. A kind that is not here is unsupported.

An adapter receives a case without its answer (questions.py), turns it into the inputs of the engine's own
functions and their result into an answer. It raises `Unsupported` on anything it does not understand
wholly.
"""

from __future__ import annotations

from typing import Any

from fairdue.engine.conformance.law_gate import answer_count, answer_gate
from fairdue.engine.conformance.law_kinds import LAW_ADAPTERS
from fairdue.engine.conformance.money_ladder import answer_ladder
from fairdue.engine.conformance.money_ledger import answer_loans_or_calculation
from fairdue.engine.conformance.running import Adapters, Answer

_MONEY_KINDS = (
    "schedule", "emi", "apr", "delinquency", "allocation", "charge", "pause", "reage", "reamortise", "chargeback",
    "charge_off", "write_off", "minimum_payment", "interest_accrual", "promise", "reminder_ladder",
    "portfolio_ratio", "affordability",
)  # fmt: skip


def _answer_money(question: dict[str, Any]) -> Answer:
    """Return the answer to a money case: what `given` holds says how to run it, not the kind (README 2)."""
    if "ladder" in question["given"]:
        return answer_ladder(question)
    return answer_loans_or_calculation(question)


ADAPTERS: Adapters = {
    ("law", "gate"): answer_gate,
    ("law", "count"): answer_count,
    **LAW_ADAPTERS,
    **{("money", kind): _answer_money for kind in _MONEY_KINDS},
}

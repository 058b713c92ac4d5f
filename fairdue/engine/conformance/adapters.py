"""Which function answers which kind of case. A kind that is not here is unsupported.

An adapter receives a case without its answer (questions.py), turns it into the inputs of the engine's own
functions and their result into an answer. It raises `Unsupported` on anything it does not understand
wholly.
"""

from __future__ import annotations

from fairdue.engine.conformance.law_gate import answer_count, answer_gate
from fairdue.engine.conformance.law_kinds import LAW_ADAPTERS
from fairdue.engine.conformance.money_calculations import answer_calculation
from fairdue.engine.conformance.money_ladder import answer_ladder
from fairdue.engine.conformance.money_ledger import answer_loans_or_calculation
from fairdue.engine.conformance.running import Adapters

_LEDGER_KINDS = (
    "schedule", "emi", "delinquency", "allocation", "charge", "pause", "reage", "reamortise", "chargeback",
    "charge_off", "write_off", "interest_accrual", "promise",
)  # fmt: skip

ADAPTERS: Adapters = {
    ("law", "gate"): answer_gate,
    ("law", "count"): answer_count,
    **LAW_ADAPTERS,
    ("money", "reminder_ladder"): answer_ladder,
    ("money", "apr"): answer_calculation,
    ("money", "minimum_payment"): answer_calculation,
    ("money", "portfolio_ratio"): answer_calculation,
    ("money", "affordability"): answer_calculation,
    **{("money", kind): answer_loans_or_calculation for kind in _LEDGER_KINDS},
}

"""The life of one debt: immutable terms and dated events in, its state on any day out.

Owns what each event does to the rows, the split of every payment, days past due, entries and refusals.
Does not own storage, currencies or where events come from. `replay` is the way in.
"""

from fairdue.engine.ledger.life.promises import PromiseState, assess_promise
from fairdue.engine.ledger.life.replaying import replay
from fairdue.engine.ledger.life.state import LoanState
from fairdue.engine.ledger.life.terms import DebtTerms

__all__ = ["DebtTerms", "LoanState", "PromiseState", "assess_promise", "replay"]

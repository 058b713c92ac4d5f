"""Why an amount of an account is what it is on a day."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.contracts_explain import Explanation
from fairdue.contexts.ledger.queries.explain_facts import facts_of
from fairdue.contexts.ledger.queries.explain_words import Speaker
from fairdue.contexts.ledger.queries.postings import account_postings
from fairdue.engine.ledger import explaining
from fairdue.engine.ledger.explaining import SUBJECTS, ExplanationUnsound, SubjectUnknown

__all__ = ["SUBJECTS", "ExplanationUnsound", "SubjectUnknown", "explain"]


def explain(account_id: int, as_of: date, subject: str, known_at: datetime | None = None) -> Explanation:
    """Return why an amount of an account is what it is on a day, as known at an instant.

    1. `subject`: `balance`, `overdue`, `next_due`, `minimum_due`, `dpd`, `credit_balance`, `accrued_interest`,
       `total_claim`, `component:<code>`, `due:<id of the due item>` or `transaction:<id>`.
    2. The parts sum to the amount exactly, at every level, or there is no explanation.
    3. Each part names the postings that make it, their days, and where there is one the rule, its citation
       and the arithmetic.

    :raises AccountUnknown: if the account is not open, or was not known to be at that instant
    :raises BeforeOpening: if the day lies before the opening balances
    :raises SubjectUnknown: if the account has nothing of this name
    :raises ExplanationUnsound: if parts do not come to their amount: a fault of the books
    """
    facts = facts_of(account_id, as_of, known_at)
    piece = explaining.explain(facts, subject)
    cards = {card.posting_id: card for card in account_postings(account_id, as_of, known_at)}
    return Explanation(
        account_id=account_id,
        as_of=as_of,
        known_at=known_at,
        subject=subject,
        currency=facts.currency,
        root=Speaker(facts.currency, cards).part(piece),
    )

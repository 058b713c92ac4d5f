"""The replayed state of one account on a day, as known at an instant."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.ledger.errors import AccountUnknown
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.engine.ledger.life import LoanState
from fairdue.engine.ledger.life.replaying import state_on


def account_life(account_id: int, as_of: date, known_at: datetime | None = None) -> LoanState:
    """Return the state that an account's terms and events come to on a day, as known at an instant.

    1. Events are named by the number of their transaction, as text. Charges without a due date are part of the
       terms: balance that no due item asks for.
    2. Rows are the due items of one reference and day, refunds and plans included; see `engine.ledger.life`.

    :raises AccountUnknown: if the account is not open
    """
    return state_on(facts_of(account_id, known_at).history, as_of)


def facts_of(account_id: int, known_at: datetime | None = None) -> AccountFacts:
    """Return the facts of an account as known at an instant.

    :raises AccountUnknown: if the account is not open
    """
    facts = load_facts(account_id, known_at=known_at)
    if facts is None:
        raise AccountUnknown(f"account {account_id} is not open")
    return facts

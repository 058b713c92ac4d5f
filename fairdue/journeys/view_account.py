"""One debt as its own page sees it: the account, whose it is, and the case that works it."""

from __future__ import annotations

from dataclasses import dataclass

from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.contracts import PersonCard
from fairdue.kernel.actor import Actor

__all__ = ["AccountHead", "account_head"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHead:
    """An account in the actor's scope with its debtor, masked, and the open case if the actor may see it."""

    card: AccountCard
    person: PersonCard
    case_id: int | None


def account_head(*, account_id: int, actor: Actor) -> AccountHead:
    """Return whose account it is; outside the actor's data scope it reads like no account at all.

    :raises AccountUnknown: if there is no such account in scope
    """
    actor.require("ledger.view")
    card = book.account_card(account_id, actor=actor)
    found = cases.scoped_case_ids(person_ids=[card.person_id], actor=actor) if actor.may("cases.view") else {}
    return AccountHead(
        card=card, person=parties.person_card(card.person_id), case_id=found.get(card.person_id)
    )

"""Deadlines as the desk shows them: with the masked name and the case, and the limits of a debt in the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.limit_cards import LimitCard
from fairdue.journeys.view_limits import limits
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """One line of the list: a deadline that is kept, or a limit that is computed afresh from the debt's life."""

    source: Literal["deadline", "limit"]
    person_id: int
    account_id: int | None
    case_id: int | None
    name_masked: str
    deadline: law.DeadlineCard | None = None
    limit: LimitCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRows:
    """One page of the list."""

    rows: tuple[DeadlineRow, ...]
    next_cursor: str | None
    count: int
    count_is_capped: bool


def deadline_rows(
    *,
    actor: Actor,
    now: datetime,
    state: str = "unanswered",
    kind: str = "",
    due_within_days: int | None = None,
    is_mine: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> DeadlineRows:
    """Return deadlines in the actor's scope, the nearest end first.

    1. Mine are those that the actor recorded, and those of the persons whose case the actor has.

    :raises PermissionRefused: without `deadlines.view`
    :raises law.DeadlineRefused: if `after` is no marker of an earlier page
    """
    mine = cases.person_ids_assigned(staff_id=actor.id or 0, actor=actor) if is_mine else None
    page = law.deadlines(
        actor=actor, now=now, state=state, kind=kind, due_within_days=due_within_days, mine=mine, after=after,
        limit=limit,
    )  # fmt: skip
    names, case_ids = _known(card.person_id for card in page.rows)(actor)
    rows = tuple(
        DeadlineRow(
            source="deadline", person_id=card.person_id, account_id=card.account_id,
            case_id=case_ids.get(card.person_id), name_masked=names.get(card.person_id, ""), deadline=card,
        )
        for card in page.rows
    )  # fmt: skip
    return DeadlineRows(
        rows=rows, next_cursor=page.next_cursor, count=page.count, count_is_capped=page.count_is_capped
    )


def limit_rows(*, actor: Actor, now: datetime, after: str | None = None, limit: int = 20) -> DeadlineRows:
    """Return the limits to sue and to enforce of debts in the actor's scope, the debt that is unpaid longest first.

    1. Nothing of it is stored: each limit is computed from the debt's payments, plans, demands and judgment as of today.

    :raises PermissionRefused: without `deadlines.view` and `ledger.view`
    """
    actor.require("deadlines.view")
    actor.require("ledger.view")
    today = business_date(now)
    found = ledger.longest_unpaid(until=today, actor=actor, after=after, limit=limit)
    cards = book.account_cards_by_id(list(found.account_ids), actor=actor)
    names, case_ids = _known(card.person_id for card in cards.values())(actor)
    rows = tuple(
        DeadlineRow(
            source="limit", person_id=cards[account_id].person_id, account_id=account_id,
            case_id=case_ids.get(cards[account_id].person_id), name_masked=names.get(cards[account_id].person_id, ""),
            limit=card,
        )
        for account_id in found.account_ids
        if account_id in cards
        for card in limits(account_id=account_id, as_of=today, actor=actor, now=now)
    )  # fmt: skip
    return DeadlineRows(rows=rows, next_cursor=found.next_cursor, count=len(rows), count_is_capped=False)


def limits_of_person(*, person_id: int, actor: Actor, now: datetime) -> tuple[DeadlineRow, ...]:
    """Return the limits of a person's debts in the actor's scope as rows; none without `ledger.view`."""
    if not actor.may("ledger.view"):
        return ()
    scope, today = actor.creditor_ids, business_date(now)
    return tuple(
        DeadlineRow(
            source="limit", person_id=person_id, account_id=card.account_id, case_id=None, name_masked="", limit=found
        )
        for card in book.account_cards(person_id)
        if scope is None or card.creditor_id in scope
        for found in limits(account_id=card.account_id, as_of=today, actor=actor, now=now)
    )  # fmt: skip


class _Known:
    """Names and cases of persons, read once."""

    def __init__(self, person_ids: Iterable[int]) -> None:
        self.person_ids = sorted(set(person_ids))

    def __call__(self, actor: Actor) -> tuple[dict[int, str], dict[int, int]]:
        if not self.person_ids:
            return {}, {}
        cards = parties.person_cards(self.person_ids)
        names = {person_id: card.name_masked for person_id, card in cards.items()}
        may = actor.may("cases.view")
        return names, cases.scoped_case_ids(person_ids=self.person_ids, actor=actor) if may else {}


_known = _Known

"""The facts of one account that its explanations rest on, as of a day, as known at an instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fairdue.contexts.ledger.errors import AccountUnknown, BeforeOpening
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.contexts.ledger.queries.contracts import derived, is_kept
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.contexts.ledger.queries.postings import account_postings
from fairdue.engine.ledger.explaining.facts import Accrual, Due, Facts, Happening, LateRule, Line, late_days
from fairdue.engine.ledger.explaining.living import lived, running_earnings
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.position import Position
from fairdue.engine.ledger.life.replaying import position_on, standing_on
from fairdue.engine.ledger.projection import dues_of


def lines_of(account_id: int, as_of: date | None, known_at: datetime | None) -> tuple[Line, ...]:
    """Return the postings of an account as explanations read them."""
    return tuple(
        Line(
            id=card.posting_id,
            transaction_id=card.transaction_id,
            kind=card.kind,
            debit=card.debit,
            credit=card.credit,
            due_item_id=card.due_item_id,
            amount=card.amount.minor,
            effective_date=card.effective_date,
            recorded_at=card.recorded_at,
        )
        for card in account_postings(account_id, as_of, known_at)
    )


def happenings_of(account_id: int, known_at: datetime | None) -> dict[int, Happening]:
    """Return the events of an account that were known, by their ids; those of later days too."""
    found = Transaction.objects.filter(account_id=account_id).order_by("id")
    if known_at is not None:
        found = found.filter(recorded_at__lte=known_at)
    return {
        row.pk: Happening(
            id=row.pk,
            kind=row.kind,
            component=row.component,
            amount=row.amount_minor,
            effective_date=row.effective_date,
            recorded_at=row.recorded_at,
            source=row.source,
            external_ref=row.external_ref,
            reverses_id=row.reverses_id,  # type: ignore[attr-defined]
            details=row.details,
        )
        for row in found
    }


def facts_of(account_id: int, as_of: date, known_at: datetime | None) -> Facts:
    """Return the facts of an account's explanations.

    :raises AccountUnknown: if the account is not open
    :raises BeforeOpening: if the day lies before the opening balances
    """
    account = load_facts(account_id, known_at=known_at)
    if account is None or (known_at is not None and not account.openings and not account.items):
        raise AccountUnknown(f"account {account_id} is not open")
    if as_of < account.balance_date:
        raise BeforeOpening(f"account {account_id} has no balances before {account.balance_date}")
    terms = account.terms()
    position, events = position_on(account.history, as_of), standing_on(account.history, as_of)
    dues = _dues(account, position, as_of)
    past = lived(terms, events, {(due.ref, due.component): due.id for due in dues}, as_of)
    accruals, grounds = _kept(account, as_of, known_at)
    calendar = terms.delinquency.calendar
    return Facts(
        as_of=as_of,
        currency=account.currency,
        days_past_due=delinquency(position, as_of).delinquent_days,
        lines=lines_of(account_id, as_of, known_at),
        happenings=happenings_of(account_id, known_at),
        dues=dues,
        rule=terms.allocation,
        late=LateRule(
            origin=terms.delinquency.origin,
            grace_days=terms.delinquency.grace_days,
            counted_due_date={due.due_date: calendar.following(due.due_date) for due in dues},
        ),
        pauses=past.pauses,
        earnings=running_earnings(terms, as_of),
        accruals=accruals,
        item_grounds=grounds,
        days_at_receipt=past.days_at_receipt,
        settling_order=past.settling_order,
        judged_from=position.judgment_date,
    )


def _dues(account: AccountFacts, position: Position, as_of: date) -> tuple[Due, ...]:
    """Return the due items as they stand on the day."""
    ids = {item.key: item.id for item in account.items}
    found = []
    for key, due in dues_of(position).items():
        has_passed = late_days(due.due_date, as_of, account.dpd_origin) > 0
        found.append(
            Due(
                id=ids.get(key, 0),
                ref=due.ref,
                due_date=due.due_date,
                component=due.component,
                amount=due.amount,
                unpaid=due.unpaid,
                is_overdue=has_passed and due.unpaid > 0,
            )
        )
    return tuple(found)


Kept = tuple[tuple[Accrual, ...] | None, dict[int, dict[str, Any]]]


def _kept(account: AccountFacts, as_of: date, known_at: datetime | None) -> Kept:
    """Return what a kept contract has earned and not posted, None for a fed account, and why it asks for its items."""
    if not is_kept(account.account_id):
        return None, {}
    found = derived(account.account_id, as_of, known_at)
    accruals = tuple(
        Accrual(
            component=charge.component,
            amount=charge.amount,
            effective_date=charge.effective_date,
            why=charge.why.as_details(),
        )
        for charge in found.accrued
    )
    ids = {item.key: item.id for item in account.items}
    whys = {ids.get((item.ref, item.component)): item.why for item in found.items}
    return accruals, {number: why.as_details() for number, why in whys.items() if number and why}

"""What is disputed leaves the ledger's count at once, comes back when the debt stands, or is corrected by two persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.receive_payment import follow_money
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

LAST = "principal"
"""An amount without a component is taken from fees and interest first."""


def hold_in_ledger(card: care.MatterCard, *, actor: Actor, now: datetime) -> tuple[care.DisputedPart, ...]:
    """This function will have the ledger leave out what a dispute names: not late, not settled by any money.

    1. A component, or an amount (fees and interest first, principal last), or all of a debt or of all debts.
    2. More than is owed is all that is owed; a debt that the ledger does not let be disputed stays under the law's hold.
    """
    by_ledger = actor.empowered("ledger.adjust", "payments.reverse", is_everywhere=True)
    parts = []
    for account in book.account_cards(card.person_id):
        if card.account_ids and account.account_id not in card.account_ids:
            continue
        for component, amount in _named(card, account.account_id, now):
            part = _dispute(card, account.account_id, component, amount, by_ledger, now)
            parts += [part] if part else []
    if parts:
        care.note_disputed(matter_id=card.matter_id, parts=parts, actor=actor, now=now)
        follow_money([card.person_id], actor=by_ledger, now=now)
    return tuple(parts)


def _named(card: care.MatterCard, account_id: int, now: datetime) -> Iterator[tuple[str, Money]]:
    owed = ledger.account_summary(account_id, business_date(now)).by_component
    wanted, left = card.details.get("component"), card.details.get("amount_minor")
    for component in sorted(owed, key=lambda code: (code == LAST, code)):
        amount = owed[component]
        if component == "credit_balance" or amount.minor <= 0 or wanted not in (None, "", component):
            continue
        taken = amount.minor if left is None else min(amount.minor, left)
        if taken > 0:
            left = None if left is None else left - taken
            yield component, Money(taken, amount.currency)


def _dispute(
    card: care.MatterCard, account_id: int, component: str, amount: Money, actor: Actor, now: datetime
) -> care.DisputedPart | None:
    try:
        with transaction.atomic():
            receipt = ledger.record_event(
                account_id=account_id, kind="dispute", amount=amount, effective_date=business_date(now),
                details={"component": component}, actor=actor, now=now, source="hand",
                external_ref=f"matter:{card.matter_id}:{component}",
            )  # fmt: skip
    except ledger.LedgerError:
        return None
    return care.DisputedPart(
        account_id=account_id, transaction_id=receipt.transaction_id, component=component, amount=amount
    )


def release(card: care.MatterCard, *, actor: Actor, now: datetime) -> int:
    """This function will take the disputes of a matter back in the ledger, and return how many."""
    by_ledger = actor.empowered("ledger.adjust", "payments.reverse", is_everywhere=True)
    parts = care.note_released(matter_id=card.matter_id, actor=actor, now=now)
    for part in parts:
        ledger.reverse_transaction(
            transaction_id=part.transaction_id, reason=card.number,
            actor=by_ledger, now=now,
        )  # fmt: skip
    if parts:
        follow_money([card.person_id], actor=by_ledger, now=now)
    return len(parts)


def ask_corrections(
    card: care.MatterCard, correction_minor: int | None, *, actor: Actor, now: datetime
) -> tuple[int, ...]:
    """This function will ask that what was rightly disputed be given up, part by part; a second person decides.

    Nothing moves yet, and the parts stay left out until everything that was asked for is decided (`release_decided`).
    """
    left, asked = correction_minor, []
    for part in card.disputed:
        amount = part.amount.minor if left is None else min(part.amount.minor, left)
        if amount <= 0:
            continue
        left = None if left is None else left - amount
        request = payments.request(
            kind="waiver", account_id=part.account_id, amount=Money(amount, part.amount.currency),
            effective_date=business_date(now), details={"component": part.component},
            reason=f"dispute {card.number} upheld", actor=actor.empowered("ledger.adjust"),
            now=now,
        )  # fmt: skip
        asked.append(request.request_id)
    if asked:
        care.note_corrections(matter_id=card.matter_id, request_ids=asked, actor=actor, now=now)
    return tuple(asked)


def release_decided(*, actor: Actor, now: datetime) -> int:
    """This function will bring back into the count what was left out, where no correction waits any more.

    1. What an approved correction has given up is gone; only the rest is owed again.
    """
    released = 0
    for card in care.with_corrections(now):
        with transaction.atomic():
            open_ones = {request.request_id for request in payments.open_requests(actor=actor)}
            if open_ones.isdisjoint(card.correction_request_ids):
                released += release(card, actor=actor, now=now)
    return released

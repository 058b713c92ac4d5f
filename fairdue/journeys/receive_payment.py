"""Money arrives, is matched or matched no more: payments and ledger, then promises, then open work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import Assessment
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import (
    Candidate,
    Incoming,
    Matched,
    MatchedTogether,
    PromisedAmount,
    Reason,
    Received,
)
from fairdue.journeys.review_plans import follow_plans
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.nesting import atomic


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyPlaced:
    """What became of a payment and of the promises of the persons whose debts it touched."""

    payment_id: int
    matched: Matched | None
    promises: Assessment
    closed_work_count: int


@atomic
def receive_payment(*, incoming: Incoming, actor: Actor, now: datetime) -> Received:
    """This function will receive money, match it if that is certain, and judge promises again.

    1. What was received stays received, whatever becomes of the match.
    2. The same reference again books nothing and answers where the payment stands.

    :raises PermissionRefused: without `payments.record` and `payments.match`
    :raises IncomingInvalid, ReferenceReused: as `payments.receive` says
    """
    answer = payments.receive(incoming=incoming, actor=actor, now=now)
    if answer.is_repeated:
        return answer
    matched = place_certain(payment_id=answer.payment_id, actor=actor, now=now).matched
    if matched is not None and not matched.waiting.minor:
        return replace(
            answer,
            status="matched",
            matches=matched.matches,
            person_ids=matched.person_ids,
            waiting=matched.waiting,
        )
    return payments.received_payment(payment_id=answer.payment_id)


@atomic
def place_certain(*, payment_id: int, actor: Actor, now: datetime) -> MoneyPlaced:
    """This function will match a waiting payment if its account is certain, and judge promises again."""
    matched = payments.match_automatically(payment_id=payment_id, actor=actor, now=now)
    return _placed(payment_id, matched, actor, now)


@transaction.atomic
def match_payment(
    *,
    payment_id: int,
    account_ids: Sequence[int] = (),
    shares: Sequence[tuple[int, Money]] = (),
    designated_account_id: int | None = None,
    reasons: Sequence[Reason] = (),
    actor: Actor,
    now: datetime,
) -> MoneyPlaced:
    """This function will match by hand (see payments.facade.match_payment) and judge promises again."""
    matched = payments.match_payment(
        payment_id=payment_id,
        account_ids=account_ids,
        shares=shares,
        designated_account_id=designated_account_id,
        reasons=reasons,
        actor=actor,
        now=now,
    )
    return _placed(payment_id, matched, actor, now)


@transaction.atomic
def undo_match(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> MoneyPlaced:
    """This function will bring a payment back to suspense and judge promises again.

    What the payment had kept is kept no longer.
    """
    matched = payments.undo_match(payment_id=payment_id, reason=reason, actor=actor, now=now)
    return _placed(payment_id, matched, actor, now)


@transaction.atomic
def take_back(
    *, payment_id: int, effective_date: date, reason: str, actor: Actor, now: datetime
) -> MoneyPlaced:
    """This function will book money that the payer's bank takes back and judge promises again."""
    matched = payments.take_back(
        payment_id=payment_id, effective_date=effective_date, reason=reason, actor=actor, now=now
    )
    return _placed(payment_id, matched, actor, now)


def candidates(*, payment_id: int, as_of: date, actor: Actor) -> tuple[Candidate, ...]:
    """Return ranked candidates of a payment; open promises of its amount count among the grounds."""
    card = payments.payment_card(payment_id=payment_id, as_of=as_of, actor=actor)
    amount = card.waiting if card.waiting.minor else card.amount
    promised = [
        PromisedAmount(
            person_id=promise.person_id,
            account_id=promise.account_id,
            amount=promise.amount,
            promised_date=promise.promised_date,
        )
        for promise in cases.open_promises_over(amount=amount)
    ]
    return payments.candidates(payment_id=payment_id, as_of=as_of, actor=actor, promised=promised)


def _placed(payment_id: int, matched: Matched, actor: Actor, now: datetime) -> MoneyPlaced:
    promises, closed = follow_money(matched.person_ids, actor=actor, now=now)
    return MoneyPlaced(payment_id=payment_id, matched=matched, promises=promises, closed_work_count=closed)


@transaction.atomic
def place_together(*, payment_ids: Sequence[int], actor: Actor, now: datetime) -> MatchedTogether:
    """This function will match those waiting payments that can be matched at once, and judge promises again.

    All in one transaction; what it leaves alone is for `place_certain`.
    """
    together = payments.match_together(payment_ids=payment_ids, actor=actor, now=now)
    follow_money(together.person_ids, actor=actor, now=now)
    return together


def follow_money(person_ids: Iterable[int], *, actor: Actor, now: datetime) -> tuple[Assessment, int]:
    """This function will judge promises of persons whose debts changed, and close work where nothing is due.

    Their plans are judged once it is committed. Works inside the caller's transaction, by few statements for any number of persons.
    """
    persons = sorted(set(person_ids))
    if not persons:
        return Assessment(), 0
    promises = cases.assess_promises_of(person_ids=persons, now=now)
    follow_plans(persons, now=now)
    working = cases.persons_with_work(persons)
    if not working:
        return promises, 0
    owing = ledger.person_summaries(sorted(working), business_date(now))
    free = [
        person_id
        for person_id, summary in owing.items()
        if all(account.overdue.minor == 0 for account in summary.accounts)
    ]
    if not free:
        return promises, 0
    return promises, cases.close_work_of(person_ids=free, reason="nothing is due", actor=actor, now=now)

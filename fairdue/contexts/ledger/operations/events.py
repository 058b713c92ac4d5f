"""Record an event of an account: a waiver, a pause, a deferral, a plan, a settlement, a write-off, …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.contracts import Changes, EventReceipt
from fairdue.contexts.ledger.errors import (
    REFUSALS,
    AccountUnknown,
    AmountInvalid,
    ApprovalMissing,
    BeforeOpening,
    ComponentUnknown,
    CurrencyDiffers,
    DetailsInvalid,
    EventKindUnknown,
    EventRefused,
    FutureDate,
    ReferenceReused,
)
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.ledger.operations.foresee import foresee
from fairdue.contexts.ledger.operations.keep import keep_one
from fairdue.contexts.ledger.operations.settle import lock_facts, settle
from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredTransaction
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.contexts.ledger.queries.snapshot import changes_between, snapshot
from fairdue.contexts.ledger.queries.terms import components
from fairdue.contexts.ledger.refusal_words import refusal_sentence
from fairdue.engine.ledger.event_kinds import KINDS, DetailsRefused, EventKind
from fairdue.engine.ledger.life.events import Resume
from fairdue.engine.ledger.life.refusals import refusal
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, Money

PREVIEW_ID = 0
"""The number of an event that is only tried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An event as it is proposed."""

    kind: str
    amount: Money | None
    effective_date: date
    details: Mapping[str, Any]
    approval_ref: str
    source: str


@transaction.atomic
def record_event(
    *,
    account_id: int,
    kind: str,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    external_ref: str,
    source: str = "hand",
    actor: Actor,
    now: datetime,
    approval_ref: str = "",
) -> EventReceipt:
    """This function will record an event, post what it comes to, and tell what it changed.

    1. The same reference with the same content returns the earlier event with `is_repeated` and no changes.
    2. Fields of `details` are those that `engine.ledger.event_kinds` describes for the kind; amounts in them are
       minor units of the account's currency.
    3. The effective date is not before the day of the opening balances and not after the business date.
    4. A contract that is kept here is brought up to the day before, and derived anew with the event.
    5. A plan with a discount needs an approval, as do the kinds that are described so.

    :raises PermissionRefused: without `ledger.adjust`; for money received without `payments.record`
    :raises AccountUnknown: if the account is not open or belongs to a creditor outside the actor's scope
    :raises EventRefused: one class per rule; its code is `ledger.event.<reason>`
    :raises CurrencyDiffers, AmountInvalid, BeforeOpening, FutureDate, ReferenceReused: as they say
    """
    actor.require(_permission(kind))
    facts, present = lock_facts(account_id)
    require_scope(facts, actor)
    proposal = Proposal(
        kind=kind,
        amount=amount,
        effective_date=effective_date,
        details=details,
        approval_ref=approval_ref,
        source=source,
    )
    today = business_date(now)
    known = next((one for one in facts.transactions if one.external_ref == external_ref), None)
    if known is not None:
        return _repeat(facts, known, proposal, today)
    if keep_one(account_id=account_id, until=today, now=now).changed_accounts:
        facts, present = lock_facts(account_id)
    _guard(facts, proposal, now)
    row = insert_transaction(facts, _stored(facts, proposal, external_ref, now))
    after = facts.with_transaction(row)
    settle(after, present, now=now)
    if keep_one(account_id=account_id, until=today, now=now).changed_accounts:
        after, _ = lock_facts(account_id)
    _audit(after, row, actor, now)
    changes = changes_between(after, snapshot(facts, today), snapshot(after, today), today)
    return _receipt(after, row, changes, is_repeated=False)


def preview_event(
    *,
    account_id: int,
    kind: str,
    amount: Money | None,
    effective_date: date,
    details: Mapping[str, Any],
    source: str = "hand",
    actor: Actor,
    now: datetime,
    approval_ref: str = "",
) -> Changes:
    """This function will tell what an event would change; nothing is written, and an approval is not needed yet.

    On a contract that is kept here it foresees what keeping will then derive: penalty interest, late fees, the
    interest that an early settlement does not owe. What does not exist yet has a number from 2^62 on, or 0.

    :raises PermissionRefused: without `ledger.view`
    :raises LedgerError: as `record_event` would
    """
    actor.require("ledger.view")
    facts = load_facts(account_id)
    if facts is None:
        raise AccountUnknown(f"account {account_id} is not open")
    require_scope(facts, actor)
    proposal = Proposal(
        kind=kind,
        amount=amount,
        effective_date=effective_date,
        details=details,
        approval_ref=approval_ref or "preview",
        source=source,
    )
    today = business_date(now)
    before = foresee(facts, until=today, now=now)
    _guard(before, proposal, now)
    after = foresee(before, until=today, now=now, tried=_stored(facts, proposal, "preview", now))
    return changes_between(after, snapshot(before, today), snapshot(after, today), today)


def require_scope(facts: AccountFacts, actor: Actor) -> None:
    """Pass if the account is in the actor's scope.

    :raises AccountUnknown: if not, for what lies outside it does not exist for the actor
    """
    if actor.creditor_ids is not None and facts.creditor_id not in actor.creditor_ids:
        raise AccountUnknown(f"account {facts.account_id} is not open or not in your scope")


def require_fit(facts: AccountFacts, amount: Money | None, effective_date: date, now: datetime) -> None:
    """Pass if an amount and a day can be posted on an account.

    :raises CurrencyDiffers, AmountInvalid, FutureDate, BeforeOpening: as they say
    """
    if amount is not None and amount.currency != facts.currency:
        raise CurrencyDiffers(f"the account is kept in {facts.currency}, the amount is in {amount.currency}")
    if amount is not None and not 0 < amount.minor <= MAX_MINOR:
        raise AmountInvalid(f"an amount is more than 0 and at most 2^53 minor units, not {amount.minor}")
    if effective_date > business_date(now):
        raise FutureDate(f"{effective_date} lies after the business date {business_date(now)}")
    if effective_date < facts.balance_date:
        raise BeforeOpening(f"{effective_date} lies before the opening balances of {facts.balance_date}")


def insert_transaction(facts: AccountFacts, stored: StoredTransaction) -> StoredTransaction:
    """Store a transaction and return it with its number."""
    row = Transaction.objects.create(
        account_id=facts.account_id,
        person_id=facts.person_id,
        external_ref=stored.external_ref,
        kind=stored.kind,
        component=stored.component,
        amount_minor=stored.amount_minor,
        currency=facts.currency,
        effective_date=stored.effective_date,
        recorded_at=stored.recorded_at,
        reverses_id=stored.reverses_id,
        source=stored.source,
        fund=stored.fund,
        details=dict(stored.details),
        approval_ref=stored.approval_ref,
    )
    return replace(stored, id=row.pk)


def refuse(reason: str, message: str) -> None:
    """Raise the error of a reason.

    :raises LedgerError: always
    """
    raise REFUSALS.get(reason, EventRefused)(message)


def _permission(kind: str) -> str:
    described = KINDS.get(kind)
    is_received = described is not None and kind in ("payment", "recovery")
    return "payments.record" if is_received else "ledger.adjust"


def _guard(facts: AccountFacts, proposal: Proposal, now: datetime) -> None:
    kind = KINDS.get(proposal.kind)
    if kind is None:
        raise EventKindUnknown(f"{proposal.kind!r} is none of {', '.join(KINDS)}")
    require_fit(facts, proposal.amount, proposal.effective_date, now)
    for component in _named_components(proposal.details):
        if component not in components():
            raise ComponentUnknown(f"{component!r} is no component")
    _require_accepted(facts, _stored(facts, proposal, "", now), now)
    _require_approval(kind, proposal)


def _require_approval(kind: EventKind, proposal: Proposal) -> None:
    is_needed = kind.needs_approval or bool(proposal.details.get("discount"))
    if is_needed and not proposal.approval_ref:
        raise ApprovalMissing(f"{kind.code} needs an approval")


def _require_accepted(facts: AccountFacts, stored: StoredTransaction, now: datetime) -> None:
    """Pass if the debt's life accepts an event.

    :raises LedgerError: the error of the first rule that does not
    """
    try:
        event = facts.event(stored)
    except DetailsRefused as refused:
        raise DetailsInvalid(str(refused), field=refused.field) from refused
    if isinstance(event, Resume):  # a pause that ended is often learnt of later
        event = replace(event, entered_date=event.counts_on)
    reason = refusal(facts.history, event)
    if reason is not None:
        refuse(reason, refusal_sentence(reason, stored.kind, stored.effective_date))


def _named_components(details: Mapping[str, Any]) -> Iterator[str]:
    if details.get("component"):
        yield str(details["component"])
    discount, rows = details.get("discount"), details.get("rows")
    if isinstance(discount, Mapping):
        yield from map(str, discount)
    if isinstance(rows, list | tuple):
        yield from (str(row["component"]) for row in rows if isinstance(row, Mapping) and "component" in row)


def _stored(facts: AccountFacts, proposal: Proposal, external_ref: str, now: datetime) -> StoredTransaction:
    component = proposal.details.get("component", "")
    return StoredTransaction(
        id=PREVIEW_ID,
        external_ref=external_ref,
        kind=proposal.kind,
        component=component if isinstance(component, str) else "",
        amount_minor=0 if proposal.amount is None else proposal.amount.minor,
        currency=facts.currency,
        effective_date=proposal.effective_date,
        recorded_at=now,
        reverses_id=None,
        fund="cash",
        details=dict(proposal.details),
        source=proposal.source,
        approval_ref=proposal.approval_ref,
    )


def _repeat(facts: AccountFacts, known: StoredTransaction, proposal: Proposal, today: date) -> EventReceipt:
    amount = 0 if proposal.amount is None else proposal.amount.minor
    same = (known.kind, known.amount_minor, known.effective_date, dict(known.details))
    if same != (proposal.kind, amount, proposal.effective_date, dict(proposal.details)):
        raise ReferenceReused(f"reference {known.external_ref!r} was used before for something else")
    now_stands = snapshot(facts, today)
    changes = changes_between(facts, now_stands, now_stands, today)
    return _receipt(facts, known, changes, is_repeated=True)


def _receipt(
    facts: AccountFacts, row: StoredTransaction, changes: Changes, *, is_repeated: bool
) -> EventReceipt:
    return EventReceipt(
        transaction_id=row.id,
        account_id=facts.account_id,
        person_id=facts.person_id,
        kind=row.kind,
        amount=Money(row.amount_minor, facts.currency) if row.amount_minor else None,
        effective_date=row.effective_date,
        changes=changes,
        is_repeated=is_repeated,
    )


def _audit(facts: AccountFacts, row: StoredTransaction, actor: Actor, now: datetime) -> None:
    audit.record(
        code="ledger.event.recorded",
        actor=actor,
        subject_type="ledger.transaction",
        subject_id=row.id,
        person_id=facts.person_id,
        now=now,
        reason=str(row.details.get("reason", "")),
        after={
            "account_id": facts.account_id,
            "kind": row.kind,
            "amount_minor": row.amount_minor,
            "currency": facts.currency,
            "effective_date": str(row.effective_date),
            "approval_ref": row.approval_ref,
            "source": row.source,
        },
    )

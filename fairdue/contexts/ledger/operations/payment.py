"""Record one payment: by hand, from a provider, from a bank, or by the borrower."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.contracts import PartCard, PaymentReceipt
from fairdue.contexts.ledger.errors import AccountUnknown, ReferenceReused
from fairdue.contexts.ledger.operations.events import insert_transaction, refuse, require_fit, require_scope
from fairdue.contexts.ledger.operations.keep import keep_one
from fairdue.contexts.ledger.operations.settle import lock_facts, settle
from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredTransaction
from fairdue.contexts.ledger.queries.facts_loading import load_facts
from fairdue.contexts.ledger.queries.history import parts_of
from fairdue.contexts.ledger.queries.snapshot import split_of
from fairdue.engine.ledger.accounts import FUNDS
from fairdue.engine.ledger.life.events import Assignment
from fairdue.engine.ledger.projection import Line
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.nesting import atomic


@atomic
def record_payment(
    *,
    account_id: int,
    amount: Money,
    effective_date: date,
    external_ref: str,
    source: str,
    actor: Actor,
    now: datetime,
    fund: str = "cash",
) -> PaymentReceipt:
    """This function will record a payment, allocate it by the account's policy and return where it went.

    1. The same reference with the same content returns the earlier receipt with `is_repeated`.
    2. The effective date is not before the day of the opening balances and not after the business date.
    3. `fund` is `cash`, or `suspense` for money that was booked there when it arrived.
    4. A contract that is kept here is brought up to the day before, and derived anew with the payment.
    5. On a debt that was written off it is a recovery and settles no due item.

    :raises PermissionRefused: without `payments.record`
    :raises AccountUnknown: if the account is not open or belongs to a creditor outside the actor's scope
    :raises CurrencyDiffers, AmountInvalid, BeforeOpening, FutureDate: as they say
    :raises AccountAssigned: if the debt passed to another creditor
    :raises ReferenceReused: if the reference was used for another content
    """
    actor.require("payments.record")
    if fund not in FUNDS:
        raise ValueError(f"{fund!r} is none of {', '.join(FUNDS)}")
    facts, present = lock_facts(account_id)
    require_scope(facts, actor)
    known = next((one for one in facts.transactions if one.external_ref == external_ref), None)
    if known is not None:
        return _repeat(facts, known, amount, effective_date)
    require_fit(facts, amount, effective_date, now)
    kept = keep_one(account_id=account_id, until=business_date(now), now=now)
    if kept.changed_accounts:
        facts, present = lock_facts(account_id)
    if facts.history.has(Assignment):
        refuse("assigned", f"account {account_id} passed to another creditor")
    given = _stored(facts, amount, effective_date, external_ref, source, now, fund)
    payment = insert_transaction(facts, given)
    after = facts.with_transaction(payment)
    lines = settle(after, present, now=now).lines
    if kept.accounts and keep_one(account_id=account_id, until=business_date(now), now=now).changed_accounts:
        after, _ = lock_facts(account_id)
        lines = tuple(after.event_lines())
    _audit(facts, payment, amount, actor, now)
    return _receipt(facts, payment, _parts(after, lines, payment), is_repeated=False)


def check_payment(
    *, account_id: int, amount: Money, effective_date: date, actor: Actor, now: datetime
) -> None:
    """This function will pass if `record_payment` would record such a payment now; nothing is written.

    :raises PermissionRefused: without `payments.record`
    :raises LedgerError: as `record_payment` would
    """
    actor.require("payments.record")
    facts = load_facts(account_id)
    if facts is None:
        raise AccountUnknown(f"account {account_id} is not open")
    require_scope(facts, actor)
    _require_payable(facts, amount, effective_date, now)


def _require_payable(facts: AccountFacts, amount: Money, effective_date: date, now: datetime) -> None:
    require_fit(facts, amount, effective_date, now)
    if facts.history.has(Assignment):
        refuse("assigned", f"account {facts.account_id} passed to another creditor")


def _stored(
    facts: AccountFacts,
    amount: Money,
    effective_date: date,
    external_ref: str,
    source: str,
    now: datetime,
    fund: str,
) -> StoredTransaction:
    return StoredTransaction(
        id=0,
        external_ref=external_ref,
        kind="payment",
        component="",
        amount_minor=amount.minor,
        currency=facts.currency,
        effective_date=effective_date,
        recorded_at=now,
        reverses_id=None,
        fund=fund,
        details={},
        source=source,
    )


def _repeat(
    facts: AccountFacts, known: StoredTransaction, amount: Money, effective_date: date
) -> PaymentReceipt:
    same = (known.kind, known.amount_minor, known.currency, known.effective_date)
    if same != ("payment", amount.minor, amount.currency, effective_date):
        raise ReferenceReused(f"reference {known.external_ref!r} was used before for something else")
    parts = parts_of([known.id], facts.currency).get(known.id, ())
    return _receipt(facts, known, parts, is_repeated=True)


def _parts(facts: AccountFacts, lines: tuple[Line, ...], payment: StoredTransaction) -> tuple[PartCard, ...]:
    dates = {item.key: item.due_date for item in facts.items}
    cards = [
        PartCard(
            component=component,
            due_ref=key[0] if key else "",
            due_date=dates.get(key) if key else None,
            amount=Money(amount, facts.currency),
        )
        for (component, key), amount in split_of(lines, str(payment.id)).items()
    ]
    return tuple(sorted(cards, key=lambda card: (card.due_date or date.max, card.component)))


def _receipt(
    facts: AccountFacts, payment: StoredTransaction, parts: tuple[PartCard, ...], *, is_repeated: bool
) -> PaymentReceipt:
    return PaymentReceipt(
        transaction_id=payment.id,
        account_id=facts.account_id,
        person_id=facts.person_id,
        amount=Money(payment.amount_minor, payment.currency),
        effective_date=payment.effective_date,
        parts=parts,
        is_repeated=is_repeated,
    )


def _audit(
    facts: AccountFacts, payment: StoredTransaction, amount: Money, actor: Actor, now: datetime
) -> None:
    audit.record(
        code="ledger.payment.recorded",
        actor=actor,
        subject_type="ledger.transaction",
        subject_id=payment.id,
        person_id=facts.person_id,
        now=now,
        after={
            "account_id": facts.account_id,
            "amount": str(amount),
            "effective_date": str(payment.effective_date),
            "source": payment.source,
        },
    )

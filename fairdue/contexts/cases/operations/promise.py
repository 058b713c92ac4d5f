"""Record a promise to pay, or cancel one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases.contracts import PromiseCard, PromiseRules
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import Case, PromiseToPay
from fairdue.contexts.cases.operations.outcome import staff_id
from fairdue.contexts.cases.policies import locked_case
from fairdue.contexts.cases.queries.cards import promise_card
from fairdue.contexts.cases.reference import promise_rules
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


class PromiseRefused(CaseRefused):
    """The promise breaks a rule; `code` says which one, nothing was recorded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def tolerance_of(amount: Money, rules: PromiseRules) -> int:
    """Return what may be missing, in minor units: the smaller of the percentage and the fixed amount."""
    return min(amount.minor * rules.tolerance_percent // 100, rules.tolerance_minor)


def _check_date(promised_date: date, today: date, rules: PromiseRules) -> None:
    if promised_date < today:
        raise PromiseRefused("cases.promise.date_past", f"{promised_date} is before {today}")
    latest = today + timedelta(days=rules.latest_days)
    if promised_date > latest:
        raise PromiseRefused("cases.promise.date_too_far", f"{promised_date} is after {latest}")


def _owed(person_id: int, account_id: int | None, currency: str, actor: Actor, today: date) -> Money:
    """Return what is owed in a currency, on one account or on all that the actor may see."""
    cards = list(book.account_cards(person_id, actor=actor))
    if account_id is not None:
        cards = [card for card in cards if card.account_id == account_id]
        if not cards:
            raise PromiseRefused("cases.promise.account", f"account {account_id} is not one of this case")
    wanted = {card.account_id for card in cards if card.currency == currency}
    summary = ledger.person_summary(person_id, today)
    balances = [account.balance for account in summary.accounts if account.account_id in wanted]
    return sum(balances, Money(0, currency))


def _check_amount(amount: Money, owed: Money) -> None:
    if amount.minor <= 0:
        raise PromiseRefused("cases.promise.amount_not_positive", "a promise is of more than nothing")
    if amount.minor > owed.minor:
        raise PromiseRefused("cases.promise.above_owed", f"{amount} is more than the {owed} that is owed")


@transaction.atomic
def record_promise(
    *, case_id: int, account_id: int | None, amount: Money, promised_date: date, actor: Actor, now: datetime
) -> PromiseCard:
    """Record an amount and a date that the debtor named, and return the promise.

    1. The amount is positive and not above what is owed: on the account, or on all debts in scope.
    2. The date lies within [today, today + latest_days] of packs/reference/promises.yaml.
    3. A case has one open promise: a new one supersedes the one before, which stays on record.
    4. Tolerance and grace are written into the promise, so that later rules do not change it.

    :raises NotInScope: if the case is not in the actor's scope
    :raises PromiseRefused: if a rule is broken
    """
    actor.require("promises.record")
    case = locked_case(case_id, actor)
    if case.status != "open":
        raise PromiseRefused("cases.promise.case_closed", "the case is closed")
    today, rules = business_date(now), promise_rules()
    _check_date(promised_date, today, rules)
    _check_amount(amount, _owed(case.person_id, account_id, amount.currency, actor, today))
    before = PromiseToPay.objects.filter(case=case, status="open").first()
    if before is not None:
        PromiseToPay.objects.filter(pk=before.pk).update(status="superseded", settled_at=now)
    promise = PromiseToPay.objects.create(
        case=case,
        person_id=case.person_id,
        account_id=account_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        promised_date=promised_date,
        tolerance_minor=tolerance_of(amount, rules),
        grace_days=rules.grace_days,
        recorded_by_id=staff_id(actor),
        recorded_at=now,
    )
    _audit("cases.promise.recorded", case, promise, actor, now, before=before)
    return promise_card(promise, actor.label)


def _audit(
    code: str,
    case: Case,
    promise: PromiseToPay,
    actor: Actor,
    now: datetime,
    *,
    before: PromiseToPay | None = None,
    reason: str = "",
) -> None:
    audit.record(
        code=code,
        actor=actor,
        subject_type="promise",
        subject_id=promise.pk,
        now=now,
        person_id=case.person_id,
        reason=reason,
        before={"superseded_promise_id": before.pk} if before else None,
        after={
            "case_id": case.pk,
            "amount_minor": promise.amount_minor,
            "currency": promise.currency,
            "promised_date": promise.promised_date.isoformat(),
            "status": promise.status,
        },
    )


@transaction.atomic
def cancel_promise(*, case_id: int, promise_id: int, reason: str, actor: Actor, now: datetime) -> PromiseCard:
    """Cancel an open promise that was recorded by mistake, and return it.

    :raises NotInScope: if the case is not in the actor's scope
    :raises PromiseRefused: if the promise is not open, or no reason is given
    """
    actor.require("promises.record")
    case = locked_case(case_id, actor)
    if not reason.strip():
        raise PromiseRefused("cases.promise.reason_missing", "say why the promise is cancelled")
    promise = PromiseToPay.objects.filter(pk=promise_id, case=case, status="open").first()
    if promise is None:
        raise PromiseRefused("cases.promise.not_open", f"promise {promise_id} is not open")
    promise.status, promise.settled_at = "cancelled", now
    promise.save(update_fields=["status", "settled_at"])
    _audit("cases.promise.cancelled", case, promise, actor, now, reason=reason)
    return promise_card(promise, "")

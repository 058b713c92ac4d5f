"""Debits under mandates: planned ahead and announced, tried on their day, tried again as the terms say, never more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards_online import checkout_card, debit_card
from fairdue.contexts.payments.contracts_online import CheckoutCard, DebitCard
from fairdue.contexts.payments.mandate_words import debit_terms
from fairdue.contexts.payments.models import Checkout, Debit, Mandate
from fairdue.contexts.payments.operations.checkouts import locked, new_ref, record_checkout
from fairdue.contexts.payments.operations.mandates import close_mandate
from fairdue.engine.payments.debits import debit_amount, next_try
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

ANSWER_WITHIN = timedelta(days=5)
"""How long a bank may take over a debit before it is asked about."""


@transaction.atomic
def plan_debits(*, as_of: date, now: datetime) -> tuple[DebitCard, ...]:
    """This function will plan a debit for each due date that comes up under a mandate, and return the new ones.

    1. A due date counts from the day on which the mandate was given; what was late before is not taken.
    2. The first try is on the due date, and never earlier than the notice period after the debit was planned.
    3. Planning a day twice plans nothing twice.
    """
    terms = debit_terms()
    until = as_of + timedelta(days=terms.notice_days)
    made: list[DebitCard] = []
    for mandate in Mandate.objects.filter(status="active").exclude(provider_ref="").order_by("id"):
        assert mandate.accepted_at is not None  # noqa: S101 - the database holds it
        given_date = business_date(mandate.accepted_at)
        for due_date, unpaid in _unpaid_by_date(mandate.account_id, as_of).items():
            amount = debit_amount(unpaid_minor=unpaid, cap_minor=mandate.amount_minor)
            if not (given_date <= due_date <= until) or not amount:
                continue
            row, is_new = Debit.objects.get_or_create(
                mandate=mandate,
                due_date=due_date,
                defaults={
                    "account_id": mandate.account_id, "person_id": mandate.person_id, "amount_minor": amount,
                    "currency": mandate.currency, "recorded_at": now,
                    "next_try_date": max(due_date, as_of + timedelta(days=terms.notice_days)),
                },
            )  # fmt: skip
            if is_new:
                made.append(debit_card(row))
    return tuple(made)


def debits_to_try(*, as_of: date) -> tuple[int, ...]:
    """Return the debits whose day has come, in the order of their days."""
    rows = Debit.objects.filter(status="planned", next_try_date__lte=as_of)
    return tuple(rows.order_by("next_try_date", "id").values_list("pk", flat=True))


@transaction.atomic
def begin_debit(*, debit_id: int, as_of: date, actor: Actor, now: datetime) -> CheckoutCard | None:
    """This function will make the next try of a debit ready to be sent, or return None when it is not needed.

    1. What is asked for is what of its due date is unpaid now, never more than the mandate allows.
    2. One try at a time: two at once begin it once.
    """
    row = Debit.objects.select_for_update(of=("self",)).select_related("mandate").get(pk=debit_id)
    if row.status != "planned" or row.next_try_date is None or row.next_try_date > as_of:
        return None
    if row.mandate.status != "active":
        _end(row, "stopped")
        return None
    if as_of > row.due_date + timedelta(days=debit_terms().longest_days):
        _end(row, "given_up")
        return None
    unpaid = _unpaid_by_date(row.account_id, as_of).get(row.due_date, 0)
    amount = debit_amount(unpaid_minor=unpaid, cap_minor=min(row.mandate.amount_minor, row.amount_minor))
    if not amount:
        _end(row, "not_needed")
        return None
    row.tries, row.status, row.next_try_date = row.tries + 1, "sent", None
    row.save(update_fields=["tries", "status", "next_try_date"])
    name = f"debit:{row.pk}:{row.tries}"
    checkout = Checkout.objects.create(
        ref=new_ref("D"), person_id=row.person_id, creditor_id=row.mandate.creditor_id, amount_minor=amount,
        currency=row.currency, shares=[{"account_id": row.account_id, "amount_minor": amount, "rule": "designated"}],
        wish_hash=sealing.key_of("wish", name), nonce_hash=sealing.key_of("checkout", row.person_id, name),
        method="direct_debit", choice="due", locale=row.mandate.locale, debit=row, made_by=actor.label, made_at=now,
        expires_at=now + ANSWER_WITHIN,
    )  # fmt: skip
    record_checkout(checkout, "begun", actor, now)
    return checkout_card(checkout)


@transaction.atomic
def refuse_debit(*, ref: str, failure: str, actor: Actor, now: datetime) -> CheckoutCard:
    """This function will end a try that the provider refused to take over: nothing was taken.

    :raises CheckoutUnknown: if there is none
    """
    checkout = locked(ref)
    if checkout.status == "created":
        checkout.status, checkout.failure, checkout.settled_at = "failed", failure[:60], now
        checkout.save(update_fields=["status", "failure", "settled_at"])
        record_checkout(checkout, "failed", actor, now)
        follow_checkout(checkout, actor=actor, now=now)
    return checkout_card(checkout)


def _end(row: Debit, status: str) -> None:
    row.status, row.next_try_date = status, None
    row.save(update_fields=["status", "next_try_date"])


def follow_checkout(checkout: Checkout, *, actor: Actor, now: datetime) -> None:
    """This function will let a debit go the way of its latest try: collected, tried again, or given up.

    1. A refused try is made again after the waiting time of the terms, at most as often as they say; it adds no
       charge to the debt, however often it fails.
    2. So many due dates given up in a row end the mandate.
    """
    row = (
        Debit.objects.select_for_update(of=("self",)).select_related("mandate").get(pk=checkout.debit_id or 0)
    )
    if checkout.status in ("paid", "differs"):
        row.status, row.next_try_date, row.failure = "collected", None, ""
    elif checkout.status == "refunded":
        row.status, row.next_try_date, row.failure = "given_up", None, checkout.failure or "returned"
    elif checkout.status in ("failed", "cancelled", "expired") and row.status == "sent":
        _try_again(row, checkout, now)
    row.save(update_fields=["status", "next_try_date", "failure"])
    audit.record(
        code="payments.debit.followed", actor=actor, subject_type="payments.debit", subject_id=row.pk,
        person_id=row.person_id, now=now,
        after={"status": row.status, "tries": row.tries, "next_try_date": str(row.next_try_date or "")},
    )  # fmt: skip
    _end_where_it_fails(row, actor, now)


def _try_again(row: Debit, checkout: Checkout, now: datetime) -> None:
    day = next_try(debit_terms(), due_date=row.due_date, tries=row.tries, tried_date=business_date(now))
    is_live = row.mandate.status == "active"
    row.failure = checkout.failure or checkout.status
    row.next_try_date = day if is_live else None
    row.status = "stopped" if not is_live else "planned" if day else "given_up"


def _end_where_it_fails(row: Debit, actor: Actor, now: datetime) -> None:
    most = debit_terms().failures_to_stop
    latest = Debit.objects.filter(mandate=row.mandate).order_by("-due_date").values_list("status", flat=True)
    ended = [status for status in latest if status not in ("planned", "sent", "not_needed")][:most]
    if row.mandate.status == "active" and len(ended) == most and set(ended) == {"given_up"}:
        close_mandate(row.mandate, "lapsed", "refused_debits", actor, now)


@transaction.atomic
def note_told(*, debit_ids: Iterable[int], now: datetime) -> None:
    """This function will note that persons were told of their coming debits."""
    Debit.objects.filter(pk__in=list(debit_ids), told_at=None).update(told_at=now)


def _unpaid_by_date(account_id: int, as_of: date) -> dict[date, int]:
    found: dict[date, int] = {}
    for due in ledger.account_dues(account_id, as_of):
        if due.unpaid.minor:
            found[due.due_date] = found.get(due.due_date, 0) + due.unpaid.minor
    return found

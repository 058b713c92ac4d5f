"""Checkouts, mandates and debits, of a person or of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from fairdue.contexts.payments.cards_online import checkout_card, debit_card, mandate_card, notice_card
from fairdue.contexts.payments.contracts_online import (
    CheckoutCard,
    DebitCard,
    MandateCard,
    NoticeCard,
    OnlineDay,
)
from fairdue.contexts.payments.errors_online import CheckoutUnknown, MandateUnknown
from fairdue.contexts.payments.models import Checkout, CheckoutNotice, Debit, Mandate
from fairdue.contexts.payments.queries.payments import day_start
from fairdue.engine.payments.checkouts import LIVE
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import MINOR_DIGITS, Money

FIRST_ASKED = timedelta(seconds=20)
"""So long the provider has to tell by itself before it is asked."""
LONGEST_WAIT = timedelta(hours=1)
STRANGE = ("unknown", "foreign", "differs", "too_early", "refused")


def checkout(*, ref: str, person_id: int | None = None, actor: Actor | None = None) -> CheckoutCard:
    """Return one checkout: of a person for the borrower's own view, or in an actor's scope.

    :raises CheckoutUnknown: if there is none, or it is somebody else's
    :raises PermissionRefused: for an actor without `payments.view`
    """
    rows = Checkout.objects.filter(ref=ref)
    rows = rows.filter(person_id=person_id) if person_id is not None else _in_scope(rows, actor)
    row = rows.first()
    if row is None:
        raise CheckoutUnknown("there is no such payment")
    return checkout_card(row)


def given_back_in_part(*, ref: str) -> tuple[Money, ...]:
    """Return the parts of a payment that the provider gave back; the same one told twice is one."""
    rows = CheckoutNotice.objects.filter(checkout__ref=ref, kind="refunded", verdict="differs")
    parts = rows.values_list("occurred_at", "amount_minor", "currency").distinct().order_by("occurred_at")
    return tuple(Money(minor, currency) for _, minor, currency in parts if minor and currency in MINOR_DIGITS)


def checkouts_of(*, person_id: int, limit: int = 20, actor: Actor | None = None) -> tuple[CheckoutCard, ...]:
    """Return a person's checkouts, the newest first; without an actor for the borrower's own view."""
    rows = Checkout.objects.filter(person_id=person_id)
    if actor is not None and actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    return tuple(checkout_card(row) for row in rows.order_by("-id")[:limit])


def checkouts_to_ask(*, now: datetime, limit: int = 100) -> tuple[CheckoutCard, ...]:
    """Return the checkouts of which nothing final is known and that are due to be asked about, the oldest first.

    Waiting times between two questions grow with each, from 20 seconds to an hour.
    """
    rows = Checkout.objects.filter(status__in=LIVE, made_at__lte=now - FIRST_ASKED).order_by("asked_at", "id")
    due = []
    for row in rows[: limit * 5]:
        wait = min(FIRST_ASKED * 2 ** min(row.asked_count, 8), LONGEST_WAIT)
        if row.asked_at is None or row.asked_at <= now - wait:
            due.append(checkout_card(row))
    return tuple(due[:limit])


def online_day(
    *, business_date: date, actor: Actor, creditor_id: int | None = None, now: datetime
) -> OnlineDay:
    """Return what was asked of the provider on a day, what it told, and what is missing between the two.

    :raises PermissionRefused: without `payments.view`
    """
    rows = _in_scope(Checkout.objects.all(), actor)
    rows = rows.filter(creditor_id=creditor_id) if creditor_id is not None else rows
    start, end = day_start(business_date), day_start(business_date + timedelta(days=1))
    asked = [checkout_card(row) for row in rows.filter(made_at__gte=start, made_at__lt=end).order_by("-id")]
    notices = CheckoutNotice.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
    if actor.creditor_ids is not None or creditor_id is not None:
        notices = notices.filter(checkout__in=rows)
    told = [notice_card(row) for row in notices.order_by("-id")]
    late = rows.filter(status__in=LIVE, expires_at__lt=now).order_by("id")
    return OnlineDay(
        business_date=business_date,
        asked=tuple(asked),
        told=tuple(told),
        missing=(
            *(checkout_card(row) for row in late),
            *(card for card in asked if not card.is_live and card.provider_ref and card.told_at is None),
        ),
        strange=tuple(card for card in told if card.verdict in STRANGE),
        totals=_totals(asked),
    )


def mandates_of(*, person_id: int, actor: Actor | None = None) -> tuple[MandateCard, ...]:
    """Return a person's mandates that were given, the newest first."""
    rows = Mandate.objects.filter(person_id=person_id).exclude(accepted_at=None)
    if actor is not None and actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    return tuple(mandate_card(row) for row in rows.order_by("-id"))


def mandate(*, mandate_id: int, person_id: int | None) -> MandateCard:
    """Return one mandate of a person.

    :raises MandateUnknown: if there is none, or it is somebody else's
    """
    rows = Mandate.objects.filter(pk=mandate_id)
    row = (rows if person_id is None else rows.filter(person_id=person_id)).first()
    if row is None:
        raise MandateUnknown("there is no such mandate")
    return mandate_card(row)


def mandates_to_register() -> tuple[MandateCard, ...]:
    """Return the mandates in force that the provider does not know yet."""
    rows = Mandate.objects.filter(status="active", provider_ref="").order_by("id")
    return tuple(mandate_card(row) for row in rows)


def debits_of(*, mandate_ids: Sequence[int], limit: int = 12) -> dict[int, tuple[DebitCard, ...]]:
    """Return the debits of some mandates, the latest due date first."""
    found: dict[int, list[DebitCard]] = defaultdict(list)
    for row in Debit.objects.filter(mandate_id__in=list(mandate_ids)).order_by("-due_date"):
        if len(found[row.mandate_id]) < limit:
            found[row.mandate_id].append(debit_card(row))
    return {mandate_id: tuple(cards) for mandate_id, cards in found.items()}


def debit(*, debit_id: int) -> DebitCard:
    """Return one debit."""
    return debit_card(Debit.objects.get(pk=debit_id))


def debits_untold(*, from_date: date) -> tuple[DebitCard, ...]:
    """Return planned debits of which the person was not told yet."""
    rows = Debit.objects.filter(status="planned", told_at=None, next_try_date__gte=from_date)
    return tuple(debit_card(row) for row in rows.order_by("id"))


def notices_of(*, checkout_id: int) -> tuple[NoticeCard, ...]:
    """Return all that the provider said of one checkout, the newest first."""
    return tuple(
        notice_card(row) for row in CheckoutNotice.objects.filter(checkout_id=checkout_id).order_by("-id")
    )


def _in_scope(rows: QuerySet[Checkout], actor: Actor | None) -> QuerySet[Checkout]:
    if actor is None:
        return rows.filter(Q(pk__in=[]))
    actor.require("payments.view")
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=actor.creditor_ids)


def _totals(cards: Sequence[CheckoutCard]) -> tuple[tuple[str, str, int, Money], ...]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for card in cards:
        count, minor = sums.get((card.status, card.amount.currency), (0, 0))
        sums[card.status, card.amount.currency] = (count + 1, minor + card.amount.minor)
    return tuple(
        (status, currency, count, Money(minor, currency))
        for (status, currency), (count, minor) in sorted(sums.items())
    )

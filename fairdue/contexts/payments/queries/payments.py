"""Incoming payments, masked."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import F, QuerySet, Sum

from fairdue.contexts.payments.cards import AGES, age_band, payment_card_of
from fairdue.contexts.payments.contracts import PaymentCard, PaymentPage, Received
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.contexts.payments.operations.locking import found
from fairdue.contexts.payments.operations.receive import received, source_key
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.kernel.money import Money

SETTLED = F("matched_minor") + F("returned_minor")


def incoming_payments(
    *,
    actor: Actor,
    as_of: date,
    status: str = "suspense",
    creditor_id: int | None = None,
    source_kind: str = "",
    from_date: date | None = None,
    to_date: date | None = None,
    offset: int = 0,
    limit: int = 50,
) -> PaymentPage:
    """Return a page of payments, oldest first while waiting, else newest first; `status` empty for all.

    `from_date` and `to_date` are days of receipt.

    :raises PermissionRefused: without `payments.view`
    """
    rows = _filtered(_in_scope(actor), status, source_kind, from_date, to_date)
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    waiting = rows.filter(amount_minor__gt=SETTLED)
    sums = waiting.values("currency").annotate(minor=Sum(F("amount_minor") - SETTLED)).order_by("currency")
    page = rows.select_related("creditor").order_by("id" if status == "suspense" else "-id")
    shown = list(page[offset : offset + limit])
    matches: dict[int, list[PaymentMatch]] = defaultdict(list)
    for match in PaymentMatch.objects.filter(payment__in=shown).order_by("id"):
        matches[match.payment_id].append(match)
    return PaymentPage(
        rows=tuple(payment_card_of(row, as_of, matches[row.pk]) for row in shown),
        total_count=rows.count(),
        waiting={row["currency"]: Money(row["minor"], row["currency"]) for row in sums},
        ages=_ages(waiting, as_of),
    )


def payment_card(*, payment_id: int, as_of: date, actor: Actor) -> PaymentCard:
    """Return one payment with all its matches.

    :raises PermissionRefused: without `payments.view`
    :raises PaymentUnknown: if there is none in the actor's scope
    """
    actor.require("payments.view")
    row = IncomingPayment.objects.filter(pk=payment_id).select_related("creditor").first()
    payment = found(row, actor, payment_id)
    return payment_card_of(payment, as_of, PaymentMatch.objects.filter(payment=payment).order_by("id"))


def received_payment(*, payment_id: int) -> Received:
    """Return where a payment that the caller has just received stands now."""
    return received(IncomingPayment.objects.get(pk=payment_id))


def waiting_payment_ids(*, creditor_id: int, actor: Actor) -> tuple[int, ...]:
    """Return the payments of a creditor of which anything waits, oldest first."""
    rows = _in_scope(actor).filter(creditor_id=creditor_id, amount_minor__gt=SETTLED)
    return tuple(rows.order_by("id").values_list("pk", flat=True))


def payment_by_source_ref(*, creditor_id: int, source: str, source_ref: str) -> int | None:
    """Return the payment that a source called so, or None."""
    rows = IncomingPayment.objects.filter(creditor_id=creditor_id, source_key=source_key(source, source_ref))
    return rows.values_list("pk", flat=True).first()


def _in_scope(actor: Actor) -> QuerySet[IncomingPayment]:
    actor.require("payments.view")
    rows = IncomingPayment.objects.all()
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=actor.creditor_ids)


def _filtered(
    rows: QuerySet[IncomingPayment],
    status: str,
    source_kind: str,
    from_date: date | None,
    to_date: date | None,
) -> QuerySet[IncomingPayment]:
    if status == "suspense":
        rows = rows.filter(amount_minor__gt=SETTLED)
    elif status in ("matched", "returned"):
        rows = rows.filter(amount_minor=SETTLED)
        rows = rows.filter(matched_minor__gt=0) if status == "matched" else rows.filter(matched_minor=0)
    if source_kind:
        rows = rows.filter(source__startswith=source_kind)
    if from_date is not None:
        rows = rows.filter(recorded_at__gte=day_start(from_date))
    if to_date is not None:
        rows = rows.filter(recorded_at__lt=day_start(to_date + timedelta(days=1)))
    return rows


def day_start(day: date) -> datetime:
    """Return the moment at which a business date begins."""
    return datetime.combine(day, time(), HOUSE_ZONE)


def _ages(waiting: QuerySet[IncomingPayment], as_of: date) -> tuple[tuple[str, int], ...]:
    moments = waiting.values_list("recorded_at", flat=True)
    counts = Counter(age_band(max((as_of - business_date(moment)).days, 0)) for moment in moments)
    return tuple((name, counts[name]) for name, _ in AGES)

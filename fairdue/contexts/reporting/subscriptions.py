"""Who gets the dashboards by e-mail, how often, under which filters; and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.reporting.models import Subscription, SubscriptionSend
from fairdue.kernel.actor import Actor

EVERY = ("day", "week", "month")
MONDAY = 0


class SubscriptionRefused(ValueError):
    """It cannot be subscribed or stopped like this; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionCard:
    """One subscription; `latest_status` and `latest_at` of the newest attempt to send it."""

    subscription_id: int
    staff_id: int
    staff_name: str
    every: str
    filters: Mapping[str, str]
    locale: str
    created_at: datetime
    latest_date: date | None
    latest_status: str
    latest_at: datetime | None


@transaction.atomic
def subscribe(
    *, every: str, filters: Mapping[str, str], locale: str, actor: Actor, now: datetime
) -> SubscriptionCard:
    """This function will let the actor get the figures by e-mail; the same once more changes nothing.

    :raises SubscriptionRefused: `reporting.subscription.every`, or `.no_address` if the actor has no e-mail address
    """
    actor.require("reporting.view")
    if every not in EVERY:
        raise SubscriptionRefused("reporting.subscription.every")
    staff = get_user_model().objects.select_for_update().get(pk=actor.id or 0)
    if not staff.email:
        raise SubscriptionRefused("reporting.subscription.no_address")
    same = Subscription.objects.filter(
        staff=staff, every=every, filters=dict(filters), stopped_at=None
    ).first()
    if same is not None:
        return _card(same)
    made = Subscription.objects.create(
        staff=staff,
        every=every,
        filters=dict(filters),
        locale=locale,
        created_at=now,
        created_by_label=actor.label,
    )
    audit.record(
        code="reporting.subscription.started", actor=actor, subject_type="subscription", subject_id=made.pk, now=now,
        after={"every": every, "filters": dict(filters)},
    )  # fmt: skip
    return _card(made)


@transaction.atomic
def stop_subscription(*, subscription_id: int, actor: Actor, now: datetime) -> None:
    """This function will stop a subscription: one's own, or with `staff.manage` anybody's; a stopped one stays stopped.

    :raises SubscriptionRefused: `reporting.subscription.unknown`
    """
    rows = Subscription.objects.select_for_update().filter(pk=subscription_id)
    row = (rows if actor.may("staff.manage") else rows.filter(staff_id=actor.id or 0)).first()
    if row is None:
        raise SubscriptionRefused("reporting.subscription.unknown")
    if row.stopped_at is None:
        row.stopped_at, row.stopped_by_label = now, actor.label
        row.save(update_fields=["stopped_at", "stopped_by_label"])
        audit.record(
            code="reporting.subscription.stopped",
            actor=actor,
            subject_type="subscription",
            subject_id=row.pk,
            now=now,
        )


def subscriptions(*, actor: Actor) -> tuple[SubscriptionCard, ...]:
    """Return the subscriptions that run: one's own, or with `staff.manage` everybody's."""
    rows = Subscription.objects.filter(stopped_at=None).select_related("staff").order_by("id")
    if not actor.may("staff.manage"):
        rows = rows.filter(staff_id=actor.id or 0)
    return tuple(_card(row) for row in rows)


def due_subscriptions(day: date) -> tuple[SubscriptionCard, ...]:
    """Return the subscriptions that are to be sent on a day and have not been."""
    wanted = Q(every="day")
    if day.weekday() == MONDAY:
        wanted |= Q(every="week")
    if day.day == 1:
        wanted |= Q(every="month")
    rows = Subscription.objects.filter(wanted, stopped_at=None).exclude(latest_date__gte=day)
    return tuple(_card(row) for row in rows.select_related("staff").order_by("id"))


@transaction.atomic
def claim_subscription(*, subscription_id: int, day: date) -> bool:
    """This function will note that a subscription is being sent today and tell whether the caller is the one who does it."""
    row = Subscription.objects.select_for_update().filter(pk=subscription_id, stopped_at=None).first()
    if row is None or (row.latest_date is not None and row.latest_date >= day):
        return False
    row.latest_date = day
    row.save(update_fields=["latest_date"])
    return True


@transaction.atomic
def record_send(
    *,
    subscription_id: int,
    day: date,
    night: date | None,
    status: str,
    error: str,
    is_final: bool,
    now: datetime,
) -> None:
    """This function will note what came of an attempt; after one that may be tried again the day is open anew."""
    SubscriptionSend.objects.create(
        subscription_id=subscription_id, day=day, night_date=night, status=status, error=error[:200], at=now
    )
    if status == "failed" and not is_final:
        Subscription.objects.filter(pk=subscription_id, latest_date=day).update(latest_date=None)


def _card(row: Subscription) -> SubscriptionCard:
    latest = row.sends.order_by("-id").first() if row.pk else None
    return SubscriptionCard(
        subscription_id=row.pk, staff_id=row.staff_id, staff_name=row.staff.get_full_name(), every=row.every,
        filters=row.filters, locale=row.locale, created_at=row.created_at, latest_date=row.latest_date,
        latest_status=latest.status if latest else "", latest_at=latest.at if latest else None,
    )  # fmt: skip

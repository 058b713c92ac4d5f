"""Figures of each night, who gets them by e-mail, and targets of teams."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class NightFigure(models.Model):
    """One counted row of one card on one night; what it counts is said in `engine.figures.metrics`. Re-provable."""

    cycle_date = models.DateField()
    card = models.CharField(max_length=12)
    creditor_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    bucket = models.CharField(max_length=8, default="", db_default="")
    currency = models.CharField(max_length=3, default="", db_default="")
    key = models.CharField(max_length=80, default="", db_default="")
    """What the card divides by first: a bucket, a stage, a strategy row, a month of disbursement."""
    second = models.CharField(max_length=24, default="", db_default="")
    """What it divides by next: a window in days, a channel, months on book."""
    base_date = models.DateField(null=True)
    """The earlier night that this one is compared with."""
    total = models.BigIntegerField(default=0, db_default=0)
    other = models.BigIntegerField(default=0, db_default=0)
    first_minor = models.BigIntegerField(default=0, db_default=0)
    second_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index(fields=["cycle_date", "card"], name="reporting_figure_card")]


class Subscription(models.Model):
    """A member of staff who gets the dashboards by e-mail, with the filters that they were looked at with."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filters = models.JSONField(default=dict)
    every = models.CharField(max_length=8)
    """`day`, `week` (on Mondays) or `month` (on the first)."""
    locale = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    created_by_label = models.CharField(max_length=150)
    stopped_at = models.DateTimeField(null=True)
    stopped_by_label = models.CharField(max_length=150, default="", db_default="")
    latest_date = models.DateField(null=True)
    """The latest day that was sent."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every__in=["day", "week", "month"]), name="reporting_subscription_every"
            ),
        ]


class SubscriptionSend(models.Model):
    """One e-mail with figures: sent once a day and subscription, whoever tries."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="sends")
    day = models.DateField()
    night_date = models.DateField(null=True)
    status = models.CharField(max_length=8)
    """`sent`, `failed` or `skipped` (the person may no longer see figures)."""
    error = models.CharField(max_length=200, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "day"],
                condition=models.Q(status="sent"),
                name="reporting_sent_once_a_day",
            )
        ]


class TeamTarget(models.Model):
    """What a team aims at, per measure; append-only, the newest set counts. Cash never stands alone."""

    team = models.ForeignKey("identity.Team", models.PROTECT, related_name="+")
    measure = models.CharField(max_length=24)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """Null: no target from then on."""
    valid_from = models.DateField()
    set_by_label = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["team", "measure", "valid_from"], name="reporting_target_team")]

"""Rest after an abusive call."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CoolDown(models.Model):
    """冷静时段: minutes in which a collector gets no new call; who asked for it and why."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    """The case whose call it was, where one is named."""
    reason = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    recorded_by_label = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)
    """When it was ended early."""
    ended_by_label = models.CharField(max_length=150, default="", db_default="")

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("started_at")), name="cases_cool_down_span"
            )
        ]
        indexes = [models.Index(fields=["staff", "until"], name="cases_cool_down_staff")]

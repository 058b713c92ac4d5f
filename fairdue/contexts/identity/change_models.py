"""Changes of what a member of staff may do, with their second pair of eyes; and invitations."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StaffChange(models.Model):
    """A change of role, team or address. One that gives more power waits for another administrator."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, default="waiting", db_default="waiting")
    """`waiting`, `done`, `refused`."""
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_label = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=150, default="", db_default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "identity"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(
                    status="done", decided_by_id=models.F("asked_by_id"), after__needs_second=True
                ),
                name="identity_change_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["staff"], condition=models.Q(status="waiting"), name="identity_one_waiting_change"
            ),
        ]


class Invitation(models.Model):
    """A way in for a new member of staff, used once: only the hash of its secret is kept."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_by_label = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        app_label = "identity"

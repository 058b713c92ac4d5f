"""What was changed by hand around a case, and whether it was taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CaseChange(models.Model):
    """经办: a change around a case that somebody made for a reason, and whether it was taken back in time."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    """`handed_over`, `escalated`, `callback`, `note`, `hold`."""
    details = models.JSONField(default=dict)
    """Numbers of what was changed, and what stood there before; no words about persons."""
    reason = models.TextField(default="", db_default="")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="cases_change_case")]

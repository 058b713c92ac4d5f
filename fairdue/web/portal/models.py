"""How many links of one address did not open lately; the only table of the portal."""

from __future__ import annotations

from django.db import models


class FailedRedemptions(models.Model):
    """Failures of one network address within one window; the address is kept as a keyed hash."""

    address_hash = models.BinaryField(max_length=32, primary_key=True)
    window_started_at = models.DateTimeField()
    count = models.IntegerField()

"""How often something was tried lately; the only table of the portal."""

from __future__ import annotations

from django.db import models


class Attempts(models.Model):
    """Tries of one kind by one key (a network address, a contact point, all together) within one window.

    The key is kept as a keyed hash over kind and value.
    """

    key_hash = models.BinaryField(max_length=32, primary_key=True)
    window_started_at = models.DateTimeField()
    count = models.IntegerField()

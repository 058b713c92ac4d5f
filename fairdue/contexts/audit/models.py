"""Events and the sealed blocks that chain them."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that somebody did: who, what, before, after, why. Append-only."""

    occurred_at = models.DateTimeField()
    code = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    gesture = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    person_id = models.BigIntegerField(null=True)
    reason = models.TextField(default="", db_default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    cluster = models.BigIntegerField()
    """System identifier of the database cluster that numbered the transaction."""
    xid = models.BigIntegerField()
    """64-bit number of the inserting transaction in that cluster; decides the block (sealing.py)."""
    digest = models.BinaryField(max_length=32)
    """HMAC-SHA256 of every other column under the chain key."""

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_event_subject"),
            models.Index(fields=["person_id", "id"], name="audit_event_person"),
            models.Index(fields=["gesture"], name="audit_event_gesture"),
            models.Index(fields=["cluster", "xid", "id"], name="audit_event_sealing"),
        ]


class Block(models.Model):
    """A sealed run of events; its hash covers their digests and the previous block's hash. Append-only."""

    number = models.BigIntegerField(unique=True)
    """1, 2, 3 … without a gap."""
    sealed_at = models.DateTimeField()
    cluster = models.BigIntegerField()
    xid_from = models.BigIntegerField()
    xid_to = models.BigIntegerField()
    """The block holds the events of the cluster's transactions `xid_from ≤ xid < xid_to`."""
    event_count = models.IntegerField()
    content_hash = models.BinaryField(max_length=32)
    """SHA-256 over the block's events in the order (xid, id)."""
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    """HMAC-SHA256 of every other column under the chain key."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "xid_from"], name="audit_block_starts_once"),
            models.CheckConstraint(
                condition=models.Q(xid_to__gt=models.F("xid_from")), name="audit_block_range"
            ),
        ]

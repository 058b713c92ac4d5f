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
    digest = models.BinaryField(max_length=32)
    """HMAC-SHA256 of the row's content under the chain key."""

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_event_subject"),
            models.Index(fields=["person_id", "id"], name="audit_event_person"),
            models.Index(fields=["gesture"], name="audit_event_gesture"),
        ]


class Block(models.Model):
    """A sealed run of events; its hash covers their digests and the previous block's hash. Append-only."""

    sealed_at = models.DateTimeField()
    first_event_id = models.BigIntegerField()
    last_event_id = models.BigIntegerField()
    event_count = models.IntegerField()
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

"""Events and the sealed blocks that chain them; runs that erase, with the proof of what they erased."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
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


class DeletionRun(models.Model):
    """One pass over everything whose time is over: what was found, and when it was through. Frozen once finished."""

    kind = models.CharField(max_length=8)
    """`plan` (nothing is erased) or `run`."""
    as_of = models.DateField()
    started_by = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    pack_versions = models.JSONField(default=dict)
    inventory_sha256 = models.CharField(max_length=64)
    """Digest of the classes of record as they stood."""
    summary = models.JSONField(default=dict)
    """Per class: records kept, due, stopped and why, erased; records that fall due by month."""
    digest = models.BinaryField(max_length=32, null=True)
    """HMAC-SHA256 of every other column under the chain key, once finished."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(finished_at__isnull=True, kind="run"),
                name="audit_deletion_one_run",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["plan", "run"]), name="audit_deletion_kind"),
        ]


class DeletionBatch(models.Model):
    """What one transaction erased: the only key to the tables that forbid it, and the proof afterwards. Append-only."""

    number = models.BigIntegerField(unique=True)
    """1, 2, 3 … over all runs, without a gap."""
    run = models.ForeignKey(DeletionRun, models.PROTECT, related_name="batches")
    class_code = models.CharField(max_length=40)
    table_name = models.CharField(max_length=63)
    key_column = models.CharField(max_length=63)
    action = models.CharField(max_length=8)
    """`row` or `fields`."""
    columns = ArrayField(models.CharField(max_length=63), default=list)
    """The columns that were emptied."""
    record_ids = ArrayField(models.TextField())
    record_count = models.IntegerField()
    person_count = models.IntegerField()
    ids_sha256 = models.CharField(max_length=64)
    content_hmac = models.BinaryField(max_length=32)
    """Keyed digest of what was erased: a copy that turns up can be recognised, but nothing can be read from it."""
    rules = models.JSONField(default=dict)
    """Number of records by the rule that kept them longest."""
    kept_until_max = models.DateField()
    """The latest day on which any of them had to be there."""
    erased_at = models.DateTimeField()
    cluster = models.BigIntegerField()
    xid = models.BigIntegerField()
    """The transaction that may erase by this batch, and no other."""
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    """HMAC-SHA256 of every other column under the chain key."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=["row", "fields"]), name="audit_batch_action"
            ),
            models.CheckConstraint(condition=models.Q(record_count__gt=0), name="audit_batch_not_empty"),
        ]
        indexes = [
            models.Index(fields=["cluster", "xid"], name="audit_batch_transaction"),
            models.Index(fields=["class_code", "number"], name="audit_batch_class"),
        ]

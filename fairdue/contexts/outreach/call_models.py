"""Telephone calls and errands: what leaves the house otherwise than as a text to a provider."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PhoneCall(models.Model):
    """外呼: one call to one number under its permit, from the first ring to the recording."""

    permit = models.OneToOneField("law.Permit", models.PROTECT, related_name="+")
    contact_id = models.BigIntegerField(unique=True)
    """law.Contact that the call counts as."""
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    provider = models.CharField(max_length=20, default="", db_default="")
    """Empty: dialled by hand."""
    key = models.CharField(max_length=64, unique=True)
    """Idempotency key at the telephone exchange."""
    provider_ref = models.CharField(max_length=120, default="", db_default="")
    state = models.CharField(max_length=10)
    """`by_hand`, `dialling`, `ringing`, `answered`, `busy`, `no_answer`, `failed`, `ended`, `unknown`."""
    error = models.CharField(max_length=120, default="", db_default="")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    """When it was made sure that the debtor speaks; nothing of the debt is said before."""
    confirmed_by_facts = models.JSONField(default=list)
    """What the person was asked for: codes of the script, never the answers."""
    script_version = models.CharField(max_length=20, default="", db_default="")
    recording_ref = models.CharField(max_length=300, default="", db_default="")
    recording_deleted_at = models.DateTimeField(null=True)
    """When the exchange said that the sound is gone, after its time was over here."""

    is_open = models.BooleanField(default=True, db_default=True)
    """Until its outcome is recorded, or it is given up: nobody else calls the same person meanwhile."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"], condition=models.Q(is_open=True), name="outreach_one_call_a_person"
            )
        ]
        indexes = [models.Index(fields=["case_id", "id"], name="outreach_call_case")]


class Errand(models.Model):
    """信函与上门: a letter or a visit that somebody asked for; it is made under a permit of its own, or not at all."""

    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    """`letter` or `visit`."""
    contact_point_id = models.BigIntegerField()
    subject = models.CharField(max_length=200, default="", db_default="")
    content_sealed = models.BinaryField(null=True)
    """Of a letter its text as it will leave."""
    locale = models.CharField(max_length=10, default="zh-hans", db_default="zh-hans")
    grounds = models.TextField(default="", db_default="")
    """Of a visit: why nothing gentler will do."""
    staff_count = models.SmallIntegerField(default=1, db_default=1)
    enters_premises = models.BooleanField(default=False, db_default=False)
    status = models.CharField(max_length=10, default="asked", db_default="asked")
    """`asked`, `made`, `withdrawn`."""
    verdict = models.JSONField(null=True)
    """The gate's latest word if it was not `allow`."""
    permit = models.OneToOneField("law.Permit", models.PROTECT, null=True, related_name="+")
    contact_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    settled_by_label = models.CharField(max_length=120, default="", db_default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="made", permit__isnull=False) | ~models.Q(status="made"),
                name="outreach_errand_made_under_permit",
            ),
            models.UniqueConstraint(
                fields=["person_id", "account_id", "channel"],
                condition=models.Q(status="asked"),
                name="outreach_errand_one_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["case_id", "id"], name="outreach_errand_case"),
            models.Index(fields=["id"], name="outreach_errand_open", condition=models.Q(status="asked")),
        ]


class LocalCall(models.Model):
    """The local exchange's own store: what a carrier would hold of a call."""

    key = models.CharField(max_length=64, unique=True)
    number_sealed = models.BinaryField()
    number_masked = models.CharField(max_length=40)
    accepted_at = models.DateTimeField()
    hung_up_at = models.DateTimeField(null=True)
    recording_deleted_at = models.DateTimeField(null=True)

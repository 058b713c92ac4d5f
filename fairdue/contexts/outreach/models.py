"""Templates, planned messages, dispatches with their permit, provider events."""

from __future__ import annotations

from django.db import models

from fairdue.contexts.outreach.call_models import Errand, LocalCall, PhoneCall

__all__ = [
    "Dispatch",
    "Errand",
    "LocalCall",
    "LocalProviderBehaviour",
    "LocalProviderMessage",
    "Message",
    "PhoneCall",
    "ProviderEvent",
    "Template",
]


class Template(models.Model):
    """话术模板: one version of one text in one language for one channel; immutable once approved."""

    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    locale = models.CharField(max_length=10)
    version = models.CharField(max_length=20)
    subject = models.CharField(max_length=200, default="", db_default="")
    body = models.TextField()
    placeholders = models.JSONField(default=dict)
    """Name → type: `money`, `date`, `integer`, `text`."""
    purpose = models.CharField(max_length=20)
    due_condition = models.CharField(max_length=10, default="overdue", db_default="overdue")
    """What must still be owed when it is sent: `overdue`, `next_due`, `balance` or `none`."""
    sha256 = models.CharField(max_length=64)
    authored_by = models.CharField(max_length=120, default="", db_default="")
    approved_by = models.CharField(max_length=120, default="", db_default="")
    approved_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "channel", "locale", "version"], name="outreach_template_version_once"
            ),
            models.UniqueConstraint(
                fields=["code", "channel", "locale"],
                name="outreach_template_one_live",
                condition=models.Q(approved_at__isnull=False, retired_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True)
                | (~models.Q(approved_by="") & ~models.Q(approved_by=models.F("authored_by"))),
                name="outreach_template_second_person",
            ),
        ]


class Message(models.Model):
    """Something that is to be said to one person on one channel, once."""

    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    contact_point_id = models.BigIntegerField(null=True)
    template_code = models.CharField(max_length=60)
    template_version = models.CharField(max_length=20, default="", db_default="")
    """The version that was rendered; empty until then."""
    locale = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    """Typed placeholder values; no names, no numbers of persons."""
    attachment = models.CharField(max_length=40, default="", db_default="")
    """What file goes with a mail, such as `agreement:17`; it is read when the mail leaves, never kept here."""
    round = models.SmallIntegerField(default=1, db_default=1)
    dedupe_key = models.CharField(max_length=80, unique=True)
    """Says what this message is; the same thing is never said twice."""
    cycle_date = models.DateField(null=True)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=12, default="planned", db_default="planned")
    """`planned`, `sending`, `sent`, `delivered`, `failed`, `refused`, `expired`, `read`."""
    verdict = models.JSONField(null=True)
    """The gate's latest word if it was not `allow`."""
    content_sealed = models.BinaryField(null=True)
    """The text as sent."""
    earlier_content_sealed = models.BinaryField(null=True)
    """The text of the try before, while it may still turn out that this one left."""
    attempts = models.SmallIntegerField(default=0, db_default=0)
    read_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="outreach_message_planned",
                condition=models.Q(status="planned"),
            ),
            models.Index(fields=["person_id", "id"], name="outreach_message_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attachment="") | models.Q(channel="email"),
                name="outreach_files_by_mail_only",
            )
        ]


class Dispatch(models.Model):
    """One handing-over of a message to a provider. The database refuses it without a permit of its own."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="dispatch")
    permit = models.OneToOneField("law.Permit", models.PROTECT, related_name="+")
    contact_id = models.BigIntegerField()
    earlier = models.JSONField(null=True)
    """Permit, contact and contact point of the try before, if its permit was used: its text may still arrive."""
    provider = models.CharField(max_length=20)
    idempotency_key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, default="reserved", db_default="reserved")
    """`reserved`, `accepted`, `unknown`, `failed`, `delivered`, `bounced`."""
    provider_ref = models.CharField(max_length=120, default="", db_default="")
    error = models.CharField(max_length=200, default="", db_default="")
    tries = models.SmallIntegerField(default=0, db_default=0)
    reserved_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    """Set just before a provider that cannot be asked gets the text; it is handed over only once."""
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outreach_dispatch_open",
                condition=models.Q(status__in=["reserved", "unknown"]),
            ),
            models.Index(fields=["provider", "provider_ref"], name="outreach_dispatch_provider"),
        ]


class ProviderEvent(models.Model):
    """A delivery report, bounce or reply as a provider sent it, once. Append-only."""

    provider = models.CharField(max_length=20)
    event_ref = models.CharField(max_length=120)
    dispatch = models.ForeignKey(Dispatch, models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=20)
    """`delivered`, `failed`, `bounced`, `complained`, `replied`."""
    detail = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_ref"], name="outreach_provider_event_once")
        ]


class LocalProviderMessage(models.Model):
    """The local provider's own store: what a carrier would hold, shown on the outbox page."""

    idempotency_key = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=10)
    recipient_sealed = models.BinaryField()
    recipient_masked = models.CharField(max_length=80)
    text_sealed = models.BinaryField()
    accepted_at = models.DateTimeField()
    reported_status = models.CharField(max_length=12, default="", db_default="")
    report_due_at = models.DateTimeField(null=True)


class LocalProviderBehaviour(models.Model):
    """What the local provider was told to do; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    fail_percent = models.SmallIntegerField(default=0, db_default=0)
    delay_seconds = models.IntegerField(default=1, db_default=1)
    duplicate_callbacks = models.BooleanField(default=False, db_default=False)
    drop_answer_percent = models.SmallIntegerField(default=0, db_default=0)
    """Accepts the message, then cuts the connection: the sender cannot know."""

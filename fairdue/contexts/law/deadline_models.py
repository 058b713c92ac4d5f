"""Requests as they came in, the deadlines that run, and the extensions that were asked for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

IS_RUNNING = models.Q(status="running")
IS_UNANSWERED = models.Q(status__in=["running", "missed"])


class ReceivedRequest(models.Model):
    """What a borrower asked for or complained of, by which channel and when: the moment from which clocks run."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)
    account_id = models.BigIntegerField(null=True)
    """Null: all debts of the person."""
    kind = models.CharField(max_length=30)
    """A code of packs/reference/requests.yaml."""
    channel = models.CharField(max_length=20)
    summary = models.TextField()
    facts = models.JSONField(default=dict)
    """What decides the length of a clock, such as {"complexity": "complex"}."""
    received_at = models.DateTimeField()
    hold_id = models.BigIntegerField(null=True)
    """The hold that was placed with it; lifting that hold answers the request."""
    recorded_by_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "account_id", "received_at"], nulls_distinct=False,
                name="law_request_once",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["hold_id"], name="law_request_hold", condition=models.Q(hold_id__isnull=False)
            )
        ]


class Deadline(models.Model):
    """期限: a clock that runs, by which rule of which pack, and what became of it."""

    kind = models.CharField(max_length=40)
    """A clock of `pack`: packs/rules/<pack>/deadlines/."""
    nature = models.CharField(max_length=10)
    """`duty`, `period` or `option`."""
    subject_type = models.CharField(max_length=20)
    """`request`, `hold`, `account` or `deadline` (the one whose meeting started this one)."""
    subject_id = models.BigIntegerField()
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(null=True)
    creditor_ids = ArrayField(models.BigIntegerField(), default=list)
    """Creditors of the debts that it is about, for the data scope."""
    step = models.CharField(max_length=20, default="", db_default="")
    """Which of the clock's lengths it has; empty: its own."""
    facts = models.JSONField(default=dict)
    pack = models.CharField(max_length=40)
    pack_version = models.CharField(max_length=20)
    pack_sha256 = models.CharField(max_length=64)
    rule_id = models.CharField(max_length=80)
    citation = models.TextField()
    evidence = models.CharField(max_length=12)
    words = models.JSONField()
    """As they stood: title, act and arithmetic, each in zh and en; the calendar's code and zone."""
    started_at = models.DateTimeField()
    start_date = models.DateField()
    """Day of `started_at` in the pack's zone."""
    due_date = models.DateField()
    """The last day that is in time."""
    due_at = models.DateTimeField()
    """The first instant that is too late: midnight after `due_date` in the pack's zone."""
    first_due_date = models.DateField()
    """`due_date` before any extension."""
    status = models.CharField(max_length=10, default="running", db_default="running")
    """`running`; `met` in time; `missed` and open still; `met_late`; `passed` (a period, an option); `cancelled`."""
    met_at = models.DateTimeField(null=True)
    """When it was done, which may be earlier than when somebody said so."""
    missed_at = models.DateTimeField(null=True)
    """When it was found missed; stays."""
    closed_by = models.CharField(max_length=120, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    note = models.TextField(default="", db_default="")
    """How it was met, or why it was cancelled."""
    started_by_id = models.BigIntegerField(null=True)
    started_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "pack"], name="law_deadline_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["running", "met", "missed", "met_late", "passed", "cancelled"]
                ),
                name="law_deadline_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["met", "met_late"]) | models.Q(met_at__isnull=False),
                name="law_deadline_met_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["missed", "met_late"]) | models.Q(missed_at__isnull=False),
                name="law_deadline_missed_at",
            ),
            models.CheckConstraint(
                condition=models.Q(due_date__gte=models.F("first_due_date")),
                name="law_deadline_never_shortened",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="law_deadline_running", condition=IS_RUNNING),
            models.Index(fields=["due_at", "id"], name="law_deadline_unanswered", condition=IS_UNANSWERED),
            GinIndex(fields=["creditor_ids"], name="law_deadline_creditors"),
        ]


class DeadlineExtension(models.Model):
    """An extension that was asked for, and what somebody else decided."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="extensions")
    step = models.CharField(max_length=20)
    rule_id = models.CharField(max_length=80)
    citation = models.TextField()
    from_date = models.DateField()
    asked_date = models.DateField()
    max_date = models.DateField()
    words = models.JSONField()
    """The arithmetic of the maximum, in zh and en."""
    reason = models.TextField()
    reference = models.CharField(max_length=200, default="", db_default="")
    """Of the approval that the rule wants, such as a minute of senior management."""
    notice = models.CharField(max_length=200, default="", db_default="")
    """When and how the person was told."""
    status = models.CharField(max_length=10, default="open", db_default="open")
    """`open`, `approved`, `refused`, `withdrawn`, `lapsed` (the deadline ended first)."""
    requested_by_id = models.BigIntegerField()
    requested_by = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, default="", db_default="")
    decided_role = models.CharField(max_length=20, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=models.Q(status="open"), name="law_extension_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "approved", "refused", "withdrawn", "lapsed"]),
                name="law_extension_status",
            ),
            models.CheckConstraint(
                condition=models.Q(asked_date__gt=models.F("from_date"))
                & models.Q(asked_date__lte=models.F("max_date")),
                name="law_extension_within_maximum",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["approved", "refused"])
                | (
                    models.Q(decided_by_id__isnull=False)
                    & ~models.Q(decided_by_id=models.F("requested_by_id"))
                ),
                name="law_extension_four_eyes",
            ),
        ]

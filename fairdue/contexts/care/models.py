"""What care keeps: matters, what happened to them, answers, documents in sealed chunks."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

KINDS = ("dispute", "complaint", "hardship", "vulnerability", "wrong_person", "callback", "contact_limits")
STATES = ("open", "waiting_approval", "answered", "closed", "withdrawn")
LIVE = ("open", "waiting_approval", "answered")
UNANSWERED = ("open", "waiting_approval")


class Matter(models.Model):
    """What a person told us or objected to, until it is closed."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    cause = models.CharField(max_length=40, default="", db_default="")
    """A code of packs/reference/matters.yaml."""
    state = models.CharField(max_length=20, default="open", db_default="open")
    account_ids = ArrayField(models.BigIntegerField(), default=list)
    """Empty: all debts of the person."""
    creditor_ids = ArrayField(models.BigIntegerField(), default=list)
    """Creditors of those debts, for the data scope."""
    channel = models.CharField(max_length=20)
    words_sealed = models.BinaryField(null=True)
    """What the person said; null once its time was over."""
    details = models.JSONField(default=dict)
    """Codes, hours and channels; nothing that somebody wrote."""
    suggestions = ArrayField(models.CharField(max_length=40), default=list)
    reference = models.CharField(max_length=64, default="", db_default="")
    """Of the submission: the same one twice is one matter."""
    opened_at = models.DateTimeField()
    opened_by_kind = models.CharField(max_length=12)
    opened_by_id = models.BigIntegerField(null=True)
    opened_by = models.CharField(max_length=120)
    request_id = models.BigIntegerField(null=True)
    """The law's record of it, whose deadlines run; of one that was reopened the latest."""
    hold_id = models.BigIntegerField(null=True)
    deadline = models.ForeignKey("law.Deadline", models.PROTECT, related_name="+", null=True)
    """The clock of the answer."""
    quiet_deadline = models.ForeignKey("law.Deadline", models.PROTECT, related_name="+", null=True)
    """The period after the answer that passes before the hold is lifted."""
    disputed = models.JSONField(default=list)
    """What the ledger leaves out: account, transaction, amount in minor units."""
    correction_request_ids = ArrayField(models.BigIntegerField(), default=list)
    """Corrections of the ledger that were asked for and that a second person decides on."""
    handler_id = models.BigIntegerField(null=True)
    handler = models.CharField(max_length=120, default="", db_default="")
    about_staff_ids = ArrayField(models.BigIntegerField(), default=list)
    """Staff that it is about; the database lets none of them handle it."""
    outcome = models.CharField(max_length=30, default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    """When the night found it overdue; stays."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="care_matter_kind"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="care_matter_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["closed", "withdrawn"], closed_at__isnull=False)
                | models.Q(state__in=LIVE, closed_at__isnull=True),
                name="care_matter_closed_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | models.Q(answered_at__isnull=False),
                name="care_matter_answered_at",
            ),
            models.UniqueConstraint(
                fields=["person", "reference"], condition=~models.Q(reference=""), name="care_matter_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "opened_at"], name="care_matter_live", condition=models.Q(state__in=LIVE)
            ),
            GinIndex(fields=["creditor_ids"], name="care_matter_creditors"),
        ]


class Entry(models.Model):
    """One thing that happened to a matter. Append-only; only its words can go when their time is over."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=30)
    words_sealed = models.BinaryField(null=True)
    facts = models.JSONField(default=dict)
    is_shared = models.BooleanField(default=False, db_default=False)
    """Whether the person sees it."""
    by_kind = models.CharField(max_length=12)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class Answer(models.Model):
    """An answer in four parts; where the kind asks for it, another person than its author approves it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=30)
    parts_sealed = models.BinaryField(null=True)
    """JSON of the four parts."""
    correction_minor = models.BigIntegerField(null=True)
    """How much of what is disputed is corrected; null: all of it, if it is upheld."""
    state = models.CharField(max_length=10, default="waiting", db_default="waiting")
    is_approval_needed = models.BooleanField()
    written_by_id = models.BigIntegerField(null=True)
    written_by = models.CharField(max_length=120)
    written_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    return_sealed = models.BinaryField(null=True)
    """Why it was sent back to its author."""
    letter_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "given", "returned"]), name="care_answer_state"
            ),
            models.UniqueConstraint(
                fields=["matter"], condition=models.Q(state="waiting"), name="care_answer_one_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(correction_minor__isnull=True) | models.Q(correction_minor__gte=0),
                name="care_answer_correction",
            ),
            models.CheckConstraint(
                condition=models.Q(is_approval_needed=False)
                | models.Q(state="waiting")
                | (
                    models.Q(decided_by_id__isnull=False) & ~models.Q(decided_by_id=models.F("written_by_id"))
                ),
                name="care_answer_four_eyes",
            ),
        ]


class Document(models.Model):
    """A file of a matter: what was checked about it, never its content."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="documents")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, default="upload", db_default="upload")
    name_sealed = models.BinaryField(null=True)
    media_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    """Keyed hash of the content: an altered chunk is found when it is opened."""
    added_by_kind = models.CharField(max_length=12)
    added_by_id = models.BigIntegerField(null=True)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["upload", "letter"]), name="care_document_kind"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="care_document_size"),
            models.UniqueConstraint(
                fields=["matter", "digest"], condition=models.Q(kind="upload"), name="care_document_once"
            ),
        ]


class DocumentChunk(models.Model):
    """A sealed piece of a document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="chunks")
    position = models.IntegerField()
    content_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="care_chunk_once"),
            models.CheckConstraint(condition=models.Q(position__gte=0), name="care_chunk_position"),
        ]

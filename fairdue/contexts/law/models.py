"""Rule packs as loaded, permits in chains and their uses, the counted contacts, holds, confirmations of rules."""

from __future__ import annotations

from django.db import models


class RulePack(models.Model):
    """One published version of one rule pack, as it stood. Append-only."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="law_rule_pack_once")]


class Permit(models.Model):
    """合规通行证: a stored verdict `allow` that exactly one send consumes. Append-only, hash-chained, signed."""

    chain = models.SmallIntegerField()
    """Chains are independent, so that permits of different persons need not wait for each other."""
    position = models.BigIntegerField()
    person_id = models.BigIntegerField()
    contact_point_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    content_sha256 = models.CharField(max_length=64)
    """Digest of the very text that may be sent; empty digest for a call."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_to = models.CharField(max_length=120)
    verdict = models.JSONField()
    """Outcome, every rule asked with its facts, pack versions."""
    inputs_sha256 = models.CharField(max_length=64)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    key_id = models.SmallIntegerField()
    """Which of the installation's keys signed; part of what is hashed."""
    signature = models.BinaryField(max_length=64)
    """Ed25519 over the hash."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="law_permit_position_once")]
        indexes = [models.Index(fields=["person_id", "id"], name="law_permit_person")]


class PermitUse(models.Model):
    """The one send that a permit was for. Append-only; the database refuses a second one and one that differs."""

    permit = models.OneToOneField(Permit, models.PROTECT, primary_key=True, related_name="+")
    channel = models.CharField(max_length=10)
    contact_point_id = models.BigIntegerField(null=True)
    content_sha256 = models.CharField(max_length=64)
    used_at = models.DateTimeField()


class PermitChain(models.Model):
    """The head of one permit chain: locked while a permit is added, and proof that none was cut off the end."""

    chain = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField(default=0)
    """Number of permits in the chain; positions count from 1."""
    hash = models.BinaryField(max_length=32)
    seal = models.BinaryField(max_length=32)
    """HMAC over chain, position and hash, so that a head cannot be written without the key."""


class ContactBudget(models.Model):
    """The row that is locked while a person's contacts are judged and counted."""

    person = models.OneToOneField("parties.Person", models.CASCADE, primary_key=True, related_name="+")


class Contact(models.Model):
    """触达: a contact as it counts against caps, whoever made it; lender and agencies together."""

    person_id = models.BigIntegerField()
    contact_point_id = models.BigIntegerField(null=True)
    institution_group = models.CharField(max_length=120)
    """Groups on whose account it was made, joined by commas."""
    made_by = models.CharField(max_length=60)
    """`lender` or an agency's code."""
    channel = models.CharField(max_length=10)
    """`call`, `sms`, `email`, `inapp`, `letter`, `visit`."""
    mode = models.CharField(max_length=12, default="", db_default="")
    """Of a call: `interactive` or `announcement`."""
    direction = models.CharField(max_length=8, default="outbound", db_default="outbound")
    purpose = models.CharField(max_length=20, default="collect", db_default="collect")
    result = models.CharField(max_length=24, default="reserved", db_default="reserved")
    """One of `counting.RESULTS`."""
    occurred_at = models.DateTimeField()
    permit = models.OneToOneField(Permit, models.PROTECT, null=True, related_name="+")
    account_ids = models.TextField(default="", db_default="", blank=True)
    """The debts that it was about, joined by commas; empty: all to its groups."""
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "occurred_at"], name="law_contact_person")]


class Hold(models.Model):
    """停催: a legal block on contacts with a start, an end and permitted purposes."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(null=True)
    """Null: all debts of the person."""
    kind = models.CharField(max_length=20)
    """One of `operations.holds.HOLD_KINDS`."""
    reason = models.TextField()
    permitted_purposes = models.JSONField(default=list)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    placed_by = models.CharField(max_length=120)
    ended_by = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="law_hold_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["person"], name="law_hold_open", condition=models.Q(ended_at__isnull=True))
        ]


class RuleConfirmation(models.Model):
    """A reviewer has seen the source of a rule that was known from memory or reports, or takes that back. Append-only."""

    pack = models.CharField(max_length=40)
    rule = models.CharField(max_length=80)
    """Key: id and part."""
    rule_sha256 = models.CharField(max_length=64)
    """Digest of what the rule said: a rule that says something else is not confirmed by it."""
    pack_version = models.CharField(max_length=20)
    pack_sha256 = models.CharField(max_length=64)
    evidence = models.CharField(max_length=12)
    """Grade that the pack gives the rule."""
    decision = models.CharField(max_length=10)
    """`confirmed` or `withdrawn`; the latest of what the rule says counts."""
    source_seen = models.TextField()
    """What was read, where, in which edition; of a withdrawal the reason."""
    staff_id = models.BigIntegerField()
    decided_by = models.CharField(max_length=120)
    role = models.CharField(max_length=20)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__in=["confirmed", "withdrawn"]), name="law_confirmation_decision"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["compliance", "legal"]), name="law_confirmation_by_reviewer"
            ),
        ]
        indexes = [models.Index(fields=["pack", "rule", "id"], name="law_confirmation_rule")]


class AgencyCall(models.Model):
    """An agency's question or report with the answer that it got, so that a repetition gets the same. Append-only."""

    agency = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    """`permit` or `contact`."""
    request_id = models.CharField(max_length=80)
    body_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "request_id"], name="law_agency_call_once")
        ]


class AgencyPace(models.Model):
    """How many calls an agency made in the current minute."""

    agency = models.CharField(max_length=40, primary_key=True)
    minute_at = models.DateTimeField()
    calls = models.IntegerField()


class AgencyUpload(models.Model):
    """A file of past contacts that an agency handed over."""

    agency = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    row_count = models.IntegerField(default=0)
    accepted_count = models.IntegerField(default=0)
    repeated_count = models.IntegerField(default=0)
    rejected_count = models.IntegerField(default=0)
    breach_count = models.IntegerField(default=0)
    rejections = models.JSONField(default=dict)
    """Reason → count."""
    status = models.CharField(max_length=10, default="running", db_default="running")
    """`running` or `finished`."""
    uploaded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "sha256"], name="law_agency_upload_once")]


class AgencyContact(models.Model):
    """A contact that an agency told of, by its own number, and what the gate says of it as of then."""

    agency = models.CharField(max_length=40)
    contact_ref = models.CharField(max_length=80)
    """The agency's own number of it."""
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    upload = models.ForeignKey(AgencyUpload, models.PROTECT, null=True, related_name="contacts")
    is_number_known = models.BooleanField(default=True, db_default=True)
    """Whether the number or address is one that the lender knows of the person."""
    verdict = models.JSONField(null=True)
    """What the gate says as of then; null: not judged yet, or covered by a permit."""
    outcome = models.CharField(max_length=10, default="", db_default="")
    judged_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "contact_ref"], name="law_agency_contact_once")
        ]
        indexes = [
            models.Index(
                fields=["agency", "-id"],
                name="law_agency_breach",
                condition=~models.Q(outcome__in=["", "allow"]),
            ),
            models.Index(
                fields=["upload", "id"],
                name="law_agency_unjudged",
                condition=models.Q(judged_at__isnull=True),
            ),
        ]


from .deadline_models import Deadline, DeadlineExtension, ReceivedRequest  # noqa: E402, F401 - Django finds them here
from .standing_models import AgencyEvaluation, AgencyListing, Notice, StaffCertificate  # noqa: E402, F401

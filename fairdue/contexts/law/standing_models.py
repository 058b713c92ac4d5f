"""What makes an agency and a collector fit to act, and the notices that borrowers were given."""

from __future__ import annotations

from django.db import models

NOTICE_KINDS = ("agency", "assignment", "transfer", "visit", "validation")


class Notice(models.Model):
    """A notice that a borrower was given: who will collect, to whom the debt was sold, when somebody will come. Append-only."""

    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    """Null: about all debts of the person."""
    kind = models.CharField(max_length=12)
    """`agency`: name and ways to reach it; `assignment`; `transfer` (eight items, EU); `visit`; `validation`."""
    issuer = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Of an agency's announcement its code; empty: whoever acts."""
    channel = models.CharField(max_length=10, default="", db_default="", blank=True)
    sent_date = models.DateField()
    reference = models.CharField(max_length=120, default="", db_default="", blank=True)
    """Number of the letter, or where the proof lies."""
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=NOTICE_KINDS), name="law_notice_kind"),
            models.UniqueConstraint(
                fields=["person_id", "account_id", "kind", "issuer", "sent_date"],
                name="law_notice_once",
                nulls_distinct=False,
            ),
        ]


class AgencyListing(models.Model):
    """An agency on the lender's published list, from a day until it is taken off."""

    agency = models.CharField(max_length=40)
    listed_from = models.DateField()
    listed_until = models.DateField(null=True)
    """Last day; null: still listed."""
    list_reference = models.CharField(max_length=200)
    """Where the list was published: address, edition, page."""
    reveals_collection = models.BooleanField(default=False, db_default=False)
    """Whether its name alone tells of debt collection."""
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "listed_from"], name="law_agency_listing_once"),
            models.CheckConstraint(
                condition=models.Q(listed_until__isnull=True)
                | models.Q(listed_until__gte=models.F("listed_from")),
                name="law_agency_listing_ends_after_start",
            ),
        ]


class AgencyEvaluation(models.Model):
    """What an evaluation of an agency found. Append-only; the latest one that was passed counts."""

    agency = models.CharField(max_length=40)
    evaluated_date = models.DateField()
    is_passed = models.BooleanField()
    findings = models.TextField(default="", db_default="", blank=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "evaluated_date"], name="law_agency_evaluation_once")
        ]


class StaffCertificate(models.Model):
    """A collector passed training and exam. Append-only; the latest one that has not expired counts."""

    agency = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Empty: the lender's own staff."""
    staff_ref = models.CharField(max_length=80)
    """The agency's own number of the collector; of own staff the user name."""
    trained_date = models.DateField()
    expires_date = models.DateField(null=True)
    """Last day on which it holds, if the certificate names one."""
    certificate_ref = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "staff_ref", "trained_date"], name="law_staff_certificate_once"
            )
        ]

"""Persons, their identifiers, contact points, consents and history. Personal values are sealed bytes."""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    """A natural person, once, over all debts and creditors."""

    name_sealed = models.BinaryField()
    name_masked = models.CharField(max_length=80)
    name_hash = models.BinaryField(max_length=32)
    id_type = models.CharField(max_length=20, default="", db_default="")
    """`cn_resident`, `passport`, `hk_macau_permit`, … or empty if unknown."""
    id_sealed = models.BinaryField(null=True)
    id_masked = models.CharField(max_length=40, default="", db_default="")
    id_hash = models.BinaryField(max_length=32, null=True, unique=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, default="", db_default="")
    home_zone = models.CharField(max_length=40, default="Asia/Shanghai", db_default="Asia/Shanghai")
    locale = models.CharField(max_length=10, default="zh-hans", db_default="zh-hans")
    preferred_channel = models.CharField(max_length=10, default="", db_default="")
    """`sms`, `email`, `inapp`, `call` or empty for no preference."""
    is_deceased = models.BooleanField(default=False, db_default=False)
    residence = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Jurisdiction in which the person lives, if its packs bind beside those of the debts."""
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_hash"], name="parties_person_name"),
            models.Index(
                fields=["residence"], name="parties_person_residence", condition=~models.Q(residence="")
            ),
        ]


class PersonReference(models.Model):
    """What a creditor calls a person; two references may be the same person."""

    creditor_code = models.CharField(max_length=40)
    external_ref = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, related_name="references")
    row_digest = models.BigIntegerField()
    """A 64-bit hash of the imported row, to see whether a later file changes anything."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor_code", "external_ref"], name="parties_reference_once")
        ]


class ContactPoint(models.Model):
    """A way to reach a person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_points")
    medium = models.CharField(max_length=10)
    """`mobile`, `landline`, `email`, `address`, `app`."""
    owner = models.CharField(max_length=12, default="debtor", db_default="debtor")
    """`debtor`, `third_party` or `employer`."""
    relation = models.CharField(max_length=20, default="", db_default="")
    value_sealed = models.BinaryField()
    value_masked = models.CharField(max_length=120)
    value_hash = models.BinaryField(max_length=32)
    zone = models.CharField(max_length=40, default="", db_default="")
    place = models.CharField(max_length=10, default="", db_default="", blank=True)
    """`home`, `work` or empty if unknown."""
    jurisdiction = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Of the address or the number's area, if its packs bind beside those of the debts."""
    rank = models.SmallIntegerField(default=1, db_default=1)
    """1 is tried first."""
    status = models.CharField(max_length=10, default="valid", db_default="valid")
    """`valid`; `invalid` (wrong number, bounced); `pending` (given by the person, not yet shown to be theirs); `removed` (by
    the person, for good)."""
    is_opted_out = models.BooleanField(default=False, db_default=False)
    """Kept in step with the latest consent on this point."""
    verified_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="lender", db_default="lender")
    row_digest = models.BigIntegerField(default=0, db_default=0)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "medium", "value_hash"], name="parties_contact_point_once"
            )
        ]
        indexes = [
            models.Index(fields=["value_hash"], name="parties_contact_point_value"),
            models.Index(
                fields=["jurisdiction"],
                name="parties_contact_point_law",
                condition=~models.Q(jurisdiction=""),
            ),
        ]


class Consent(models.Model):
    """A statement of the person about being contacted. Append-only; the latest one counts."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10, default="", db_default="")
    """A channel, or empty for all."""
    kind = models.CharField(max_length=20)
    """One of `operations.consents.KINDS`."""
    detail = models.JSONField(default=dict)
    source = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()


class PartyVersion(models.Model):
    """What a person or contact point said before a change; sealed values stay sealed. Append-only."""

    subject = models.CharField(max_length=20)
    """`person` or `contact_point`."""
    subject_id = models.BigIntegerField()
    before = models.JSONField()
    """Plain columns as text, sealed columns as hex."""
    changed_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id", "id"], name="parties_version_subject")]


class PortalLink(models.Model):
    """A one-time link that lets a borrower in; only its hash is kept."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class OneTimeCode(models.Model):
    """A one-time code for one purpose; only a keyed hash is kept. Without a person it can never be right."""

    purpose = models.CharField(max_length=20)
    """`identify`, `confirm`, `agree`, …: a code of one purpose is worth nothing for another."""
    subject = models.CharField(max_length=80, default="", db_default="", blank=True)
    """What it agrees to, say `proposal:17`; empty if it only tells who somebody is."""
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, models.CASCADE, null=True, related_name="+")
    code_hash = models.BinaryField(max_length=32)
    tries = models.SmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "purpose", "issued_at"], name="parties_one_time_code")]

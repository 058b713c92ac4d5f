"""Creditors, products, accounts, import batches."""

from __future__ import annotations

from django.db import models


class Creditor(models.Model):
    """委托方: the institution to which debts are owed."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    institution_kind = models.CharField(max_length=20, default="bank", db_default="bank")
    """`bank`, `consumer_finance`, `micro_lender`, `assignee`, `other`."""
    institution_group = models.CharField(max_length=40)
    """Contacts of all members of a group, agencies included, are counted together."""
    contact_phone = models.CharField(max_length=40, default="", db_default="", blank=True)
    jurisdiction = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Whose packs bind its debts (packs/rules/in_force.yaml) unless product or account say otherwise; empty: the default."""


class Product(models.Model):
    """A kind of debt with its rules as data."""

    creditor = models.ForeignKey(Creditor, models.PROTECT, related_name="products")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    """`credit_card`, `consumer_loan`, `private_loan`, `mortgage`, …"""
    currency = models.CharField(max_length=3, default="CNY", db_default="CNY")
    dpd_origin = models.CharField(max_length=12, default="due_plus_1", db_default="due_plus_1")
    bucket_edges = models.JSONField(default=list)
    """Upper DPD edge of M1, M2, …; empty means 30, 60, … 180."""
    allocation_policy = models.CharField(max_length=40, default="cn-card", db_default="cn-card")
    """Code of a file in packs/reference/allocation/."""
    jurisdiction = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Empty: the creditor's."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "code"], name="book_product_once"),
            models.CheckConstraint(
                condition=models.Q(dpd_origin__in=["due_plus_1", "due_date"]), name="book_product_dpd_origin"
            ),
        ]


class ImportBatch(models.Model):
    """One file that came in: what it was, what became of every row."""

    kind = models.CharField(max_length=20)
    """`parties`, `contact_points`, `accounts`, `dues`, `transactions`."""
    creditor = models.ForeignKey(Creditor, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12)
    """`accepted`, `repeated` (nothing new) or `refused` (the file as a whole)."""
    row_count = models.BigIntegerField()
    accepted_count = models.BigIntegerField()
    rejected_count = models.BigIntegerField()
    created_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    control_totals = models.JSONField(default=dict)
    """Sums in minor units per currency and component, of accepted and of rejected rows."""
    rejections = models.JSONField(default=dict)
    """Number of rejected rows per reason code."""
    reject_file = models.CharField(max_length=300, default="", db_default="")
    seconds = models.FloatField(default=0)
    imported_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(row_count=models.F("accepted_count") + models.F("rejected_count")),
                name="book_import_in_equals_out",
            )
        ]


class Account(models.Model):
    """借据 / 账户: one debt of one person to one creditor."""

    creditor = models.ForeignKey(Creditor, models.PROTECT, related_name="+", db_index=False)
    """Found by the index of `book_account_once`."""
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    """One of a handful: an index would cost every import and help no query."""
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    external_ref = models.CharField(max_length=64)
    """The creditor's own number; shown masked."""
    currency = models.CharField(max_length=3)
    opened_date = models.DateField()
    balance_date = models.DateField()
    """Day for which the opening balances of the first import stand."""
    credit_limit_minor = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, default="active", db_default="active")
    """`active`, `closed`, `charged_off`."""
    jurisdiction = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Empty: the product's, else the creditor's."""
    row_digest = models.BigIntegerField(default=0, db_default=0)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "external_ref"], name="book_account_once"),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction"], name="book_account_other_law", condition=~models.Q(jurisdiction="")
            )
        ]


class AccountVersion(models.Model):
    """What an account said before a correction. Append-only."""

    account_id = models.BigIntegerField()
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    before = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "id"], name="book_account_version_account")]

"""Paying online: checkouts at a provider, what it said of them, direct debit mandates and debits."""

from __future__ import annotations

from django.db import models

from fairdue.engine.payments.checkouts import LIVE, STATUSES
from fairdue.kernel.money import MAX_MINOR

AMOUNT = models.Q(amount_minor__gt=0, amount_minor__lte=MAX_MINOR)
MANDATE_STATES = ("offered", "active", "stopped", "refused", "lapsed")
DEBIT_STATES = ("planned", "sent", "collected", "given_up", "stopped", "not_needed")


class Mandate(models.Model):
    """The borrower's leave to take what is due from an account, and its end. One debt, one live mandate."""

    ref = models.CharField(max_length=35, unique=True)
    person_id = models.BigIntegerField(db_index=True)
    account = models.ForeignKey("book.Account", models.PROTECT, related_name="+")
    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    """Never more than this at a time."""
    payer_sealed = models.BinaryField()
    """Name, account and bank, as JSON."""
    payer_masked = models.CharField(max_length=140, default="", db_default="")
    words = models.TextField()
    """What was agreed to, word for word, as it was shown."""
    words_version = models.CharField(max_length=20)
    words_sha256 = models.CharField(max_length=64)
    locale = models.CharField(max_length=10)
    status = models.CharField(max_length=10, default="offered", db_default="offered")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    acceptance = models.CharField(max_length=120, default="", db_default="")
    """How: by a one-time code to which masked number, or spoken on a recorded call."""
    provider_ref = models.CharField(max_length=120, default="", db_default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, default="", db_default="")
    end_reason = models.CharField(max_length=40, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=AMOUNT, name="payments_mandate_cap"),
            models.CheckConstraint(
                condition=models.Q(status="offered", accepted_at__isnull=True, ended_at__isnull=True)
                | models.Q(status="active", accepted_at__isnull=False, ended_at__isnull=True)
                | models.Q(status__in=["stopped", "refused", "lapsed"], ended_at__isnull=False),
                name="payments_mandate_status",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(status="active"), name="payments_mandate_one_live"
            ),
        ]


class Debit(models.Model):
    """One due date under a mandate: tried, tried again, collected or given up."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    due_date = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, default="planned", db_default="planned")
    tries = models.IntegerField(default=0, db_default=0)
    next_try_date = models.DateField(null=True)
    told_at = models.DateTimeField(null=True)
    """When the person was told of the coming debit."""
    failure = models.CharField(max_length=60, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "due_date"], name="payments_debit_once"),
            models.CheckConstraint(condition=AMOUNT, name="payments_debit_amount"),
            models.CheckConstraint(condition=models.Q(status__in=DEBIT_STATES), name="payments_debit_status"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_date"], condition=models.Q(status="planned"), name="payments_debit_waiting"
            )
        ]


class Checkout(models.Model):
    """One payment through the provider, from the payer's decision to its end. Only its progress is written on."""

    ref = models.CharField(max_length=40, unique=True)
    person_id = models.BigIntegerField()
    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    shares = models.JSONField()
    """`[{"account_id": …, "amount_minor": …, "rule": …}]`, summing to the amount."""
    wish_hash = models.BinaryField(max_length=32)
    """Whose, how much, for which debts: two tabs with the same wish find each other."""
    nonce_hash = models.BinaryField(max_length=32, unique=True)
    method = models.CharField(max_length=12)
    choice = models.CharField(max_length=12)
    locale = models.CharField(max_length=10)
    debit = models.ForeignKey(Debit, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, default="created", db_default="created")
    failure = models.CharField(max_length=60, default="", db_default="")
    provider_ref = models.CharField(max_length=120, default="", db_default="")
    pay_url = models.CharField(max_length=500, default="", db_default="")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    """When the provider was last asked how it stands."""
    asked_count = models.IntegerField(default=0, db_default=0)
    told_at = models.DateTimeField(null=True)
    """When the provider last told by itself."""
    payment = models.ForeignKey("payments.IncomingPayment", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=AMOUNT, name="payments_checkout_amount"),
            models.CheckConstraint(condition=models.Q(status__in=STATUSES), name="payments_checkout_status"),
            models.CheckConstraint(
                condition=~models.Q(status__in=["paid", "differs", "refunded"])
                | models.Q(payment__isnull=False, settled_at__isnull=False),
                name="payments_checkout_money",
            ),
            models.UniqueConstraint(
                fields=["wish_hash"],
                condition=models.Q(status__in=LIVE),
                name="payments_checkout_one_live",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "made_at"], name="payments_checkout_person"),
            models.Index(fields=["made_at"], name="payments_checkout_day"),
            models.Index(
                fields=["expires_at"], condition=models.Q(status__in=LIVE), name="payments_checkout_live"
            ),
        ]


class CheckoutNotice(models.Model):
    """One thing that the provider told, or answered when asked, and how it was judged. Append-only."""

    checkout = models.ForeignKey(Checkout, models.PROTECT, null=True, related_name="+")
    checkout_ref = models.CharField(max_length=40)
    event_ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    source = models.CharField(max_length=8)
    verdict = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", db_default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["recorded_at"], name="payments_notice_day")]

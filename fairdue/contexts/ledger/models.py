"""Contracts, events, due items, postings, and the cached state of an account that can be re-proved.

Facts are what came from outside and is never changed: contracts, due items as landed (with versions), and
transactions. Postings, asked and paid amounts and states follow from them by `engine.ledger`.
"""

from __future__ import annotations

from django.db import models

from fairdue.kernel.money import MAX_MINOR


class Transaction(models.Model):
    """An event of an account: a payment, a charge, a waiver, a pause, …, or a reversal of one. Append-only."""

    account = models.ForeignKey("book.Account", models.PROTECT, related_name="+", db_index=False)
    person_id = models.BigIntegerField()
    external_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    """`reversal`, or a kind of `engine.ledger.event_kinds`."""
    component = models.CharField(max_length=20, default="", db_default="")
    """Of a charge, credit or waiver; empty for a payment, which the allocation policy splits."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_date = models.DateField()
    recorded_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=40)
    """`file:<batch id>`, `hand`, `webhook:<provider>`, `bank:<statement id>`, `keeping`."""
    fund = models.CharField(max_length=12, default="cash", db_default="cash")
    """Which account a payment is debited to: `cash`, or `suspense` when the money was booked there first."""
    details = models.JSONField(default=dict, db_default={})
    """What else the kind needs, in the form that `engine.ledger.event_kinds` describes; amounts in minor units."""
    approval_ref = models.CharField(max_length=80, default="", db_default="")
    """Who approved it, for kinds that need approval."""
    row_digest = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_ref"], name="ledger_transaction_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0, amount_minor__lte=MAX_MINOR)
                & (models.Q(amount_minor__gt=0) | ~models.Q(kind__in=["payment", "charge", "credit"])),
                name="ledger_transaction_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
                name="ledger_transaction_reversal_names_its_original",
            ),
        ]


class DueItem(models.Model):
    """One component of one instalment or statement that falls due on a day."""

    account = models.ForeignKey(
        "book.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """Without a constraint of its own: items land only on accounts that have a state, whose key is checked."""
    person_id = models.BigIntegerField()
    due_ref = models.CharField(max_length=40)
    """The creditor's name of the instalment or statement."""
    due_date = models.DateField()
    component = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    asked_minor = models.BigIntegerField()
    """Cached; what the item asks after credits, waivers and new schedules: less or more than its amount."""
    paid_minor = models.BigIntegerField(default=0, db_default=0)
    """Cached; equals the sum of the postings that settle this item."""
    settled_date = models.DateField(null=True)
    """Cached; effective day from which nothing of it has been unpaid; empty while something is."""
    currency = models.CharField(max_length=3)
    made_by = models.ForeignKey(Transaction, models.PROTECT, null=True, related_name="+", db_index=False)
    """The event that made the item, such as a re-age; empty for what the creditor or the contract asked."""
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "due_ref", "component"], name="ledger_due_item_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0, amount_minor__lte=MAX_MINOR),
                name="ledger_due_item_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    paid_minor__gte=0,
                    paid_minor__lte=models.F("asked_minor"),
                    asked_minor__lte=MAX_MINOR,
                ),
                name="ledger_due_item_paid",
            ),
        ]


class DueVersion(models.Model):
    """What a due item said before a correction. Append-only."""

    due_item_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    before = models.JSONField()
    recorded_at = models.DateTimeField()


class Posting(models.Model):
    """An amount that moves from one ledger account to another: balanced by construction. Append-only.

    `debit` and `credit` are the codes of `engine.ledger.accounts`: `receivable:<component>`, `cash`, `suspense`,
    `opening`, `income:<component>`, `credit_balance` (what was paid beyond the debt), `adjustment`, `waiver`, ….

    In the database its key is (account_id, id): postings are read by account, and a second index over the
    largest table would cost every import.
    """

    entry = models.UUIDField()
    """Groups the postings of one event."""
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    transaction = models.ForeignKey(Transaction, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    """`opening`, `charge`, `allocation`, `reversal`, `correction`, or the kind of its event."""
    debit = models.CharField(max_length=32)
    credit = models.CharField(max_length=32)
    due_item_id = models.BigIntegerField(null=True)
    """The due item that this posting settles, or un-settles."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, amount_minor__lte=MAX_MINOR),
                name="ledger_posting_amount",
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="ledger_posting_two_sides"
            ),
        ]


class AccountState(models.Model):
    """What the postings of one account come to: a cache that `fairdue ledger prove` recomputes."""

    account = models.OneToOneField("book.Account", models.PROTECT, primary_key=True, related_name="+")
    person_id = models.BigIntegerField()
    """Copied from the account; persons are looked up through the account, whose index serves both."""
    creditor_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    balance_date = models.DateField()
    """Day for which the opening balances stand; fixed by the first import."""
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    """Sum of all receivable components over all postings, those of future days included."""
    credit_balance_minor = models.BigIntegerField(default=0, db_default=0)
    oldest_unpaid_due_date = models.DateField(null=True)
    """Earliest due date with anything unpaid, past or future. DPD as of a day follows from it."""
    latest_payment_date = models.DateField(null=True)
    latest_payment_minor = models.BigIntegerField(null=True)
    standing = models.CharField(max_length=12, default="active", db_default="active")
    """`active`, `charged_off`, `written_off`, `settled` or `assigned`: what its events made of the account."""
    pauses = models.JSONField(null=True)
    """Standing pauses as [[from, to], …], days after `from` up to and including `to`; empty for most."""
    recorded_at = models.DateTimeField()


class LoanContract(models.Model):
    """The terms of an account whose schedule and interest this installation keeps itself. Append-only.

    An account without one is kept by its creditor, whose files bring due items and charges.
    """

    account = models.OneToOneField("book.Account", models.PROTECT, primary_key=True, related_name="+")
    product_terms = models.CharField(max_length=60)
    """`<code>@<version>` of packs/products/."""
    terms = models.JSONField()
    """The whole product terms as they were on the day of the contract, so that a later pack changes nothing."""
    principal_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    disbursed_date = models.DateField()
    details = models.JSONField()
    """What was agreed for this debt: rate, number of instalments, first due date, statement day, …"""
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(principal_minor__gte=0, principal_minor__lte=MAX_MINOR),
                name="ledger_contract_principal",
            )
        ]


class HousePosting(models.Model):
    """An amount that moves between the creditor's own accounts, before or without any debt. Append-only.

    Money that arrives through a bank is booked `cash` against `suspense` here; matched to a debt, it leaves
    suspense by a posting of that debt's account. The sum of both is what still waits in suspense.
    """

    entry = models.UUIDField()
    creditor_id = models.BigIntegerField()
    incoming_payment_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16)
    """`incoming`, `returned`, `correction`."""
    debit = models.CharField(max_length=32)
    credit = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, amount_minor__lte=MAX_MINOR),
                name="ledger_house_posting_amount",
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="ledger_house_posting_two_sides"
            ),
            models.UniqueConstraint(fields=["incoming_payment_id", "kind"], name="ledger_house_posting_once"),
        ]

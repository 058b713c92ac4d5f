"""Bank statements, incoming payments, matches, repayment codes, requests for approval, payment orders."""

from __future__ import annotations

from django.db import models

from fairdue.contexts.payments.models_online import Checkout, CheckoutNotice, Debit, Mandate
from fairdue.kernel.money import MAX_MINOR

__all__ = [
    "BankStatement",
    "Checkout",
    "CheckoutNotice",
    "Debit",
    "IncomingPayment",
    "Mandate",
    "PaymentKey",
    "PaymentMatch",
    "PaymentOrder",
    "RepaymentCode",
    "Request",
    "StatementRow",
    "WebhookEvent",
]

AMOUNT = models.Q(amount_minor__gt=0, amount_minor__lte=MAX_MINOR)


class BankStatement(models.Model):
    """One statement or notification of a bank file, once it was taken. Append-only."""

    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+")
    format = models.CharField(max_length=40)
    """`camt.053.001.08`, `mt940`, `csv:<mapping>`, …"""
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    take_number = models.IntegerField(default=1, db_default=1)
    """Above 1: the same bytes once more, after the cause for which rows were rejected had gone."""
    number_in_file = models.IntegerField()
    statement_ref = models.CharField(max_length=70)
    account_sealed = models.BinaryField()
    account_masked = models.CharField(max_length=40)
    account_hash = models.BinaryField(max_length=32, null=True)
    """None if the file does not say whose account it tells of."""
    currency = models.CharField(max_length=3)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    difference_minor = models.BigIntegerField(null=True)
    """Opening plus entries minus closing, over the rows that could be read."""
    row_count = models.IntegerField()
    booked_count = models.IntegerField()
    repeated_count = models.IntegerField()
    returned_count = models.IntegerField()
    set_aside_count = models.IntegerField()
    rejected_count = models.IntegerField()
    booked_minor = models.BigIntegerField()
    taken_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "file_sha256", "take_number", "number_in_file"],
                name="payments_statement_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    row_count=models.F("booked_count")
                    + models.F("repeated_count")
                    + models.F("returned_count")
                    + models.F("set_aside_count")
                    + models.F("rejected_count")
                ),
                name="payments_statement_in_equals_out",
            ),
        ]


class IncomingPayment(models.Model):
    """Money that arrived, from whatever source; it stands in suspense until it is matched or sent back."""

    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=60)
    """`webhook:<provider>`, `bank:<statement id>` or `hand`."""
    source_key = models.BinaryField(max_length=32)
    """Keyed hash of what makes the payment the same when it comes again."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    effective_date = models.DateField()
    """Day that counts for the debt: the value date, but never after the day on which it was received."""
    payer_name_sealed = models.BinaryField(null=True)
    payer_name_masked = models.CharField(max_length=80, default="", db_default="")
    payer_name_hash = models.BinaryField(max_length=32, null=True)
    payer_account_sealed = models.BinaryField(null=True)
    payer_account_masked = models.CharField(max_length=40, default="", db_default="")
    payer_account_hash = models.BinaryField(max_length=32, null=True)
    remittance_sealed = models.BinaryField(null=True)
    """Free text, structured and end-to-end reference as JSON."""
    remittance_masked = models.CharField(max_length=160, default="", db_default="")
    reference_masked = models.CharField(max_length=80, default="", db_default="")
    designated_account_id = models.BigIntegerField(null=True)
    statement = models.ForeignKey(BankStatement, models.PROTECT, null=True, related_name="+", db_index=False)
    resembles = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    matched_minor = models.BigIntegerField(default=0, db_default=0)
    returned_minor = models.BigIntegerField(default=0, db_default=0)
    taken_back_at = models.DateTimeField(null=True)
    """When the payer's bank was known to have taken it back, in full."""
    why_waiting = models.CharField(max_length=20, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "source_key"], name="payments_incoming_once"),
            models.CheckConstraint(condition=AMOUNT, name="payments_incoming_amount"),
            models.CheckConstraint(
                condition=models.Q(
                    matched_minor__gte=0,
                    returned_minor__gte=0,
                    amount_minor__gte=models.F("matched_minor") + models.F("returned_minor"),
                ),
                name="payments_incoming_conserved",
            ),
        ]
        indexes = [
            models.Index(
                fields=["creditor", "id"],
                condition=models.Q(amount_minor__gt=models.F("matched_minor") + models.F("returned_minor")),
                name="payments_incoming_waiting",
            ),
            models.Index(fields=["creditor", "recorded_at"], name="payments_incoming_day"),
            models.Index(
                fields=["payer_account_hash"],
                condition=models.Q(payer_account_hash__isnull=False),
                name="payments_incoming_payer",
            ),
            models.Index(fields=["statement"], name="payments_incoming_statement"),
        ]


class PaymentKey(models.Model):
    """A name under which a bank may tell of the same payment again: its reference, or its content. Append-only."""

    creditor_id = models.BigIntegerField()
    key = models.BinaryField(max_length=32)
    payment = models.ForeignKey(IncomingPayment, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor_id", "key", "payment"], name="payments_key_once")
        ]


class StatementRow(models.Model):
    """One row of a bank file and what became of it. Append-only."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="+")
    position = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField(null=True)
    """Signed: credits positive."""
    value_date = models.DateField(null=True)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, default="", db_default="")
    payment = models.ForeignKey(IncomingPayment, models.PROTECT, null=True, related_name="+", db_index=False)
    payer_name_masked = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["booked", "repeated", "returned", "set_aside", "rejected"]),
                name="payments_row_verdict",
            )
        ]


class PaymentMatch(models.Model):
    """A part of a payment at an account. Only its undoing is ever written onto it."""

    payment = models.ForeignKey(IncomingPayment, models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    transaction_id = models.BigIntegerField(unique=True)
    way = models.CharField(max_length=10)
    rule = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    matched_by_id = models.BigIntegerField(null=True)
    matched_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, default="", db_default="")
    undone_reason = models.CharField(max_length=300, default="", db_default="")
    reversal_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=AMOUNT, name="payments_match_amount"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, reversal_id__isnull=True)
                | models.Q(undone_at__isnull=False, reversal_id__isnull=False),
                name="payments_match_undone",
            ),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="payments_match_day")]


class RepaymentCode(models.Model):
    """还款码: names an account on a transfer. A retired code stays known."""

    account = models.ForeignKey("book.Account", models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(retired_at__isnull=True),
                name="payments_code_one_live",
            )
        ]


class WebhookEvent(models.Model):
    """A provider's event and the answer that it got: the same event again gets the same answer. Append-only."""

    provider = models.CharField(max_length=40)
    event_ref = models.CharField(max_length=120)
    body_digest = models.BinaryField(max_length=32)
    answer = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_ref"], name="payments_webhook_event_once")
        ]


class Request(models.Model):
    """What needs a second pair of eyes before money moves."""

    kind = models.CharField(max_length=12)
    """`hand_payment`, `refund`, `return`, or an event kind that needs approval."""
    status = models.CharField(max_length=10, default="open", db_default="open")
    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    payment = models.ForeignKey(IncomingPayment, models.PROTECT, null=True, related_name="+")
    """The payment that a return sends back."""
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    effective_date = models.DateField()
    details = models.JSONField(default=dict)
    payee_sealed = models.BinaryField(null=True)
    """Name, account and bank of whom money goes to, as JSON."""
    payee_masked = models.CharField(max_length=140, default="", db_default="")
    reason = models.CharField(max_length=500)
    requested_by_id = models.BigIntegerField()
    requested_by = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, default="", db_default="")
    transaction_id = models.BigIntegerField(null=True)
    result_payment = models.ForeignKey(IncomingPayment, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        *("hand_payment", "refund", "return", "waiver", "settlement", "plan", "judgment"),
                        *("charge_off", "write_off", "assignment"),
                    ]
                ),
                name="payments_request_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", decided_at__isnull=True, decided_by_id__isnull=True)
                | models.Q(
                    status__in=["approved", "refused", "withdrawn"],
                    decided_at__isnull=False,
                    decided_by_id__isnull=False,
                ),
                name="payments_request_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["approved", "refused"])
                | ~models.Q(decided_by_id=models.F("requested_by_id")),
                name="payments_request_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__isnull=True) | AMOUNT, name="payments_request_amount"
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=models.Q(status="open", kind="return"),
                name="payments_request_one_return",
            ),
        ]
        indexes = [
            models.Index(
                fields=["creditor", "requested_at"],
                condition=models.Q(status="open"),
                name="payments_request_open",
            ),
            models.Index(fields=["account_id"], name="payments_request_account"),
        ]


class PaymentOrder(models.Model):
    """Money to be sent out on an approved request: one order a request."""

    request = models.OneToOneField(Request, models.PROTECT, related_name="order")
    kind = models.CharField(max_length=8)
    creditor = models.ForeignKey("book.Creditor", models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payee_sealed = models.BinaryField()
    payee_name_masked = models.CharField(max_length=80)
    payee_account_masked = models.CharField(max_length=40)
    status = models.CharField(max_length=10, default="open", db_default="open")
    made_at = models.DateTimeField()
    export_ref = models.CharField(max_length=35, default="", db_default="")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure_reason = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=AMOUNT, name="payments_order_amount"),
            models.CheckConstraint(
                condition=models.Q(status="open", sent_at__isnull=True, confirmed_at__isnull=True)
                | models.Q(status="sent", sent_at__isnull=False, confirmed_at__isnull=True)
                | models.Q(status="confirmed", sent_at__isnull=False, confirmed_at__isnull=False)
                | models.Q(status="failed", sent_at__isnull=False, failed_at__isnull=False),
                name="payments_order_status",
            ),
        ]
        indexes = [models.Index(fields=["creditor", "status"], name="payments_order_open")]

"""Cases, work items, outcomes with their notes, promises to pay."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from fairdue.contexts.cases.capacity_models import (
    Capacity,
    CapacityWait,
    CaseAssignment,
    CollectorAbsence,
    CollectorProfile,
)
from fairdue.contexts.cases.cool_down_models import CoolDown
from fairdue.contexts.cases.desk_models import CaseChange

__all__ = [
    "Capacity",
    "CapacityWait",
    "Case",
    "CaseAssignment",
    "CaseChange",
    "CollectorAbsence",
    "CollectorProfile",
    "CoolDown",
    "Outcome",
    "PromiseToPay",
    "WorkItem",
]

IS_OPEN = models.Q(status="open")


class Case(models.Model):
    """案件: everything that is being done with one person, over all debts."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    creditor_ids = ArrayField(models.BigIntegerField(), default=list)
    """Creditors of the person's debts, for the data scope."""
    status = models.CharField(max_length=10, default="open", db_default="open")
    """`open` or `closed`."""
    queue = models.CharField(max_length=40, default="", db_default="")
    team = models.ForeignKey("identity.Team", models.PROTECT, null=True, related_name="+")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    assigned_because = models.CharField(max_length=20, default="", db_default="")
    """Why this collector: a code of `engine.science.assignment`, `by_hand`, `taken`, or empty."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(status="open"), name="cases_one_open_case_a_person"
            )
        ]
        indexes = [GinIndex(fields=["creditor_ids"], name="cases_case_creditors")]


class WorkItem(models.Model):
    """A thing to do on a case that the night, or a person, put into a queue."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="work_items", db_index=False, db_constraint=False
    )
    """Without constraint, and indexed while open only: a night lands a million, from a join with the cases."""
    person_id = models.BigIntegerField()
    cycle_date = models.DateField()
    kind = models.CharField(max_length=20)
    """`call`, `review`, `promise_due`, `callback`."""
    queue = models.CharField(max_length=40)
    rank = models.IntegerField(default=0, db_default=0)
    """Smaller is worked first."""
    reason = models.CharField(max_length=200)
    """Row ids and reason codes, in a form the desk translates."""
    days_past_due = models.IntegerField(default=0, db_default=0)
    overdue_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3, default="CNY", db_default="CNY")
    not_before = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, default="open", db_default="open")
    """`open`, `done`, `superseded`."""
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "cycle_date", "kind"], name="cases_work_item_once")
        ]
        indexes = [
            models.Index(fields=["queue", "rank", "id"], name="cases_work_item_queue", condition=IS_OPEN),
            models.Index(fields=["rank", "id"], name="cases_work_item_rank", condition=IS_OPEN),
            models.Index(fields=["case"], name="cases_work_item_case", condition=IS_OPEN),
        ]


class Outcome(models.Model):
    """结果码与催记: what came of a contact, in a code and in words. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    contact_id = models.BigIntegerField(null=True)
    """law.Contact that this is the outcome of; null for a plain note."""
    channel = models.CharField(max_length=10, default="", db_default="")
    code = models.CharField(max_length=40)
    note = models.TextField(default="", db_default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="cases_one_outcome_a_contact",
            )
        ]
        indexes = [models.Index(fields=["case", "id"], name="cases_outcome_case")]


class PromiseToPay(models.Model):
    """承诺还款: an amount and a date that the debtor named."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_date = models.DateField()
    tolerance_minor = models.BigIntegerField(default=0, db_default=0)
    grace_days = models.SmallIntegerField(default=0, db_default=0)
    received_minor = models.BigIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=12, default="open", db_default="open")
    """`open`, `kept`, `broken`, `superseded`, `cancelled`."""
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="cases_promise_amount"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(status="open"), name="cases_one_open_promise_a_case"
            ),
        ]
        indexes = [models.Index(fields=["person_id", "id"], name="cases_promise_person")]

    @property
    def deadline_date(self) -> date:
        """The latest day on which a receipt still counts."""
        return self.promised_date + timedelta(days=self.grace_days)

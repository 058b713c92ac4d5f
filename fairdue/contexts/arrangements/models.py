"""What arrangements keeps: what people said they can pay, what was shown, proposed and agreed, and how it goes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

OPEN_STATES = ("waiting_approval", "ready")
"""A proposal that may still become an agreement."""
PROPOSAL_STATES = (*OPEN_STATES, "accepted", "refused", "expired", "withdrawn")
PLAN_STATES = ("running", "kept", "breached", "replaced", "ended")
INSTALMENT_STATES = ("due", "paid", "late", "missed", "early")
TWO_PAIRS_OF_EYES = ("supervisor", "committee")
"""Authorities that always need somebody else than whoever proposed."""


def _one_of(name: str, values: tuple[str, ...]) -> Q:
    return Q(**{f"{name}__in": values})


class Assessment(models.Model):
    """支付能力评估: what a person said of their situation on a day; sealed, never edited."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    situation_sealed = models.BinaryField(null=True)
    """The situation with its household, as JSON; none once a deletion run erased it."""
    is_vulnerable = models.BooleanField()
    has_household = models.BooleanField()
    source = models.CharField(max_length=12)
    made_by_kind = models.CharField(max_length=10)
    made_by_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_one_of("source", ("portal", "desk", "phone", "api")),
                name="arrangements_source_known",
            )
        ]
        indexes = [models.Index(fields=["person", "-id"], name="arrangements_assessment_person")]


class SituationDraft(models.Model):
    """填写中的情况: what a person has answered so far; sealed, one each, deleted once it is recorded or grows old."""

    person = models.OneToOneField("parties.Person", models.PROTECT, primary_key=True, related_name="+")
    answers_sealed = models.BinaryField()
    saved_at = models.DateTimeField()


class OfferSet(models.Model):
    """方案集: the offers that were shown to a person, and what was not offered and why, for the auditor."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)
    creditor_id = models.BigIntegerField()
    account_ids = ArrayField(models.BigIntegerField())
    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    """Of case and terms: like people have like features, the same case the same digest."""
    terms_code = models.CharField(max_length=40)
    terms_version = models.CharField(max_length=20)
    features = models.JSONField()
    """What the solver knew, coarsened; no name, sex, age or place."""
    offers = models.JSONField()
    kinds = ArrayField(models.CharField(max_length=20))
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")
    shown_at = models.DateTimeField()
    shown_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "creditor_id", "digest", "as_of"], name="arrangements_shown_once_a_day"
            )
        ]


class Proposal(models.Model):
    """方案提议: one offer on its way to an agreement."""

    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    creditor_id = models.BigIntegerField()
    account_ids = ArrayField(models.BigIntegerField())
    offer_set = models.ForeignKey(OfferSet, models.PROTECT, null=True, related_name="+")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")
    offer = models.JSONField()
    kind = models.CharField(max_length=20)
    authority = models.CharField(max_length=12)
    is_counter = models.BooleanField(default=False, db_default=False)
    """Whether it is the person's own wish rather than an offer as it was made."""
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField()
    basis = models.JSONField()
    """Account → component → minor units that it was made on: money that comes in between is noticed."""
    grace_days = models.SmallIntegerField()
    tolerance_minor = models.BigIntegerField()
    missed_in_a_row = models.SmallIntegerField()
    replans = models.SmallIntegerField()
    reason = models.CharField(max_length=500, default="", db_default="")
    replaces_plan = models.ForeignKey("Plan", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=18)
    proposed_by_kind = models.CharField(max_length=10)
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)
    """The member of staff who was the second pair of eyes."""
    decided_by = models.CharField(max_length=120, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_one_of("state", PROPOSAL_STATES), name="arrangements_proposal_state"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gte=0) & Q(waived_minor__gte=0), name="arrangements_proposal_amounts"
            ),
            models.UniqueConstraint(
                fields=["person", "creditor_id"],
                condition=_one_of("state", OPEN_STATES),
                name="arrangements_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | ~Q(proposed_by_kind="staff")
                | ~Q(approved_by_id=F("proposed_by_id")),
                name="arrangements_never_ones_own",
            ),
            models.CheckConstraint(
                condition=~_one_of("state", ("ready", "accepted"))
                | ~_one_of("authority", TWO_PAIRS_OF_EYES)
                | Q(approved_by_id__isnull=False),
                name="arrangements_two_pairs_of_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="arrangements_proposal_state_i"),
            models.Index(fields=["person", "-id"], name="arrangements_proposal_person"),
        ]


class Agreement(models.Model):
    """还款协议: what was agreed and how it was proved; never edited."""

    number = models.CharField(max_length=20, unique=True)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="agreement")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    creditor_id = models.BigIntegerField()
    accepted_how = models.CharField(max_length=6)
    contact_point_id = models.BigIntegerField(null=True)
    """Where the code had gone."""
    recording_ref = models.CharField(max_length=80, default="", db_default="")
    contact_id = models.BigIntegerField(null=True)
    accepted_by_kind = models.CharField(max_length=10)
    accepted_by_id = models.BigIntegerField(null=True)
    accepted_by = models.CharField(max_length=120)
    accepted_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    terms_code = models.CharField(max_length=40)
    terms_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(accepted_how="code") & Q(contact_point_id__isnull=False))
                | (Q(accepted_how="oral") & ~Q(recording_ref="")),
                name="arrangements_agreement_proved",
            )
        ]
        indexes = [models.Index(fields=["person", "-id"], name="arrangements_agreement_person")]


class AgreementDocument(models.Model):
    """The signed file of an agreement, sealed; written once."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, primary_key=True, related_name="document")
    data_sealed = models.BinaryField(null=True)
    """What the file says, as JSON: it can be written again and compared."""
    pdf_sealed = models.BinaryField(null=True)
    """The signed file, base64."""
    sha256 = models.CharField(max_length=64, default="", db_default="")
    signed_at = models.DateTimeField(null=True)
    stamped_at = models.DateTimeField(null=True)


class Plan(models.Model):
    """协商方案: the plan of an agreement and how it goes."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="plan")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    creditor_id = models.BigIntegerField()
    account_ids = ArrayField(models.BigIntegerField())
    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField()
    grace_days = models.SmallIntegerField()
    tolerance_minor = models.BigIntegerField()
    missed_in_a_row = models.SmallIntegerField()
    replans_left = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="running", db_default="running")
    started_at = models.DateTimeField()
    started_date = models.DateField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=60, default="", db_default="")
    checked_date = models.DateField(null=True)
    """The latest periodic check of the ability to pay."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("state", PLAN_STATES), name="arrangements_plan_state"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | ~Q(state="running") & Q(ended_at__isnull=False),
                name="arrangements_plan_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="arrangements_plan_person"),
            models.Index(fields=["id"], name="arrangements_plan_running", condition=Q(state="running")),
            models.Index(
                fields=["-ended_at"], name="arrangements_plan_broken", condition=Q(state="breached")
            ),
            GinIndex(fields=["account_ids"], name="arrangements_plan_accounts"),
        ]


class PlanAccount(models.Model):
    """A debt of a plan: the database holds that no debt has two running plans."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="accounts")
    account_id = models.BigIntegerField()
    is_running = models.BooleanField()
    waived = models.JSONField()
    """Component → minor units that are given up."""
    transaction_ids = ArrayField(models.BigIntegerField(), default=list)
    """The ledger's events that carry it out."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "account_id"], name="arrangements_debt_once_a_plan"),
            models.UniqueConstraint(
                fields=["account_id"], condition=Q(is_running=True), name="arrangements_one_running_plan"
            ),
        ]


class Instalment(models.Model):
    """期: what one debt's share of a plan asks for on a day, and what came in for it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="instalments")
    account_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    due_date = models.DateField()
    amount_minor = models.BigIntegerField()
    components = models.JSONField()
    paid_minor = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=6, default="due", db_default="due")
    settled_date = models.DateField(null=True)
    missed_date = models.DateField(null=True)
    """The day on which it was found missed; a later payment does not take that back, a reversal of facts does."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "account_id", "number"], name="arrangements_instalment_once"
            ),
            models.CheckConstraint(
                condition=_one_of("state", INSTALMENT_STATES), name="arrangements_instalment_state"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(paid_minor__gte=0) & Q(paid_minor__lte=F("amount_minor")),
                name="arrangements_instalment_amounts",
            ),
        ]
        indexes = [models.Index(fields=["due_date", "id"], name="arrangements_instalment_due")]

"""Strategy versions, experiments, cycles with their stages, decision records, what shadows would have done."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class StrategyVersion(models.Model):
    """One version of a strategy; its content is immutable from `checked` on, by trigger."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    status = models.CharField(max_length=12)
    """`draft`, `checked`, `shadow`, `approved`, `published`, `retired`."""
    loaded_at = models.DateTimeField()
    """When it was loaded from a pack, or first saved as a draft."""
    changed_at = models.DateTimeField(null=True)
    """When its content was last saved."""
    origin = models.CharField(max_length=8, default="pack", db_default="pack")
    """`pack` (shipped, reviewed with the release) or `desk` (written here, approved by a second person)."""
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The version that the draft was copied from."""
    author_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    """Everybody who saved the draft, and the authors of a base that nobody had approved."""
    author_label = models.CharField(max_length=150, default="", db_default="")
    findings = models.JSONField(default=list, db_default=[])
    """What the checks found when it was last checked."""
    acknowledged_by_id = models.BigIntegerField(null=True)
    """Who said that the warnings may stand."""
    checked_at = models.DateTimeField(null=True)
    shadow_at = models.DateTimeField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_by_label = models.CharField(max_length=150, default="", db_default="")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="decisions_strategy_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(status="published"),
                name="decisions_one_published_strategy",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["draft", "checked", "shadow", "approved", "published", "retired"]
                ),
                name="decisions_strategy_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(origin="desk", status__in=["approved", "published"])
                | models.Q(approved_by_id__isnull=False),
                name="decisions_strategy_has_approver",
            ),
        ]


class ExperimentLayer(models.Model):
    """A deal of all persons into 10,000 buckets by its own salt; experiments of one layer share no bucket."""

    code = models.CharField(max_length=40, unique=True)
    salt = models.CharField(max_length=80)


class Experiment(models.Model):
    """实验: a share of the persons, decided by other versions or left alone, to learn which is better.

    Persons are in it whose bucket in its layer lies in `[first_bucket, end_bucket)`; which arm is theirs follows
    from another salted hash, so that two experiments never share a split. Two running experiments of a layer
    never overlap, by constraint (migration 0004).
    """

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    strategy_code = models.CharField(max_length=40)
    layer = models.ForeignKey(ExperimentLayer, models.PROTECT, related_name="+")
    salt = models.CharField(max_length=80)
    first_bucket = models.IntegerField()
    end_bucket = models.IntegerField()
    status = models.CharField(max_length=12)
    """`running`, `stopped`."""
    started_at = models.DateTimeField()
    started_by_label = models.CharField(max_length=150, default="", db_default="")
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_bucket__gte=0, end_bucket__lte=10_000)
                & models.Q(end_bucket__gt=models.F("first_bucket")),
                name="decisions_experiment_buckets",
            ),
        ]


class ExperimentArm(models.Model):
    """对照组或挑战组: one way of deciding within an experiment; without a strategy it is the holdout."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="arms")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    strategy = models.ForeignKey(StrategyVersion, models.PROTECT, null=True, related_name="+")
    weight = models.IntegerField()
    """Of 10,000 within the experiment; the arms' weights come to 10,000."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "code"], name="decisions_arm_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0, weight__lte=10_000), name="decisions_arm_weight"
            ),
        ]


class Cycle(models.Model):
    """批次: one night's decisions for one business date, or those of an extra night over one creditor's late book."""

    cycle_date = models.DateField()
    creditor_id = models.BigIntegerField(null=True)
    """Whose book came late; null for the night of the day."""
    status = models.CharField(max_length=12)
    """`running`, `finished`."""
    strategy = models.ForeignKey(StrategyVersion, models.PROTECT, null=True, related_name="+")
    pack_versions = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle_date", "creditor_id"], nulls_distinct=False, name="decisions_cycle_once"
            )
        ]


class CycleStage(models.Model):
    """One stage of one cycle; `in_count = out_count + rejected`, by constraint."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="stages")
    name = models.CharField(max_length=20)
    position = models.SmallIntegerField()
    status = models.CharField(max_length=12)
    in_count = models.BigIntegerField(default=0)
    out_count = models.BigIntegerField(default=0)
    rejected_count = models.BigIntegerField(default=0)
    rejected = models.JSONField(default=dict)
    """Number per reason code."""
    detail = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "name"], name="decisions_stage_once"),
            models.CheckConstraint(
                condition=models.Q(in_count=models.F("out_count") + models.F("rejected_count")),
                name="decisions_stage_in_equals_out",
            ),
        ]


class Decision(models.Model):
    """What one cycle decided for one person: the step, the rows that fired, the gate's word."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="+", db_index=False)
    person_id = models.BigIntegerField()
    step = models.CharField(max_length=24)
    """`sms`, `email`, `inapp`, `call`, `none`."""
    rows_fired = models.TextField()
    """Stable row ids, comma-separated: the result's row first, then the others in the graph's order."""
    template = models.CharField(max_length=60, default="", db_default="")
    planned_for = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10)
    """The gate's outcome, or `none` where there was nothing to ask."""
    reasons = models.CharField(max_length=200, default="", db_default="")
    """Rule ids, comma-separated."""
    days_past_due = models.IntegerField()
    overdue_minor = models.BigIntegerField()
    rank = models.IntegerField(default=0, db_default=0)
    facts_digest = models.BigIntegerField(default=0, db_default=0)
    strategy_id = models.BigIntegerField(null=True)
    """The version that decided; null in rows of before versions could differ within a night: the cycle's."""
    experiment = models.CharField(max_length=40, default="", db_default="")
    arm = models.CharField(max_length=40, default="", db_default="")
    probability = models.FloatField(default=1.0, db_default=1.0)
    """With which the salted hash gives a person this arm, or, outside of experiments, none."""
    dropped = models.CharField(max_length=20, default="", db_default="")
    """Why nothing came of the row: `capacity`, `cap`, `hold`, `cheaper_channel`, `holdout`, or empty."""
    channel = models.CharField(max_length=16, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "cycle"], name="decisions_decision_once")]
        indexes = [
            BrinIndex(fields=["cycle"], name="decisions_decision_cycle", pages_per_range=32),
            models.Index(
                fields=["experiment", "cycle"],
                condition=~models.Q(experiment=""),
                name="decisions_decision_experiment",
            ),
        ]
        """Rows come in the order of their nights, so a block range index finds a night at next to no cost."""


class ShadowDifference(models.Model):
    """What a version in the shadow would have done in one night, beside what was done: one line a pair of rows."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="+")
    strategy = models.ForeignKey(StrategyVersion, models.PROTECT, related_name="+")
    live_strategy_id = models.BigIntegerField()
    live_row = models.CharField(max_length=80)
    shadow_row = models.CharField(max_length=80)
    live_step = models.CharField(max_length=24)
    shadow_step = models.CharField(max_length=24)
    is_different = models.BooleanField()
    """Whether anything would be done otherwise; two rows may do the same."""
    persons = models.BigIntegerField()
    overdue_minor = models.BigIntegerField()
    examples = ArrayField(models.BigIntegerField(), default=list)
    """Up to five persons, the lowest ids, to look at."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "cycle",
                    "strategy",
                    "live_row",
                    "shadow_row",
                    "live_step",
                    "shadow_step",
                    "is_different",
                ],
                name="decisions_shadow_once",
            )
        ]

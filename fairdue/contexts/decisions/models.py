"""Strategy versions, cycles with their stages, decision records."""

from __future__ import annotations

from django.db import models


class StrategyVersion(models.Model):
    """One version of a strategy; immutable once published."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    status = models.CharField(max_length=12)
    """`draft`, `published`, `retired`."""
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="decisions_strategy_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(status="published"),
                name="decisions_one_published_strategy",
            ),
        ]


class Cycle(models.Model):
    """批次: one night's decisions for one business date."""

    cycle_date = models.DateField(unique=True)
    status = models.CharField(max_length=12)
    """`running`, `finished`."""
    strategy = models.ForeignKey(StrategyVersion, models.PROTECT, null=True, related_name="+")
    pack_versions = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


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
    rows_fired = models.CharField(max_length=120)
    """Stable row ids, comma-separated."""
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "cycle"], name="decisions_decision_once")]

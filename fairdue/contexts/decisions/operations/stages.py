"""The row that says that a stage of a night is done, in the same transaction as its effects."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.decisions.contracts import StageResult
from fairdue.contexts.decisions.models import Cycle, CycleStage
from fairdue.kernel.actor import Actor


@transaction.atomic
def finish_stage(
    *,
    cycle_id: int,
    name: str,
    position: int,
    result: StageResult,
    actor: Actor,
    started_at: datetime,
    now: datetime,
) -> None:
    """Record that a stage of a cycle is finished.

    1. Called inside the transaction of the stage's effects, so that both stand or neither does.
    2. The database refuses a second row of the stage, and counts that do not add up.
    3. The pack versions of the stage that asks the gate are kept with the cycle.
    """
    actor.require("cycle.run")
    cycle = Cycle.objects.select_for_update().get(pk=cycle_id)
    CycleStage.objects.create(
        cycle=cycle,
        name=name,
        position=position,
        status="finished",
        in_count=result.in_count,
        out_count=result.out_count,
        rejected_count=sum(result.rejected.values()),
        rejected=dict(result.rejected),
        detail=dict(result.detail),
        started_at=started_at,
        finished_at=now,
    )
    if result.pack_versions is not None:
        cycle.pack_versions = dict(result.pack_versions)
        cycle.save(update_fields=["pack_versions"])

"""Reads of nights: cycles, their stages, their reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fairdue.contexts.decisions.contracts import CountRow, CycleCard, CycleReport, StageCard
from fairdue.contexts.decisions.documents import row_titles
from fairdue.contexts.decisions.models import Cycle, CycleStage


class CycleUnknown(LookupError):
    """No cycle was run for that date."""

    code = "decisions.cycle.unknown"


def cycle_card(cycle: Cycle) -> CycleCard:
    """Return one cycle as a card; the strategy must be selected with it."""
    return CycleCard(
        cycle_id=cycle.pk,
        cycle_date=cycle.cycle_date,
        status=cycle.status,
        strategy_id=cycle.strategy_id,
        strategy_code=cycle.strategy.code if cycle.strategy else "",
        strategy_version=cycle.strategy.version if cycle.strategy else "",
        pack_versions=cycle.pack_versions,
        started_at=cycle.started_at,
        finished_at=cycle.finished_at,
        creditor_id=cycle.creditor_id,
    )


def cycles(limit: int = 30) -> tuple[CycleCard, ...]:
    """Return the latest nights, newest date first, without extra nights."""
    rows = Cycle.objects.filter(creditor_id=None).select_related("strategy").order_by("-cycle_date")[:limit]
    return tuple(cycle_card(cycle) for cycle in rows)


def extra_cycles(cycle_date: date) -> tuple[CycleCard, ...]:
    """Return the extra nights of a date, the first one first."""
    rows = Cycle.objects.filter(cycle_date=cycle_date).exclude(creditor_id=None).order_by("pk")
    return tuple(cycle_card(cycle) for cycle in rows.select_related("strategy"))


def finished_stages(cycle_id: int) -> dict[str, StageCard]:
    """Return the stages of a cycle that are finished, by name."""
    rows = CycleStage.objects.filter(cycle_id=cycle_id, status="finished").order_by("position")
    return {stage.name: _stage_card(stage) for stage in rows}


def _stage_card(stage: CycleStage) -> StageCard:
    return StageCard(
        name=stage.name,
        position=stage.position,
        status=stage.status,
        in_count=stage.in_count,
        out_count=stage.out_count,
        rejected_count=stage.rejected_count,
        rejected=stage.rejected,
        detail=stage.detail,
        started_at=stage.started_at,
        finished_at=stage.finished_at,
    )


def cycle_report(cycle_date: date, creditor_id: int | None = None) -> CycleReport:
    """Return what the night of a date did, in counts; a running one shows the stages it has finished.

    With a creditor: what the extra night over that creditor's late book did.

    :raises CycleUnknown: if no such night was run
    """
    mine = Cycle.objects.filter(cycle_date=cycle_date, creditor_id=creditor_id)
    cycle = mine.select_related("strategy").first()
    if cycle is None:
        raise CycleUnknown(f"no cycle was run for {cycle_date}; run: fairdue cycle run --date {cycle_date}")
    stages = tuple(finished_stages(cycle.pk).values())
    detail: dict[str, Any] = {}
    for stage in stages:
        detail |= stage.detail
    titles = row_titles(cycle.strategy.content) if cycle.strategy else {}
    return CycleReport(
        cycle=cycle_card(cycle),
        stages=stages,
        by_row=_counts(detail, "by_row", titles),
        by_step=_counts(detail, "by_step"),
        by_planned_step=_counts(detail, "by_planned_step"),
        by_bucket=_counts(detail, "by_bucket"),
        by_outcome=_counts(detail, "by_outcome"),
        by_reason=_counts(detail, "by_reason"),
        warnings=tuple(warning for stage in stages for warning in stage.detail.get("warnings", ())),
    )


def _counts(
    detail: Mapping[str, Any], key: str, titles: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[CountRow, ...]:
    """Read one list of `[code, count, overdue_minor]` from the stages' detail."""
    words = titles or {}
    return tuple(
        CountRow(
            code=code,
            title_zh=words.get(code, {}).get("zh", code),
            title_en=words.get(code, {}).get("en", code),
            count=count,
            overdue_minor=overdue,
        )
        for code, count, overdue in detail.get(key, ())
    )

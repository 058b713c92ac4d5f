"""Reads of decisions: strategies, cycles, reports, the latest decision of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fairdue.contexts.decisions.contracts import (
    CountRow,
    CycleCard,
    CycleReport,
    DecisionCard,
    StageCard,
    StrategyCard,
    StrategyRowCard,
)
from fairdue.contexts.decisions.models import Cycle, CycleStage, Decision, StrategyVersion


class StrategyUnknown(LookupError):
    """No strategy of that code is published."""

    code = "decisions.strategy.unknown"


class CycleUnknown(LookupError):
    """No cycle was run for that date."""

    code = "decisions.cycle.unknown"


def strategy_card(version: StrategyVersion) -> StrategyCard:
    """Return one strategy version as a card."""
    content = version.content
    return StrategyCard(
        strategy_id=version.pk,
        code=version.code,
        version=version.version,
        sha256=version.sha256,
        status=version.status,
        title_zh=content["title"]["zh"],
        title_en=content["title"]["en"],
        loaded_at=version.loaded_at,
        content=content,
        rows=tuple(_row_card(row) for row in content["rows"]),
    )


def _row_card(row: Mapping[str, Any]) -> StrategyRowCard:
    return StrategyRowCard(
        row_id=row["id"],
        title_zh=row["title"]["zh"],
        title_en=row["title"]["en"],
        cells=row.get("when") or {},
        outputs=row.get("then") or {},
    )


def published_strategy(code: str) -> StrategyCard:
    """Return the published version of a strategy.

    :raises StrategyUnknown: if no version of it is published
    """
    version = StrategyVersion.objects.filter(code=code, status="published").first()
    if version is None:
        raise StrategyUnknown(f"no strategy {code!r} is published; load the packs first (make setup)")
    return strategy_card(version)


def strategy_by_id(strategy_id: int) -> StrategyCard:
    """Return one strategy version, published or retired."""
    return strategy_card(StrategyVersion.objects.get(pk=strategy_id))


def strategies() -> tuple[StrategyCard, ...]:
    """Return every strategy version, by code, newest first."""
    return tuple(strategy_card(version) for version in StrategyVersion.objects.order_by("code", "-pk"))


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
    )


def cycles(limit: int = 30) -> tuple[CycleCard, ...]:
    """Return the latest cycles, newest date first."""
    rows = Cycle.objects.select_related("strategy").order_by("-cycle_date")[:limit]
    return tuple(cycle_card(cycle) for cycle in rows)


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


def cycle_report(cycle_date: date) -> CycleReport:
    """Return what the cycle of a date did, in counts; a running cycle shows the stages it has finished.

    :raises CycleUnknown: if no cycle was run for the date
    """
    cycle = Cycle.objects.select_related("strategy").filter(cycle_date=cycle_date).first()
    if cycle is None:
        raise CycleUnknown(f"no cycle was run for {cycle_date}; run: fairdue cycle run --date {cycle_date}")
    stages = tuple(finished_stages(cycle.pk).values())
    detail: dict[str, Any] = {}
    for stage in stages:
        detail |= stage.detail
    titles = {row["id"]: row["title"] for row in cycle.strategy.content["rows"]} if cycle.strategy else {}
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


def latest_decision(person_id: int) -> DecisionCard | None:
    """Return what the latest cycle decided for a person, or None if no cycle has decided yet."""
    decision = (
        Decision.objects.filter(person_id=person_id)
        .select_related("cycle__strategy")
        .order_by("-cycle__cycle_date")
        .first()
    )
    if decision is None:
        return None
    strategy = decision.cycle.strategy
    row_ids = tuple(decision.rows_fired.split(","))
    titles = {row["id"]: row["title"] for row in strategy.content["rows"]} if strategy else {}
    title = titles.get(row_ids[0], {"zh": row_ids[0], "en": row_ids[0]})
    return DecisionCard(
        cycle_id=decision.cycle_id,
        cycle_date=decision.cycle.cycle_date,
        person_id=decision.person_id,
        step=decision.step,
        row_ids=row_ids,
        title_zh=title["zh"],
        title_en=title["en"],
        template=decision.template,
        planned_for=decision.planned_for,
        outcome=decision.outcome,
        reasons=tuple(reason for reason in decision.reasons.split(",") if reason),
        days_past_due=decision.days_past_due,
        overdue_minor=decision.overdue_minor,
        rank=decision.rank,
        strategy_code=strategy.code if strategy else "",
        strategy_version=strategy.version if strategy else "",
    )

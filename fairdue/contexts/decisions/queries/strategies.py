"""Reads of strategies: versions of every status, as cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.contexts.decisions.contracts import StrategyCard, StrategyRowCard
from fairdue.contexts.decisions.contracts_life import FindingCard
from fairdue.contexts.decisions.documents import result_rows, titles_of
from fairdue.contexts.decisions.findings import stored_findings
from fairdue.contexts.decisions.models import StrategyVersion


class StrategyUnknown(LookupError):
    """There is no such strategy, or no version of it is published."""

    code = "decisions.strategy.unknown"


def strategy_card(version: StrategyVersion) -> StrategyCard:
    """Return one strategy version as a card; a draft may still be incomplete in any part."""
    content = version.content
    title = titles_of(content.get("title"), version.code)
    return StrategyCard(
        strategy_id=version.pk,
        code=version.code,
        version=version.version,
        sha256=version.sha256,
        status=version.status,
        title_zh=title["zh"],
        title_en=title["en"],
        loaded_at=version.loaded_at,
        content=content,
        rows=tuple(_row_card(row) for row in result_rows(content)),
        origin=version.origin,
        base_version_id=version.base_id,
        author_ids=frozenset(version.author_ids),
        author=version.author_label,
        changed_at=version.changed_at,
        checked_at=version.checked_at,
        shadow_at=version.shadow_at,
        approved_by=version.approved_by_label,
        approved_at=version.approved_at,
        published_at=version.published_at,
        retired_at=version.retired_at,
    )


def _row_card(row: Mapping[str, Any]) -> StrategyRowCard:
    title = titles_of(row.get("title"), str(row.get("id", "")))
    return StrategyRowCard(
        row_id=str(row.get("id", "")),
        title_zh=title["zh"],
        title_en=title["en"],
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


def published_strategy_id(code: str) -> int | None:
    """Return the id of the published version of a strategy, or None."""
    return StrategyVersion.objects.filter(code=code, status="published").values_list("pk", flat=True).first()


def strategy_by_id(strategy_id: int) -> StrategyCard:
    """Return one strategy version of any status.

    :raises StrategyUnknown: if there is none
    """
    version = StrategyVersion.objects.filter(pk=strategy_id).first()
    if version is None:
        raise StrategyUnknown(f"there is no strategy version {strategy_id}")
    return strategy_card(version)


def strategies() -> tuple[StrategyCard, ...]:
    """Return every strategy version, by code, newest first."""
    return tuple(strategy_card(version) for version in StrategyVersion.objects.order_by("code", "-pk"))


def strategy_versions(code: str) -> tuple[StrategyCard, ...]:
    """Return every version of one strategy, newest first."""
    return tuple(
        strategy_card(version) for version in StrategyVersion.objects.filter(code=code).order_by("-pk")
    )


def strategies_in(status: str, code: str) -> tuple[StrategyCard, ...]:
    """Return the versions of one strategy that are in a status, oldest first."""
    rows = StrategyVersion.objects.filter(code=code, status=status).order_by("pk")
    return tuple(strategy_card(version) for version in rows)


def version_findings(strategy_id: int) -> tuple[FindingCard, ...]:
    """Return what the checks found when the version was last checked."""
    found = StrategyVersion.objects.values_list("findings", flat=True).filter(pk=strategy_id).first()
    return stored_findings(found or ())

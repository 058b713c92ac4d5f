"""Checking a version: what `engine/strategy/checks` finds, kept with the version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.decisions.contracts_life import CheckedCard, FindingCard
from fairdue.contexts.decisions.findings import findings_of, stored_findings
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.decisions.operations.drafts import (
    StrategyChangedMeanwhile,
    StrategyNotWritable,
    locked,
    record,
)
from fairdue.contexts.decisions.queries.strategies import strategy_by_id, strategy_card
from fairdue.kernel.actor import Actor


def check_version(
    *,
    strategy_id: int,
    acknowledge: bool = False,
    expected_sha256: str | None = None,
    actor: Actor,
    now: datetime,
) -> CheckedCard:
    """Run every check over a draft, and close it for changes if it passes.

    1. An error keeps it a draft. A warning keeps it one too, until somebody acknowledges the warnings
       (`acknowledge`); who does is kept. Notes keep nothing.
    2. A version that is past its check is not checked anew; its findings are returned.
    3. The checks run outside of the transaction, for they may take seconds; a draft that was saved meanwhile
       is not closed.

    :raises StrategyChangedMeanwhile: if it was saved by another since it was read
    :raises StrategyUnknown: if it does not exist
    """
    actor.require("strategy.edit")
    card = strategy_by_id(strategy_id)
    if card.status != "draft":
        version = StrategyVersion.objects.get(pk=strategy_id)
        return CheckedCard(strategy=card, findings=stored_findings(version.findings), is_publishable=True)
    if expected_sha256 is not None and card.sha256 != expected_sha256:
        raise StrategyChangedMeanwhile(f"{card.code}@{card.version} was saved meanwhile; read it again")
    return _close(strategy_id, card.sha256, findings_of(card.content), acknowledge, actor, now)


@transaction.atomic
def _close(
    strategy_id: int,
    sha256: str,
    findings: tuple[FindingCard, ...],
    acknowledge: bool,
    actor: Actor,
    now: datetime,
) -> CheckedCard:
    version = locked(strategy_id)
    if version.status != "draft":
        raise StrategyNotWritable(f"{version.code}@{version.version} is {version.status} already")
    if version.sha256 != sha256:
        raise StrategyChangedMeanwhile(f"{version.code}@{version.version} was saved while it was checked")
    severities = {finding.severity for finding in findings}
    passes = "error" not in severities and ("warning" not in severities or acknowledge)
    version.findings = [_plain(asdict(finding)) for finding in findings]
    if passes:
        version.status, version.checked_at = "checked", now
        version.acknowledged_by_id = actor.id if "warning" in severities else None
    version.save()
    if passes:
        record(version, "decisions.strategy.checked", actor, now, warnings=_count(findings, "warning"))
    return CheckedCard(strategy=strategy_card(version), findings=findings, is_publishable=passes)


def _count(findings: tuple[FindingCard, ...], severity: str) -> int:
    return sum(finding.severity == severity for finding in findings)


def _plain(value: Any) -> Any:
    """Return a value as JSON can keep it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)

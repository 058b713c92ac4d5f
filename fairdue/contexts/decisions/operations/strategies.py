"""Loading and publishing strategies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions.contracts import StrategyCard
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.decisions.queries import strategy_card
from fairdue.engine.strategy.table import read_strategy
from fairdue.kernel.actor import Actor


class StrategyIsAltered(ValueError):
    """A version that is already published was given with another content; a change needs a new version."""

    code = "decisions.strategy.altered"


@transaction.atomic
def load_strategy(*, document: Mapping[str, Any], actor: Actor, now: datetime) -> StrategyCard:
    """Check a strategy document, publish it and retire the version before it.

    1. The document is checked as a whole first: `fairdue.engine.strategy.table.read_strategy`.
    2. The same version with the same content changes nothing, also when it has since been retired.

    :raises StrategyErrors: if the document does not check out; every error names its row and column
    :raises StrategyIsAltered: if that version exists with another content
    """
    actor.require("strategy.publish")
    strategy = read_strategy(document)
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    _lock(strategy.code)
    existing = StrategyVersion.objects.filter(code=strategy.code, version=strategy.version).first()
    if existing is not None:
        if existing.sha256 != digest:
            raise StrategyIsAltered(f"{strategy.code}@{strategy.version} is published with another content")
        return strategy_card(existing)
    StrategyVersion.objects.filter(code=strategy.code, status="published").update(status="retired")
    version = StrategyVersion.objects.create(
        code=strategy.code,
        version=strategy.version,
        sha256=digest,
        content=document,
        status="published",
        loaded_at=now,
    )
    audit.record(
        code="decisions.strategy.published",
        actor=actor,
        subject_type="strategy",
        subject_id=version.pk,
        now=now,
        after={"code": version.code, "version": version.version, "sha256": digest},
    )
    return strategy_card(version)


def _lock(code: str) -> None:
    """Let two loaders of one strategy go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"strategy:{code}"])


def load_strategies(*, actor: Actor, now: datetime, folder: Path | None = None) -> tuple[StrategyCard, ...]:
    """Load every shipped strategy (`packs/strategies/*/strategy.yaml`); the same again changes nothing."""
    root = folder or settings.PACKS_DIR / "strategies"
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(root.glob("*/strategy.yaml"))]
    return tuple(load_strategy(document=document, actor=actor, now=now) for document in documents)

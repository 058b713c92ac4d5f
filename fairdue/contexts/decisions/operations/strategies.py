"""Loading and publishing the strategies that ship in packs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from fairdue.contexts.decisions.contracts import StrategyCard
from fairdue.contexts.decisions.documents import digest
from fairdue.contexts.decisions.findings import require_sound
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.decisions.operations.drafts import lock_code, record
from fairdue.contexts.decisions.operations.life import retire_published
from fairdue.contexts.decisions.queries.strategies import strategy_card
from fairdue.kernel.actor import Actor, PermissionRefused


class StrategyIsAltered(ValueError):
    """A version that is already published was given with another content; a change needs a new version."""

    code = "decisions.strategy.altered"


@transaction.atomic
def load_strategy(*, document: Mapping[str, Any], actor: Actor, now: datetime) -> StrategyCard:
    """Check a strategy document, publish it and retire the version before it.

    1. The document is checked as a whole first; its review is the release that it ships with, so no second
       person is asked here, and only the installation itself loads, never a member of staff. What is written
       at the desk goes through `save_draft` and the steps after it.
    2. The same version with the same content changes nothing, also when it has since been retired.

    :raises StrategyErrors: if the document does not check out; every error names its row and column
    :raises StrategyIsAltered: if that version exists with another content
    :raises StrategyInExperiment: if a running experiment decides by the version that would be retired
    """
    if actor.kind != "system":
        raise PermissionRefused(actor, "strategy.load")
    strategy = require_sound(document)
    found = digest(document)
    lock_code(strategy.code)
    existing = StrategyVersion.objects.filter(code=strategy.code, version=strategy.version).first()
    if existing is not None:
        if existing.sha256 != found:
            raise StrategyIsAltered(f"{strategy.code}@{strategy.version} is published with another content")
        return strategy_card(existing)
    retire_published(strategy.code, actor=actor, now=now)
    version = StrategyVersion.objects.create(
        code=strategy.code,
        version=strategy.version,
        sha256=found,
        content=document,
        status="published",
        origin="pack",
        author_label=actor.label,
        loaded_at=now,
        published_at=now,
    )
    record(version, "decisions.strategy.published", actor, now)
    return strategy_card(version)


def load_strategies(*, actor: Actor, now: datetime, folder: Path | None = None) -> tuple[StrategyCard, ...]:
    """Load every shipped strategy (`packs/strategies/*/strategy.yaml`); the same again changes nothing."""
    root = folder or settings.PACKS_DIR / "strategies"
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(root.glob("*/strategy.yaml"))]
    return tuple(load_strategy(document=document, actor=actor, now=now) for document in documents)

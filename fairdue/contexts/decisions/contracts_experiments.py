"""What the facade of decisions hands out about experiments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArm:
    """An arm to start with: a version's id, or None for the holdout; `weight` of 10,000."""

    code: str
    strategy_id: int | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCard:
    """One arm of an experiment."""

    code: str
    strategy_id: int | None
    strategy_version: str
    weight: int

    @property
    def is_holdout(self) -> bool:
        """Whether nothing is done to its persons but what is legally due."""
        return self.strategy_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentCard:
    """One experiment: whom it takes (buckets of its layer) and how it deals them out (arms)."""

    experiment_id: int
    code: str
    title: str
    strategy_code: str
    layer: str
    layer_salt: str
    salt: str
    first_bucket: int
    end_bucket: int
    status: str
    started_at: datetime
    stopped_at: datetime | None
    stop_reason: str
    arms: tuple[ArmCard, ...]

    @property
    def share(self) -> float:
        """The share of all persons that the experiment takes."""
        return (self.end_bucket - self.first_bucket) / 10_000

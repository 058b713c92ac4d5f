"""The demonstration's challenger stands in the shadow of the live strategy, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairdue.contexts.decisions import facade as decisions
from fairdue.journeys.seed_challenger import seed_challenger
from fairdue.kernel.actor import system

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_gentler_strategy_stands_in_the_shadow_and_the_live_one_stays() -> None:
    decisions.load_strategies(actor=system("setup"), now=NOW)
    strategy_id = seed_challenger(actor=system("demo"), now=NOW)
    assert strategy_id is not None
    (shadow,) = decisions.strategies_in("shadow", "reminders-cn")
    assert (shadow.strategy_id, shadow.version) == (strategy_id, "gentle-1")
    assert decisions.published_strategy("reminders-cn").version == "2026.3"
    assert seed_challenger(actor=system("demo"), now=NOW) is None
    assert len(decisions.strategies()) == 3

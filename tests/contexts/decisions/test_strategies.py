"""Strategies are published once, never altered, and one version of a code decides at a time."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import DatabaseError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.engine.strategy.table import StrategyErrors
from fairdue.kernel.actor import Actor, PermissionRefused, system

PACK = Path(__file__).parents[3] / "packs/strategies/reminders-cn/strategy.yaml"
NOW = datetime(2025, 10, 9, 18, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> dict[str, Any]:
    return yaml.safe_load(PACK.read_text("utf-8"))


def test_the_shipped_strategy_is_published_and_loading_it_again_changes_nothing() -> None:
    first = decisions.load_strategies(actor=system("setup"), now=NOW)
    second = decisions.load_strategies(actor=system("setup"), now=NOW)
    assert [card.code for card in first] == ["reminders-cn", "reminders-gentle"]
    assert first == second
    assert decisions.published_strategy("reminders-cn") == first[0]
    assert first[0].rows[0].title_zh == "债务人已故：停止一切触达，转人工复核"
    assert len(audit.events(code="decisions.strategy.published")) == 2


def test_a_published_version_with_another_content_is_refused(document: dict[str, Any]) -> None:
    card = decisions.load_strategy(document=document, actor=system("setup"), now=NOW)
    altered = copy.deepcopy(document)
    altered["decisions"][-1]["rows"][0]["then"]["rank"] = 11
    with pytest.raises(decisions.StrategyIsAltered):
        decisions.load_strategy(document=altered, actor=system("setup"), now=NOW)
    assert decisions.published_strategy("reminders-cn").sha256 == card.sha256


def test_a_new_version_retires_the_one_before_and_the_old_file_does_not_bring_it_back(
    document: dict[str, Any],
) -> None:
    decisions.load_strategy(document=document, actor=system("setup"), now=NOW)
    newer = document | {"version": "2099.1"}
    decisions.load_strategy(document=newer, actor=system("setup"), now=NOW)
    decisions.load_strategy(document=document, actor=system("setup"), now=NOW)
    assert decisions.published_strategy("reminders-cn").version == "2099.1"
    assert [(card.version, card.status) for card in decisions.strategies()] == [
        ("2099.1", "published"),
        (document["version"], "retired"),
    ]


def test_a_strategy_that_does_not_check_out_is_not_stored(document: dict[str, Any]) -> None:
    document["decisions"][-1]["rows"].pop()
    with pytest.raises(StrategyErrors):
        decisions.load_strategy(document=document, actor=system("setup"), now=NOW)
    assert decisions.strategies() == ()


def test_a_strategy_is_published_only_by_whom_may(document: dict[str, Any]) -> None:
    collector = Actor(kind="staff", label="c", role="collector", permissions=frozenset({"cases.work"}))
    with pytest.raises(PermissionRefused):
        decisions.load_strategy(document=document, actor=collector, now=NOW)
    assert decisions.strategies() == ()


@pytest.mark.parametrize(
    "change", [{"content": {}}, {"version": "x"}, {"sha256": "0" * 64}, {"status": "draft"}]
)
def test_the_database_refuses_to_alter_a_published_version(
    document: dict[str, Any], change: dict[str, Any]
) -> None:
    card = decisions.load_strategy(document=document, actor=system("setup"), now=NOW)
    with pytest.raises(DatabaseError, match="is published: UPDATE refused"), transaction.atomic():
        StrategyVersion.objects.update(**change)
    with pytest.raises(DatabaseError, match="is published: DELETE refused"), transaction.atomic():
        StrategyVersion.objects.all().delete()
    assert decisions.published_strategy("reminders-cn") == card


def test_a_code_that_nobody_published_is_unknown() -> None:
    with pytest.raises(decisions.StrategyUnknown):
        decisions.published_strategy("nothing")

"""A version's whole life from the command line, by two persons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.identity.models import Staff
from fairdue.kernel.actor import Actor
from tests.case_world import World

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "code": "small",
    "version": "1",
    "title": {"zh": "小", "en": "small"},
    "inputs": [{"name": "days_past_due", "type": "integer"}],
    "outputs": [{"name": "step", "type": "text", "allowed": ["review", "none"]}],
    "hit_policy": "FIRST",
    "rows": [
        {"id": "late-review", "title": {"zh": "复核", "en": "review"}, "when": {"days_past_due": ">= 5"}, "then": {"step": "review"}},
        {"id": "wait", "title": {"zh": "等", "en": "wait"}, "when": {}, "then": {"step": "none"}},
    ],
}  # fmt: skip


def username(actor: Actor) -> str:
    return Staff.objects.get(pk=actor.id).username


def run(*words: str) -> tuple[int, dict[str, Any]]:
    answer = CliRunner().invoke(build(), ["strategy", *words, "--json"])
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, json.loads(answer.stdout) if answer.stdout else {}


def test_a_version_is_brought_through_its_life_by_two_persons(tmp_path: Path) -> None:
    world = World.build()
    ann, sue = username(world.staff("strategist")), username(world.staff("supervisor"))
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(DOCUMENT, allow_unicode=True), encoding="utf-8")
    status, card = run("draft", str(file), "--by", ann)
    assert (status, card["status"]) == (0, "draft")
    key = str(card["strategy_id"])
    assert run("draft", str(file), "--by", ann)[1]["error"] == "decisions.strategy.version_taken"
    assert run("step", key, "shadow", "--by", ann)[1]["error"] == "decisions.strategy.wrong_status"
    status, found = run("step", key, "check", "--acknowledge", "--by", ann)
    assert (status, found["strategy"]["status"]) == (0, "checked"), found["findings"]
    assert run("step", key, "shadow", "--by", ann)[1]["status"] == "shadow"
    assert run("shadow", key) == (0, {"nights": []})
    assert run("step", key, "approve", "--by", ann)[1]["error"] == "decisions.strategy.own_work"
    assert run("step", key, "approve", "--by", sue)[1]["status"] == "approved"
    assert run("step", key, "publish", "--by", sue)[1]["error"] == "identity.permission.refused"
    assert run("step", key, "publish", "--by", ann)[1]["status"] == "published"
    assert decisions.published_strategy("small").approved_by
    assert run("step", key, "retire", "--by", ann)[1]["status"] == "retired"
    assert run("step", "999999", "retire", "--by", ann)[1]["error"] == "decisions.strategy.unknown"
    assert run("step", key, "retire", "--by", "nobody")[0] == 2
    file.write_text("code: [", encoding="utf-8")
    assert run("draft", str(file), "--by", ann)[0] == 2

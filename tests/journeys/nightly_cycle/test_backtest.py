"""What a strategy would have done over stored nights."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import yaml
from django.conf import settings
from django.test import override_settings
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.nightly_cycle.backtest import backtest
from fairdue.journeys.nightly_cycle.lake import Lake
from tests.journeys.nightly_cycle.conftest import NIGHT, PERSONS

COSTS = {"sms": 5.0, "email": 1.0, "inapp": 0.0, "call": 400.0}
NOTHING = {
    "code": "nothing", "version": "1", "title": {"zh": "不联系", "en": "nobody"}, "hit_policy": "FIRST",
    "inputs": [{"name": "days_past_due", "type": "integer", "zh": "逾期天数", "en": "days"}],
    "outputs": [{"name": "step", "type": "text", "zh": "动作", "en": "step"}],
    "rows": [{"id": "all-none", "title": {"zh": "全部", "en": "all"}, "when": {}, "then": {"step": "none"}}],
}  # fmt: skip


def test_a_strategy_tried_on_its_own_nights_does_what_was_done(
    book: int, night: Callable[..., CycleReport], tmp_path: Path
) -> None:
    night(partition_persons=PERSONS // 2 + 1)
    second = night(NIGHT + timedelta(days=1))
    lake = Lake(str(tmp_path / "facts"))
    content = decisions.published_strategy("reminders-cn").content
    found = backtest([lake.night(day) for day in lake.days()], content, COSTS)
    assert [one.cycle_date for one in found.nights] == [NIGHT, NIGHT + timedelta(days=1)]
    assert [(one.different, one.steps == one.decided_steps) for one in found.nights] == [(0, True)] * 2
    assert found.nights[1].steps == {row.code: row.count for row in second.by_step}
    assert (found.persons, found.never_reached) == (PERSONS, found.decided_never_reached)
    assert 0 < found.never_reached < found.overdue_persons
    calls, texts = (found.nights[0].steps.get(step, 0) for step in ("call", "sms"))
    emails = found.nights[0].steps.get("email", 0)
    assert found.nights[0].cost_minor == 400 * calls + 5 * texts + emails > 0

    nobody = backtest([lake.night(NIGHT)], NOTHING, COSTS)
    (one,) = nobody.nights
    assert (one.steps, one.contacts, one.cost_minor) == ({"none": PERSONS}, 0, 0)
    assert nobody.never_reached == nobody.overdue_persons > 0
    assert one.different == PERSONS - one.decided_steps["none"]
    assert sum(count for _was, _would, count in one.differences) == one.different
    assert {would for _was, would, _count in one.differences} == {"all-none"}


def test_the_command_reads_a_file_and_names_nights_that_are_not_stored(stored: Path, tmp_path: Path) -> None:
    shipped = yaml.safe_load(
        (settings.PACKS_DIR / "strategies/reminders-cn/strategy.yaml").read_text("utf-8")
    )
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(copy.deepcopy(shipped) | {"version": "trial"}), "utf-8")
    with override_settings(LAKE=str(stored)):
        arguments = ["decide", "backtest", str(mine), "--from", "2025-10-14", "--to", "2025-10-15", "--json"]
        done = CliRunner().invoke(build(), arguments)
        none = CliRunner().invoke(
            build(), ["decide", "backtest", "reminders-cn", "--from", "2024-01-01", "--to", "2024-01-02"]
        )
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout.splitlines()[-1])
    assert (answer["strategy"], answer["missing_dates"]) == ("reminders-cn@trial", ["2025-10-14"])
    assert (len(answer["nights"]), answer["nights"][0]["different"]) == (1, 0)
    assert none.exit_code == 1

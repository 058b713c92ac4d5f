"""Stored nights: on disk and in an object store, whole or not at all, decided again bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.test import override_settings
from moto.server import ThreadedMotoServer

from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.nightly_cycle import deciding
from fairdue.journeys.nightly_cycle.engines import Told, decide_parts
from fairdue.journeys.nightly_cycle.lake import Lake, NightAltered, NightNotStored
from fairdue.journeys.nightly_cycle.plan_document import read_plan, write_plan
from fairdue.journeys.nightly_cycle.recompute import recompute
from tests.journeys.nightly_cycle.conftest import NIGHT, PERSONS

KILLED_HALF_WAY = """
import os, signal, sys
from datetime import date
from pathlib import Path
from fairdue.journeys.nightly_cycle.lake import Lake
def told(done, total):
    if done == total // 2:
        os.kill(os.getpid(), signal.SIGKILL)
Lake(sys.argv[1]).publish(Path(sys.argv[2]), date(2025, 10, 15), parts=3, stage="decided", told=told)
"""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An object store that answers over HTTP as S3 does."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for variable, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(variable, value)
    name = f"nights-{uuid4().hex}"  # the servers of one process share what they hold
    boto3.client("s3", endpoint_url=f"http://{host}:{port}").create_bucket(Bucket=name)
    yield f"s3://{name}/fairdue"
    server.stop()


def test_a_night_on_disk_is_named_file_by_file_and_decided_again_alike(stored: Path) -> None:
    night = Lake(str(stored)).night(NIGHT)
    assert (night.manifest.stage, night.manifest.parts) == ("decided", 3)
    named = {name for name in night.manifest.files if name.startswith("part=00/")}
    there = {
        path.relative_to(stored / "date=2025-10-15").as_posix() for path in stored.glob("date=*/part=00/*")
    }
    assert named == there
    found = recompute(night)
    assert (found.persons, found.difference) == (PERSONS, None)


def test_a_changed_file_is_not_read(stored: Path) -> None:
    path = stored / "date=2025-10-15/part=01/people.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(NightAltered, match="part=01/people"):
        recompute(Lake(str(stored)).night(NIGHT))


def test_the_first_person_decided_otherwise_is_named(stored: Path) -> None:
    import polars as pl

    lake = Lake(str(stored))
    path = stored / "date=2025-10-15/part=01/people.parquet"
    people = pl.read_parquet(path)
    changed = people.with_columns(pl.lit(True).alias("is_deceased"))
    changed.write_parquet(path)
    lake.publish(stored / "date=2025-10-15", NIGHT, parts=3, stage="decided")
    found = recompute(lake.night(NIGHT))
    assert found.difference is not None
    assert found.difference.part == 1
    assert found.difference.person_id == people["person_id"].min()


def test_a_plan_survives_its_document(stored: Path) -> None:
    data = (stored / "date=2025-10-15/plan.json").read_bytes()
    plan = read_plan(data)
    assert write_plan(plan) == data
    assert plan.law.identities().keys() == {"cn", "house"}


def test_a_night_lands_in_an_object_store_and_is_decided_again_from_there(
    book: int, night: Callable[..., CycleReport], bucket: str, tmp_path: Path
) -> None:
    with override_settings(LAKE=bucket):
        night(NIGHT - timedelta(days=1))
        night(partition_persons=PERSONS // 3 + 1)
    lake = Lake(bucket)
    assert lake.days() == (NIGHT - timedelta(days=1), NIGHT)
    assert [folder.name for folder in (tmp_path / "facts").iterdir()] == ["date=2025-10-15"]
    assert recompute(lake.night(NIGHT)).difference is None
    assert recompute(lake.night(NIGHT), parts=[2]).difference is None


def test_a_night_killed_half_way_to_the_object_store_is_not_there_and_is_sent_on(
    stored: Path, bucket: str
) -> None:
    folder = stored / "date=2025-10-15"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_HALF_WAY, bucket, str(folder)], env=dict(os.environ), check=False
    )
    assert killed.returncode == -9
    lake = Lake(bucket)
    half = len(lake.store.names("date=2025-10-15/"))
    assert 0 < half < len(list(folder.rglob("*.parquet")))
    assert lake.days() == ()
    with pytest.raises(NightNotStored):
        lake.night(NIGHT)
    lake.publish(folder, NIGHT, parts=3, stage="decided")
    assert recompute(lake.night(NIGHT)).difference is None


def test_nights_beyond_their_time_are_deleted(stored: Path, bucket: str) -> None:
    lake = Lake(bucket)
    for days in range(3):
        lake.publish(stored / "date=2025-10-15", NIGHT - timedelta(days=days), parts=3, stage="decided")
    assert lake.forget_before(NIGHT) == (date(2025, 10, 13), date(2025, 10, 14))
    assert lake.days() == (NIGHT,)
    assert {name.split("/")[0] for name in lake.store.names("")} == {"date=2025-10-15"}


def test_the_command_says_whether_a_night_is_decided_again_alike(stored: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from fairdue.cli.main import build

    with override_settings(LAKE=str(stored)):
        done = CliRunner().invoke(build(), ["decide", "recompute", "--date", "2025-10-15", "--json"])
        missing = CliRunner().invoke(build(), ["decide", "recompute", "--date", "2025-10-16", "--json"])
    assert done.exit_code == 0, done.output
    assert f'"persons": {PERSONS}' in done.stdout
    assert missing.exit_code == 1


def test_executors_that_reach_the_object_store_only_decide_there_and_the_night_goes_on_here(
    book: int,
    night: Callable[..., CycleReport],
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    rows: Callable[..., list[dict[str, Any]]],
) -> None:
    asked: list[tuple[str, str]] = []

    def elsewhere(engine: str, place: str, folder: str, parts: Iterable[int], told: Told) -> None:
        asked.append((engine, place))
        decide_parts("local", place, folder, parts, told)

    monkeypatch.setattr(deciding, "decide_parts", elsewhere)
    with override_settings(LAKE=bucket):
        report = night(partition_persons=PERSONS // 3 + 1, engine="spark://elsewhere:7077")
    assert asked == [("spark://elsewhere:7077", bucket)]
    assert sum(row.count for row in report.by_step) == PERSONS
    assert len(rows("select 1 from decisions_decision")) == PERSONS
    assert recompute(Lake(bucket).night(NIGHT)).difference is None

"""A night on a Spark cluster is the night of this process, also when a worker dies half-way."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.nightly_cycle.engines import EngineUnknown, decide_parts
from fairdue.journeys.nightly_cycle.lake import MADE
from tests.journeys.nightly_cycle.conftest import PERSONS

PARTS = 6
DECIDE = """
import sys
from fairdue.journeys.nightly_cycle.engines import decide_parts
decide_parts("local-cluster[2,1,1024]", sys.argv[1], "date=2025-10-15", range(int(sys.argv[2])), lambda done: None)
print([name for name in sys.modules if name.startswith(("django.db", "fairdue.settings"))])
"""

needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs PySpark (requirements/spark.txt) and Java 17 (Debian: openjdk-17-jre-headless)",
)


@needs_spark
@pytest.mark.slow
def test_two_workers_decide_alike_though_one_is_killed_half_way(
    book: int, night: Callable[..., CycleReport], tmp_path: Path
) -> None:
    night(partition_persons=PERSONS // PARTS + 1)
    here = tmp_path / "facts/date=2025-10-15"
    there = tmp_path / "cluster/date=2025-10-15"
    shutil.copytree(here, there)
    made = sorted(f"part={part:02d}/{name}.parquet" for part in range(PARTS) for name in MADE)
    made = [name for name in made if (there / name).exists()]
    assert len(made) >= PARTS * 4
    for name in made:
        (there / name).unlink()
    with _started(there.parent) as cluster:
        _wait_for(lambda: any(there.glob("part=*/counts.parquet")), cluster)
        os.kill(_executors(cluster.pid)[0], signal.SIGKILL)
        out, err = cluster.communicate(timeout=240)
    assert cluster.returncode == 0, err[-3000:]
    assert json.loads(out.replace("'", '"')) == []
    assert [(there / name).read_bytes() == (here / name).read_bytes() for name in made] == [True] * len(made)


def test_an_engine_that_there_is_not_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(EngineUnknown, match="'dask' is no engine"):
        decide_parts("dask", str(tmp_path), "date=2025-10-15", [0], lambda done: None)


def _started(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DECIDE, str(place), str(PARTS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"},
    )


def _wait_for(is_there: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 240
    while not is_there():
        assert process.poll() is None, process.stderr and process.stderr.read()[-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _executors(ancestor: int) -> list[int]:
    """Numbers of the cluster's executor processes: descendants of the process that began it."""
    parents: dict[int, int] = {}
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
        if b"CoarseGrainedExecutorBackend" in command:
            found.append(int(folder.name))
    return sorted(pid for pid in found if ancestor in _line(pid, parents))


def _line(pid: int, parents: dict[int, int]) -> set[int]:
    line = set()
    while pid in parents and pid not in line:
        line.add(pid)
        pid = parents[pid]
    return line

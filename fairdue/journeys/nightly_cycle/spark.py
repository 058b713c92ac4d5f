"""Deciding on a Spark cluster: one task a partition, results by way of the lake, only counts by way of the driver.

Needs PySpark (requirements/spark.txt) and Java 17 or later (Debian: openjdk-17-jre-headless); both are imported or
started only here.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fairdue.journeys.nightly_cycle.engines import Told, deciding

ROOT = Path(__file__).resolve().parents[3]
TRIES = 8
"""How often a partition may be begun before the night gives up: workers come and go."""


class SparkMissing(RuntimeError):
    """PySpark or Java is not on this machine."""

    code = "cycle.engine.spark_missing"


def decide_on_spark(master: str, place: str, folder: str, parts: list[int], told: Told) -> None:
    """Decide partitions on a cluster whose machines reach the lake; a partition of a dead worker is begun again.

    :raises SparkMissing: if PySpark or Java is not there
    """
    if not parts:
        return
    session = _session(master)
    try:
        _watched(session, lambda: _run(session, place, folder, parts), len(parts), told)
    finally:
        session.stop()


def _session(master: str) -> Any:
    try:
        builder: Any = importlib.import_module("pyspark.sql").SparkSession.builder
    except ImportError:
        raise SparkMissing("PySpark is not installed: pip install -r requirements/spark.txt") from None
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise SparkMissing("Java is not installed (on Debian: sudo apt-get install openjdk-17-jre-headless)")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = builder.master(master).appName("fairdue night")
    for name, value in _settings(master).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _settings(master: str) -> dict[str, str]:
    """Few: what a cluster's own spark-defaults.conf says of memory and cores is left alone."""
    found = {
        "spark.task.maxFailures": str(TRIES),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", "1"),
    }
    if master.startswith("local"):  # everything runs from this very tree
        found |= {
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(
                filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
            ),
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
    return found


def _run(session: Any, place: str, folder: str, parts: list[int]) -> None:
    """One task for each partition: the smallest piece that is begun again. Rows travel by way of the lake only."""
    session.sparkContext.parallelize(parts, len(parts)).mapPartitions(deciding(place, folder)).collect()


def _watched(session: Any, work: Any, total: int, told: Told) -> None:
    """Run a job in a thread of its own and tell how many of its tasks are done."""
    tracker = session.sparkContext.statusTracker()
    with ThreadPoolExecutor(1, thread_name_prefix="spark-night") as executor:
        job = executor.submit(work)
        while not job.done():
            told(_completed(tracker, total))
            time.sleep(0.2)
        job.result()
    told(total)


def _completed(tracker: Any, total: int) -> int:
    """Tasks of the deciding stage that are done; smaller stages before it are not counted."""
    infos = (tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds())
    return max((info.numCompletedTasks for info in infos if info and info.numTasks == total), default=0)

"""What every benchmark needs: a database of its own, seconds, peak memory, the machine, one JSON shape."""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Measure:
    """Seconds, seconds of processor and peak resident memory of one block of code; filled in when the block ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss_mb: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)


@contextmanager
def measure() -> Iterator[Measure]:
    """Measure a block: `with measure() as run: …` and then `run.seconds`, `run.peak_rss_mb`."""
    result = Measure(peak_rss_mb=rss_mb())
    sampler = threading.Thread(target=_sample, args=(result,), daemon=True)
    sampler.start()
    started, busy = time.perf_counter(), time.process_time()
    try:
        yield result
    finally:
        result.seconds = time.perf_counter() - started
        result.cpu_seconds = time.process_time() - busy
        result._stop.set()
        sampler.join()


def _sample(result: Measure) -> None:
    while not result._stop.wait(0.05):
        result.peak_rss_mb = max(result.peak_rss_mb, rss_mb())


def rss_mb() -> float:
    """Return the resident memory of this process in MB (10^6 bytes)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_rss_mb() -> float:
    """Return the largest resident memory that this process ever had, in MB (10^6 bytes)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return rss_mb()


def machine() -> str:
    """Describe the machine in one line: processor, cores, memory, system, Python."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def report(
    *,
    name: str,
    seconds: float,
    baseline_seconds: float,
    baseline: str,
    rows: int,
    peak_mb: float,
    **more: Any,
) -> dict[str, Any]:
    """Return the JSON object that every benchmark prints; `more` adds keys of its own."""
    return {
        "benchmark": name,
        "seconds": round(seconds, 3),
        "baseline_seconds": round(baseline_seconds, 3),
        "ratio": round(seconds / baseline_seconds, 3) if baseline_seconds else None,
        "peak_rss_mb": round(peak_mb, 1),
        "rows": rows,
        "machine": machine(),
        "baseline": baseline,
        **more,
    }


@contextmanager
def bench_database(name: str = "fairdue_bench", *, keep: bool = False, template: str = "") -> Iterator[str]:
    """Give a benchmark an empty, migrated database of its own and drop it afterwards.

    Must be entered before Django is set up in this process; the user's own database stays untouched. Where many are
    needed one after the other, `template` names one that is migrated once and copied; whoever names it drops it.
    """
    import psycopg

    from fairdue.storage.embedded import ensure_database_url

    home = ensure_database_url()
    with psycopg.connect(home, autocommit=True) as server:
        server.execute(f'drop database if exists "{name}" with (force)')  # type: ignore[call-overload]
        known = server.execute("select 1 from pg_database where datname = %s", [template]).fetchone()
        source = f' template "{template}"' if known else ""
        server.execute(f'create database "{name}"{source}')  # type: ignore[call-overload]
    os.environ["DATABASE_URL"] = url = urlunsplit(urlsplit(home)._replace(path=f"/{name}"))
    try:
        if not known:
            _migrate()
            if template:
                _copy(home, name, template)
        yield url
    finally:
        os.environ["DATABASE_URL"] = home
        if not keep:
            _drop(home, name)


def _copy(home: str, name: str, to: str) -> None:
    import psycopg
    from django.db import connections

    connections.close_all()
    with psycopg.connect(home, autocommit=True) as server:
        server.execute(f'create database "{to}" template "{name}"')  # type: ignore[call-overload]


def drop_database(name: str) -> None:
    """Drop a database of a benchmark, if it is there."""
    from fairdue.storage.embedded import ensure_database_url

    _drop(ensure_database_url(), name)


def _migrate() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _drop(home: str, name: str) -> None:
    import psycopg

    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()
    with psycopg.connect(home, autocommit=True) as server:
        server.execute(f'drop database if exists "{name}" with (force)')  # type: ignore[call-overload]


def best_of(count: int, run: Callable[[], Any]) -> float:
    """Return the fewest seconds of several runs of a short baseline."""
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)

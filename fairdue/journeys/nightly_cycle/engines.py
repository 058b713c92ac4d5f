"""Who decides the partitions: this process, or a Spark cluster that runs the very same function; needs no Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from fairdue.journeys.nightly_cycle.lake import PLAN, facts_in, part_name
from fairdue.journeys.nightly_cycle.partition import decide_partition
from fairdue.journeys.nightly_cycle.plan import NightPlan
from fairdue.journeys.nightly_cycle.plan_document import read_plan
from fairdue.journeys.nightly_cycle.store import GROUP_ROWS, open_store, put_frame

LOCAL = "local"
DONE = "counts"
"""The frame that is written last: a partition that has it is decided."""

LANDED = "decided"
"""The frame that lands, in the order of all persons: range by range, out of every partition."""

AT_ONCE = 2
"""Partitions that this process decides side by side: while one is read or written, the other is computed."""

Told = Callable[[int], None]
"""Called with the number of partitions that are decided."""


class EngineUnknown(ValueError):
    """The engine is neither `local` nor the address of a Spark master."""

    code = "cycle.engine.unknown"


def decide_parts(engine: str, place: str, folder: str, parts: Iterable[int], told: Told) -> None:
    """This function will decide partitions of a night whose facts and plan lie in a store, and leave the results there.

    1. `engine` is `local`, or a Spark master: `spark://host:7077`, `local-cluster[2,1,1024]`, `yarn`, `k8s://…`.
    2. A partition that is decided twice, because a worker died, is written twice with the same bytes.

    :raises EngineUnknown: if there is no such engine
    :raises SparkMissing: if PySpark or Java is not there
    """
    if engine == LOCAL:
        _decide_here(place, folder, parts, told)
        return
    if not engine.startswith(("spark://", "local-cluster[", "local[", "yarn", "k8s://")):
        raise EngineUnknown(
            f"{engine!r} is no engine; write local, spark://host:port or local-cluster[2,1,1024]"
        )
    from fairdue.journeys.nightly_cycle.spark import decide_on_spark

    decide_on_spark(engine, place, folder, list(parts), told)


def _decide_here(place: str, folder: str, parts: Iterable[int], told: Told) -> None:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="decide") as pool:
        for done, _persons in enumerate(
            pool.map(lambda part: decide_part(place, folder, part), parts), start=1
        ):
            told(done)


def decide_part(place: str, folder: str, part: int) -> int:
    """Decide one partition by what lies in the store, and return its number of persons."""
    store = open_store(place)
    frames = decide_partition(facts_in(store, folder, part), plan_in(place, folder))
    for name in sorted(frames, key=lambda name: name == DONE):
        group_rows = GROUP_ROWS if name == LANDED else None
        put_frame(store, f"{folder}/{part_name(part)}/{name}.parquet", frames[name], group_rows)
    return frames["decided"].height


@lru_cache(maxsize=1)
def _plan(data: bytes) -> NightPlan:
    return read_plan(data)


def plan_in(place: str, folder: str) -> NightPlan:
    """Return the plan of a night in a store; what is compiled of it is kept for the next partition."""
    return _plan(open_store(place).get(f"{folder}/{PLAN}"))


def deciding(place: str, folder: str) -> Callable[[Iterable[int]], Iterator[tuple[int, int]]]:
    """Return the function that Spark maps over partition numbers: it yields each with its persons."""

    def work(parts: Iterable[int]) -> Iterator[tuple[int, int]]:
        for part in parts:
            yield part, decide_part(place, folder, part)

    return work

"""The night: facts leave as columns, a strategy chooses, the gate judges, capacity is shared out, work and messages land.

Stages, in order: import, promises, facts, decide, gate, capacity, land, report. Each is done once per cycle date, is
found done after a kill, and proves in = out + rejected. What one partition of persons needs is pure
(`partition.py`): Spark's executors run the very same function, and must not set Django up to import it; hence what
needs Django is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairdue.journeys.nightly_cycle.run import STAGE_NAMES, run_cycle

__all__ = ["STAGE_NAMES", "run_cycle"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from fairdue.journeys.nightly_cycle import run

    return getattr(run, name)

"""The night: facts leave as columns, a strategy chooses, the gate judges, work and messages land.

Stages, in order: import, promises, facts, decide, gate, land, report. Each is done once per cycle date,
is found done after a kill, and proves in = out + rejected.
"""

from __future__ import annotations

from fairdue.journeys.nightly_cycle.run import STAGE_NAMES, run_cycle

__all__ = ["STAGE_NAMES", "run_cycle"]

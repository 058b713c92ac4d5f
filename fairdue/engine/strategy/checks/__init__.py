"""Checks of a strategy before it may run: what they find, with an account that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from fairdue.engine.strategy.catalogue import Catalogue
from fairdue.engine.strategy.checks.facts import fact_findings, value_findings
from fairdue.engine.strategy.checks.findings import SEVERITIES, Cap, Finding, PathStep, Severity
from fairdue.engine.strategy.checks.kinds import KINDS, Kind, finding
from fairdue.engine.strategy.checks.regions import TooMuch
from fairdue.engine.strategy.checks.space import Space
from fairdue.engine.strategy.checks.tables import table_findings
from fairdue.engine.strategy.lifecycle.exits import exit_findings
from fairdue.engine.strategy.lifecycle.limits import cap_findings, waiver_findings
from fairdue.engine.strategy.lifecycle.stages import stage_findings
from fairdue.engine.strategy.lifecycle.walk import Walk
from fairdue.engine.strategy.table import Strategy

__all__ = ["KINDS", "SEVERITIES", "Cap", "Finding", "Kind", "PathStep", "Severity", "check"]


def check(strategy: Strategy, *, catalogue: Catalogue, caps: Sequence[Cap] = ()) -> tuple[Finding, ...]:
    """Return everything that is wrong with a strategy, errors first.

    1. What it reads: facts of the catalogue, with their types and within their domains.
    2. Its tables: gaps, overlaps under UNIQUE, unlike outputs under ANY, rows that never fire, outputs that never
       come out; exact, through the graph and the catalogue's domains, each with an account that shows it.
    3. What becomes of accounts: no contact after a complaint, a hold, a payment or a death; stages reached, left and never
       skipped; no dead end; contacts at worst within `caps`; no discount that grows by waiting (`engine/strategy/lifecycle`).
    4. What was not decided within the bounds of the work is a note of its own.
    """
    found = list(fact_findings(strategy, catalogue))
    if not any(each.severity == "error" for each in found):
        space = Space(strategy, catalogue)
        found += [
            *value_findings(space),
            *table_findings(space),
            *exit_findings(space),
            *waiver_findings(space),
        ]
        found += _walked(space, caps)
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def _walked(space: Space, caps: Sequence[Cap]) -> list[Finding]:
    walk = Walk(space)
    try:
        return [*stage_findings(walk), *cap_findings(walk, caps)]
    except TooMuch:
        words = ("阶段图：事实的组合过多", "the map of stages: too many combinations of facts")
        return [finding("not_decided", space.strategy.result, (), what_zh=words[0], what_en=words[1])]

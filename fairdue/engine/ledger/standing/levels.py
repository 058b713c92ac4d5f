"""From spans of lateness to runs of days on which the same limits were reached, and what reasons look like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fairdue.engine.law.numbers import Rule
from fairdue.engine.ledger.standing.history import DAY, Span
from fairdue.engine.ledger.standing.rules import Counting

OFF_BOOKS = ("written_off", "settled", "assigned")
"""States of a debt of which nothing is left to classify."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a rule gives its value: the rule, where it is written, and the facts it was given."""

    rule: str
    citation: str
    value: str
    zh: str
    en: str
    evidence: str
    """How sure the source is: `primary`, `secondary`, `house` or `memory` (to be confirmed)."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """One classification of an account on a day."""

    scheme: str
    """`cn_five_grades`, `ifrs_stage` or `eu_default`."""
    value: str
    """What is reported."""
    zh: str
    en: str
    by_rule: Mapping[str, str]
    """The value by each rule on its own; the reported one is the strictest."""
    since_date: date | None
    """First day of the present value without interruption."""
    probation_until: date | None
    """First day on which a cure or probation that holds the value now is over, if nothing happens."""
    counters: Mapping[str, int]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Days, both ends included, on which the same number of limits was reached."""

    from_date: date
    to_date: date
    level: int


def counts_of(span: Span, counting: Counting) -> tuple[int, int]:
    """Return the first and the final count of a span by one way of counting."""
    if counting == "days_past_due":
        return span.first_days_past_due, span.final_days_past_due
    return span.first_counted_days, span.final_counted_days


def levels(spans: Iterable[Span], firsts: Sequence[int], counting: Counting) -> tuple[Run, ...]:
    """Return the runs of days by how many of the ascending counts in `firsts` were reached."""
    return tuple(_merged(piece for span in spans for piece in _cut(span, firsts, counting)))


def _cut(span: Span, firsts: Sequence[int], counting: Counting) -> Iterator[Run]:
    first, final = counts_of(span, counting)
    begin = span.from_date
    level = sum(first >= limit for limit in firsts)
    for limit in firsts[level:]:
        if final < limit:
            break
        day = span.to_date - DAY * (final - limit)
        yield Run(begin, day - DAY, level)
        begin, level = day, level + 1
    yield Run(begin, span.to_date, level)


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    held: Run | None = None
    for run in runs:
        if held is not None and held.level == run.level:
            held = Run(held.from_date, run.to_date, held.level)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def reason_of_rule(rule: Rule, value: str, **facts: Any) -> Reason:
    """Return the reason that a rule of the law gives."""
    return Reason(
        rule=rule.id,
        citation=rule.citation,
        value=value,
        zh=rule.title_zh,
        en=rule.title_en,
        evidence=rule.evidence,
        facts=facts,
    )


def reason_of_part(part: Mapping[str, Any], value: str, **facts: Any) -> Reason:
    """Return the reason that a rule of packs/reference/standing gives."""
    return Reason(
        rule=part["rule"],
        citation=part["citation"],
        value=value,
        zh=part["zh"],
        en=part["en"],
        evidence=part["evidence"],
        facts=facts,
    )

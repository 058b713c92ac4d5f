"""The judgement of candidate contacts by all rules at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from fairdue.engine.law.candidates import MOMENT, SPECIAL, TEXTS, complete
from fairdue.engine.law.checks import FUNCTIONS, Desk, Finding
from fairdue.engine.law.clocks import Clock, next_open
from fairdue.engine.law.packs import Check, Pack
from fairdue.engine.law.verdict import OUTCOMES, RANK

MINUTE_US = 60_000_000
WORD_BITS = 62
MAX_ROUNDS = 16


@dataclass(frozen=True, eq=False)
class Rulebook:
    """The packs that are in force together; compared as an object, so that what is compiled of it can be kept."""

    packs: tuple[Pack, ...]

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """All checks of all packs, in the order of the packs."""
        return tuple(check for pack in self.packs for check in pack.checks)

    @cached_property
    def scopes(self) -> list[pl.Expr]:
        """For each check, named by its place, whether it is in force for a row and covers it."""
        return [
            (check.scope & _in_force(check, self.zone_of(check.pack))).alias(str(place))
            for place, check in enumerate(self.checks)
        ]

    @cached_property
    def strictest(self) -> pl.Expr:
        """The outcome of a row of broken checks."""
        ranked = [
            pl.col(str(place)).cast(pl.UInt8) * pl.lit(RANK[check.yields], dtype=pl.UInt8)
            for place, check in enumerate(self.checks)
            if check.yields in RANK
        ]
        names = dict(enumerate(OUTCOMES))
        return pl.max_horizontal(ranked).replace_strict(names, return_dtype=pl.String).alias("outcome")

    @cached_property
    def special(self) -> frozenset[str]:
        """The special columns that a check asks about."""
        return frozenset(name for check in self.checks for name in check.columns if name in SPECIAL)

    @property
    def versions(self) -> dict[str, str]:
        """Version by pack."""
        return {pack.code: pack.version for pack in self.packs}

    @property
    def identities(self) -> dict[str, str]:
        """Version and digest by pack, as decisions name them."""
        return {pack.code: pack.identity for pack in self.packs}

    def zone_of(self, code: str) -> ZoneInfo:
        """The zone in which a pack counts its days of validity."""
        return ZoneInfo(next(pack.zone for pack in self.packs if pack.code == code))


@dataclass(frozen=True)
class Judgement:
    """What the rules say about every row; `asked` and `broken` have a row per candidate, a column per check."""

    frame: pl.DataFrame
    checks: tuple[Check, ...]
    asked: pl.DataFrame
    broken: pl.DataFrame
    findings: tuple[Finding | None, ...]
    outcome: pl.Series
    retry_after: pl.Series

    def columns(self) -> pl.DataFrame:
        """This function will return outcome, rule_ids (broken, each once) and retry_after, in row order."""
        rules = _rule_ids(self.broken, self.checks)
        return pl.DataFrame({"outcome": self.outcome, "rule_ids": rules, "retry_after": self.retry_after})


def judge(candidates: pl.DataFrame, rulebook: Rulebook) -> Judgement:
    """This function will ask every rule about every candidate.

    1. A rule is asked of a row if its pack is in force at the row's moment and its scope covers the row.
    2. The outcome of a row is the strictest of its broken rules; `allow` if none is broken.
    3. `retry_after` belongs to `defer`: the first whole minute at which all rules together would allow if nothing
       else happened; null if no such minute comes.

    :raises CandidatesInvalid: if the frame breaks the column contract
    """
    frame = complete(candidates, rulebook.special)
    checks = rulebook.checks
    asked = frame.select(rulebook.scopes)
    findings = _findings(frame, checks, asked)
    broken = _broken(asked, findings)
    outcome = broken.select(rulebook.strictest).to_series()
    retry = _retry_after(frame, checks, asked, broken, findings, outcome)
    return Judgement(frame, checks, asked, broken, findings, outcome, retry)


def _findings(
    frame: pl.DataFrame, checks: Sequence[Check], asked: pl.DataFrame
) -> tuple[Finding | None, ...]:
    """Run the check functions that are asked of any row; plain facts are all read in one go."""
    if not checks or not frame.height:
        return (None,) * len(checks)
    is_asked = asked.select(pl.all().any()).row(0)
    desk = Desk(frame)
    facts = [
        check.when.alias(str(place))
        for place, check in enumerate(checks)
        if check.when is not None and is_asked[place]
    ]
    present = frame.select(facts)
    return tuple(
        None if not is_asked[place]
        else Finding(present[str(place)]) if check.when is not None
        else FUNCTIONS[check.uses].run(desk, check.parameters)
        for place, check in enumerate(checks)
    )  # fmt: skip


def _broken(asked: pl.DataFrame, findings: Sequence[Finding | None]) -> pl.DataFrame:
    found = {f"found{place}": finding.is_broken for place, finding in enumerate(findings) if finding}
    both = asked.hstack([series.alias(name) for name, series in found.items()]) if found else asked
    return both.select(
        (pl.col(name) & pl.col(f"found{name}")).alias(name) if f"found{name}" in found else pl.col(name)
        for name in asked.columns
    )


def _in_force(check: Check, zone: ZoneInfo) -> pl.Expr:
    after = pl.col("at") >= midnight(check.effective_from, zone)
    if check.effective_to is None:
        return after
    return after & (pl.col("at") < midnight(date.fromordinal(check.effective_to.toordinal() + 1), zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _retry_after(
    frame: pl.DataFrame,
    checks: Sequence[Check],
    asked: pl.DataFrame,
    broken: pl.DataFrame,
    findings: Sequence[Finding | None],
    outcome: pl.Series,
) -> pl.Series:
    """Find the first minute that suits the caps and all clocks, for the rows whose outcome is `defer`."""
    answer = pl.select(pl.repeat(None, frame.height, dtype=MOMENT).alias("retry_after")).to_series()
    rows = (outcome == "defer").arg_true()
    if rows.is_empty():
        return answer
    # only the columns that say when hours open are worth picking out of all rows
    read = dict.fromkeys(
        column for check in checks if check.clock is not None for column in check.clock.columns
    )
    part, part_broken = frame.select("at", *read)[rows], broken[rows]
    bounds = [part["at"]]
    for column, (check, finding) in enumerate(zip(checks, findings, strict=True)):
        if finding is not None and finding.until is not None and check.yields in ("defer", "review"):
            until, nothing = finding.until.gather(rows), pl.Series([None], dtype=MOMENT)
            bounds.append(until.zip_with(part_broken[str(column)], nothing).alias(f"until{column}"))
    moments = pl.select(pl.max_horizontal(bounds).alias("moment")).to_series()
    return answer.scatter(rows, _until_all_open(part, whole_minutes(moments), checks, asked[rows]))


def _until_all_open(
    frame: pl.DataFrame, moments: pl.Series, checks: Sequence[Check], asked: pl.DataFrame
) -> pl.Series:
    """Move every row to the first moment that all clocks which bind it leave open; none where no such is found."""
    before = moments
    bound: dict[Clock, pl.Series] = {}
    for column, check in enumerate(checks):
        if check.clock is not None and check.yields == "defer":
            binds = asked[str(column)]
            bound[check.clock] = bound[check.clock] | binds if check.clock in bound else binds
    for _ in range(len(bound) * MAX_ROUNDS):
        before = moments
        for clock, binds in bound.items():
            rows = binds.arg_true()
            moments = moments.clone().scatter(rows, next_open(frame[rows], moments.gather(rows), clock))
        if len(bound) == 1 or moments.equals(before, null_equal=True):
            return moments
    # clocks that still push each other on after so many rounds may have no moment in common
    return moments.zip_with(moments.eq_missing(before), pl.Series([None], dtype=MOMENT))


def whole_minutes(moments: pl.Series) -> pl.Series:
    """Return the first whole minute not before each moment."""
    upper = pl.lit(moments).dt.epoch("us")
    return pl.select(((upper + MINUTE_US - 1) // MINUTE_US * MINUTE_US).cast(MOMENT)).to_series()


def _rule_ids(broken: pl.DataFrame, checks: Sequence[Check]) -> pl.Series:
    """Return the list of broken rules of each row; rows with the same pattern share the work."""
    binding = [column for column, check in enumerate(checks) if check.yields in RANK]
    words = [binding[start : start + WORD_BITS] for start in range(0, len(binding), WORD_BITS)]
    patterns = broken.select(
        pl.sum_horizontal(
            pl.col(str(column)).cast(pl.Int64) * (1 << bit) for bit, column in enumerate(word)
        ).alias(f"word{place}")
        for place, word in enumerate(words)
    )
    distinct = patterns.unique()
    listed = [_named(row, words, checks) for row in distinct.iter_rows()]
    lookup = distinct.with_columns(pl.Series("rule_ids", listed, dtype=TEXTS))
    return patterns.join(lookup, on=patterns.columns, how="left", maintain_order="left")["rule_ids"]


def _named(row: tuple[int, ...], words: list[list[int]], checks: Sequence[Check]) -> list[str]:
    columns = (
        column
        for pattern, word in zip(row, words, strict=True)
        for bit, column in enumerate(word)
        if pattern >> bit & 1
    )
    return list(dict.fromkeys(checks[column].id for column in columns))

"""One proposed contact judged at a click: the same rules as over columns, in plain Python, in a fraction of the time.

1. Conditions, counts, holds and clocks are read from the same packs; `tests/engine/law/test_one_row.py` holds every
   answer to the one over columns, check by check and word for word.
2. A rulebook with a rule that is understood over columns only is judged over columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.law.candidates import (
    CANDIDATE_SCHEMA,
    MOMENTS,
    TEXTS,
    CandidatesInvalid,
    frame_of,
    schema_names,
)
from fairdue.engine.law.clocks import Clock, week_of
from fairdue.engine.law.conditions import Condition
from fairdue.engine.law.explaining import BrokenRule, RowJudgement, explain, explain_row
from fairdue.engine.law.hours import WeekClock
from fairdue.engine.law.judging import MAX_ROUNDS, Rulebook, judge, midnight
from fairdue.engine.law.moments import first_moment, is_closed_in, next_moment, whole_minute, zone_of
from fairdue.engine.law.packs import Check
from fairdue.engine.law.row_kinds import Kinds, Row, RowCheck, Test, columns_of
from fairdue.engine.law.verdict import OUTCOMES, RANK, Verdict


class NotUnderstood(Exception):
    """A rule uses something that is judged over columns only."""


@dataclass(frozen=True, slots=True)
class RowRules:
    """A rulebook for single rows, by the spans of time between which no rule begins or ends."""

    checks: tuple[RowCheck, ...]
    turns: tuple[datetime, ...]
    """The moments at which a rule begins or ends."""
    spans: tuple[Kinds, ...]
    """The checks in force before the first turn, from it on, and so forth, with the kinds of contact met."""
    special: frozenset[str]

    def in_force(self, at: datetime) -> tuple[RowCheck, ...]:
        """Return the checks that are in force at a moment."""
        return self.at(at).checks

    def at(self, at: datetime) -> Kinds:
        """Return the span of a moment."""
        return self.spans[bisect_right(self.turns, at)]


@lru_cache(maxsize=64)
def compile_rules(rulebook: Rulebook) -> RowRules | None:
    """This function will compile a rulebook for single rows; None if a rule is understood over columns only."""
    try:
        checks = tuple(_compiled(check, rulebook.zone_of(check.pack)) for check in rulebook.checks)
    except NotUnderstood:
        return None
    turns = sorted(
        {turn for check in checks for turn in (check.starts_at, check.ends_at) if turn is not None}
    )
    starts = [datetime.min.replace(tzinfo=UTC), *turns]
    spans = tuple(Kinds([check for check in checks if check.is_in_force(start)]) for start in starts)
    return RowRules(checks, tuple(turns), spans, rulebook.special)


def complete_row(row: Row, special: frozenset[str]) -> dict[str, Any]:
    """This function will return a row with every column that a frame of it would have, in that order.

    :raises CandidatesInvalid: if a fact is unknown
    """
    if unknown := sorted(row.keys() - CANDIDATE_SCHEMA.keys()):
        raise CandidatesInvalid(f"no such fact: {', '.join(unknown)}")
    names = schema_names(special.union(name for name in row if not CANDIDATE_SCHEMA[name].is_common))
    found = {}
    for name in names:
        value = row.get(name)
        found[name] = CANDIDATE_SCHEMA[name].default if value is None else value
    return found


def verdict_of(facts: Row, rulebook: Rulebook) -> tuple[Verdict, dict[str, Any], tuple[Check, ...]]:
    """This function will judge one contact given by column; return the verdict, the complete row, the checks asked.

    :raises CandidatesInvalid: if a fact is unknown or of a wrong type
    """
    rules = compile_rules(rulebook)
    row = complete_row(facts, rulebook.special)
    if rules is None:
        judgement = judge(frame_of([facts]), rulebook)
        asked = tuple(check for place, check in enumerate(judgement.checks) if judgement.asked[0, place])
        return explain(judgement, 0), row, asked
    found = judge_row(row, rules)
    return explain_row(found), row, found.asked


def judge_row(row: Row, rules: RowRules) -> RowJudgement:
    """This function will ask every rule about one complete row, as `judge` asks them about many."""
    kind, broken = rules.at(row["at"]).of(row), []
    shut: dict[Clock, bool] = {}  # several rules read one clock
    for each, is_broken in kind.matters:
        if not is_broken and (clock := each.check.clock) is not None:
            if clock not in shut:
                shut[clock] = each.is_broken(row)
            is_broken = shut[clock]
        elif not is_broken:
            is_broken = each.is_broken(row)
        if is_broken:
            broken.append(BrokenRule(each.check, each.until(row) if each.until else None))
    ranks = [RANK[rule.check.yields] for rule in broken if rule.check.yields in RANK]
    outcome = OUTCOMES[max(ranks, default=0)]
    retry_after = _retry_after(row, kind.asked, broken) if outcome == "defer" else None
    return RowJudgement(
        row, kind.asked, tuple(broken), outcome, retry_after, partial(_opens, row), kind.asked_ids
    )


def _retry_after(row: Row, asked: Sequence[Check], broken: Sequence[BrokenRule]) -> datetime | None:
    """Return the first whole minute that suits the caps and all clocks; None if there is none."""
    untils = [
        rule.until for rule in broken if rule.until is not None and rule.check.yields in ("defer", "review")
    ]
    clocks = dict.fromkeys(
        check.clock for check in asked if check.clock is not None and check.yields == "defer"
    )
    moment: datetime | None = whole_minute(max([row["at"], *untils]))
    for _ in range(len(clocks) * MAX_ROUNDS):
        before = moment
        for clock in clocks:
            moment = next_moment(_week(row, clock), moment) if moment is not None else None
        if len(clocks) == 1 or moment == before:
            return moment
    return None if clocks else moment


def _opens(row: Row, clock: Clock) -> datetime | None:
    return next_moment(_week(row, clock), whole_minute(row["at"]))


def open_until(row: Row, asked: Sequence[Check], latest: datetime) -> datetime:
    """This function will return the first whole minute after the row's moment at which a clock closes, at most `latest`."""
    weeks = {_week(row, check.clock) for check in asked if check.clock is not None and check.yields in RANK}
    first = row["at"].replace(second=0, microsecond=0) + timedelta(minutes=1)
    for week in weeks:
        if all(_is_open_through(zone, week, first, latest) for zone in week.zones):
            continue
        moment = first
        while moment < latest and not _is_closed(week, moment):
            moment += timedelta(minutes=1)
        latest = min(moment, latest)
    return latest


def _is_open_through(zone: str, week: WeekClock, first: datetime, latest: datetime) -> bool:
    """Tell quickly whether a span within one local day is surely open; a clock change within it is left to others."""
    start, end = first.astimezone(zone_of(zone)), latest.astimezone(zone_of(zone))
    if start.date() != end.date() or start.utcoffset() != end.utcoffset() or week.closed_days:
        return False
    midnight = start.weekday() * 1440
    minutes = (midnight + moment.hour * 60 + moment.minute for moment in (start, end))
    return week.week.find(0, *minutes) < 0


def _compiled(check: Check, zone: ZoneInfo) -> RowCheck:
    if check.uses not in _BROKEN:
        raise NotUnderstood(check.uses)
    ends = check.effective_to
    return RowCheck(
        check=check,
        starts_at=midnight(check.effective_from, zone),
        ends_at=midnight(date.fromordinal(ends.toordinal() + 1), zone) if ends else None,
        covers=_scope(check),
        is_broken=_BROKEN[check.uses](check),
        until=_cap_opens(check) if check.uses == "count.reached" else None,
        scope_columns=columns_of([check.applies_to, *(item["when"] for item in check.unless)]),
        test_columns=_test_columns(check),
    )


def _test_columns(check: Check) -> frozenset[str] | None:
    if check.uses == "hold.open":
        return frozenset({"purpose", "holds"})
    return columns_of(check.parameters["when"]) if check.uses == "fact.present" else None


def _scope(check: Check) -> Test:
    """Return the test of a check's scope: it applies, and no exception does."""
    applies = condition(check.applies_to)
    exceptions = tuple(condition(item["when"]) for item in check.unless)
    if not exceptions:
        return applies
    excepted = exceptions[0] if len(exceptions) == 1 else _some(exceptions)
    return lambda row: applies(row) and not excepted(row)


def condition(data: Condition) -> Test:
    """This function will turn a condition into a test of one row, as `compile_condition` does for columns.

    :raises NotUnderstood: if a test is not one of those known here
    """
    if isinstance(data, Mapping):
        tests = tuple(_test(column, spec) for column, spec in data.items())
        return tests[0] if len(tests) == 1 else _every(tests)
    return _some(tuple(condition(item) for item in data))


def _every(tests: Sequence[Test]) -> Test:
    # spelled out: a generator for each of some thirty rules would cost as much as the tests themselves
    def holds(row: Row) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(row):
                return False
        return True

    return holds


def _some(tests: Sequence[Test]) -> Test:
    def holds(row: Row) -> bool:
        for test in tests:  # noqa: SIM110
            if test(row):
                return True
        return False

    return holds


def _test(column: str, spec: Any) -> Test:
    if column not in CANDIDATE_SCHEMA:
        raise NotUnderstood(column)
    if not isinstance(spec, Mapping):
        return _equal(column, spec)
    if len(spec) != 1 or next(iter(spec)) not in _TESTS:
        raise NotUnderstood(str(spec))
    ((name, operand),) = spec.items()
    return _TESTS[name](column, operand)


def _equal(column: str, operand: Any) -> Test:
    if CANDIDATE_SCHEMA[column].dtype in (MOMENTS, TEXTS):
        raise NotUnderstood(column)
    if isinstance(operand, list):
        values = frozenset(operand)
        return lambda row: row[column] in values
    return lambda row: row[column] is not None and row[column] == operand


def _not(column: str, operand: Any) -> Test:
    equal = _equal(column, operand)
    return lambda row: not equal(row)


def _at_least(column: str, operand: Any) -> Test:
    return lambda row: row[column] is not None and row[column] >= operand


def _below(column: str, operand: Any) -> Test:
    return lambda row: row[column] is not None and row[column] < operand


def _at_most(column: str, operand: Any) -> Test:
    return lambda row: row[column] is not None and row[column] <= operand


def _includes(column: str, operand: Any) -> Test:
    values = frozenset(operand if isinstance(operand, list) else [operand])
    return lambda row: bool(row[column]) and not values.isdisjoint(row[column])


def _excludes(column: str, operand: Any) -> Test:
    includes = _includes(column, operand)
    return lambda row: not includes(row)


def _within(column: str, operand: Any) -> Test:
    values = frozenset(operand)
    return lambda row: values.issuperset(row[column] or ())


_TESTS: dict[str, Callable[[str, Any], Test]] = {
    "not": _not, "at_least": _at_least, "below": _below, "at_most": _at_most, "includes": _includes,
    "excludes": _excludes, "within": _within,
}  # fmt: skip


def _clock_closed(check: Check) -> Test:
    clock = check.clock
    if clock is None:
        raise NotUnderstood(check.key)
    return lambda row: _is_closed(_week(row, clock), row["at"])


def _week(row: Row, clock: Clock) -> WeekClock:
    return week_of(clock, tuple(row[column] for column in clock.columns))


def _is_closed(week: WeekClock, moment: datetime) -> bool:
    return any(is_closed_in(zone, week, moment) for zone in week.zones)


def _count_reached(check: Check) -> Test:
    column, limit = check.parameters["column"], int(check.parameters["max"])
    is_end_included, opens = bool(check.parameters.get("is_end_included")), _cap_opens(check)

    def is_full(row: Row) -> bool:
        if not row[column] or len(row[column]) < limit:
            return False
        until = opens(row)
        return until is not None and (row["at"] <= until if is_end_included else row["at"] < until)

    return is_full


def _cap_opens(check: Check) -> Callable[[Row], datetime | None]:
    """Return what tells when the decisive contact of a full cap leaves its window."""
    column, limit, parameters = check.parameters["column"], int(check.parameters["max"]), check.parameters
    if parameters.get("calendar") not in (None, "week", "month"):
        raise NotUnderstood(str(parameters["calendar"]))
    return lambda row: leaves_window(
        sorted(row[column], reverse=True)[limit - 1], row["home_zone"], parameters
    )


def leaves_window(decisive: datetime, zone: str, parameters: Mapping[str, Any]) -> datetime | None:
    """This function will return when a contact leaves the window of a cap and counts no more."""
    if "minutes" in parameters:
        return decisive + timedelta(minutes=int(parameters["minutes"]))
    day = decisive.astimezone(zone_of(zone)).date()
    if parameters.get("calendar") == "week":
        day += timedelta(days=7 - day.weekday())
    elif parameters.get("calendar") == "month":
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    else:
        day += timedelta(days=int(parameters["days"]))
    return first_moment(day, zone)


def _hold_open(check: Check) -> Test:
    kinds, permits = frozenset(check.parameters["kinds"]), frozenset(check.parameters.get("permits", ()))

    def is_held(row: Row) -> bool:
        purpose = row["purpose"]
        return purpose not in permits and any(_holds(hold, kinds, purpose) for hold in row["holds"])

    return is_held


def _holds(hold: str, kinds: frozenset[str], purpose: str) -> bool:
    kind, _, permitted = hold.partition(":")
    return kind in kinds and purpose not in permitted.split(",")


_BROKEN: dict[str, Callable[[Check], Test]] = {
    "hours.closed": _clock_closed,
    "window.closed": _clock_closed,
    "hours.named": _clock_closed,
    "count.reached": _count_reached,
    "hold.open": _hold_open,
    "fact.present": lambda check: condition(check.parameters["when"]),
}

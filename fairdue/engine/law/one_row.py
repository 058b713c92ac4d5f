"""One proposed contact judged at a click: the same rules as over columns, in plain Python, in a fraction of the time.

1. This says `allow`, or that it does not know: every other answer, and everything that this module does not
   understand, is left to `judging`, which words the reasons. So nothing is refused or deferred here.
2. Conditions, counts, holds and clocks are read from the same packs; `tests/engine/law/test_one_row.py` holds every
   answer to the one over columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, TEXTS, schema_names
from fairdue.engine.law.clocks import Clock, week_of
from fairdue.engine.law.conditions import Condition
from fairdue.engine.law.hours import WeekClock
from fairdue.engine.law.judging import Rulebook, midnight
from fairdue.engine.law.packs import Check
from fairdue.engine.law.verdict import RANK, Verdict

Row = Mapping[str, Any]
Test = Callable[[Row], bool]


class NotUnderstood(Exception):
    """A rule uses something that is judged over columns only."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A check with its span, scope and test as plain functions."""

    check: Check
    starts_at: datetime
    ends_at: datetime | None
    covers: Test
    is_broken: Test


@dataclass(frozen=True, slots=True)
class RowRules:
    """A rulebook for single rows."""

    checks: tuple[RowCheck, ...]
    special: frozenset[str]


@lru_cache(maxsize=64)
def compile_rules(rulebook: Rulebook) -> RowRules | None:
    """This function will compile a rulebook for single rows; None if a rule is understood over columns only."""
    try:
        checks = tuple(_compiled(check, rulebook.zone_of(check.pack)) for check in rulebook.checks)
    except NotUnderstood:
        return None
    return RowRules(checks, rulebook.special)


def complete_row(row: Row, special: frozenset[str]) -> dict[str, Any]:
    """This function will return a row with every column that a frame of it would have, in that order."""
    names = schema_names(special.union(name for name in row if not CANDIDATE_SCHEMA[name].is_common))
    found = {}
    for name in names:
        value = row.get(name)
        found[name] = CANDIDATE_SCHEMA[name].default if value is None else value
    return found


def allowing_verdict(row: Row, rules: RowRules) -> tuple[Verdict, tuple[Check, ...]] | None:
    """This function will return the verdict `allow` and the checks asked; None if any rule stands against the contact."""
    at, asked, added = row["at"], [], []
    for each in rules.checks:
        if at < each.starts_at or (each.ends_at is not None and at >= each.ends_at) or not each.covers(row):
            continue
        asked.append(each.check)
        if each.is_broken(row):
            if each.check.yields in RANK:
                return None
            added.append(each.check)
    verdict = Verdict(
        outcome="allow",
        requires=tuple(dict.fromkeys(check.adds for check in added if check.yields == "require")),
        flags=tuple(dict.fromkeys(check.adds for check in added if check.yields == "flag")),
        asked=tuple(dict.fromkeys(check.id for check in asked)),
    )
    return verdict, tuple(asked)


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
    start, end = first.astimezone(_zone(zone)), latest.astimezone(_zone(zone))
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
    )


def _scope(check: Check) -> Test:
    """Return the test of a check's scope: it applies, and no exception does."""
    applies = condition(check.applies_to)
    exceptions = tuple(condition(item["when"]) for item in check.unless)
    if not exceptions:
        return applies
    return lambda row: applies(row) and not any(exception(row) for exception in exceptions)


def condition(data: Condition) -> Test:
    """This function will turn a condition into a test of one row, as `compile_condition` does for columns.

    :raises NotUnderstood: if a test is not one of those known here
    """
    if isinstance(data, Mapping):
        tests = tuple(_test(column, spec) for column, spec in data.items())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)
    alternatives = tuple(condition(item) for item in data)
    return lambda row: any(test(row) for test in alternatives)


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
    return any(_is_closed_in(zone, week, moment) for zone in week.zones)


def _is_closed_in(zone: str, week: WeekClock, moment: datetime) -> bool:
    local = moment.astimezone(_zone(zone))
    if local.date() in week.closed_days:
        return True
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    if week.week[minute]:
        return False
    is_at_edge = bool(week.edges) and week.edges[minute] == 1 and local.second == local.microsecond == 0
    return not is_at_edge


def _count_reached(check: Check) -> Test:
    parameters = check.parameters
    column, limit = parameters["column"], int(parameters["max"])
    is_end_included = bool(parameters.get("is_end_included"))

    def is_full(row: Row) -> bool:
        moments = row[column]
        if not moments or len(moments) < limit:
            return False
        decisive = sorted(moments, reverse=True)[limit - 1]
        until = _leaves_window(decisive, row["home_zone"], parameters)
        return until is not None and (row["at"] <= until if is_end_included else row["at"] < until)

    return is_full


def _leaves_window(decisive: datetime, zone: str, parameters: Mapping[str, Any]) -> datetime | None:
    """Return when a contact leaves the window of a cap."""
    if "minutes" in parameters:
        return decisive + timedelta(minutes=int(parameters["minutes"]))
    day = decisive.astimezone(_zone(zone)).date()
    if parameters.get("calendar") == "week":
        day += timedelta(days=7 - day.weekday())
    elif parameters.get("calendar") == "month":
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    elif "calendar" in parameters:
        raise NotUnderstood(str(parameters["calendar"]))
    else:
        day += timedelta(days=int(parameters["days"]))
    return _first_moment(day, _zone(zone))


@lru_cache(maxsize=4096)
def _first_moment(day: date, zone: ZoneInfo) -> datetime | None:
    """Return when a local day begins; where clocks skip midnight, when they go on."""
    for minutes in (0, 30, 60):
        wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)  # noqa: DTZ001 - a wall time
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
    return None


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


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

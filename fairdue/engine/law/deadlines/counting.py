"""From a clock and the day on which it started to its last day, with the arithmetic that a person can check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.engine.law.calendars import next_working
from fairdue.engine.law.deadlines.clocks import Clock, Span, Unit
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.engine.law.working_calendars import TITLES, Holiday, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One span as it was counted: so many days of a unit, and what was skipped on the way."""

    unit: Unit
    count: int
    last_date: date
    weekend_days: int = 0
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The last day of a clock and how it was found."""

    start_date: date
    last_date: date
    legs: tuple[Leg, ...]
    moved_from: date | None
    """The last day before it moved to a working day."""
    is_certain: bool
    """Whether the calendar of every year that mattered has been announced."""
    rule: Rule
    sentence_zh: str
    sentence_en: str


def count(clock: Clock, start_date: date, *, numbers: Numbers, step: str = "") -> Counted:
    """This function will count a clock, with the length of one of its steps or its own.

    1. The rule is taken as it stood on the day of the start; a step is counted from that day too, not from the end.
    2. The day of the start is not counted (`day_after`), or is day 1 (`same_day`).
    3. Working days skip weekends and holidays of the clock's calendar and count swap days; calendar days skip nothing.
    4. A last day that nobody works stays, or moves to the next working day, as the clock says.

    :raises RuleNotInForce: if the rule was not in force on the day of the start
    """
    chosen = clock.step(step)
    rule = numbers.rule(chosen.rule if chosen else clock.rule, start_date)
    calendar = WorkingCalendar(clock.calendar)
    day = start_date if clock.counts_from == "day_after" else start_date - timedelta(days=1)
    legs = []
    for span in chosen.spans if chosen else clock.spans:
        legs.append(_leg(span, day, rule, calendar))
        day = legs[-1].last_date
    last = next_working(day, calendar.is_working) if clock.ends_on_rest_day == "next_working_day" else day
    found = Counted(
        start_date=start_date, last_date=last, legs=tuple(legs), moved_from=day if last != day else None,
        is_certain=_is_certain(legs, last, day, calendar), rule=rule, sentence_zh="", sentence_en="",
    )  # fmt: skip
    return _spoken(found, clock)


def _leg(span: Span, day: date, rule: Rule, calendar: WorkingCalendar) -> Leg:
    wanted = rule.integer(span.parameter)
    if span.unit == "calendar_days":
        return Leg(unit=span.unit, count=wanted, last_date=day + timedelta(days=wanted))
    weekend, skipped, left = 0, [], wanted
    while left:
        day += timedelta(days=1)
        if calendar.is_working(day):
            left -= 1
        elif found := calendar.holiday(day):
            skipped.append(found)
        else:
            weekend += 1
    return Leg(unit=span.unit, count=wanted, last_date=day, weekend_days=weekend, holidays=tuple(skipped))


def _is_certain(legs: list[Leg], last: date, unmoved: date, calendar: WorkingCalendar) -> bool:
    has_working_days = last != unmoved or any(leg.unit == "working_days" for leg in legs)
    return not has_working_days or calendar.is_certain(last)


def _spoken(found: Counted, clock: Clock) -> Counted:
    return Counted(
        start_date=found.start_date, last_date=found.last_date, legs=found.legs, moved_from=found.moved_from,
        is_certain=found.is_certain, rule=found.rule,
        sentence_zh="".join(_zh(found, clock)), sentence_en="".join(_en(found, clock)),
    )  # fmt: skip


def _zh(found: Counted, clock: Clock) -> Iterator[str]:
    counted = "不计入" if clock.counts_from == "day_after" else "为第一日"
    yield f"自{found.start_date}（{clock.start_zh}，{counted}）起"
    for place, leg in enumerate(found.legs):
        yield "，再加" if place else ""
        yield f"{leg.count}个{'自然日' if leg.unit == 'calendar_days' else '工作日'}"
        yield _skipped_zh(leg)
    if found.moved_from:
        yield f"，末日{found.moved_from}为休息日，顺延"
    yield f"，最后一日为{found.last_date}。"
    if _counts_work(found):
        yield f"工作日历：{TITLES[clock.calendar][0]}。"
    if not found.is_certain:
        yield f"{found.last_date.year}年放假安排尚未公布，暂按周一至周五计算。"


def _skipped_zh(leg: Leg) -> str:
    parts = [f"{leg.weekend_days}个周末日"] if leg.weekend_days else []
    parts += [f"{each.on_date}（{each.name_zh}）" for each in leg.holidays]
    return f"（跳过{'、'.join(parts)}）" if parts else ""


def _en(found: Counted, clock: Clock) -> Iterator[str]:
    counted = "not counted" if clock.counts_from == "day_after" else "counted as day 1"
    yield f"From {found.start_date} ({clock.start_en}, {counted}) "
    for place, leg in enumerate(found.legs):
        yield ", then " if place else ""
        noun = "calendar day" if leg.unit == "calendar_days" else "working day"
        yield f"{leg.count} {noun}{'' if leg.count == 1 else 's'}"
        yield _skipped_en(leg)
    if found.moved_from:
        yield f"; {found.moved_from} is not worked, so it moves on"
    yield f": the last day is {found.last_date}."
    if _counts_work(found):
        yield f" Working days: {TITLES[clock.calendar][1]}."
    if not found.is_certain:
        yield f" The calendar of {found.last_date.year} is not announced yet: Monday to Friday stand in."


def _skipped_en(leg: Leg) -> str:
    days = f"{leg.weekend_days} weekend day{'' if leg.weekend_days == 1 else 's'}"
    parts = [days] if leg.weekend_days else []
    parts += [f"{each.on_date} ({each.name_en})" for each in leg.holidays]
    return f" (skipping {', '.join(parts)})" if parts else ""


def _counts_work(found: Counted) -> bool:
    return found.moved_from is not None or any(leg.unit == "working_days" for leg in found.legs)

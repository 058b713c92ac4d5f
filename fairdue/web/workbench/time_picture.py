"""The picture of allowed time: hours down, days across, each cell with its answer, its reasons and when it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.law import facade as law
from fairdue.kernel.working_days import holiday_names, look_up
from fairdue.web.workbench.words import GATE_ICONS, GATE_TONES, GATE_WORDS, say

HOURS = range(24)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEEKDAYS = (
    word("Monday"), word("Tuesday"), word("Wednesday"), word("Thursday"), word("Friday"), word("Saturday"), word("Sunday"),
)  # fmt: skip
CHINESE_ZONES = frozenset({"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar"})
"""Zones whose days the Chinese calendar of holidays speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """The head of one day: its name, whether people work, which holiday it is."""

    day: date
    weekday: str
    holiday: str
    is_free: bool
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of one day of which the rules say the same, in words."""

    text: str
    outcome: str
    word: str
    tone: str
    icon: str
    letter: str
    """Which of the reasons below the picture stands against it."""
    opens_at: datetime | None
    is_next: bool
    """Whether the way opens next in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A cell of the picture: some whole hours of one day with the parts that lie in them."""

    column: int
    day: str
    first: int
    hours: int
    tone: str
    label: str
    parts: tuple[Part, ...]
    is_past: bool
    is_next: bool

    @property
    def last(self) -> int:
        """The hour at which it ends."""
        return self.first + self.hours

    @property
    def letters(self) -> list[str]:
        """The reasons that stand against parts of it."""
        return list(dict.fromkeys(part.letter for part in self.parts if part.letter))


def day_heads(days: Sequence[date], zone: str, today: date) -> list[DayHead]:
    """Return the heads of some days; holidays only where the calendar of the zone is known."""
    return [_day_head(day, zone, today) for day in days]


def _day_head(day: date, zone: str, today: date) -> DayHead:
    is_china = zone in CHINESE_ZONES
    names = holiday_names(day) if is_china else None
    is_free = not look_up(day).is_working if is_china else day.weekday() >= 5
    name = names[0 if (get_language() or "").startswith("zh") else 1] if names else ""
    if name and not is_free:
        name = _("%(holiday)s: worked instead") % {"holiday": name}
    return DayHead(
        day=day, weekday=_(WEEKDAYS[day.weekday()]), holiday=name, is_free=is_free, is_today=day == today
    )


def parts_of(calendar: law.ContactCalendar, way: law.CalendarWay, day: date) -> list[Part]:
    """Return the parts of one day in words, what has passed left out."""
    return [_part(calendar, way, span) for span in way.of_day(day) if span.outcome != "past"]


def _part(calendar: law.ContactCalendar, way: law.CalendarWay, span: law.Span) -> Part:
    why = calendar.whys[span.why] if span.why is not None else None
    return Part(
        text=f"{law.time_of_day(span.first)}–{law.time_of_day(span.last)}",
        outcome=span.outcome, word=say(GATE_WORDS, span.outcome), tone=GATE_TONES[span.outcome],
        icon=GATE_ICONS[span.outcome], letter=letter_of(span.why), opens_at=why.retry_after if why else None,
        is_next=span.is_allowed and _holds(span, way.opens_at, calendar.zone),
    )  # fmt: skip


def _holds(span: law.Span, moment: datetime | None, zone: str) -> bool:
    if moment is None:
        return False
    local = moment.astimezone(ZoneInfo(zone))
    return local.date() == span.day and span.first <= local.hour * 60 + local.minute < span.last


def _opens_within(way: law.CalendarWay, zone: str, first: int, hours: int) -> bool:
    return way.opens_at is not None and first <= way.opens_at.astimezone(ZoneInfo(zone)).hour < first + hours


def letter_of(why: int | None) -> str:
    """Return the letter of a set of reasons: A to Z, then A1, B1 and so on."""
    if why is None:
        return ""
    rounds, at = divmod(why, len(LETTERS))
    return LETTERS[at] + (str(rounds) if rounds else "")


def picture(calendar: law.ContactCalendar, way: law.CalendarWay) -> list[list[Block]]:
    """Return the blocks that begin in each of the 24 hours, from the first day to the last.

    1. Hours of one day with the same single answer are one block. 2. An hour in which the answer changes stands alone.
    """
    rows: list[list[Block]] = [[] for _hour in HOURS]
    for column, day in enumerate(calendar.days):
        for block in _blocks(calendar, way, day, column):
            rows[block.first].append(block)
    return rows


def _blocks(calendar: law.ContactCalendar, way: law.CalendarWay, day: date, column: int) -> Iterator[Block]:
    spans = way.of_day(day)
    within = [
        tuple(span for span in spans if span.first < 60 * hour + 60 and span.last > 60 * hour)
        for hour in HOURS
    ]
    first = 0
    for hour in HOURS:
        if hour < 23 and len(within[hour]) == 1 and within[hour] == within[hour + 1]:
            continue
        yield _block(calendar, way, within[hour], column, first, hour + 1 - first)
        first = hour + 1


def _block(
    calendar: law.ContactCalendar, way: law.CalendarWay, spans: tuple[law.Span, ...], column: int, first: int, hours: int
) -> Block:  # fmt: skip
    ahead = tuple(_part(calendar, way, span) for span in spans if span.outcome != "past")
    tones = {part.tone for part in ahead}
    return Block(
        column=column, day=f"{_(WEEKDAYS[calendar.days[column].weekday()])} {calendar.days[column]:%m-%d}", first=first,
        hours=hours, tone=tones.pop() if len(tones) == 1 else ("wait" if tones else ""),
        label=f"{first:02d}:00–{first + hours:02d}:00", parts=ahead, is_past=not ahead,
        is_next=any(part.is_next for part in ahead) and _opens_within(way, calendar.zone, first, hours),
    )  # fmt: skip


STRIP_WIDTH, STRIP_HEIGHT = 144, 10
"""A strip shows ten minutes as one unit."""


def strip(way: law.CalendarWay, day: date, *, title: str) -> SafeString:
    """Return a day as a strip from midnight to midnight: open, waiting, closed, past; the title says it in words."""
    bars = format_html_join(
        "", '<rect class="cal-{}" x="{}" y="0" width="{}" height="{}"/>',
        (
            (GATE_TONES.get(span.outcome, "past"), f"{span.first / 10:g}", f"{(span.last - span.first) / 10:g}", STRIP_HEIGHT)
            for span in way.of_day(day)
        ),
    )  # fmt: skip
    return format_html(
        '<svg class="cal-strip" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"><title>{}</title>{}</svg>',
        STRIP_WIDTH, STRIP_HEIGHT, title, bars,
    )  # fmt: skip


def open_words(parts: Sequence[Part]) -> str:
    """Return when a day is open: 08:00–12:00, 14:00–22:00."""
    return ", ".join(part.text for part in parts if part.outcome == "allow")


def other_clocks(calendar: law.ContactCalendar, zones: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return what the clocks of other zones show at each hour of the first day, for those that show something else."""
    home = ZoneInfo(calendar.zone)
    moments = [datetime(*calendar.days[0].timetuple()[:3], hour, tzinfo=home) for hour in HOURS]
    own = [f"{moment:%H:%M}" for moment in moments]
    found = [
        (zone, [f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" for moment in moments])
        for zone in dict.fromkeys(zones)
    ]
    return [(zone, shown) for zone, shown in found if shown != own]


def window_words(cap: law.CapLine) -> str:
    """Return over what a cap counts."""
    if cap.calendar:
        return _("in a week from Monday") if cap.calendar == "week" else _("in a calendar month")
    if cap.minutes_counted is not None:
        hours, minutes = divmod(cap.minutes_counted, 60)
        if not minutes:
            return _("within %(hours)s h") % {"hours": hours}
        return _("within %(minutes)s min") % {"minutes": cap.minutes_counted}
    if cap.days_counted == 1:
        return _("in a calendar day")
    return _("in %(days)s calendar days") % {"days": cap.days_counted}


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def month_days(day: date) -> list[date]:
    """Return the days of a month, filled up to whole weeks."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    start, end = monday_of(first), monday_of(last) + timedelta(days=6)
    return [start + timedelta(days=at) for at in range((end - start).days + 1)]

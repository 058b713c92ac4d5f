"""Working calendars by jurisdiction: which days are worked, and why a weekday is not.

China's comes with its swap days from `chinesecalendar`; the others are Monday to Friday without the national
holidays that the package `holidays` knows. A year that nobody has announced yet says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar
import holidays

from fairdue.kernel import working_days

CalendarCode = Literal["cn", "us", "uk", "au", "weekdays"]
_COUNTRIES: dict[str, tuple[str, str | None]] = {"us": ("US", None), "uk": ("GB", "ENG"), "au": ("AU", None)}
TITLES = {
    "cn": ("国务院放假安排（含调休）", "the Chinese working calendar with its swap days"),
    "us": ("周一至周五，联邦假日除外", "Monday to Friday without federal holidays"),
    "uk": ("周一至周五，英格兰银行假日除外", "Monday to Friday without bank holidays of England"),
    "au": ("周一至周五，全国公共假日除外", "Monday to Friday without national public holidays"),
    "weekdays": ("周一至周五", "Monday to Friday"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A weekday on which people do not work, and its name."""

    on_date: date
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The working days of a place."""

    code: CalendarCode

    def is_working(self, day: date) -> bool:
        """Tell whether people work on a day."""
        if self.code == "cn":
            return working_days.is_working_day(day)
        return day.weekday() < 5 and not _named(self.code, day)

    def is_certain(self, day: date) -> bool:
        """Tell whether the calendar of the day's year has been announced."""
        return self.code != "cn" or working_days.is_certain(day)

    def holiday(self, day: date) -> Holiday | None:
        """Return why a weekday is not worked; nothing for working days and ordinary weekends."""
        if day.weekday() >= 5 or self.is_working(day):
            return None
        zh, en = _chinese(day) if self.code == "cn" else (_named(self.code, day), _named(self.code, day))
        return Holiday(on_date=day, name_zh=zh, name_en=en)

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; zero if `end` is not later."""
        return sum(self.is_working(start + timedelta(days=gap)) for gap in range(1, (end - start).days + 1))


def _chinese(day: date) -> tuple[str, str]:
    _is_off, name = chinese_calendar.get_holiday_detail(day)
    found = next((each for each in chinese_calendar.Holiday if each.value == name), None)
    return (found.chinese, found.value) if found else ("放假", "day off")


@lru_cache(maxsize=4096)
def _named(code: str, day: date) -> str:
    country, part = _COUNTRIES.get(code, ("", None))
    return str(_national(country, part).get(day) or "") if country else ""


@lru_cache(maxsize=8)
def _national(country: str, part: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=part)

"""What a calendar of allowed time tells: every way of reaching a person over some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.engine.law.timetable import CapLine, Span
from fairdue.engine.law.verdict import Verdict

from .contracts import HoldCard


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWay:
    """One way of reaching a person: its verdict now, when it opens next, its days in spans, its caps day by day."""

    channel: str
    contact_point_id: int | None
    value_masked: str
    owner: str
    verdict: Verdict
    opens_at: datetime | None
    """Now if it is open, else from when waiting opens it; None if waiting does not."""
    zones: tuple[str, ...]
    """Every zone in which the recipient may be; a moment is allowed only if all of them allow it."""
    spans: tuple[Span, ...]
    caps: tuple[CapLine, ...]

    @property
    def key(self) -> str:
        """What names the way in an address; holds no personal data."""
        return f"{self.channel}-{self.contact_point_id or 0}"

    def of_day(self, day: date) -> tuple[Span, ...]:
        """Return the spans of one day."""
        return tuple(span for span in self.spans if span.day == day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCalendar:
    """Allowed time of one person; `whys` holds each distinct set of reasons once, worded as of `why_moments`."""

    person_id: int
    now: datetime
    purpose: str
    zone: str
    days: tuple[date, ...]
    step: int
    ways: tuple[CalendarWay, ...]
    whys: tuple[Verdict, ...]
    why_moments: tuple[datetime, ...]
    holds: tuple[HoldCard, ...]
    packs: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the calendar as plain JSON values; a time of day is written 08:00, the end of a day 24:00."""
        return {
            "person_id": self.person_id, "at": self.now.isoformat(), "purpose": self.purpose, "zone": self.zone,
            "days": [day.isoformat() for day in self.days], "step_minutes": self.step, "packs": self.packs,
            "ways": [_way(way) for way in self.ways],
            "whys": [
                {"at": moment.isoformat()} | why.as_json()
                for why, moment in zip(self.whys, self.why_moments, strict=True)
            ],
            "holds": [
                {"kind": hold.kind, "account_id": hold.account_id, "started_at": hold.started_at.isoformat()}
                for hold in self.holds
            ],
        }  # fmt: skip


def time_of_day(minute: int) -> str:
    """Write a minute of a day as 08:00; the end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _way(way: CalendarWay) -> dict[str, Any]:
    return {
        "channel": way.channel, "contact_point_id": way.contact_point_id, "value_masked": way.value_masked,
        "owner": way.owner, "zones": list(way.zones), "outcome": way.verdict.outcome,
        "opens_at": way.opens_at.isoformat() if way.opens_at else None,
        "spans": [
            {"day": span.day.isoformat(), "from": time_of_day(span.first), "to": time_of_day(span.last),
             "outcome": span.outcome, "why": span.why}
            for span in way.spans
        ],
        "caps": [_cap(cap) for cap in way.caps],
    }  # fmt: skip


def _cap(cap: CapLine) -> dict[str, Any]:
    return {
        "rule_id": cap.rule_id, "title_zh": cap.title_zh, "title_en": cap.title_en, "citation": cap.citation,
        "days": [
            {"day": day.day.isoformat(), "used": day.used, "max": day.max, "left": day.left,
             "frees_at": day.frees_at.isoformat() if day.frees_at else None}
            for day in cap.days
        ],
    }  # fmt: skip

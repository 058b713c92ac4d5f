"""Numbers, hours and recipients of the laws outside China, written from the text of the conformance suite's RULES.yaml.

For the checker of the storm only; plain Python that shares no code with the engine and imports nothing of Fairdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NEVER_COUNTED = ("failed", "wrong_number")
AMERICAN = {"us", "us-ny-nyc", "us-ma"}
REPLIES = ("reply", "dispute_reply", "complaint_reply", "confirm_opt_out")
NYC_SINCE = date(2026, 9, 1)
AU_HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 4, 25), date(2026, 12, 25)}
"""Good Friday, Easter Monday, Anzac Day, Christmas."""


class Case:
    """A contact that is judged, with what else happened, from the debtor's side."""

    def __init__(self, person: Any, asked: dict[str, Any], record: Any, point: Any, at: datetime) -> None:
        self.asked, self.point, self.at, self.record = asked, point, at, record
        self.channel, self.maker, self.purpose = asked["channel"], asked["maker"], asked["purpose"]
        self.home = ZoneInfo(person.home_zone)
        self.today = at.astimezone(self.home).date()
        self.is_third = point is not None and point["owner"] == "third_party"
        points = record.points
        own = {each["zone"] for each in points.values() if each["owner"] == "debtor" and each["zone"]}
        self.zones = {point["zone"] or person.home_zone} if self.is_third else own | {person.home_zone}
        third = {row_id for row_id, each in points.items() if each["owner"] == "third_party"}
        about = set(filter(None, asked["about"].split(",")))
        self.rows = [
            row | {"day": row["happened"].astimezone(self.home).date(), "is_about": _meets(row, about)}
            for row in record.contacts
            if row["contact_point_id"] not in third and row["result"] not in NEVER_COUNTED
        ]
        self.made = [row for row in self.rows if row["direction"] == "outbound"]
        self.own = [row for row in self.made if row["made_by"] == self.maker and row["is_about"]]

    def days(self, rows: list[dict[str, Any]], days: int) -> int:
        """Count rows in so many consecutive days that end today."""
        return sum(self.today - timedelta(days=days) < row["day"] <= self.today for row in rows)

    def is_answer(self) -> bool:
        """Tell whether the debtor has turned to whoever acts by this channel lately, so that this may be the answer."""
        return any(
            row["direction"] == "inbound" and self.today - timedelta(days=7) < row["day"] for row in self.rows
        )

    def clocks(self) -> list[tuple[str, datetime]]:
        """Return the local time wherever the recipient may be."""
        return [(zone, self.at.astimezone(ZoneInfo(zone))) for zone in sorted(self.zones)]


def _meets(row: dict[str, Any], about: set[str]) -> bool:
    named = set(filter(None, row["account_ids"].split(",")))
    return not named or not about or bool(named & about)


def broken_abroad(
    person: Any, asked: dict[str, Any], record: Any, point: Any, laws: set[str], at: datetime
) -> Iterator[str]:
    """Yield every rule of a foreign law that binds which a contact breaks."""
    case = Case(person, asked, record, point, at)
    if laws & AMERICAN and case.maker != "lender":
        yield from _regulation_f(case)
    if "us-ny-nyc" in laws and not case.is_third:
        yield from _new_york(case)
    if "us-ma" in laws and not case.is_third:
        yield from _massachusetts(case)
    if "in" in laws:
        yield from _india(case)
    if "au" in laws:
        yield from _australia(case)
    if "ie" in laws and not case.is_third:
        yield from _ireland(case)
    if "hk" in laws:
        yield from _hong_kong(case, person)


def _is_talk(row: dict[str, Any]) -> bool:
    return (
        row["channel"] == "call"
        and row["mode"] != "announcement"
        and row["result"] in ("conversation", "reserved")
    )


def _regulation_f(case: Case) -> Iterator[str]:
    """US-TIME-01 and 02, US-FREQ-01 to 03, US-WHO: collectors, from 8:00 to 21:00 both included, 7 calls in 7 days."""
    for zone, local in case.clocks():
        if case.channel != "letter" and not 8 * 60 <= local.hour * 60 + local.minute <= 21 * 60:
            yield f"US-TIME: {case.channel} at {local:%a %H:%M:%S} in {zone}"
    if case.channel != "call" or case.is_third:
        return
    calls = [
        row
        for row in case.own
        if row["channel"] == "call" and row["result"] not in ("busy", "not_in_service")
    ]
    if case.days(calls, 7) >= 7:
        yield f"US-FREQ-01: call {case.days(calls, 7) + 1} in the 7 days to {case.today}"
    if case.days([row for row in case.own if _is_talk(row)], 7):
        yield f"US-FREQ-02: a call within 7 days of a conversation, on {case.today}"
    started = [
        row for row in case.rows
        if row["direction"] == "inbound" and row["channel"] == "call" and row["made_by"] == case.maker
        and row["is_about"] and row["result"] in ("conversation", "received")
    ]  # fmt: skip
    if case.days(started, 7):
        yield f"US-FREQ-03: a call within 7 days of the consumer's own, on {case.today}"


def _new_york(case: Case) -> Iterator[str]:
    """US-NYC-01: three contacts or attempts in seven days for one debt over calls, texts and e-mails."""
    channels = ("call", "sms", "email")
    if case.channel in channels and case.today >= NYC_SINCE:
        count = case.days([row for row in case.own if row["channel"] in channels], 7)
        if count >= 3:
            yield f"US-NYC-01: contact {count + 1} in the 7 days to {case.today}"


def _massachusetts(case: Case) -> Iterator[str]:
    """US-MA-01: two calls or texts in seven days for one debt, creditors too."""
    if case.channel in ("call", "sms"):
        count = case.days([row for row in case.own if row["channel"] in ("call", "sms")], 7)
        if count >= 2:
            yield f"US-MA-01: call or text {count + 1} in the 7 days to {case.today}"


def _india(case: Case) -> Iterator[str]:
    """IN-TIME-01 and IN-COND-01: calls from 8:00 to 19:00 both included; nobody else but guarantors."""
    if case.is_third and case.point["relation"] != "guarantor":
        yield "IN-COND-01: a third person who is no guarantor"
    for zone, local in case.clocks():
        if case.channel == "call" and not 8 * 60 <= local.hour * 60 + local.minute <= 19 * 60:
            yield f"IN-TIME-01: call at {local:%a %H:%M:%S} in {zone}"


def _australia(case: Case) -> Iterator[str]:
    """AU-TIME-01 and AU-FREQ-01: calls by day and not on holidays; three contacts made a week, ten a month."""
    for zone, local in case.clocks():
        opens = 7 * 60 + 30 if local.weekday() < 5 else 9 * 60
        is_open = opens <= local.hour * 60 + local.minute < 21 * 60 and local.date() not in AU_HOLIDAYS
        if case.channel == "call" and not is_open:
            yield f"AU-TIME-01: call at {local:%a %d %b %H:%M:%S} in {zone}"
    if case.is_third or case.channel in ("letter", "inapp"):
        return
    talks = [row["day"] for row in case.made if _is_talk(row) and row["is_about"]]
    monday = case.today - timedelta(days=case.today.weekday())
    week = sum(monday <= day <= case.today for day in talks)
    month = sum(case.today.replace(day=1) <= day <= case.today for day in talks)
    if week >= 3:
        yield f"AU-FREQ-01: a contact after {week} made in the week of {monday}"
    if month >= 10:
        yield f"AU-FREQ-01: a contact after {month} made in the month of {monday}"


def _ireland(case: Case) -> Iterator[str]:
    """IE-FREQ-01: three unsolicited contacts a calendar month over all media; engaged and missed calls do not count."""
    if case.purpose in REPLIES or case.is_answer():
        return
    days = [
        row["day"] for row in case.made
        if row["result"] not in ("busy", "no_answer", "not_in_service") and row["purpose"] not in REPLIES
    ]  # fmt: skip
    count = sum(case.today.replace(day=1) <= day <= case.today for day in days)
    if count >= 3:
        yield f"IE-FREQ-01: unsolicited contact {count + 1} in the month, on {case.today}"


def _hong_kong(case: Case, person: Any) -> Iterator[str]:
    """HK-01 and HK-02: only debtor and guarantor are asked for money; notice before an agency."""
    if case.is_third and case.point["relation"] != "guarantor" and case.purpose == "collect":
        yield "HK-01: a third person was asked for money"
    if case.maker != "lender" and case.maker not in person.announced:
        yield f"HK-02: no notice of the agency {case.maker}"

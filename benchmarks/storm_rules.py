"""The rules of `packs/rules/cn` and `packs/rules/house` written down once more from their texts, in slow plain Python.

For the checker of the storm only; shares no code with the engine and imports nothing of Fairdue on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.storm_abroad import broken_abroad

MESSAGES = {"sms", "email", "inapp"}
NEVER_HAPPENED = {"failed", "wrong_number"}
UNANSWERED = {"no_answer", "busy", "dropped", "voicemail", "voicemail_full", "reserved"}
SPOKEN_OR_OPEN = {"conversation", "announcement_connected", "reserved", "failed", "wrong_number"}
HELD = {
    # kind: purposes that still go through, by CN-PLAN-04, CN-LET-02, HOUSE-HOLD-01 and HOUSE-HOLD-02
    "plan": ("legally_required",), "dispute": ("legally_required", "dispute_reply"),
    "complaint": ("legally_required", "dispute_reply", "complaint_reply", "confirm_opt_out"),
    "deceased": ("legally_required", "confirm_opt_out"), "cease": ("legally_required", "confirm_opt_out"),
}  # fmt: skip
HELD_ABROAD = {
    # by UK-DIS-01, UK-BS-01, UK-BS-02, UK-CAP-01, SG-02, AU-PLAN-01
    ("uk", "dispute"): ("legally_required",), ("uk", "breathing_space"): ("legally_required",),
    ("uk", "crisis_moratorium"): ("legally_required",), ("uk", "capacity"): ("legally_required",),
    ("sg", "dispute"): ("legally_required",), ("au", "plan"): ("legally_required",),
}  # fmt: skip
OTHER_HELD = ("legally_required", "dispute_reply", "complaint_reply", "confirm_opt_out")


def moment_of(text: str) -> datetime:
    """Read a moment as the database writes it."""
    return datetime.fromisoformat(text)


@dataclass
class Debtor:
    """What is fixed about a borrower."""

    id: int
    home_zone: str
    birth_date: date | None
    is_deceased: bool
    groups: dict[int, str]
    """Lender's group by debt."""
    laws: dict[int, str] = field(default_factory=dict)
    """Jurisdiction by debt."""
    residence: str = ""
    announced: set[str] = field(default_factory=set)
    """Agencies of which the borrower was told."""

    def bound(self, counted: dict[str, Any]) -> set[str]:
        """Return whose law binds a contact: that of its debts, and that of where the debtor lives."""
        about = [int(each) for each in counted["account_ids"].split(",") if each] or list(self.laws)
        return {self.laws.get(each, "cn") for each in about} | ({self.residence} if self.residence else set())


@dataclass
class Record:
    """What was on record about a person at one moment."""

    contacts: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    points: dict[int, dict[str, Any]]
    listings: list[dict[str, Any]] = field(default_factory=list)
    evaluations: list[dict[str, Any]] = field(default_factory=list)
    certificates: list[dict[str, Any]] = field(default_factory=list)


def broken(
    person: Debtor, asked: dict[str, Any], counted: dict[str, Any], record: Record, at: datetime
) -> Iterator[str]:
    """Yield every rule of the house, of the law of China and of other laws that bind which a contact breaks."""
    laws = person.bound(counted)
    groups = set(counted["institution_group"].split(","))
    point_id = asked["contact_point_id"]
    point = record.points.get(point_id) if point_id is not None else None
    is_third = point is not None and point["owner"] == "third_party"
    asked = asked | {"mode": counted["mode"], "maker": counted["made_by"], "about": counted["account_ids"]}
    if "cn" in laws:
        yield from _hours(person, asked, record, point, is_third, at)
        yield from _agency(person, asked, record, is_third, at)
        yield from _trained(person, asked, record, at)
    yield from _caps(person, asked, record, groups, is_third, at, is_chinese="cn" in laws)
    yield from _recipient(person, asked, record, point, is_third, at, is_chinese="cn" in laws)
    yield from _held(person, asked, record, groups, laws)
    if laws != {"cn"}:
        yield from broken_abroad(person, asked, record, point, laws, at)


CHINA = ZoneInfo("Asia/Shanghai")
YEAR = timedelta(days=365)


def _days(person: Debtor, at: datetime) -> set[date]:
    """Return the lender's day and the debtor's: the standards do not say whose counts, so only both are a breach."""
    return {at.astimezone(CHINA).date(), at.astimezone(ZoneInfo(person.home_zone)).date()}


def _agency(
    person: Debtor, asked: dict[str, Any], record: Record, is_third: bool, at: datetime
) -> Iterator[str]:
    """CN-OUT-02 and 03, CN-ID-02: an agency is listed, passed an evaluation within the year, the debtor was told of it."""
    if asked["maker"] == "lender":
        return
    days = _days(person, at)
    mine = [row for row in record.listings if row["agency"] == asked["maker"]]
    if not any(_covers(row["listed_from"], row["listed_until"], day) for row in mine for day in days):
        yield f"CN-OUT-03: {asked['maker']} is not on the list at {at}"
    passed = [
        date.fromisoformat(row["evaluated_date"]) for row in record.evaluations
        if row["agency"] == asked["maker"] and row["is_passed"]
    ]  # fmt: skip
    if not any(on <= day <= on + YEAR for on in passed for day in days):
        yield f"CN-OUT-02: {asked['maker']} passed no evaluation within the year at {at}"
    if not is_third and asked["maker"] not in person.announced:
        yield f"CN-ID-02: nobody told the debtor of {asked['maker']}"


def _covers(first: str, last: str | None, day: date) -> bool:
    return date.fromisoformat(first) <= day and (last is None or day <= date.fromisoformat(last))


def _trained(person: Debtor, asked: dict[str, Any], record: Record, at: datetime) -> Iterator[str]:
    """CN-OUT-04: who speaks passed the exam within the year; of our own whose exam is on record at all."""
    staff = asked.get("staff")
    if staff is None or asked["channel"] not in ("call", "visit") or asked["mode"] == "announcement":
        return
    agency = "" if asked["maker"] == "lender" else asked["maker"]
    days = _days(person, at)
    mine = [row for row in record.certificates if (row["agency"], row["staff_ref"]) == (agency, staff)]
    if not mine and not agency:
        return
    for row in mine:
        last = date.fromisoformat(row["trained_date"]) + YEAR
        until = min(last.isoformat(), row["expires_date"] or last.isoformat())
        if any(_covers(row["trained_date"], until, day) for day in days):
            return
    yield f"CN-OUT-04: no exam of {asked['maker']}'s {staff} is valid at {at}"


def _hours(
    person: Debtor, asked: dict[str, Any], record: Record, point: Any, is_third: bool, at: datetime
) -> Iterator[str]:
    """CN-TIME: nobody collects from 22:00 to 8:00 where the debtor may be, unless other hours were agreed."""
    if asked["channel"] == "letter":
        return
    if is_third:
        zones = {point["zone"] or person.home_zone}
    else:
        own = {each["zone"] for each in record.points.values() if each["owner"] == "debtor" and each["zone"]}
        zones = own | {person.home_zone}
    agreed = _latest(record, "agreed_hours")
    for zone in zones:
        local = at.astimezone(ZoneInfo(zone))
        is_open = _is_agreed(agreed["detail"], local) if agreed else 8 * 60 <= _minute(local) < 22 * 60
        if not is_open:
            yield f"CN-TIME: {asked['channel']} at {local:%a %H:%M:%S} in {zone}"


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _is_agreed(detail: dict[str, Any], local: datetime) -> bool:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    today, yesterday = names[local.weekday()], names[local.weekday() - 1]
    minute = _minute(local)
    for span in detail.get("times") or [detail]:
        days = span.get("days") or names
        start, end = (int(span[side][:2]) * 60 + int(span[side][3:]) for side in ("from", "to"))
        if start < end:
            if today in days and start <= minute < end:
                return True
        elif (today in days and minute >= start) or (yesterday in days and minute < end):
            return True
    return False


def _latest(record: Record, kind: str) -> dict[str, Any] | None:
    said = [each for each in record.consents if each["kind"] == kind]
    return max(said, key=lambda each: (moment_of(each["occurred_at"]), each["id"])) if said else None


def _caps(
    person: Debtor, asked: dict[str, Any], record: Record, groups: set[str], is_third: bool, at: datetime, *, is_chinese: bool
) -> Iterator[str]:  # fmt: skip
    """CN-FREQ-01 to 03 and HOUSE-MSG-01 to 03, over the lender and all its agencies, group by group."""
    home = ZoneInfo(person.home_zone)
    today = at.astimezone(home).date()
    third = {row_id for row_id, point in record.points.items() if point["owner"] == "third_party"}
    happened = [
        row
        for row in record.contacts
        if row["direction"] == "outbound" and row["result"] not in NEVER_HAPPENED
    ]
    for group in groups:
        mine = [row for row in happened if group in row["institution_group"].split(",")]
        to_debtor = [row for row in mine if row["contact_point_id"] not in third]
        if is_chinese and asked["channel"] == "call" and _latest(record, "more_contacts") is None:
            yield from _call_caps(asked, mine, to_debtor, is_third, today, home)
        if (
            asked["channel"] in MESSAGES
            and not is_third
            and asked["purpose"] not in ("legally_required", "confirm_opt_out")
        ):
            sent = [row["happened"] for row in to_debtor if row["channel"] in MESSAGES]
            ages = [(today - moment.astimezone(home).date()).days for moment in sent]
            if ages.count(0) >= 2:
                yield f"HOUSE-MSG-01: message {ages.count(0) + 1} on {today}"
            if sum(0 <= age < 7 for age in ages) >= 7:
                yield f"HOUSE-MSG-02: more than 7 messages in the 7 days to {today}"
            if any(timedelta(0) <= at - moment < timedelta(minutes=120) for moment in sent):
                yield f"HOUSE-MSG-03: less than 120 minutes after another message, at {at}"


def _call_caps(
    asked: dict[str, Any], mine: list[dict[str, Any]], to_debtor: list[dict[str, Any]], is_third: bool, today: date,
    home: ZoneInfo,
) -> Iterator[str]:  # fmt: skip
    calls = [
        row
        for row in to_debtor
        if row["channel"] == "call" and row["happened"].astimezone(home).date() == today
    ]
    is_announcement = asked["mode"] == "announcement"
    announced = [
        row for row in calls
        if row["mode"] == "announcement" and row["result"] in ("announcement_connected", "reserved")
    ]  # fmt: skip
    spoken = [
        row
        for row in calls
        if row["mode"] != "announcement" and row["result"] in ("conversation", "reserved")
    ]
    if not is_third and is_announcement and len(announced) >= 3:
        yield f"CN-FREQ-01: announcement {len(announced) + 1} on {today}"
    if not is_third and not is_announcement and len(spoken) >= 3:
        yield f"CN-FREQ-02: conversation {len(spoken) + 1} on {today}"
    missed = [
        row for row in mine
        if row["channel"] == "call" and row["contact_point_id"] == asked["contact_point_id"]
        and row["result"] in UNANSWERED and row["happened"].astimezone(home).date() == today
    ]  # fmt: skip
    if len(missed) >= 6:
        yield f"CN-FREQ-03: attempt {len(missed) + 1} at one number on {today}"


def _recipient(
    person: Debtor, asked: dict[str, Any], record: Record, point: Any, is_third: bool, at: datetime, *, is_chinese: bool
) -> Iterator[str]:  # fmt: skip
    """CN-WHO, CN-CHAN-02 and the house's rules on whom to contact."""
    purpose = asked["purpose"]
    if point is not None and point["status"] != "valid":
        yield "HOUSE-POINT-01: the contact point was known to be invalid"
    if is_third:
        if is_chinese:
            yield from _third(person, asked, record, point)
        elif point["relation"] != "guarantor" and asked["purpose"] == "collect":
            yield "HOUSE-WHO-01: a third person was asked for money"
        return
    if person.is_deceased:
        yield "HOUSE-DEAD-01: the debtor has died"
    if is_chinese and person.birth_date is not None and at.year - person.birth_date.year < 18:
        yield "CN-WHO-09: the debtor is a minor"
    if is_chinese and purpose not in ("legally_required", "confirm_opt_out") and has_objected(asked, record):
        yield "CN-CHAN-02: the debtor had objected"


def has_objected(asked: dict[str, Any], record: Record) -> bool:
    """Tell whether a statement about this way stands: each stands until another takes back the same."""
    latest: dict[tuple[Any, str], dict[str, Any]] = {}
    for said in record.consents:
        if said["kind"] in ("opt_in", "opt_out"):
            key = (said["contact_point_id"], said["channel"])
            order = (moment_of(said["occurred_at"]), said["id"])
            if key not in latest or order > (moment_of(latest[key]["occurred_at"]), latest[key]["id"]):
                latest[key] = said
    return any(
        said["kind"] == "opt_out"
        and point in (None, asked["contact_point_id"])
        and channel in ("", asked["channel"])
        for (point, channel), said in latest.items()
    )


def _third(person: Debtor, asked: dict[str, Any], record: Record, point: Any) -> Iterator[str]:
    """CN-WHO-01, 03, 05 and HOUSE-WHO-01: other people only to find a debtor who is lost, and never against their will."""
    at_point = [row for row in record.contacts if row["contact_point_id"] == asked["contact_point_id"]]
    results = {row["result"] for row in at_point}
    if "third_party_refused" in results:
        yield "CN-WHO-05: this third person had refused"
    if point["relation"] == "guarantor":
        return
    has_offered = "third_party_offered" in results and asked["purpose"] == "inform_payer"
    if asked["purpose"] not in ("pass_message", "locate") and not has_offered:
        yield f"CN-WHO-03: a third person was contacted to {asked['purpose']}"
    own = [
        each for each in record.points.values()
        if each["owner"] == "debtor" and each["medium"] in ("mobile", "landline")
    ]  # fmt: skip
    is_unreachable = bool(own) and all(each["status"] != "valid" for each in own)
    is_minor = person.birth_date is not None and 2026 - person.birth_date.year < 19
    is_lost = is_unreachable or person.is_deceased or is_minor or _failures(record) >= 3
    if not is_lost and not has_offered:
        yield "CN-WHO-03: a third person was contacted though the debtor was not lost"


def _failures(record: Record) -> int:
    """CN-WHO-04: calls to the debtor that failed since anybody last spoke."""
    third = {row_id for row_id, point in record.points.items() if point["owner"] == "third_party"}
    rows = [row for row in record.contacts if row["contact_point_id"] not in third]
    count = 0
    for row in sorted(rows, key=lambda row: (moment_of(row["occurred_at"]), row["id"]), reverse=True):
        if row["direction"] == "inbound" or row["result"] == "conversation":
            break
        count += row["channel"] == "call" and row["result"] not in SPOKEN_OR_OPEN
    return count


def _held(
    person: Debtor, asked: dict[str, Any], record: Record, groups: set[str], laws: set[str]
) -> Iterator[str]:
    """CN-PLAN-04, CN-LET-02, HOUSE-HOLD, and what other laws say: a hold stops contacts until it is lifted."""
    for hold in record.holds:
        if hold["ended_at"] is not None:
            continue
        if hold["account_id"] is not None and person.groups[hold["account_id"]] not in groups:
            continue
        held = [HELD.get(hold["kind"], OTHER_HELD)] if "cn" in laws else []
        held += [HELD_ABROAD.get((law, hold["kind"]), OTHER_HELD) for law in laws]
        if hold["kind"] in ("deceased", "cease"):
            held.append(HELD["cease"])
        permitted = (*hold["permitted_purposes"], *set.intersection(*map(set, held)))
        if asked["purpose"] not in permitted:
            yield f"HOLD: {hold['kind']} since {hold['started_at']}, for {asked['purpose']}"

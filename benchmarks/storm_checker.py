"""A naive checker of what a storm left behind: slow plain Python that shares nothing with the engine.

It reads rows by SQL, writes the rules down once more from their texts (`packs/rules/cn`, `packs/rules/house`) and holds
every permit and every use of one to what was on record at that moment. It imports nothing of Fairdue on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
OTHER_HELD = ("legally_required", "dispute_reply", "complaint_reply", "confirm_opt_out")


@dataclass
class Permit:
    """A permit with what its writer could see."""

    id: int
    seq: int
    tx: int
    data: dict[str, Any]
    seen: Snapshot
    locked: Snapshot
    used_at: datetime | None = None
    use_seq: int = 0
    use_tx: int = 0
    use_seen: Snapshot | None = None


@dataclass
class Snapshot:
    """What a transaction sees: everything before `low`, nothing from `high` on, none of `running`."""

    low: int
    high: int
    running: frozenset[int]

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """Read `low:high:running,…`."""
        low, high, running = text.split(":")
        return cls(int(low), int(high), frozenset(int(each) for each in running.split(",") if each))

    def shows(self, tx: int) -> bool:
        """Tell whether a transaction's rows are seen."""
        return tx < self.low or (tx < self.high and tx not in self.running)


@dataclass
class Person:
    """One borrower: fixed facts, and every version of every row that a rule may ask about."""

    id: int
    home_zone: str
    birth_date: date | None
    is_deceased: bool
    groups: dict[int, str]
    """Lender's group by debt."""
    versions: dict[tuple[str, int], list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)
    """(kind, row) → (seq, transaction, row as it was)."""
    permits: dict[int, Permit] = field(default_factory=dict)
    counted: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The contact that each permit was issued with, as it was then."""


Rows = dict[str, dict[int, dict[str, Any]]]


def check(
    connection: Any, *, open_text: Callable[[bytes], str], handed: Iterable[int] = ()
) -> dict[str, Any]:
    """Hold everything to the rules and return what was found.

    `handed` are the permits under which somebody outside was shown a number or told us of a contact, each time.
    """
    faults: list[str] = []
    raced = permits = 0
    for person in _persons(connection):
        for permit in person.permits.values():
            permits += 1
            found, is_raced = _judge(person, permit)
            raced += is_raced
            faults += [f"permit {permit.id} of person {person.id}: {fault}" for fault in found]
    without = _sent_without_permit(connection, open_text)
    twice = _used_twice(connection, list(handed))
    return {
        "permits_checked": permits, "violations": len(faults), "raced": raced, "sends_without_permit": len(without),
        "permits_used_twice": len(twice), "faults": [*without, *twice, *faults][:40],
    }  # fmt: skip


def _persons(connection: Any) -> Iterator[Person]:
    people = {}
    for row in connection.execute("SELECT id, home_zone, birth_date, is_deceased FROM parties_person"):
        people[row[0]] = Person(*row, groups={})
    debts = connection.execute(
        "SELECT a.id, a.person_id, c.institution_group FROM book_account a JOIN book_creditor c ON c.id = a.creditor_id"
    )
    for account_id, person_id, group in debts:
        people[person_id].groups[account_id] = group
    facts = connection.execute(
        "SELECT person_id, seq, tx::text, kind, row_id, data, seen::text, locked::text FROM storm_fact ORDER BY seq"
    )
    for person_id, seq, tx, kind, row_id, data, seen, locked in facts:
        _keep(people[person_id], seq, int(tx), kind, row_id, data, seen, locked)
    for person_id in sorted(people):
        yield people.pop(person_id)


def _keep(
    person: Person, seq: int, tx: int, kind: str, row_id: int, data: dict[str, Any], seen: str, locked: str
) -> None:
    if kind == "permit":
        permit = Permit(row_id, seq, tx, data, Snapshot.read(seen), Snapshot.read(locked))
        person.permits[row_id] = permit
    elif kind == "use":
        permit = person.permits[row_id]
        permit.used_at, permit.use_seq, permit.use_tx = _moment(data["used_at"]), seq, tx
        permit.use_seen = Snapshot.read(seen)
        person.versions.setdefault(("use", row_id), []).append((seq, tx, data))
    else:
        if kind == "contact" and data["permit_id"] is not None:
            person.counted.setdefault(data["permit_id"], data)
        person.versions.setdefault((kind, row_id), []).append((seq, tx, data))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# what was on record


@dataclass
class Record:
    """What was on record about a person at one moment."""

    contacts: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    points: dict[int, dict[str, Any]]


def _on_record(
    person: Person, seq: int, tx: int, seen: Snapshot, slower: Snapshot, *, but_permit: int
) -> Record:
    """Return what a transaction could know; `slower` for what is written without waiting for the person's lock."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for (kind, row_id), versions in person.versions.items():
        latest = None
        for place, (other_seq, other_tx, data) in enumerate(versions):
            waits = (kind in ("contact", "hold") and place == 0) or kind == "consent"
            shows = (seen if waits else slower).shows(other_tx)
            if other_seq < seq if other_tx == tx else shows:
                latest = data
        if latest is not None:
            found.setdefault(kind, {})[row_id] = latest
    used = {row_id: _moment(use["used_at"]) for row_id, use in found.get("use", {}).items()}
    contacts = []
    for row in found.get("contact", {}).values():
        if row["permit_id"] == but_permit:
            continue
        happened = used.get(row["permit_id"], _moment(row["occurred_at"]))
        contacts.append(row | {"happened": happened})
    return Record(
        contacts=contacts,
        holds=list(found.get("hold", {}).values()),
        consents=[row | {"id": row_id} for row_id, row in found.get("consent", {}).items()],
        points=found.get("point", {}),
    )


def _judge(person: Person, permit: Permit) -> tuple[list[str], bool]:
    """Return what a permit broke when it was issued and when it was used; and whether something came in between."""
    asked = permit.data
    issued_at, expires_at = _moment(asked["issued_at"]), _moment(asked["expires_at"])
    faults, raced = [], False
    late = _on_record(person, permit.seq, permit.tx, permit.seen, permit.seen, but_permit=permit.id)
    found = list(_broken(person, asked, permit.id, late, issued_at))
    if found:  # what was written while the permit was, without its lock, need not have been known
        early = _on_record(person, permit.seq, permit.tx, permit.seen, permit.locked, but_permit=permit.id)
        certain = list(_broken(person, asked, permit.id, early, issued_at))
        raced = not certain
        faults += certain
    if permit.used_at is not None and permit.use_seen is not None:
        if not issued_at <= permit.used_at < expires_at:
            faults.append(f"used at {permit.used_at}, outside {issued_at} to {expires_at}")
        then = _on_record(
            person, permit.use_seq, permit.use_tx, permit.use_seen, permit.use_seen, but_permit=permit.id
        )
        faults += [
            f"when used at {permit.used_at:%m-%d %H:%M:%S} by {asked['issued_to']}, issued {issued_at:%H:%M:%S}, {fault}"
            for fault in _broken_at_use(person, asked, permit, late, then, issued_at)
        ]
    return faults, raced


def _broken_at_use(
    person: Person, asked: dict[str, Any], permit: Permit, late: Record, then: Record, issued_at: datetime
) -> Iterator[str]:
    """Yield what the use broke: hours and caps at the moment of use, and what was said and held until then.

    A statement that was made meanwhile counts if it was made before the use; one that was on record already counts.
    """
    at = permit.used_at
    assert at is not None
    held, said = ({row["id"] for row in rows} for rows in (late.holds, late.consents))
    known = Record(
        contacts=late.contacts,
        holds=[row for row in then.holds if row["id"] in held or _moment(row["started_at"]) <= at],
        consents=[row for row in then.consents if row["id"] in said or _moment(row["occurred_at"]) <= at],
        points=late.points,
    )
    yield from _broken(person, asked, permit.id, known, at)


# the rules, from their texts


def _broken(
    person: Person, asked: dict[str, Any], permit_id: int, record: Record, at: datetime
) -> Iterator[str]:
    """Yield every rule of the law of China and of the house that a contact breaks."""
    counted = person.counted[permit_id]
    groups = set(counted["institution_group"].split(","))
    point_id = asked["contact_point_id"]
    point = record.points.get(point_id) if point_id is not None else None
    is_third = point is not None and point["owner"] == "third_party"
    yield from _hours(person, asked, record, point, is_third, at)
    yield from _caps(person, asked | {"mode": counted["mode"]}, record, groups, is_third, at)
    yield from _recipient(person, asked, record, point, is_third, at)
    yield from _held(person, asked, record, groups, at)


def _hours(
    person: Person, asked: dict[str, Any], record: Record, point: Any, is_third: bool, at: datetime
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
    return max(said, key=lambda each: (_moment(each["occurred_at"]), each["id"])) if said else None


def _caps(
    person: Person, asked: dict[str, Any], record: Record, groups: set[str], is_third: bool, at: datetime
) -> Iterator[str]:
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
        if asked["channel"] == "call" and _latest(record, "more_contacts") is None:
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
    person: Person, asked: dict[str, Any], record: Record, point: Any, is_third: bool, at: datetime
) -> Iterator[str]:
    """CN-WHO, CN-CHAN-02 and the house's rules on whom to contact."""
    purpose = asked["purpose"]
    if point is not None and point["status"] != "valid":
        yield "HOUSE-POINT-01: the contact point was known to be invalid"
    if is_third:
        yield from _third(person, asked, record, point)
        return
    if person.is_deceased:
        yield "HOUSE-DEAD-01: the debtor has died"
    if person.birth_date is not None and at.year - person.birth_date.year < 18:
        yield "CN-WHO-09: the debtor is a minor"
    if purpose not in ("legally_required", "confirm_opt_out") and _has_objected(asked, record):
        yield "CN-CHAN-02: the debtor had objected"


def _has_objected(asked: dict[str, Any], record: Record) -> bool:
    """Tell whether a statement about this way stands: each stands until another takes back the same."""
    latest: dict[tuple[Any, str], dict[str, Any]] = {}
    for said in record.consents:
        if said["kind"] in ("opt_in", "opt_out"):
            key = (said["contact_point_id"], said["channel"])
            order = (_moment(said["occurred_at"]), said["id"])
            if key not in latest or order > (_moment(latest[key]["occurred_at"]), latest[key]["id"]):
                latest[key] = said
    return any(
        said["kind"] == "opt_out"
        and point in (None, asked["contact_point_id"])
        and channel in ("", asked["channel"])
        for (point, channel), said in latest.items()
    )


def _third(person: Person, asked: dict[str, Any], record: Record, point: Any) -> Iterator[str]:
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
    for row in sorted(rows, key=lambda row: (_moment(row["occurred_at"]), row["id"]), reverse=True):
        if row["direction"] == "inbound" or row["result"] == "conversation":
            break
        count += row["channel"] == "call" and row["result"] not in SPOKEN_OR_OPEN
    return count


def _held(
    person: Person, asked: dict[str, Any], record: Record, groups: set[str], at: datetime
) -> Iterator[str]:
    """CN-PLAN-04, CN-LET-02, HOUSE-HOLD: a hold stops contacts on its debt, or on all, until it is lifted."""
    for hold in record.holds:
        if hold["ended_at"] is not None:
            continue
        if hold["account_id"] is not None and person.groups[hold["account_id"]] not in groups:
            continue
        permitted = (*hold["permitted_purposes"], *HELD.get(hold["kind"], OTHER_HELD))
        if asked["purpose"] not in permitted:
            yield f"HOLD: {hold['kind']} since {hold['started_at']}, for {asked['purpose']}"


# what left the house

_CARRIED_SQL = """
SELECT l.id, l.channel, l.text_sealed, d.id, p.id, p.channel, p.content_sha256, u.permit_id, m.person_id, p.person_id
  FROM outreach_localprovidermessage l
  LEFT JOIN outreach_dispatch d ON d.idempotency_key = l.idempotency_key
  LEFT JOIN outreach_message m ON m.id = d.message_id
  LEFT JOIN law_permit p ON p.id = d.permit_id
  LEFT JOIN law_permituse u ON u.permit_id = p.id
"""
_IN_HOUSE_SQL = """
SELECT d.id FROM outreach_dispatch d LEFT JOIN law_permituse u ON u.permit_id = d.permit_id
 WHERE d.status IN ('accepted', 'delivered') AND u.permit_id IS NULL
"""
_UNPERMITTED_SQL = """
SELECT id FROM law_contact WHERE direction = 'outbound' AND permit_id IS NULL AND made_by = 'lender'
"""


def _sent_without_permit(connection: Any, open_text: Callable[[bytes], str]) -> list[str]:
    """Hold what the carrier has, what stands in inboxes and what was counted to the permits."""
    faults = []
    for row in connection.execute(_CARRIED_SQL):
        carried, channel, sealed, dispatch, permit, permitted, digest, used, person, of = row
        if dispatch is None or permit is None or used is None or permitted != channel or person != of:
            faults.append(f"the carrier's message {carried} has no used permit of its own")
        elif digest not in _digests(channel, open_text(bytes(sealed))):
            faults.append(f"the carrier's message {carried} says something else than its permit {permit}")
    faults += [
        f"dispatch {row[0]} went out without using a permit" for row in connection.execute(_IN_HOUSE_SQL)
    ]
    faults += [f"contact {row[0]} was made without a permit" for row in connection.execute(_UNPERMITTED_SQL)]
    return faults


def _digests(channel: str, text: str) -> set[str]:
    """Return the digests under which a carried text may be permitted: subject, a line feed, text."""
    subject, _, body = text.partition("\n\n") if channel == "email" else ("", "", text)
    return {hashlib.sha256(f"{subject}\n{body}".encode()).hexdigest()}


_TWICE_SQL = (
    "SELECT permit_id FROM outreach_dispatch GROUP BY permit_id HAVING count(*) > 1",
    "SELECT permit_id FROM law_contact WHERE permit_id IS NOT NULL GROUP BY permit_id HAVING count(*) > 1",
    "SELECT permit_id FROM law_permituse GROUP BY permit_id HAVING count(*) > 1",
    "SELECT d.permit_id FROM outreach_localprovidermessage l JOIN outreach_dispatch d"
    " ON d.idempotency_key = l.idempotency_key GROUP BY d.permit_id HAVING count(*) > 1",
)


def _used_twice(connection: Any, handed: list[int]) -> list[str]:
    """Find permits under which more than one thing happened."""
    twice = [row[0] for sql in _TWICE_SQL for row in connection.execute(sql)]
    sent = {row[0] for row in connection.execute("SELECT permit_id FROM outreach_dispatch")}
    once: set[int] = set()
    for permit in handed:
        if permit in once or permit in sent:
            twice.append(permit)
        once.add(permit)
    return [f"permit {permit} was used twice" for permit in twice]

"""A naive checker of what a storm left behind: slow plain Python that shares nothing with the engine.

It reads rows by SQL and holds every permit, and every use of one, to the rules (`storm_rules.py`, `storm_abroad.py`)
and to what was on record at that moment. It imports nothing of Fairdue on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from benchmarks.storm_rules import Debtor, Record, broken, moment_of

STANDING = ("listing", "evaluation", "certificate")


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
    use_locked: Snapshot | None = None


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
class Person(Debtor):
    """One borrower with every version of every row that a rule may ask about."""

    versions: dict[tuple[str, int], list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)
    """(kind, row) → (seq, transaction, row as it was)."""
    shared: dict[tuple[str, int], list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)
    """The same of what concerns everybody: how agencies and collectors stand."""
    permits: dict[int, Permit] = field(default_factory=dict)
    counted: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The contact that each permit was issued with, as it was then."""


def check(
    connection: Any, *, handed: Iterable[int] = (), spoke: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Hold everything to the rules and return what was found.

    `handed` are the permits under which somebody outside was shown a number or told us of a contact, each time;
    `spoke` names the collector of an agency that each permit was asked for.
    """
    faults: list[str] = []
    raced = permits = 0
    own = {label: str(staff) for staff, label in connection.execute(_OWN_SQL)}
    for person in _persons(connection):
        for permit in person.permits.values():
            permits += 1
            staff = (spoke or {}).get(permit.id) or own.get(permit.data["issued_to"])
            permit.data = permit.data | {"staff": staff}
            found, is_raced = _judge(person, permit)
            raced += is_raced
            faults += [f"permit {permit.id} of person {person.id}: {fault}" for fault in found]
    without = _sent_without_permit(connection)
    twice = _used_twice(connection, list(handed))
    return {
        "permits_checked": permits, "violations": len(faults), "raced": raced, "sends_without_permit": len(without),
        "permits_used_twice": len(twice), "faults": [*without, *twice, *faults][:40],
    }  # fmt: skip


def _persons(connection: Any) -> Iterator[Person]:
    people = {}
    for row in connection.execute(
        "SELECT id, home_zone, birth_date, is_deceased, residence FROM parties_person"
    ):
        people[row[0]] = Person(row[0], row[1], row[2], row[3], {}, residence=row[4])
    debts = connection.execute(
        "SELECT a.id, a.person_id, c.institution_group, a.jurisdiction FROM book_account a"
        " JOIN book_creditor c ON c.id = a.creditor_id"
    )
    for account_id, person_id, group, law in debts:
        people[person_id].groups[account_id], people[person_id].laws[account_id] = group, law or "cn"
    told = connection.execute("SELECT person_id, issuer FROM law_notice WHERE kind = 'agency'").fetchall()
    for person_id, agency in told:
        people[person_id].announced.add(agency)
    facts = connection.execute(
        "SELECT person_id, seq, tx::text, kind, row_id, data, seen::text, locked::text FROM storm_fact ORDER BY seq"
    )
    shared: dict[tuple[str, int], list[tuple[int, int, dict[str, Any]]]] = {}
    for person in people.values():
        person.shared = shared
    for person_id, seq, tx, kind, row_id, data, seen, locked in facts:
        if kind in STANDING:
            shared.setdefault((kind, row_id), []).append((seq, int(tx), data))
            continue
        _keep(people[person_id], seq, int(tx), kind, row_id, data, seen, locked)
    for person_id in sorted(people):
        yield people.pop(person_id)


_OWN_SQL = "SELECT id, display_name FROM identity_staff"


def _keep(
    person: Person, seq: int, tx: int, kind: str, row_id: int, data: dict[str, Any], seen: str, locked: str
) -> None:
    if kind == "permit":
        permit = Permit(row_id, seq, tx, data, Snapshot.read(seen), Snapshot.read(locked))
        person.permits[row_id] = permit
    elif kind == "use":
        permit = person.permits[row_id]
        permit.used_at, permit.use_seq, permit.use_tx = moment_of(data["used_at"]), seq, tx
        permit.use_seen = Snapshot.read(seen)
        permit.use_locked = Snapshot.read(locked or seen)
        person.versions.setdefault(("use", row_id), []).append((seq, tx, data))
    else:
        if kind == "contact" and data["permit_id"] is not None:
            person.counted.setdefault(data["permit_id"], data)
        person.versions.setdefault((kind, row_id), []).append((seq, tx, data))


# what was on record


def _on_record(
    person: Person, seq: int, tx: int, seen: Snapshot, slower: Snapshot, *, but_permit: int
) -> Record:
    """Return what a transaction could know; `slower` for what is written without waiting for the person's lock."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for (kind, row_id), versions in (*person.versions.items(), *person.shared.items()):
        latest = None
        for place, (other_seq, other_tx, data) in enumerate(versions):
            waits = kind in ("contact", "hold") and place == 0
            shows = (seen if waits else slower).shows(other_tx)
            if other_seq < seq if other_tx == tx else shows:
                latest = data
        if latest is not None:
            found.setdefault(kind, {})[row_id] = latest
    used = {row_id: moment_of(use["used_at"]) for row_id, use in found.get("use", {}).items()}
    contacts = []
    for row in found.get("contact", {}).values():
        if row["permit_id"] == but_permit:
            continue
        happened = used.get(row["permit_id"], moment_of(row["occurred_at"]))
        contacts.append(row | {"happened": happened})
    return Record(
        contacts=contacts,
        holds=list(found.get("hold", {}).values()),
        consents=[row | {"id": row_id} for row_id, row in found.get("consent", {}).items()],
        points=found.get("point", {}),
        listings=list(found.get("listing", {}).values()),
        evaluations=list(found.get("evaluation", {}).values()),
        certificates=list(found.get("certificate", {}).values()),
    )


def _judge(person: Person, permit: Permit) -> tuple[list[str], bool]:
    """Return what a permit broke when it was issued and when it was used; and whether something came in between."""
    asked = permit.data
    issued_at, expires_at = moment_of(asked["issued_at"]), moment_of(asked["expires_at"])
    faults, raced, known = [], False, None
    late = _on_record(person, permit.seq, permit.tx, permit.seen, permit.seen, but_permit=permit.id)
    found = list(broken(person, asked, person.counted[permit.id], late, issued_at))
    if found:  # what was written while the permit was, without its lock, need not have been known
        early = _on_record(person, permit.seq, permit.tx, permit.seen, permit.locked, but_permit=permit.id)
        certain = list(broken(person, asked, person.counted[permit.id], early, issued_at))
        raced = not certain
        faults += certain
        known = early if raced else late
    if permit.used_at is not None and permit.use_seen is not None and permit.use_locked is not None:
        if not issued_at <= permit.used_at < expires_at:
            faults.append(f"used at {permit.used_at}, outside {issued_at} to {expires_at}")
        then = _on_record(
            person, permit.use_seq, permit.use_tx, permit.use_seen, permit.use_locked, but_permit=permit.id
        )
        faults += [
            f"when used at {permit.used_at:%m-%d %H:%M:%S} by {asked['issued_to']}, issued {issued_at:%H:%M:%S}, {fault}"
            for fault in _broken_at_use(person, asked, permit, known or late, then, issued_at)
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
        holds=[row for row in then.holds if row["id"] in held or moment_of(row["started_at"]) <= at],
        consents=[row for row in then.consents if row["id"] in said or moment_of(row["occurred_at"]) <= at],
        points=late.points,
        listings=then.listings,
        evaluations=then.evaluations,
        certificates=late.certificates,
    )
    yield from broken(person, asked, person.counted[permit.id], known, at)


# what left the house

_CARRIED_SQL = """
SELECT l.id, l.channel, l.subject, l.text, d.id, p.id, p.channel, p.content_sha256, u.permit_id, m.person_id, p.person_id
  FROM storm_carried l
  LEFT JOIN outreach_dispatch d ON d.idempotency_key = l.key
  LEFT JOIN outreach_message m ON m.id = d.message_id
  LEFT JOIN law_permit p ON p.id = d.permit_id
  LEFT JOIN law_permituse u ON u.permit_id = p.id
"""
_IN_HOUSE_SQL = """
SELECT d.id, d.provider, d.status, d.tries, d.error, d.handed_at IS NOT NULL, l.times
  FROM outreach_dispatch d LEFT JOIN law_permituse u ON u.permit_id = d.permit_id
  LEFT JOIN storm_carried l ON l.key = d.idempotency_key
 WHERE d.status IN ('accepted', 'delivered') AND u.permit_id IS NULL
"""
_UNPERMITTED_SQL = """
SELECT id FROM law_contact WHERE direction = 'outbound' AND permit_id IS NULL AND made_by = 'lender'
"""


def _sent_without_permit(connection: Any) -> list[str]:
    """Hold what the carrier has, what stands in inboxes and what was counted to the permits."""
    faults = []
    for row in connection.execute(_CARRIED_SQL):
        carried, channel, subject, text, dispatch, permit, permitted, digest, used, person, of = row
        if dispatch is None or permit is None or used is None or permitted != channel or person != of:
            faults.append(f"the carrier's message {carried} has no used permit of its own")
        elif digest != hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest():
            faults.append(f"the carrier's message {carried} says something else than its permit {permit}")
    faults += [
        f"dispatch {row[0]} went out without using a permit: {row[1:]}"
        for row in connection.execute(_IN_HOUSE_SQL)
    ]
    faults += [f"contact {row[0]} was made without a permit" for row in connection.execute(_UNPERMITTED_SQL)]
    return faults


_TWICE_SQL = (
    "SELECT permit_id FROM outreach_dispatch GROUP BY permit_id HAVING count(*) > 1",
    "SELECT permit_id FROM law_contact WHERE permit_id IS NOT NULL GROUP BY permit_id HAVING count(*) > 1",
    "SELECT permit_id FROM law_permituse GROUP BY permit_id HAVING count(*) > 1",
    "SELECT d.permit_id FROM storm_carried l JOIN outreach_dispatch d"
    " ON d.idempotency_key = l.key GROUP BY d.permit_id HAVING count(*) > 1",
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

"""Writing the audit record: one event at a time, and sealing what is finished into blocks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from fairdue.contexts.audit import contracts
from fairdue.contexts.audit.digests import (
    BLOCK_COLUMNS,
    EVENT_COLUMNS,
    FIRST_PREVIOUS_HASH,
    block_hash,
    content_entry,
    event_digest,
    plain,
)
from fairdue.contexts.audit.models import Block, Event
from fairdue.kernel.actor import Actor, system
from fairdue.storage.reads import run_together

BLOCK_SEALED = "audit.block.sealed"
SEAL_LOCK = 0x46414952_00000001
"""Advisory lock held by the one sealer; writers never take it."""

_NEXT = """
select nextval(pg_get_serial_sequence('audit_event', 'id')), pg_current_xact_id()::text::bigint,
       (select system_identifier from pg_control_system())
  from generate_series(1, $1::int)
"""
_FEW = 20
"""So many events go by prepared statements in one round trip; more go in as rows of one statement."""


class ReasonMissing(ValueError):
    """A reveal of personal data was recorded without the reason for it."""


def record(
    *,
    code: str,
    actor: Actor,
    subject_type: str,
    subject_id: int | str,
    now: datetime,
    person_id: int | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Append one event to the audit record, in the caller's transaction, and return its id.

    1. `code` is `context.noun.verb_in_past`, for example `cases.note.added`.
    2. The events of one gesture carry the actor's `gesture`.
    3. Personal data go in masked or not at all; the record is kept longer than they may be.

    :raises ReasonMissing: if a code ending `.revealed` comes without a reason
    """
    (event_id,) = record_many(
        code=code,
        actor=actor,
        subject_type=subject_type,
        entries=[contracts.Entry(subject_id=subject_id, person_id=person_id, before=before, after=after)],
        now=now,
        reason=reason,
    )
    return event_id


def record_many(
    *,
    code: str,
    actor: Actor,
    subject_type: str,
    entries: Sequence[contracts.Entry],
    now: datetime,
    reason: str = "",
) -> tuple[int, ...]:
    """Append one event for each entry, by the rules of `record`, in two statements; return their ids.

    :raises ReasonMissing: if a code ending `.revealed` comes without a reason
    """
    if code.endswith(".revealed") and not reason.strip():
        raise ReasonMissing(f"{code} needs a reason")
    # A transaction of its own if the caller has none: the row must carry the transaction that inserts it.
    with transaction.atomic(savepoint=False):
        (found,) = run_together((_NEXT, (len(entries),)))
        numbers = [tuple(int(value or 0) for value in row) for row in found]
        events = []
        for (event_id, xid, cluster), entry in zip(numbers, entries, strict=True):
            values = {
                "id": event_id,
                "occurred_at": now,
                "code": code,
                "actor_kind": actor.kind,
                "actor_id": actor.id,
                "actor_label": plain(actor.label)[:120],
                "gesture": actor.gesture,
                "subject_type": subject_type,
                "subject_id": plain(str(entry.subject_id)),
                "person_id": entry.person_id,
                "reason": plain(reason),
                "before": plain(entry.before),
                "after": plain(entry.after),
                "cluster": cluster,
                "xid": xid,
            }
            digest = event_digest(tuple(values[column] for column in EVENT_COLUMNS))
            events.append(values | {"digest": digest})
        _insert(events)
    return tuple(event_id for event_id, _, _ in numbers)


def _insert(events: Sequence[Mapping[str, Any]]) -> None:
    if len(events) > _FEW:
        Event.objects.bulk_create([Event(**event) for event in events], batch_size=1000)
        return
    rows = [[_written(value) for value in event.values()] for event in events]
    run_together(*((_INSERT, row) for row in rows))


_COLUMNS = (*EVENT_COLUMNS, "digest")
_INSERT = (
    f"insert into audit_event ({', '.join(_COLUMNS)})"
    f" values ({', '.join(f'${place + 1}' for place in range(len(_COLUMNS)))})"
)


def _written(value: Any) -> Any:
    """Return a value of an event as a statement takes it: documents as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else value


@transaction.atomic
def seal(*, now: datetime) -> contracts.Block | None:
    """Seal every finished, not yet sealed event into the next block; return the newest block made.

    1. A block covers a range of transaction numbers, up to the oldest one that still runs in this
       database. No event can later appear below it, so nothing waits: neither the writers for the
       sealer nor the sealer for them. Ids would not do, they are given before the commit.
    2. After a logical dump is restored into another cluster, transaction numbers start low again.
       Therefore they are counted per cluster: the new cluster starts its own ranges at zero, and what
       came unsealed from the old one is finished by definition and sealed as its last range. The chain
       of blocks runs through all clusters by number.
    3. Each sealing is itself an event (in the next block), so that a removed newest block is noticed.
       A block is made only when there is anything else to seal.
    4. Returns None if there was nothing to seal.
    """
    newest = None
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        cursor.execute("select system_identifier from pg_control_system()")
        (here,) = cursor.fetchone()
        oldest_running = _oldest_running(cursor)
        cursor.execute(_RANGES, {"here": here, "oldest_running": oldest_running, "sealed": BLOCK_SEALED})
        ranges = cursor.fetchall()
    for cluster, xid_from, xid_to in ranges:
        newest = _seal_range(cluster, xid_from, xid_to, now)
    return newest


def _oldest_running(cursor: Any) -> int:
    """Return the number below which every transaction of this database has ended.

    The ceiling is read first: whatever is below it had its number by then, so it is either listed as
    running afterwards or ended before, and then visible to the next statement. (`pg_snapshot_xmin` would
    also wait for the transactions of other databases on the same server.)
    """
    cursor.execute("select pg_stat_clear_snapshot(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    ceiling = int(cursor.fetchone()[1])
    cursor.execute(
        "select backend_xid::text::bigint from pg_stat_activity"
        " where datname = current_database() and backend_xid is not null"
        " union all select transaction::text::bigint from pg_prepared_xacts where database = current_database()"
    )
    return min([ceiling, *(_full_number(xid, ceiling) for (xid,) in cursor.fetchall())])


def _full_number(xid: int, near: int) -> int:
    """Return the 64-bit number of a transaction from its 32-bit one, the nearest to a known number."""
    return near + (xid - near + 2**31) % 2**32 - 2**31


_RANGES = """
with ends as (
  select cluster, max(xid_to) as xid_from from audit_block group by cluster
), clusters as (
  select %(here)s::bigint as cluster union select cluster from ends
  union select distinct cluster from audit_event where cluster <> %(here)s::bigint
), ranges as (
  select cluster, coalesce(xid_from, 0) as xid_from,
    case when cluster = %(here)s::bigint then %(oldest_running)s::bigint
         else (select max(xid) + 1 from audit_event e where e.cluster = clusters.cluster) end as xid_to
  from clusters left join ends using (cluster)
)
select cluster, xid_from, xid_to from ranges r
where xid_to > xid_from and exists (
  select from audit_event e
  where e.cluster = r.cluster and e.xid >= r.xid_from and e.xid < r.xid_to and e.code <> %(sealed)s
)
order by cluster = %(here)s::bigint, cluster
"""


def _seal_range(cluster: int, xid_from: int, xid_to: int, now: datetime) -> contracts.Block:
    previous = Block.objects.order_by("-number").first()
    rows = Event.objects.filter(cluster=cluster, xid__gte=xid_from, xid__lt=xid_to).order_by("xid", "id")
    content, count = hashlib.sha256(), 0
    for event_id, xid, digest in rows.values_list("id", "xid", "digest").iterator(chunk_size=10_000):
        content.update(content_entry(event_id, xid, bytes(digest)))
        count += 1
    values: dict[str, Any] = {
        "number": previous.number + 1 if previous else 1,
        "sealed_at": now,
        "cluster": cluster,
        "xid_from": xid_from,
        "xid_to": xid_to,
        "event_count": count,
        "content_hash": content.digest(),
        "previous_hash": bytes(previous.hash) if previous else FIRST_PREVIOUS_HASH,
    }
    block = Block(**values, hash=block_hash(tuple(values[column] for column in BLOCK_COLUMNS)))
    block.save(force_insert=True)
    record(
        code=BLOCK_SEALED,
        actor=system("audit"),
        subject_type="audit.block",
        subject_id=block.number,
        now=now,
        after={"hash": block.hash.hex(), "events": count},
    )
    return contracts.Block(number=block.number, sealed_at=now, event_count=count, hash=block.hash.hex())

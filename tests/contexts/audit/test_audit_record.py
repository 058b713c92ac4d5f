"""The audit record: what is written, how it is sealed, and that every kind of tampering is found."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from django.db import InternalError, connection, connections, transaction
from django.db.utils import IntegrityError

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.audit.models import Block, Event
from fairdue.contexts.audit.operations import BLOCK_SEALED, _full_number
from fairdue.kernel.actor import Actor, system

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def note(subject: int, **more) -> int:
    """Record one event of a collector."""
    actor = more.pop("actor", Actor(kind="staff", label="Li Na", id=7))
    defaults = {"code": "cases.note.added", "subject_type": "cases.case", "now": NOW, "person_id": 5}
    return audit.record(actor=actor, subject_id=subject, **{**defaults, **more})


def seal() -> audit.Block | None:
    """Seal everything that was written."""
    return audit.seal(now=NOW)


def tamper(sql: str, *parameters) -> None:
    """Change rows as somebody with full rights over the database could, past the trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table audit_event disable trigger audit_event_append_only")
        cursor.execute("alter table audit_block disable trigger audit_block_append_only")
        cursor.execute(sql, parameters)
        assert cursor.rowcount == 1
        cursor.execute("alter table audit_event enable trigger audit_event_append_only")
        cursor.execute("alter table audit_block enable trigger audit_block_append_only")


def kinds(**arguments) -> list[str]:
    return [finding.kind for finding in audit.verify(**arguments).findings]


def sealed_events(count: int = 3) -> list[int]:
    ids = [note(subject) for subject in range(count)]
    assert seal().event_count == count
    return ids


def test_an_event_keeps_who_what_before_after_and_why():
    actor = Actor(kind="staff", label="Li Na", id=7)
    event_id = note(11, actor=actor, reason="asked", before={"status": "open"}, after={"status": "done"})
    (card,) = audit.events(subject_type="cases.case", subject_id=11)
    assert (card.event_id, card.actor_id, card.actor_label, card.gesture) == (
        event_id,
        7,
        "Li Na",
        actor.gesture,
    )
    assert (card.before, card.after, card.reason) == ({"status": "open"}, {"status": "done"}, "asked")


def test_the_events_of_one_gesture_are_grouped_and_those_of_two_are_not():
    actor = Actor(kind="staff", label="Li Na", id=7)
    note(1, actor=actor), note(2, actor=actor), note(3)
    gestures = [card.gesture for card in audit.events(person_id=5)]
    assert gestures[1] == gestures[2] == actor.gesture != gestures[0]


def test_a_reveal_without_a_reason_is_refused_and_nothing_is_recorded():
    with pytest.raises(audit.ReasonMissing):
        note(1, code="parties.person.revealed", reason="  ")
    assert Event.objects.count() == 0


def test_events_page_backwards_and_filter_by_code_prefix():
    ids = [note(subject) for subject in range(5)]
    note(9, code="law.hold.placed")
    newest = audit.events(code="cases.", limit=2)
    assert [card.event_id for card in newest] == [ids[4], ids[3]]
    older = audit.events(code="cases.", before_id=newest[-1].event_id, limit=10)
    assert [card.event_id for card in older] == [ids[2], ids[1], ids[0]]


@pytest.mark.parametrize(
    "value",
    [
        {"amount": Decimal("12.30"), "on": date(2026, 5, 1), "ratio": 1e22, "small": 100.0},
        {"ids": {3, 1, 2}, "nested": {"b": [1, None, True], "a": "催记"}, 5: "number as key"},
        {"text": "a\0b", "when": NOW, "gesture": uuid.UUID(int=3), "raw": b"\x01"},
        {"broken": "\ud800", "big": 2**62, "empty": {}},
    ],
)
def test_a_value_verifies_after_its_way_through_jsonb(value):
    note(1, after=value, reason="a\0b")
    assert audit.verify().is_intact


def test_the_record_is_part_of_the_callers_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        note(1)
        raise RuntimeError
    assert Event.objects.count() == 0


@pytest.mark.parametrize("statement", ["update audit_event set reason = 'x'", "delete from audit_event"])
def test_the_database_refuses_to_change_an_event(statement):
    note(1)
    with pytest.raises((InternalError, IntegrityError), match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().reason == ""


def test_blocks_chain_and_what_is_sealed_is_counted():
    note(1), note(2)
    first = seal()
    note(3)
    second = seal()
    assert (first.number, first.event_count, second.number, second.event_count) == (1, 2, 2, 2)
    report = audit.verify()
    assert (report.events, report.blocks, report.unsealed, report.head) == (5, 2, 0, second.hash)
    assert report.is_intact


def test_sealing_with_nothing_new_makes_no_block():
    assert seal() is None
    note(1)
    assert seal().number == 1
    assert seal() is None
    assert Block.objects.count() == 1


def test_sealing_leaves_out_what_may_still_be_committed_and_waits_for_nobody():
    """A writer that took its id first but commits last must not fall between two blocks."""
    opened, finish = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            note(1)
            opened.set()
            finish.wait(10)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert opened.wait(10)
    note(2)
    assert audit.seal(now=NOW) is None
    finish.set()
    writer.join()
    assert seal().event_count == 2
    assert audit.verify().is_intact


def test_sealers_and_writers_together_lose_and_repeat_nothing():
    def work(start: int) -> None:
        for subject in range(start, start + 25):
            note(subject)
            if subject % 5 == 0:
                audit.seal(now=NOW)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200, 300)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    seal()
    report = audit.verify()
    assert (report.is_intact, report.unsealed) == (True, 0)
    assert Event.objects.exclude(code=BLOCK_SEALED).count() == 100
    assert sum(Block.objects.values_list("event_count", flat=True)) == report.events - 1


ALTERATIONS = {
    "reason": "'because'",
    "code": "'cases.note.removed'",
    "actor_id": "8",
    "actor_label": "'Somebody'",
    "subject_id": "'99'",
    "person_id": "null",
    "occurred_at": "occurred_at - interval '1 microsecond'",
    "before": "'{}'",
    "after": '\'{"status": "paid"}\'',
    "gesture": "gen_random_uuid()",
    "digest": "decode(repeat('00', 32), 'hex')",
    "xid": "xid + 1000000",
    "cluster": "cluster + 1",
    "id": "id + 1000000",
}


@pytest.mark.parametrize("column", ALTERATIONS)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_an_altered_event_is_found(column, is_sealed):
    ids = sealed_events() if is_sealed else [note(subject) for subject in range(3)]
    assert audit.verify().is_intact
    tamper(f"update audit_event set {column} = {ALTERATIONS[column]} where id = %s", ids[1])
    assert "event_altered" in kinds()


def test_a_removed_sealed_event_is_found():
    ids = sealed_events()
    tamper("delete from audit_event where id = %s", ids[1])
    (finding,) = audit.verify().findings
    assert (finding.kind, finding.subject) == ("block_content", "block 1")
    assert finding.message == "3 events were sealed, 2 are there"


@pytest.mark.parametrize("is_sealed", [True, False])
def test_an_inserted_copy_of_a_true_event_is_found(is_sealed):
    ids = sealed_events() if is_sealed else [note(subject) for subject in range(3)]
    columns = (
        "occurred_at, code, actor_kind, actor_id, actor_label, gesture, subject_type, subject_id, person_id,"
    )
    columns += " reason, before, after, cluster, xid, digest"
    tamper(f"insert into audit_event ({columns}) select {columns} from audit_event where id = %s", ids[0])
    assert "event_altered" in kinds()


def test_one_event_exchanged_for_another_is_found():
    ids = sealed_events()
    tamper("delete from audit_event where id = %s", ids[0])
    note(77)
    assert "block_content" in kinds()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_block_is_found_also_the_newest(number):
    for subject in range(3):
        note(subject)
        seal()
    tamper("delete from audit_block where number = %s", number)
    assert "block_missing" in kinds()


@pytest.mark.parametrize(
    "change",
    [
        "event_count = 2",
        "content_hash = hash",
        "xid_to = xid_to + 1",
        "sealed_at = now()",
        "previous_hash = hash",
    ],
)
def test_an_altered_block_is_found(change):
    sealed_events()
    tamper(f"update audit_block set {change} where number = %s", 1)
    assert "block_altered" in kinds()


def test_a_cut_tail_is_found_by_the_head_that_was_kept_elsewhere():
    sealed_events()
    note(9)
    head = seal().hash
    assert kinds(expected_head=head) == []
    tamper("delete from audit_block where number = %s", 2)
    assert "head_missing" in kinds(expected_head=head)


def test_an_unsealed_event_can_be_removed_unnoticed_and_the_report_says_how_many_could():
    ids = [note(subject) for subject in range(3)]
    assert audit.verify().unsealed == 3
    tamper("delete from audit_event where id = %s", ids[2])
    report = audit.verify()
    assert (report.is_intact, report.unsealed) == (True, 2)


def test_another_key_makes_no_valid_row(settings):
    settings.CHAIN_KEY = b"x" * 32
    note(1)
    settings.CHAIN_KEY = b"y" * 32
    assert kinds() == ["event_altered"]


def test_sealing_goes_on_after_a_restore_into_a_new_cluster(monkeypatch):
    """The old cluster numbered its transactions higher than the new one does; both are sealed."""
    from fairdue.contexts.audit import operations

    restored_from = "(select 123::bigint)"
    here = "(select system_identifier from pg_control_system())"
    monkeypatch.setattr(operations, "_NEXT", operations._NEXT.replace(here, restored_from))
    monkeypatch.setattr(
        operations, "_NEXT", operations._NEXT.replace("pg_current_xact_id()::text::bigint", "9000000000000")
    )
    note(1), note(2)
    monkeypatch.undo()
    note(3)
    newest = seal()
    assert (newest.number, newest.event_count) == (2, 1)
    assert list(Block.objects.order_by("number").values_list("event_count", flat=True)) == [2, 1]
    note(4)
    assert seal().number == 3
    report = audit.verify()
    assert (report.is_intact, report.unsealed, report.blocks) == (True, 0, 3)


def test_many_findings_are_counted_and_the_first_hundred_kept():
    for subject in range(120):
        note(subject)
    with psycopg.connect(dbname=connection.settings_dict["NAME"], host=connection.settings_dict["HOST"],
                         user="postgres") as other:  # fmt: skip
        other.execute("alter table audit_event disable trigger audit_event_append_only")
        other.execute("update audit_event set reason = 'x'")
        other.execute("alter table audit_event enable trigger audit_event_append_only")
    report = audit.verify()
    assert (report.finding_count, len(report.findings)) == (120, 100)


def test_the_system_is_an_actor_too():
    note(1, actor=system("nightly cycle"))
    (card,) = audit.events(limit=1)
    assert (card.actor_kind, card.actor_id, card.actor_label) == ("system", None, "nightly cycle")


def test_a_transaction_in_another_database_does_not_hold_up_the_sealing():
    settings = connection.settings_dict
    with psycopg.connect(dbname="postgres", host=settings["HOST"], user=settings["USER"]) as other:
        other.execute("select pg_current_xact_id()")
        note(1)
        assert seal().event_count == 1


@pytest.mark.parametrize("near", [5, 2**32 - 3, 2**32 + 3, 7 * 2**32 + 2**31])
def test_a_short_transaction_number_is_the_nearest_long_one(near):
    assert [_full_number((near + gap) % 2**32, near) for gap in (-4, 0, 4)] == [near - 4, near, near + 4]

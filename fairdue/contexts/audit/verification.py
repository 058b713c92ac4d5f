"""Proving that nobody altered, removed or inserted a row of the audit record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fairdue.contexts.audit.contracts import Finding, VerifyReport
from fairdue.contexts.audit.digests import (
    BLOCK_COLUMNS,
    EVENT_COLUMNS,
    FIRST_PREVIOUS_HASH,
    block_hash,
    content_entry,
    event_digest,
)
from fairdue.contexts.audit.models import Block, Event
from fairdue.contexts.audit.operations import BLOCK_SEALED

CHUNK = 5_000
KEPT_FINDINGS = 100


@dataclass
class _Findings:
    count: int = 0
    kept: list[Finding] = field(default_factory=list)

    def add(self, kind: str, subject: str, message: str) -> None:
        self.count += 1
        if len(self.kept) < KEPT_FINDINGS:
            self.kept.append(Finding(kind=kind, subject=subject, message=message))


def verify(*, expected_head: str = "") -> VerifyReport:
    """Read the whole audit record once and report everything that is not as it was written.

    1. Each block's hash covers its own columns and the previous block's hash; numbers have no gap.
    2. Each event's digest covers its own columns, sealed or not.
    3. The events of a block's range, in order, give the block's content hash and count.
    4. `expected_head`, the hash of a block kept outside the database, must still be in the chain.
    5. Runs beside writers and sealers; memory does not grow with the number of rows. What was written
       after the start may or may not be read.

    A row that was never sealed can be removed unnoticed; `unsealed` counts how many could.
    """
    findings = _Findings()
    blocks, head = _verify_chain(findings, expected_head)
    events, unsealed = _verify_events(findings, blocks)
    return VerifyReport(
        events=events,
        blocks=blocks,
        unsealed=unsealed,
        head=head.hex() if blocks else "",
        finding_count=findings.count,
        findings=tuple(findings.kept),
    )


def _verify_chain(findings: _Findings, expected_head: str) -> tuple[int, bytes]:
    """Check the blocks among themselves; return their number and the newest hash."""
    previous, count, has_expected = FIRST_PREVIOUS_HASH, 0, not expected_head
    ends: dict[int, int] = {}
    rows = Block.objects.order_by("number").values_list(*BLOCK_COLUMNS, "hash")
    for *values, stored in rows.iterator(chunk_size=CHUNK):
        block = dict(zip(BLOCK_COLUMNS, values, strict=True))
        subject = f"block {block['number']}"
        count += 1
        if block["number"] != count:
            findings.add(
                "block_missing", f"block {count}", f"{subject} follows where block {count} should stand"
            )
            count = block["number"]
        elif bytes(block["previous_hash"]) != previous or block["xid_from"] != ends.get(block["cluster"], 0):
            findings.add("block_altered", subject, "does not continue the block before it")
        if block_hash(tuple(values)) != bytes(stored):
            findings.add("block_altered", subject, "its content does not give its hash")
        previous, ends[block["cluster"]] = bytes(stored), block["xid_to"]
        has_expected = has_expected or previous.hex() == expected_head
    if not has_expected:
        findings.add("head_missing", expected_head, "no block has this hash")
    return count, previous


@dataclass
class _Range:
    """A block that is being filled with the events of its range."""

    number: int
    cluster: int
    xid_from: int
    xid_to: int
    event_count: int
    content_hash: bytes
    content: Any = field(default_factory=hashlib.sha256)
    count: int = 0

    def close(self, findings: _Findings) -> None:
        if self.count != self.event_count:
            message = f"{self.event_count} events were sealed, {self.count} are there"
            findings.add("block_content", f"block {self.number}", message)
        elif self.content.digest() != self.content_hash:
            findings.add("block_content", f"block {self.number}", "its events are not those that were sealed")


def _ranges(newest: int) -> Iterator[_Range]:
    columns = ("number", "cluster", "xid_from", "xid_to", "event_count", "content_hash")
    rows = Block.objects.filter(number__lte=newest).order_by("cluster", "xid_from").values_list(*columns)
    for *values, content_hash in rows.iterator(chunk_size=CHUNK):
        number, cluster, xid_from, xid_to, event_count = values
        yield _Range(number, cluster, xid_from, xid_to, event_count, bytes(content_hash))


def _verify_events(findings: _Findings, newest_block: int) -> tuple[int, int]:
    """Check each event, merged with the blocks' ranges; return the number of all and of the unsealed."""
    count = unsealed = 0
    ranges = _ranges(newest_block)
    current = next(ranges, None)
    rows = Event.objects.order_by("cluster", "xid", "id").values_list(*EVENT_COLUMNS, "digest")
    for *values, digest in rows.iterator(chunk_size=CHUNK):
        event = dict(zip(EVENT_COLUMNS, values, strict=True))
        count += 1
        position = (event["cluster"], event["xid"])
        while current and (current.cluster, current.xid_to) <= position:
            current.close(findings)
            current = next(ranges, None)
        if event_digest(tuple(values)) != bytes(digest):
            findings.add("event_altered", f"event {event['id']}", "its content does not give its digest")
        if current and (current.cluster, current.xid_from) <= position:
            current.content.update(content_entry(event["id"], event["xid"], digest))
            current.count += 1
        elif event["code"] != BLOCK_SEALED:
            unsealed += 1
        if event["code"] == BLOCK_SEALED:
            _verify_sealing(findings, event, newest_block)
    while current:
        current.close(findings)
        current = next(ranges, None)
    return count, unsealed


def _verify_sealing(findings: _Findings, event: dict[str, Any], newest_block: int) -> None:
    """Check that the block whose sealing was recorded is still there; only newer ones could be missing."""
    number = int(event["subject_id"])
    if number >= newest_block and not Block.objects.filter(number=number).exists():
        findings.add("block_missing", f"block {number}", f"event {event['id']} recorded its sealing")

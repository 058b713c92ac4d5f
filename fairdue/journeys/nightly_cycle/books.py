"""Whether each creditor's book is current: a file that is missing, refused or much smaller than usual must be seen.

What is usual follows from the nights before: a kind of file (accounts, dues, transactions) is expected of a creditor if
it came for at least three of the last five nights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.journeys.nightly_cycle.night import Night

KINDS = ("accounts", "dues", "transactions")
NIGHTS, EXPECTED_AFTER = 5, 3

MISSING, REFUSED, SMALL, REJECTED = "missing", "refused", "small", "rejected"
PARTIAL = (SMALL, REJECTED)
"""Part of the book came: what is missing looks like what was paid or closed. Otherwise the book is that of yesterday."""

LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookNote:
    """Why a creditor's book is not current tonight; `usual`: rows of the smallest file of the nights before."""

    creditor_id: int
    creditor_code: str
    kind: str
    reason: str
    rows: int
    usual: int
    is_left_out: bool


def books_not_current(night: Night) -> tuple[BookNote, ...]:
    """Return what is wrong with tonight's files, by creditor and kind; nothing before there are three nights."""
    finished = [cycle for cycle in decisions.cycles(NIGHTS + 2) if cycle.cycle_date < night.cycle_date]
    ends = sorted(cycle.finished_at for cycle in finished if cycle.finished_at is not None)[-NIGHTS - 1 :]
    if len(ends) <= EXPECTED_AFTER:
        return ()
    return judge_files(book.files_since(ends[0]), ends)


def judge_files(files: Iterable[book.FileSeen], ends: Sequence[datetime]) -> tuple[BookNote, ...]:
    """Return what is wrong with the files after the last of `ends`, the ends of the nights before, in order.

    1. Expected is a kind that came between at least three of them. 2. Much smaller: fewer rows than the share
    `BOOK_SMALL` of the smallest of those. 3. Files of one kind of one night count together; a refused one brings none.
    """
    rows: dict[tuple[int, str, str], dict[int, list[book.FileSeen]]] = {}
    for file in files:
        if file.kind in KINDS:
            place = sum(file.recorded_at > end for end in ends) - 1
            rows.setdefault((file.creditor_id, file.creditor_code, file.kind), {}).setdefault(
                place, []
            ).append(file)
    notes = [_note(key, found, len(ends) - 1) for key, found in sorted(rows.items())]
    return tuple(note for note in notes if note is not None)


def _note(key: tuple[int, str, str], found: dict[int, list[book.FileSeen]], tonight: int) -> BookNote | None:
    earlier = [_rows(files) for place, files in found.items() if 0 <= place < tonight]
    usual = [count for count in earlier if count]
    if len(usual) < EXPECTED_AFTER:
        return None
    files = found.get(tonight, [])
    reason = _reason(files, min(usual))
    if not reason:
        return None
    policy = settings.BOOK_PARTIAL if reason in PARTIAL else settings.BOOK_MISSING
    creditor_id, creditor_code, kind = key
    return BookNote(
        creditor_id=creditor_id,
        creditor_code=creditor_code,
        kind=kind,
        reason=reason,
        rows=_rows(files),
        usual=min(usual),
        is_left_out=policy == LEAVE_OUT,
    )


def _rows(files: Iterable[book.FileSeen]) -> int:
    return sum(file.row_count for file in files if file.status != "refused")


def _reason(files: Sequence[book.FileSeen], usual: int) -> str:
    """Nothing came; only refused files came; too few rows came; too many of them were rejected."""
    if not files:
        return MISSING
    rows = _rows(files)
    if not rows:
        return REFUSED
    if rows < settings.BOOK_SMALL * usual:
        return SMALL
    rejected = sum(file.rejected_count for file in files if file.status != "refused")
    return REJECTED if rejected > settings.BOOK_REJECTED * rows else ""

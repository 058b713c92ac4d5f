"""A partial book never silently counts as the book, and a night that is unlike the others says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.test import override_settings

from fairdue.contexts.book.facade import FileSeen
from fairdue.contexts.decisions.facade import CycleReport
from fairdue.journeys.nightly_cycle.books import judge_files
from tests.journeys.nightly_cycle.conftest import NIGHT, PERSONS

ENDS = [datetime(2025, 10, day, 1, tzinfo=UTC) for day in range(9, 15)]


def seen(
    day: int, rows: int, *, kind: str = "accounts", status: str = "accepted", rejected: int = 0
) -> FileSeen:
    return FileSeen(
        creditor_id=1,
        creditor_code="bench",
        kind=kind,
        status=status,
        row_count=rows,
        rejected_count=rejected,
        recorded_at=datetime(2025, 10, day, 0, 30, tzinfo=UTC),
    )


USUAL = [seen(day, rows) for day, rows in zip(range(10, 15), (1000, 1100, 900, 1000, 1000), strict=True)]


def reasons(*tonight: FileSeen, earlier: list[FileSeen] = USUAL) -> list[tuple[str, int, int, bool]]:
    return [(n.reason, n.rows, n.usual, n.is_left_out) for n in judge_files([*earlier, *tonight], ENDS)]


def test_a_file_as_usual_is_no_matter() -> None:
    assert reasons(seen(15, 950)) == []
    assert reasons(seen(15, 450)) == []
    assert reasons(seen(15, 300), seen(15, 600)) == []


def test_a_file_of_less_than_half_the_smallest_is_partial_and_its_debtors_are_left_out() -> None:
    assert reasons(seen(15, 449)) == [("small", 449, 900, True)]
    assert reasons(seen(15, 1000, rejected=201)) == [("rejected", 1000, 900, True)]


def test_a_file_that_has_not_come_or_was_refused_is_told() -> None:
    assert reasons() == [("missing", 0, 900, False)]
    assert reasons(seen(15, 1000, status="refused")) == [("refused", 0, 900, False)]
    with override_settings(BOOK_MISSING="leave_out"):
        assert reasons() == [("missing", 0, 900, True)]


def test_what_came_rarely_is_not_expected() -> None:
    assert reasons(earlier=USUAL[:2]) == []
    assert reasons(earlier=[seen(day, 5, kind="parties") for day in range(10, 15)]) == []


def test_nobody_is_contacted_on_half_a_book_and_the_report_says_so(
    three_nights: Callable[[int], CycleReport], rows: Callable[..., list[dict[str, Any]]]
) -> None:
    report = three_nights(300)
    assert "cycle.book.left_out" in report.warnings
    assert "cycle.steps.moved" in report.warnings
    details = {stage.name: stage.detail for stage in report.stages}
    (note,) = details["import"]["books"]
    assert (note["creditor_code"], note["kind"], note["reason"], note["rows"]) == (
        "bench",
        "accounts",
        "small",
        300,
    )
    steps = {row.code for row in report.by_step}
    assert steps <= {"none", "review"}
    left_out = dict(line[:2] for line in details["report"]["by_dropped"])["book_not_current"]
    held = rows(
        "select count(*) as n from decisions_decision where dropped = 'book_not_current' and step = 'none'"
    )
    assert held[0]["n"] == left_out > 0
    assert rows("select 1 from outreach_message where cycle_date = %s", NIGHT) == []
    assert sum(row.count for row in report.by_step) == PERSONS


def test_a_whole_book_is_decided_as_ever(three_nights: Callable[[int], CycleReport]) -> None:
    report = three_nights(1000)
    details = {stage.name: stage.detail for stage in report.stages}
    assert "books" not in details["import"]
    assert [line[0] for line in details["report"]["trends"]] == sorted(
        {row.code for row in report.by_step} | {line[0] for line in details["report"]["trends"]}
    )
    assert all(0 <= line[1] <= 1 for line in details["report"]["trends"])

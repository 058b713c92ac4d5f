"""Nights: what each cycle read, decided, asked the gate and landed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.night_capacity import night_capacity
from fairdue.web.workbench.night_extra import asked_creditor, extra_nights
from fairdue.web.workbench.night_trends import night_books, night_trends
from fairdue.web.workbench.office_words import (
    CYCLE_NOTES,
    CYCLE_STAGES,
    CYCLE_STATES,
    GATE_ANSWERS,
    STEPS,
)
from fairdue.web.workbench.words import say


@staff_page("cycle.view")
def cycles(request: DeskRequest) -> HttpResponse:
    """List the nights, newest first."""
    table = Table(
        decisions.cycles(rows(request, 400)),
        columns=[
            Column("cycle_date", _("Business date"), is_row_head=True, render=_link),
            Column(
                "status",
                _("State"),
                render=lambda value, _row: badge(
                    say(CYCLE_STATES, value), "ok" if value == "finished" else "wait"
                ),
            ),
            Column("strategy_code", _("Strategy"), lambda row: f"{row.strategy_code} {row.strategy_version}"),
            Column("started_at", _("Started"), render=lambda value, _row: minute(value)),
            Column("finished_at", _("Finished"), render=lambda value, _row: minute(value), align="nowrap"),
        ],
        caption=_("Nightly cycles"),
        key="cycles",
        sorts_here=True,
        is_exportable=True,
        empty=EmptyState(
            title=_("No night was run yet"),
            text=_("Run one with `fairdue cycle run --date D`."),
            icon="cycle",
        ),
    )
    if file := exported(request, table, name="cycles"):
        return file
    return render(request, "workbench/table_page.html", {"title": _("Nightly cycles"), "table": table})


def _link(value: date, row: Any) -> Any:
    return row_link(reverse("workbench:cycle", args=[value.isoformat()]), value.isoformat())


@staff_page("cycle.view")
def cycle(request: DeskRequest, day: str) -> HttpResponse:
    """Show the report of one night, or with `?creditor=` that of an extra night over a creditor's late book."""
    creditor = asked_creditor(request.GET.get("creditor", ""), request.actor)
    try:
        report = decisions.cycle_report(
            parse_date(day) or date.min, creditor.creditor_id if creditor else None
        )
    except (ValueError, decisions.CycleUnknown) as unknown:
        raise Http404 from unknown
    titles = _rule_titles()
    context = {
        "report": report,
        "state": say(CYCLE_STATES, report.cycle.status),
        "warnings": [say(CYCLE_NOTES, code) for code in report.warnings],
        "stages": _stages(report.stages, titles),
        "by_row": _bars([(in_language(row, "title"), row) for row in report.by_row], _("Persons by strategy row"), _("Row")),
        "by_step": _bars(_in_order(report.by_step, STEPS), _("Next steps after the gate"), _("Step")),
        "by_outcome": _bars(_in_order(report.by_outcome, GATE_ANSWERS), _("The gate's answers"), _("Answer")),
        "by_bucket": _bars([(row.code, row) for row in report.by_bucket], _("Persons by bucket"), _("Bucket")),
        "capacity": night_capacity(request, report),
        "trends": night_trends(report),
        "books": night_books(report),
        "creditor": creditor,
        "extra": None if creditor else extra_nights(report.cycle.cycle_date, request.actor),
        "by_reason": [
            {"code": row.code, "label": titles.get(row.code, ""), "count": f"{row.count:,}"} for row in report.by_reason
        ],
    }  # fmt: skip
    return render(request, "workbench/cycle.html", context)


def _rule_titles() -> dict[str, str]:
    """Return what each rule of the gate is called, in the reader's language."""
    return {entry.rule_id: in_language(entry, "title") for entry in law.rulebook()}


def _in_order(
    rows: Iterable[decisions.CountRow], words: dict[str, str]
) -> list[tuple[str, decisions.CountRow]]:
    """Return counts with their words in the order of the words; codes without one come last."""
    places = {code: place for place, code in enumerate(words)}
    return [
        (say(words, row.code), row)
        for row in sorted(rows, key=lambda row: places.get(row.code, len(places)))
    ]  # fmt: skip


def _stages(stages: Iterable[decisions.StageCard], titles: dict[str, str]) -> Table:
    return Table(
        list(stages),
        columns=[
            Column("name", _("Stage"), is_row_head=True, render=lambda value, _row: say(CYCLE_STAGES, value)),
            *[
                Column(name, label, align="num", render=lambda value, _row: f"{value:,}")
                for name, label in (
                    ("in_count", _("In")),
                    ("out_count", _("Out")),
                    ("rejected_count", _("Rejected")),
                )
            ],
            Column("rejected", _("Why rejected"), render=lambda value, _row: _reasons(value, titles)),
            Column("finished_at", _("Finished"), render=lambda value, _row: minute(value), align="nowrap"),
        ],
        caption=_("Stages"),
    )


def _reasons(value: dict[str, int], titles: dict[str, str]) -> str:
    said = ((titles.get(code) or say(CYCLE_NOTES, code), count) for code, count in value.items())
    return _("; ").join(f"{words}: {count:,}" for words, count in said) or "–"


def _bars(rows: Iterable[tuple[str, decisions.CountRow]], title: str, label: str) -> SafeString:
    """Draw counts of persons, each under its words."""
    drawn = [Bar(label=words, value=row.count, text=f"{row.count:,}") for words, row in rows]
    return bars(drawn, title=title, label=label, unit=_("Persons"))

"""Nights: what each cycle read, decided, asked the gate and landed; and the strategy it followed."""

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
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import CYCLE_STAGES, CYCLE_STATES
from fairdue.web.workbench.words import CHANNELS, GATE_WORDS, say


@staff_page("cycle.view")
def cycles(request: DeskRequest) -> HttpResponse:
    """List the nights, newest first."""
    table = Table(
        decisions.cycles(60),
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
            Column("finished_at", _("Finished"), render=lambda value, _row: minute(value)),
        ],
        caption=_("Nightly cycles"),
        empty=EmptyState(
            title=_("No night was run yet"),
            text=_("Run one with `fairdue cycle run --date D`."),
            icon="cycle",
        ),
    )
    return render(request, "workbench/table_page.html", {"title": _("Nightly cycles"), "table": table})


def _link(value: date, row: Any) -> Any:
    return row_link(reverse("workbench:cycle", args=[value.isoformat()]), value.isoformat())


@staff_page("cycle.view")
def cycle(request: DeskRequest, day: str) -> HttpResponse:
    """Show the report of one night."""
    try:
        report = decisions.cycle_report(parse_date(day) or date.min)
    except (ValueError, decisions.CycleUnknown) as unknown:
        raise Http404 from unknown
    context = {
        "report": report,
        "state": say(CYCLE_STATES, report.cycle.status),
        "stages": _stages(report.stages),
        "by_row": _bars(report.by_row, _("Persons by strategy row"), _("Row")),
        "by_step": _bars(report.by_step, _("Next steps after the gate"), _("Step"), CHANNELS),
        "by_outcome": _bars(report.by_outcome, _("The gate's answers"), _("Answer"), GATE_WORDS),
        "by_bucket": _bars(report.by_bucket, _("Persons by bucket"), _("Bucket")),
        "by_reason": report.by_reason,
    }
    return render(request, "workbench/cycle.html", context)


def _stages(stages: Iterable[decisions.StageCard]) -> Table:
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
            Column("rejected", _("Why rejected"), render=_reasons),
            Column("finished_at", _("Finished"), render=lambda value, _row: minute(value)),
        ],
        caption=_("Stages"),
    )


def _reasons(value: dict[str, int], _row: Any) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in value.items()) or "–"


def _bars(
    rows: Iterable[decisions.CountRow], title: str, label: str, words: dict[str, str] | None = None
) -> SafeString:
    """Draw counts; a code stands in words where there are some."""
    return bars(
        [
            Bar(label=say(words, row.code) if words else row.code, value=row.count, text=f"{row.count:,}")
            for row in rows
        ],
        title=title, label=label, unit=_("Persons"),
    )  # fmt: skip


@staff_page("strategy.view")
def strategies(request: DeskRequest) -> HttpResponse:
    """Show each published strategy as the table that a business user reads."""
    cards = [card for card in decisions.strategies() if card.status == "published"]
    return render(request, "workbench/strategies.html", {"strategies": [_strategy(card) for card in cards]})


def _strategy(card: decisions.StrategyCard) -> dict[str, Any]:
    inputs = list(card.rows[0].cells) if card.rows else []
    outputs = list(card.rows[0].outputs) if card.rows else []
    columns = [
        Column("row_id", _("Row"), is_row_head=True),
        Column("title", _("In words"), lambda row: in_language(row, "title")),
        *[
            Column(name, name, lambda row, name=name: row.cells.get(name, "-"), align="mono")
            for name in inputs
        ],
        *[
            Column(name, f"→ {name}", lambda row, name=name: row.outputs.get(name, ""), align="mono")
            for name in outputs
        ],
    ]
    return {"card": card, "table": Table(card.rows, columns=columns, caption=in_language(card, "title"))}

"""Matters in lists: everything that people told us, complaints by their clock, hardship, and the auditor's figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.web.ui.filters import Check, Choice, Filters
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, Table, row_link
from fairdue.web.workbench import care_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.words import say

PAGE = 50
FIGURES_DAYS = 90


@staff_page("care.view")
def matters(request: DeskRequest, kind: str = "") -> HttpResponse:
    """List matters: who may be in danger first, then the nearest day of an answer."""
    filters = _filters(request, kind)
    try:
        page = care.matter_queue(
            actor=request.actor, now=clock.now(), kind=kind or filters["kind"], state=filters["state"],
            is_mine=bool(filters["mine"]), after=request.GET.get("after") or None, limit=rows(request, PAGE),
        )  # fmt: skip
    except care.CareRefused:
        return redirect(request.path)
    table = _table(page, request, has_cursor=bool(request.GET.get("after")))
    table.filters = filters
    if file := exported(request, table, name="matters"):
        return file
    counts = care.matter_counts(actor=request.actor)
    context = {
        "table": table, "title": words.kind_word(kind) if kind else _("Matters"), "kind": kind,
        "counts": [(code, words.kind_word(code), counts.get(code, 0)) for code in care.kind_terms()],
    }  # fmt: skip
    return render(request, "workbench/matters.html", context)


def _filters(request: DeskRequest, kind: str) -> Filters:
    state = Choice(
        name="state", label=_("State"), chosen="unanswered",
        options=[(code, say(words.FILTERS, code)) for code in words.FILTERS],
    )  # fmt: skip
    mine = Check(name="mine", label=_("Mine only"))
    if kind:
        return Filters(request, state, mine)
    kinds = [(code, words.kind_word(code)) for code in care.kind_terms()]
    return Filters(
        request, Choice(name="kind", label=_("Kind"), options=kinds, any_label=_("All kinds")), state, mine
    )


def _table(page: care.MatterPage, request: DeskRequest, *, has_cursor: bool) -> Table:
    persons = {card.person_id for card in page.rows}
    names = {card.person_id: card.name_masked for card in parties.person_cards(persons).values()}
    case_ids: dict[int, int] = {}
    if request.actor.may("cases.view"):
        case_ids = cases.scoped_case_ids(person_ids=persons, actor=request.actor)

    def link(value: str, row: care.MatterCard) -> Any:
        return row_link(reverse("workbench:matter", args=[row.matter_id]), value)

    def to_case(value: str, row: care.MatterCard) -> Any:
        if row.person_id not in case_ids:
            return value
        return format_html(
            '<a href="{}">{}</a>', reverse("workbench:case", args=[case_ids[row.person_id]]), value
        )

    return Table(
        page.rows,
        key="matters",
        columns=[
            Column("number", _("Number"), lambda row: row.number, render=link, is_row_head=True),
            Column("clock", _("Time for the answer"), words.clock_words, render=lambda _value, row: words.clock_badge(row)),
            DateColumn("due", _("Last day"), lambda row: row.clock.due_date),
            Column("kind", _("What"), lambda row: words.kind_word(row.kind)),
            Column("cause", _("Cause"), lambda row: words.cause_word(row.kind, row.cause)),
            Column("debtor", _("Debtor"), lambda row: names.get(row.person_id, ""), render=to_case, align="nowrap"),
            Column("signs", _("Words suggest"), _signs, render=lambda _value, row: words.sign_badges(row)),
            Column("state", _("State"), lambda row: say(words.STATES, row.state), render=lambda _value, row: words.state_badge(row)),
            Column("handler", _("Handled by"), lambda row: row.handler or _("nobody yet"), align="nowrap"),
            DateColumn("opened", _("Received"), lambda row: business_date(row.opened_at)),
        ],
        count=page.count, count_is_capped=False, next_cursor=page.next_cursor, has_cursor=has_cursor,
        caption=_("Matters"), is_exportable=True, name="matters",
        empty=EmptyState(
            title=_("Nothing waits here"),
            text=_("What people tell us at the portal, by telephone or by letter appears here with its clock."),
            icon="check", href=f"{reverse('workbench:matters')}?state=all", action=_("Show all matters"),
        ),
    )  # fmt: skip


def _signs(row: care.MatterCard) -> str:
    return ", ".join(row.suggestions)


@staff_page("care.view")
def figures(request: DeskRequest) -> HttpResponse:
    """Show, by kind and cause, how long answers took, how many were late and how many upheld."""
    today = business_date(clock.now())
    to_date = _day(request.GET.get("until")) or today
    from_date = _day(request.GET.get("from")) or to_date - timedelta(days=FIGURES_DAYS)
    found = care.matter_figures(from_date=from_date, to_date=to_date, actor=request.actor, now=clock.now())
    table = Table(
        found,
        columns=[
            Column("kind", _("What"), lambda row: words.kind_word(row.kind), is_row_head=True),
            Column("cause", _("Cause"), lambda row: words.cause_word(row.kind, row.cause) or "–"),
            Column("opened", _("Received"), lambda row: row.opened_count, align="num"),
            Column("answered", _("Answered"), lambda row: row.answered_count, align="num"),
            Column("late", _("Late"), lambda row: row.late_count, align="num"),
            Column("upheld", _("Upheld"), lambda row: row.upheld_count, align="num"),
            Column("share", _("Upheld of answered"), _share, align="num"),
            Column("median", _("Days to the answer, median"), lambda row: _days(row.median_days), align="num"),
            Column("slowest", _("Slowest"), lambda row: _days(row.slowest_days), align="num"),
        ],
        caption=_("Matters by kind and cause"), is_exportable=True, name="matter-figures",
        empty=EmptyState(title=_("Nothing was told on these days"), icon="report"),
    )  # fmt: skip
    if file := exported(request, table, name="matter-figures"):
        return file
    context = {"table": table, "from_date": from_date, "to_date": to_date}
    return render(request, "workbench/matter_figures.html", context)


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _share(row: care.MatterFigures) -> str:
    return f"{round(100 * row.upheld_count / row.answered_count)} %" if row.answered_count else "–"


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"

"""Deadlines in lists: of everybody in scope, and of one case with the limits of its debts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.view_deadlines import (
    DeadlineRow,
    DeadlineRows,
    deadline_rows,
    limit_rows,
    limits_of_person,
)
from fairdue.kernel import clock
from fairdue.web.ui.filters import Check, Choice, Filters
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench import deadline_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.words import say

PAGE = 50
LIMITS = "limits"
"""The choice that shows limits to sue and enforce, computed, instead of deadlines that are kept."""
LIMITS_PAGE, LIMITS_FILE = 20, 200
"""Debts whose limits are computed for a page, and for a file."""


@staff_page("deadlines.view")
def deadlines(request: DeskRequest) -> HttpResponse:
    """List deadlines, the nearest end first, and the extensions that wait."""
    now, after, filters = clock.now(), request.GET.get("after") or None, _filters(request)
    kind = filters["kind"]
    try:
        if kind == LIMITS:
            page = limit_rows(
                actor=request.actor, now=now, after=after, limit=min(rows(request, LIMITS_PAGE), LIMITS_FILE)
            )  # fmt: skip
        else:
            page = deadline_rows(
                actor=request.actor, now=now, state=filters["state"], kind=kind,
                due_within_days=filters.number("within"), is_mine=bool(filters["mine"]), after=after, limit=rows(request, PAGE),
            )  # fmt: skip
    except (law.DeadlineRefused, ledger.UnpaidCursorInvalid):
        return redirect("workbench:deadlines")
    table, waiting = _table(page, has_cursor=after is not None, key="deadlines"), _waiting_table(request)
    table.filters = filters
    if file := exported(request, table, waiting, name="deadlines"):
        return file
    context = {"table": table, "waiting": waiting, "is_limits": kind == LIMITS}
    return render(request, "workbench/deadlines.html", context)


def _filters(request: DeskRequest) -> Filters:
    kinds = [(code, in_language({"zh": zh, "en": en}, "")) for code, (zh, en) in law.deadline_kinds().items()]
    if request.actor.may("ledger.view"):
        kinds.append((LIMITS, _("Limits to sue and enforce")))
    what = Choice(name="kind", label=_("Kind"), options=kinds, any_label=_("All kinds"))
    if request.GET.get("kind") == LIMITS:
        return Filters(request, what)
    return Filters(
        request,
        what,
        Choice(
            name="state", label=_("State"), chosen="unanswered",
            options=[(code, say(words.FILTERS, code)) for code in words.FILTERS],
        ),
        Choice(
            name="within", label=_("Last day"), any_label=_("Any day"),
            options=[(str(days), _within(days)) for days in words.WITHIN],
        ),
        Check(name="mine", label=_("Mine only")),
    )  # fmt: skip


def _within(days: int) -> str:
    if days == 0:
        return _("Today or earlier")
    return ngettext("Within %(n)d day", "Within %(n)d days", days) % {"n": days}


def _table(
    page: DeadlineRows, *, has_cursor: bool, name: str = "", caption: str = "", key: str = ""
) -> Table:
    return Table(
        page.rows,
        key=key,
        columns=[
            DateColumn("due", _("Last day"), _due),
            Column("what", _("What"), _what, render=_link, is_row_head=True),
            Column("debtor", _("Debtor"), lambda row: row.name_masked, render=_case_link),
            Column("state", _("How it stands"), _state_text, render=_state),
            Column("left", _("Working days left"), _working_left, align="num"),
            Column("rule", _("Rule"), _rule, render=_rule_cell),
            Column("arithmetic", _("How it was counted"), _counted, align="wide"),
            Column("by", _("Recorded by"), _started_by, align="nowrap"),
        ],
        count=page.count, count_is_capped=page.count_is_capped, next_cursor=page.next_cursor, has_cursor=has_cursor,
        caption=caption or _("Deadlines"), is_exportable=True, name=name,
        empty=EmptyState(
            title=_("No deadline is listed so"),
            text=_("Complaints, objections, requests and notices appear here with their last day. Another filter may show more."),
            icon="clock", href=reverse("workbench:deadlines"), action=_("Show all open deadlines"),
        ),
    )  # fmt: skip


def _due(row: DeadlineRow) -> Any:
    return row.deadline.due_date if row.deadline else row.limit.end_date if row.limit else None


def _what(row: DeadlineRow) -> str:
    return in_language(row.deadline or row.limit, "title")


def _link(value: str, row: DeadlineRow) -> Any:
    if row.deadline:
        return row_link(reverse("workbench:deadline", args=[row.deadline.deadline_id]), value)
    href = reverse("workbench:account", args=[row.account_id]) + "?show=limits"
    return row_link(href, value)


def _case_link(value: str, row: DeadlineRow) -> Any:
    if row.case_id is None:
        return value or "–"
    return format_html('<a href="{}">{}</a>', reverse("workbench:case", args=[row.case_id]), value)


def _state(_value: str, row: DeadlineRow) -> Any:
    if row.deadline is None:
        return words.limit_badge(row.limit) if row.limit else "–"
    mark = words.with_left(words.state_badge(row.deadline), words.left_words(row.deadline))
    if row.deadline.has_open_extension:
        return format_html("{} {}", mark, badge(_("Extension asked for"), "wait"))
    return format_html("{} {}", mark, badge(_("Extended"))) if row.deadline.is_extended else mark


def _state_text(row: DeadlineRow) -> str:
    if row.deadline:
        code = row.deadline.urgency
        return say(words.URGENCIES, code) if code != "done" else say(words.STATES, row.deadline.status)
    return say(words.LIMIT_STATES, row.limit.status) if row.limit else ""


def _working_left(row: DeadlineRow) -> Any:
    if row.deadline is None or row.deadline.urgency == "done" or row.deadline.days_left < 0:
        return ""
    return row.deadline.working_days_left


def _rule(row: DeadlineRow) -> str:
    if row.deadline:
        return f"{row.deadline.rule_id} · {_cited(row.deadline.citation)} · {row.deadline.pack}@{row.deadline.pack_version}"
    steps = row.limit.steps if row.limit else ()
    return f"{steps[-1].rule_id} · {_cited(steps[-1].citation)}" if steps else ""


def _cited(citation: str) -> str:
    """Return a source as it is cited; the house's own has a word in each language."""
    return _("House policy") if citation == "House policy" else citation


def _started_by(row: DeadlineRow) -> str:
    by = row.deadline.started_by if row.deadline else ""
    return _("the borrower") if by == "borrower" else by


def _rule_cell(value: str, _row: DeadlineRow) -> Any:
    rule, _dot, rest = value.partition(" · ")
    return format_html('<span class="nowrap">{}</span><br><span class="cite">{}</span>', rule, rest)


def _counted(row: DeadlineRow) -> str:
    if row.deadline:
        return in_language(row.deadline, "arithmetic")
    return in_language(row.limit.steps[-1], "sentence") if row.limit and row.limit.steps else ""


def _waiting_table(request: DeskRequest) -> Table:
    return Table(
        law.waiting_extensions(actor=request.actor, now=clock.now()),
        columns=[
            Column("what", _("What"), lambda row: in_language(row.deadline, "title"), render=_to_extension, is_row_head=True),
            DateColumn("from", _("Last day now"), lambda row: row.extension.from_date),
            DateColumn("until", _("Asked until"), lambda row: row.extension.asked_date),
            Column("by", _("Asked by"), lambda row: row.extension.requested_by),
            Column("why", _("Why"), lambda row: row.extension.reason, align="wide"),
            Column("rule", _("Rule"), lambda row: f"{row.extension.rule_id} · {row.extension.citation}"),
            Column("you", _("You"), lambda row: _you(row), render=lambda value, row: badge(value, "ok" if row.may_decide else "")),
        ],
        caption=_("Extensions that wait for a decision"), is_exportable=True, name="extensions",
        empty=EmptyState(title=_("No extension waits"), icon="check"),
    )  # fmt: skip


def _you(row: law.WaitingExtension) -> str:
    if row.may_decide:
        return _("You may decide")
    return _("Your own") if row.why_not == "own" else _("Others decide")


def _to_extension(value: str, row: law.WaitingExtension) -> Any:
    return row_link(reverse("workbench:deadline", args=[row.deadline.deadline_id]), value)


@staff_page("deadlines.view", "cases.view")
def case_deadlines(request: DeskRequest, case_id: int) -> HttpResponse:
    """List every deadline of a case, ended ones too, and the limits of its debts in the same rows."""
    now = clock.now()
    try:
        case = cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    kept = law.deadlines(
        actor=request.actor, now=now, state="all", person_id=case.person_id, limit=rows(request, PAGE * 4)
    )
    found = [
        *(
            DeadlineRow(
                source="deadline", person_id=card.person_id, account_id=card.account_id, case_id=None, name_masked="",
                deadline=card,
            )
            for card in kept.rows
        ),
        *limits_of_person(person_id=case.person_id, actor=request.actor, now=now),
    ]  # fmt: skip
    page = DeadlineRows(
        rows=tuple(sorted(found, key=_due)), next_cursor=None, count=len(found), count_is_capped=False
    )
    table = _table(page, has_cursor=False, caption=_("Deadlines and limits of this case"))
    if file := exported(request, table, name="case-deadlines"):
        return file
    return render(request, "workbench/case_deadlines.html", {"table": table, "case_id": case_id})

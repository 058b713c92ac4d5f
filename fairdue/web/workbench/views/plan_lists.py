"""Plans in lists: all of them, the calendar of instalments, what was broken, and proposals that wait for a yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.parties import facade as parties
from fairdue.engine.negotiation.offers import KINDS
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.filters import Check, Choice, Day, Filters
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, InstantColumn, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.plan_words import (
    AUTHORITIES,
    END_REASONS,
    INSTALMENT_STATES,
    PLAN_STATES,
    PLAN_TONES,
    offer_word,
)
from fairdue.web.workbench.views.plans import instalment_badge
from fairdue.web.workbench.words import say

PAGE = 50
AHEAD, BEHIND = timedelta(days=14), timedelta(days=7)
MOST = 500
"""Rows of a list that is read whole."""


@staff_page("plans.view")
def plans(request: DeskRequest) -> HttpResponse:
    """List plans: those that run, or those of another state and kind."""
    states = [*((code, say(PLAN_STATES, code)) for code in PLAN_STATES), ("all", _("All"))]
    filters = Filters(request, Choice(name="state", label=_("State"), options=states), _kinds())
    state, after = filters["state"], request.GET.get("after") or None
    try:
        page = arrangements.plan_page(
            actor=request.actor, state="" if state == "all" else state, kind=filters["kind"], sort=filters.sort,
            after=after, limit=rows(request, PAGE),
        )  # fmt: skip
    except arrangements.PlanCursorInvalid:
        return redirect("workbench:plans")
    names = _names(page.rows)
    table = Table(
        page.rows,
        columns=[
            Column("number", _("Agreement"), is_row_head=True, sort="plan", render=_to_plan),
            Column("name", _("Debtor"), lambda row: names.get(row.person_id, "")),
            _kind_column(),
            state_column("state", _("State"), PLAN_STATES, PLAN_TONES),
            MoneyColumn("paid", _("Paid")),
            MoneyColumn("total", _("Of"), sort="total"),
            DateColumn("next_date", _("Next"), lambda row: row.next_instalment.due_date if row.next_instalment else None),
            MoneyColumn("next_amount", _("Next amount"), lambda row: row.next_instalment.amount if row.next_instalment else None),
            DateColumn("started_date", _("Agreed on"), sort="started_date"),
            DateColumn("ended_date", _("Ended on"), sort="ended_date", is_extra=True),
        ],
        caption=_("Plans"), key="plans", is_exportable=True, filters=filters, sort=filters.sort,
        count=page.count, next_cursor=page.next_cursor, has_cursor=after is not None,
        empty=EmptyState(title=_("No plans"), text=_("Plans are agreed on a case, or by borrowers themselves."), icon="check"),
    )  # fmt: skip
    return _list(request, table, _("Plans"), "plans")


@staff_page("plans.view")
def calendar(request: DeskRequest) -> HttpResponse:
    """List the instalments of running plans around today, or of other days."""
    today = business_date(clock.now())
    states = [(code, say(INSTALMENT_STATES, code)) for code in INSTALMENT_STATES]
    filters = Filters(
        request,
        Day(name="from", label=_("From")), Day(name="to", label=_("Up to")),
        Choice(name="state", label=_("State"), options=states, any_label=_("All")),
    )  # fmt: skip
    since = filters.day("from") or today - BEHIND
    found = arrangements.plan_calendar(
        actor=request.actor, since=since, until=filters.day("to") or max(since, today) + AHEAD, limit=MOST
    )
    table = Table(
        [row for row in found if filters["state"] in ("", row.instalment.state)],
        columns=[
            Column("due", _("Due"), lambda row: row.instalment.due_date, is_row_head=True,
                   render=lambda value, row: _to_plan(day(value), row)),
            Column("name_masked", _("Debtor")),
            Column("number", _("Agreement")),
            MoneyColumn("amount", _("Amount"), lambda row: row.instalment.amount),
            MoneyColumn("paid", _("Paid"), lambda row: row.instalment.paid),
            Column("state", _("State"), lambda row: row.instalment.state, render=instalment_badge),
        ],
        caption=_("Instalments, from a week ago to two weeks ahead"), key="instalments", is_exportable=True,
        filters=filters, sorts_here=True, count_is_capped=len(found) == MOST,
        empty=EmptyState(title=_("No instalments in these days"), icon="check"),
    )  # fmt: skip
    return _list(request, table, _("Instalment calendar"), "instalments")


@staff_page("plans.view")
def broken(request: DeskRequest) -> HttpResponse:
    """List broken plans, the latest first."""
    filters = Filters(request, _kinds())
    found = arrangements.breaches(actor=request.actor, limit=MOST)
    table = Table(
        [row for row in found if filters["kind"] in ("", row.kind)],
        columns=[
            DateColumn("ended_date", _("Broken on")),
            Column("number", _("Agreement"), is_row_head=True, render=_to_plan),
            Column("name_masked", _("Debtor")),
            _kind_column(),
            word_column("reason", _("Why"), END_REASONS),
            MoneyColumn("paid", _("Paid")),
            MoneyColumn("total", _("Of")),
        ],
        caption=_("Broken plans"), key="broken-plans", is_exportable=True, filters=filters, sorts_here=True,
        count_is_capped=len(found) == MOST, empty=EmptyState(title=_("No plan was broken"), icon="check"),
    )  # fmt: skip
    return _list(request, table, _("Broken plans"), "broken-plans")


@staff_page("plans.view")
def waiting(request: DeskRequest) -> HttpResponse:
    """List the proposals that wait for a second pair of eyes, the oldest first."""
    filters = Filters(request, _kinds(), Check(name="mine", label=_("Mine to decide")))
    found = arrangements.waiting_proposals(actor=request.actor, now=clock.now(), limit=MOST)
    names = _names(found)
    table = Table(
        [row for row in found if filters["kind"] in ("", row.offer.kind) and (not filters["mine"] or _may(request, row))],
        columns=[
            Column("kind", _("Plan"), lambda row: offer_word("kinds", row.offer.kind), is_row_head=True, render=_to_proposal),
            Column("name", _("Debtor"), lambda row: names.get(row.person_id, "")),
            MoneyColumn("total", _("Total"), lambda row: Money(row.offer.total_minor, row.offer.currency)),
            Column("proposed_by", _("Proposed by")),
            InstantColumn("proposed_at", _("Proposed")),
            word_column("needs_role", _("Needs"), AUTHORITIES),
            InstantColumn("expires_at", _("Offer stands until")),
            Column("you", _("You"), lambda row: _may(request, row), render=lambda value, _row: _you(value)),
        ],
        caption=_("Proposals that wait for approval"), key="proposals", is_exportable=True, filters=filters,
        sorts_here=True, count_is_capped=len(found) == MOST,
        empty=EmptyState(title=_("No proposal waits"), text=_("Offers beyond somebody's authority wait here."), icon="check"),
    )  # fmt: skip
    return _list(request, table, _("Proposals that wait"), "proposals")


def _list(request: DeskRequest, table: Table, title: str, name: str) -> HttpResponse:
    if file := exported(request, table, name=name):
        return file
    return render(request, "workbench/plans.html", {"table": table, "title": title})


def _kinds() -> Choice:
    kinds = [(code, offer_word("kinds", code)) for code in KINDS]
    return Choice(name="kind", label=_("Plan"), options=kinds, any_label=_("All"))


def _kind_column() -> Column:
    return Column("kind", _("Plan"), lambda row: offer_word("kinds", row.kind))


def _names(cards: Iterable[Any]) -> dict[int, str]:
    people = parties.person_cards({card.person_id for card in cards})
    return {person_id: card.name_masked for person_id, card in people.items()}


def _may(request: DeskRequest, row: arrangements.ProposalCard) -> bool:
    is_enough = arrangements.reaches(request.actor, row.offer.authority)
    return is_enough and not row.is_own and request.actor.may("plans.work")


def _you(may: bool) -> Any:
    return badge(_("You may decide"), "ok") if may else badge(_("Others decide"))


def _to_plan(text: Any, row: Any) -> Any:
    return row_link(reverse("workbench:plan", args=[row.plan_id]), text)


def _to_proposal(value: str, row: arrangements.ProposalCard) -> Any:
    return row_link(reverse("workbench:proposal", args=[row.proposal_id]), value)
